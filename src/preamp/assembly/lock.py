"""One writer at a time, and a name for whoever it is.

Owns the lock files of the assembly directory, the deployment and the outputs file. The lock
itself is the operating system's, so it ends with its holder, however that ends; the JSON beside
it only says who the holder is. Must not know what is being guarded beyond its name.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Guarded(Enum):
    """What a lock guards; the value is the error code met when it is held."""

    ASSEMBLY = "SynthesisInProgressError"
    DEPLOYMENT = "DeploymentInProgressError"
    OUTPUTS = "OutputsInUseError"
    SESSION = "SandboxRunningError"

    @property
    def activity(self) -> str:
        """What the holder is doing, for people."""
        return {
            Guarded.ASSEMBLY: "synthesis",
            Guarded.DEPLOYMENT: "deployment",
            Guarded.OUTPUTS: "writing of the outputs file",
            Guarded.SESSION: "session of this sandbox",
        }[self]


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Attributes:
        pid: Process id.
        command: What was started, e.g. ``preamp sandbox --once``.
        since: When the lock was taken, in seconds since the epoch.
    """

    pid: int
    command: str
    since: float


@contextlib.contextmanager
def single_writer(lock_file: Path, guarded: Guarded, *, command: str = "") -> Iterator[Holder]:
    """Hold a lock while the body runs.

    Args:
        lock_file: The file that is locked; made if absent and left behind. The holder's name is
            kept in the same place with ``.json`` appended.
        guarded: What is guarded; decides the error.
        command: What this process is doing, shown to whoever finds the lock held; by default
            the command line.

    Yields:
        The holder as recorded.

    Raises:
        UserError: `Guarded`'s code, if another writer holds the lock.
    """
    from filelock import FileLock, Timeout

    lock_file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise _held(lock_file, guarded) from None
    record = _record_of(lock_file)
    try:
        holder = Holder(os.getpid(), command or _command_line(), time.time())
        _write_atomically(record, json.dumps(asdict(holder)))
        yield holder
    finally:
        record.unlink(missing_ok=True)
        lock.release()


def current_holder(lock_file: Path) -> Holder | None:
    """Whoever holds a lock now.

    Args:
        lock_file: As given to `single_writer`.

    Returns:
        The holder, or None if nobody does. A record left by a writer that died counts as nobody.
    """
    from filelock import FileLock, Timeout

    holder = _read_record(lock_file)
    if holder is None:
        return None
    try:
        with FileLock(lock_file, timeout=0):
            return None
    except Timeout:
        return holder


def wait_until_free(lock_file: Path, patience: float) -> None:
    """Wait until nobody holds a lock, who is known to be about to let go of it.

    Args:
        lock_file: As given to `single_writer`.
        patience: Seconds after which it is given up, and left to whoever needs the lock.
    """
    from filelock import FileLock, Timeout

    with contextlib.suppress(Timeout), FileLock(lock_file, timeout=patience):
        pass


def _held(lock_file: Path, guarded: Guarded) -> UserError:
    holder = _read_record(lock_file)
    if holder is None:
        return UserError(
            guarded.value,
            f"another {guarded.activity} is running and holds {lock_file}",
            "wait for it to end, then run the command again",
        )
    seconds = max(0, round(time.time() - holder.since))
    return UserError(
        guarded.value,
        f"another {guarded.activity} is running: "
        f"process {holder.pid} ({holder.command}), for {seconds} s",
        f"wait for it, or end it with: kill {holder.pid}",
    )


def _record_of(lock_file: Path) -> Path:
    return lock_file.with_name(f"{lock_file.name}.json")


def _read_record(lock_file: Path) -> Holder | None:
    try:
        found: dict[str, Any] = json.loads(_record_of(lock_file).read_text(encoding="utf-8"))
        return Holder(int(found["pid"]), str(found["command"]), float(found["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _command_line() -> str:
    program, *arguments = sys.argv or ["python"]
    return " ".join([Path(program).name, *arguments])


def _write_atomically(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
