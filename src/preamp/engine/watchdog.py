"""The process that tidies up after an engine that was killed.

It outlives the engine by a moment: when the engine is gone, however it went, it kills the workers
and removes their files, and ends.
"""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

# It reads "+ PID" and "- PID" until the pipe ends, which only the engine holds. Each worker leads
# a process group.
_SCRIPT: Final = """
alive=" "
while read -r change pid; do
    case $change in
        +) alive="$alive$pid " ;;
        -) alive="${alive%% $pid *} ${alive#* $pid }" ;;
    esac
done
for pid in $alive; do kill -9 "-$pid"; done
kill -9 "-$1"
cd /
chmod -R u+rwx "$2"
rm -rf "$2"
"""


class Watchdog:
    """The engine's end of it; does nothing where there is no shell.

    Args:
        directory: What it removes; nothing but an engine of the same process may use it.
    """

    def __init__(self, directory: Path) -> None:
        self._lock = threading.Lock()
        self._pipe: int | None = None
        if os.name != "posix" or os.getpgid(0) != os.getpid():
            return
        # The writing end is never closed: that is left to our death.
        reading, self._pipe = os.pipe()
        subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "preamp-watchdog", str(os.getpid()), str(directory)],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Out of reach of who kills the engine's process group.
            start_new_session=True,
        ).returncode = 0
        os.close(reading)

    def watch(self, pid: int, alive: bool) -> None:  # noqa: FBT001 - a change, not an option
        """Hear that a worker has started, or is gone.

        Args:
            pid: Its process, which leads a process group.
            alive: Whether it has started.
        """
        if self._pipe is not None:
            with self._lock, suppress(OSError):
                os.write(self._pipe, f"{'+' if alive else '-'} {pid}\n".encode())
