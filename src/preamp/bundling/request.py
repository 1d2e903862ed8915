"""What is asked of bundling and what it hands back; plain data.

It knows nothing of files, uv or CDK.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.bundling.environment_uses import EnvironmentUse
    from preamp.contract.site import Site

Architecture = Literal["x86_64", "arm64"]

_RUNTIME: Final = re.compile(r"python3\.(\d{1,2})")
_FIRST_ON_AMAZON_LINUX_2023: Final = 12


@dataclass(frozen=True)
class LambdaDestination:
    """The bundle will run in AWS Lambda, on the request's runtime and architecture."""


@dataclass(frozen=True)
class LocalDestination:
    """The bundle will run on this machine.

    Attributes:
        python: The interpreter that will run it; a real interpreter, not a launcher that picks one.
        minor: Its version's second number: 13 of Python 3.13.
    """

    python: Path
    minor: int


Destination = LambdaDestination | LocalDestination


@dataclass(frozen=True)
class BundleRequest:
    """One function to bundle.

    Attributes:
        entry: The file that defines the handler.
        handler: The function in it.
        source_root: The folder that absolute imports of the project start from, and the top of the
            entry's dotted name; None finds it (see `preamp.bundling`).
        dependencies: Requirements as in ``pip install``; None looks for them beside the entry.
        runtime: Lambda's name of the Python version, for example ``python3.13``.
        architecture: Lambda's instruction set.
        site: The user's line that asked for the function, for errors.
        project: The project's folder; nothing outside it comes along, unless the entry is outside.
        exclude: Files and folders that never come along, for example the cloud assembly.
        destination: Where the bundle will run.
        call_first: A function of `preamp.runtime`, by its dotted name, that is called before the
            handler's module is imported; the bundle then brings an entry of its own.
        environments: The typed environments there are, by the names of their modules.
    """

    entry: Path
    project: Path
    handler: str = "handler"
    source_root: Path | None = None
    dependencies: tuple[str, ...] | None = None
    runtime: str = "python3.13"
    architecture: Architecture = "x86_64"
    site: Site | None = None
    exclude: tuple[Path, ...] = ()
    destination: Destination = field(default_factory=LambdaDestination)
    call_first: str | None = None
    environments: tuple[str, ...] = ()

    @property
    def python_version(self) -> tuple[int, int]:
        """The runtime's Python version.

        Raises:
            UserError: The runtime is not a Python runtime.
        """
        if (match := _RUNTIME.fullmatch(self.runtime)) is None:
            raise UserError(
                "UnsupportedRuntimeError",
                f"{self.runtime!r} is not a Python runtime",
                'name one as Lambda does, for example "python3.13"',
                sites=self.sites,
            )
        return 3, int(match[1])

    @property
    def sites(self) -> tuple[Site, ...]:
        """The request's own place, as errors want it."""
        return () if self.site is None else (self.site,)

    @property
    def wheel_platform(self) -> str:
        """The newest wheels that the Lambda runtime can load, in uv's words.

        Runtimes from Python 3.12 on are built on Amazon Linux 2023 with glibc 2.34, the older ones
        on Amazon Linux 2 (AWS, "Lambda runtimes"). Asking for less than the system has would
        quietly choose old releases.
        """
        machine = "aarch64" if self.architecture == "arm64" else "x86_64"
        new = self.python_version[1] >= _FIRST_ON_AMAZON_LINUX_2023
        return f"{machine}-manylinux_2_34" if new else f"{machine}-manylinux2014"


@dataclass(frozen=True)
class Bundle:
    """A directory from which the function runs.

    Attributes:
        directory: The files; made once, never changed, shared by every request with this content.
            For a `LocalDestination` a file in it names the folder of the dependencies.
        digest: SHA-256 of the content, in hexadecimal.
        handler: What Lambda is to call, for example ``publisher.handler`` or
            ``amplify.custom.notifications.publisher.handler``.
        requirements: The dependencies with the versions that were chosen, sorted by name.
        environments: The typed environments that are imported, by the names of their modules.
        uses: The variables that are read off them.
    """

    directory: Path
    digest: str
    handler: str
    requirements: tuple[str, ...]
    environments: frozenset[str] = frozenset()
    uses: tuple[EnvironmentUse, ...] = ()
