"""What is asked of bundling for Node.js and what it hands back; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.contract.site import Site


@dataclass(frozen=True)
class NodeRequest:
    """One function to bundle.

    Attributes:
        entry: The file that exports ``handler``, absolute.
        project: The project's folder, absolute.
        runtime: Lambda's name of the version, for example ``nodejs22.x``.
        minify: Whether the code is made small.
        external: Modules that are there when the function runs, as a layer brings them.
        site: The user's line that asked for the function, for errors.
        local: Whether it will run on this machine, where a debugger wants to find the sources.
        environments: The functions whose typed environment may be imported.
    """

    entry: Path
    project: Path
    runtime: str
    minify: bool = True
    external: tuple[str, ...] = ()
    site: Site | None = None
    local: bool = False
    environments: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The runtime as esbuild calls it, for example ``node22``."""
        return self.runtime.removesuffix(".x").replace("nodejs", "node")

    @property
    def sites(self) -> tuple[Site, ...]:
        """The request's own place, as errors want it."""
        return () if self.site is None else (self.site,)

    def shown(self, file: Path) -> str:
        """A path as people see it: relative to the project where it lies inside."""
        inside = file.is_relative_to(self.project)
        return (file.relative_to(self.project) if inside else file).as_posix()


@dataclass(frozen=True)
class NodeBundle:
    """A directory from which the function runs.

    Attributes:
        directory: The files; made once, never changed, shared by every request with this content.
        digest: SHA-256 of the content, in hexadecimal.
        handler: What Lambda is to call.
        sources: What it was made of, absolute; another one of these, and it may be another.
        environments: The functions whose typed environment is imported.
    """

    directory: Path
    digest: str
    handler: str
    sources: frozenset[Path]
    environments: frozenset[str]
