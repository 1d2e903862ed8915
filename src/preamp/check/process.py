"""The Node process that holds the template validator.

Owns its start, its questions and answers, and its end. Loading the validator takes about 0.7 s of
one CPU and 250 MB, so it is started before it is needed and asked for changed templates only.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAM: Final = Path(__file__).with_name("validate.cjs")
# Optimizing the module costs more than it saves in the second or two that it lives: without it and
# without helper threads the process takes a third of the CPU time and two thirds of the memory.
_FLAGS: Final = (
    "--no-warnings",
    "--single-threaded",
    "--liftoff-only",
    "--wasm-lazy-compilation",
)
_PATIENCE: Final = 60.0
_LOWEST: Final = 19


class ValidatorBrokenError(Exception):
    """The validator did not answer, or not as expected."""


class ValidatorProcess:
    """One running validator; ask it from one thread at a time."""

    def __init__(self, node: Path, package: Path, *, patience: float = _PATIENCE) -> None:
        """Start it, without waiting for it.

        Args:
            node: The Node to run it with.
            package: The validator's folder.
            patience: Seconds after which an answer is no longer expected.

        Raises:
            ValidatorBrokenError: The process cannot be started.
        """
        environment = {key: value for key, value in os.environ.items() if key != "NODE_OPTIONS"}
        try:
            self._process = subprocess.Popen(
                [node, *_FLAGS, _PROGRAM, package],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        except OSError as error:
            raise ValidatorBrokenError(f"{node} cannot be started: {error}") from error
        self._patience = patience

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def yield_to_others(self) -> None:
        """Let it run only when nothing else wants the CPU, where the system can do that."""
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, _LOWEST)

    def diagnose(self, files: list[Path]) -> Iterator[list[dict[str, Any]]]:
        """Yield what the validator says about each template file, in their order.

        Raises:
            ValidatorBrokenError: It ended, was too slow, or could not deal with a file.
        """
        for file in files:
            yield self._ask(file)

    def kill(self) -> None:
        """End it at once; it has nothing to save."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                _close(stream)

    def _ask(self, file: Path) -> list[dict[str, Any]]:
        watch = threading.Timer(self._patience, self._process.kill)
        watch.start()
        try:
            answer = json.loads(self._exchange({"file": str(file)}))
        except (OSError, ValueError) as error:
            status = self._process.poll()
            ended = "" if status is None else f" (it ended with status {status})"
            raise ValidatorBrokenError(f"no answer for {file.name}{ended}") from error
        finally:
            watch.cancel()
        if not isinstance(answer.get("diagnostics"), list):
            raise ValidatorBrokenError(f"{file.name}: {answer.get('fault')}")
        return list(answer["diagnostics"])

    def _exchange(self, request: dict[str, str]) -> bytes:
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise OSError("not connected")
        questions.write(json.dumps(request).encode() + b"\n")
        questions.flush()
        return answers.readline()


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:  # what was not yet sent to a dead process
        return
