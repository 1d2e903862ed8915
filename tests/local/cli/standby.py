"""A process that has the command line imported, and is copied for each command that is run.

Importing takes most of the time of a small command. A copy is a process like any other, with its
own folder, environment, streams and exit status.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import IO, Final

from preamp.cli.main import run

_ROOT: Final = Path(__file__).parents[3]
_LARGEST: Final = 1 << 20
# what the commands import when they are used
_IMPORTED: Final = (
    "boto3",
    "preamp.cli.commands.invoke",
    "preamp.cli.commands.logs",
    "preamp.cli.commands.mail",
    "preamp.cli.commands.sandbox",
    "preamp.cli.session",
    "preamp.sandbox.daemon",
    "preamp.sandbox.deployment",
)


class Standby:
    """The process, as its starter sees it: run commands from one thread or from several."""

    def __init__(self) -> None:
        self._asking, answering = socket.socketpair()
        with answering:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.local.cli.standby"],
                stdin=answering.fileno(),
                cwd=_ROOT,
            )

    def run(
        self,
        words: tuple[str, ...],
        folder: Path,
        environment: dict[str, str],
        streams: tuple[IO[str], IO[str], IO[str]],
    ) -> int:
        """Run a command to its end; its exit status."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                descriptors = [stream.fileno() for stream in (theirs, *streams)]
                request = json.dumps([words, str(folder), environment]).encode()
                socket.send_fds(self._asking, [request], descriptors)
            status = ours.recv(16)
        assert status, f"preamp {' '.join(words)} was killed"
        return int(status)

    def close(self) -> None:
        """End it."""
        self._asking.close()
        self._process.wait()


@cache
def standby() -> Standby:
    """The one of this test run; started when it is first asked for."""
    return Standby()


def close_standby() -> None:
    """End it, if it was asked for."""
    if standby.cache_info().currsize:
        standby().close()
        standby.cache_clear()


def _serve(asked: socket.socket) -> None:
    """Have a copy run each command; ends when nobody can ask any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for module in _IMPORTED:
        importlib.import_module(module)
    while True:
        request, descriptors, _, _ = socket.recv_fds(asked, _LARGEST, 4)
        if not request:
            return
        if os.fork() == 0:
            _become(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _become(request: bytes, descriptors: list[int]) -> None:
    """Run a command in this process, and end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    answer, *streams = descriptors
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    words, folder, environment = json.loads(request)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = words
    status: int | str | None = 1
    try:
        run()
    except SystemExit as ended:
        status = ended.code
    except BaseException:  # noqa: BLE001 - a process says what ended it
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(answer, str(status).encode())
    os._exit(0)


if __name__ == "__main__":
    with socket.socket(fileno=os.dup(0)) as requests:
        _serve(requests)
