"""Starts jsii's Node program directly, without the relay that jsii puts between.

That saves a process and a hop for each call, tells what the program reads, and leaves a kernel that
more than one process can use, one after the other. It starts before Python has loaded what speaks
to it, and may load a library while Python is busy with others. It builds on private names of jsii;
where they are not as we know them, `install` says so and jsii does as it always does.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import mmap
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections import deque
from importlib import resources
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from preamp.errors import Fault
from preamp.synth import jsii_requests
from preamp.synth.libraries import Library, jsii_folder, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PRELOADS: Final = tuple(
    argument
    for name in ("libraries.cjs", "preload.cjs", "shortcuts.cjs")
    for argument in ("--require", Path(__file__).with_name(name))
)
"""What Node is told to load before its program."""
_CHANNEL: Final = 3
"""The file descriptor on which jsii's program speaks."""
FLAGS: Final = ("--max-old-space-size=4069", "--max-semi-space-size=16", "--preserve-symlinks")
"""Node's options."""
_KNOWN: Final = ("start", "stop", "send", "handshake", "_next_message")
_PROGRAM: Final = "lib/program.js"
_NEEDED: Final = (_PROGRAM, "lib/runtime-index-worker.js")
_PR_SET_PDEATHSIG: Final = 1
# Node may call back before it answers, and is told what came of that
_CALLBACK: Final = b'{"callback"'
_COMPLETION: Final = b'{"complete"'
_PATIENCE: Final = 2.0


class Exchange:
    """How many calls were asked and answered, for all processes that share a kernel."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 3 * 8)
        self._shall_end = False

    def end_when_level(self) -> None:
        """End this process now, or when the call that is going on was answered.

        So the kernel can go on serving others.
        """
        self._shall_end = True
        self._end_if_asked_to()

    def asked(self) -> None:
        """Count a call that is about to be sent."""
        self._add(0)

    def answered(self) -> None:
        """Count an answer that was read to its end."""
        self._add(1)
        self._end_if_asked_to()

    def broken(self) -> None:
        """Note that the kernel said of itself that it is at fault."""
        self._add(2)

    @property
    def is_level(self) -> bool:
        """Whether every call was answered, so that the next one gets its own answer."""
        asked, answered, _ = self._counts()
        return asked == answered

    @property
    def is_sound(self) -> bool:
        """Whether the kernel never was at fault."""
        return self._counts()[2] == 0

    def _end_if_asked_to(self) -> None:
        if self._shall_end and self.is_level:
            os._exit(1)

    def _counts(self) -> tuple[int, ...]:
        return struct.unpack("3Q", self._shared)

    def _add(self, place: int) -> None:
        (count,) = struct.unpack_from("Q", self._shared, place * 8)
        struct.pack_into("Q", self._shared, place * 8, count + 1)


class Log:
    """A file without a name that Node writes to and we read; in memory where that is possible."""

    def __init__(self) -> None:
        import fcntl

        if hasattr(os, "memfd_create"):
            self._file: IO[bytes] = os.fdopen(os.memfd_create("preamp-log"), "w+b")
        else:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.descriptor = self._file.fileno()
        fcntl.fcntl(self.descriptor, fcntl.F_SETFL, os.O_APPEND)

    def read(self) -> str:
        """Everything written since it was emptied."""
        size = os.fstat(self.descriptor).st_size
        return os.pread(self.descriptor, size, 0).decode(errors="replace")

    def write(self, text: str) -> None:
        """Write to it ourselves."""
        os.write(self.descriptor, text.encode())

    def empty(self) -> None:
        """Forget what was written."""
        os.ftruncate(self.descriptor, 0)


class Reads(NamedTuple):
    """What a Node read of the project.

    Attributes:
        files: Absolute paths.
        folders: Of those whose content was listed.
        is_complete: Whether it ran no programs, whose reads nobody knows.
    """

    files: frozenset[str]
    folders: frozenset[str]
    is_complete: bool

    @staticmethod
    def noted(text: str) -> Reads:
        """What ``preload.cjs`` wrote."""
        notes = [json.loads(line) for line in text.splitlines()[1:]]
        files, folders = (
            frozenset(path for path, is_folder in notes if is_folder is kind)
            for kind in (False, True)
        )
        return Reads(files, folders, "" not in files)


class DirectNode:
    """The Node process of a kernel.

    Attributes:
        console: What Node prints.
        notes: Which files of the project Node reads; see ``preload.cjs``.
        exchange: The calls made to it.
        streams: What jsii speaks to it by, once it was started.
    """

    def __init__(self, project: Path, *, tied: bool) -> None:
        self._tied = tied
        self.console = Log()
        self.notes = Log()
        self.exchange = Exchange()
        self._runs = 0
        self._project = project
        self._owner = os.getpid()
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.streams: _Streams | None = None
        self._ahead: deque[Library] = deque()
        self._loaded: list[Library] = []
        self._is_loading = True

    @property
    def pid(self) -> int:
        """The process's id; 0 before it was started."""
        return self._process.pid if self._process else 0

    @property
    def is_silent(self) -> bool:
        """Whether nothing lies on the channel that nobody waits for, the end of it included."""
        import select

        return self._channel is not None and not select.select([self._channel], [], [], 0)[0]

    def begin_run(self) -> None:
        """Forget what earlier runs printed and read."""
        self._runs += 1
        self.console.empty()
        self.notes.empty()
        self.notes.write(f"run {self._runs:011}\n")

    def start(self, program: Path) -> None:
        """Start it; it says that it is there before it is asked anything.

        Args:
            program: jsii's ``program.js``.
        """
        self.begin_run()
        # the first to be opened: so descriptor 3 is taken, and no pipe of `Popen` can be there
        self._channel, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [os.environ["JSII_NODE"], *FLAGS, *PRELOADS, program],
            stdin=subprocess.DEVNULL,
            stdout=self.console.descriptor,
            stderr=self.console.descriptor,
            env=self._environment(),
            pass_fds=(_CHANNEL, self.notes.descriptor),
            preexec_fn=_connecting(theirs.fileno(), tied=self._tied),  # noqa: PLW1509 - no threads here
        )
        theirs.close()
        self.streams = _Streams(self._channel, self.exchange)

    def ask_ahead(self, libraries: Sequence[Library]) -> None:
        """Have libraries loaded, whose answers are read when jsii asks for them."""
        if self.streams is None:
            return
        for library in libraries:
            self.streams.write(library.request())
            self._ahead.append(library)
        self.streams.flush()

    def takes_ahead(self, library: Library) -> bool:
        """Whether a library that jsii asks for is the next of those that were asked for already."""
        self._loaded.append(library)
        if self._ahead and self._ahead[0] == library:
            self._ahead.popleft()
            return True
        self._read_ahead()
        return False

    def settle(self) -> None:
        """Hear what is left of what was asked ahead, before something else is asked."""
        if self._is_loading:
            self._is_loading = False
            self._read_ahead()
            remember(self._loaded)

    def _read_ahead(self) -> None:
        """Read answers that nobody asked for; what went wrong is told to whoever asks again."""
        while self._ahead and self.streams is not None:
            self._ahead.popleft()
            self.streams.readline()

    def stop(self) -> None:
        """Let it end, if it is ours."""
        if self._channel is None or self._process is None or os.getpid() != self._owner:
            return
        # what jsii holds of it would keep it open
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        self._channel.close()
        self._channel = None
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "JSII_AGENT": f"Python/{platform.python_version()}",
            "PREAMP_KERNEL_LIBRARIES": str(jsii_folder()),
            "PREAMP_KERNEL_NOTES": str(self.notes.descriptor),
            "PREAMP_KERNEL_PROJECT": str(self._project),
        }


class _Streams:
    """What jsii takes for its process: it writes to `stdin` and reads from `stdout`."""

    def __init__(self, channel: socket.socket, exchange: Exchange) -> None:
        self._reader = channel.makefile("rb")
        self._writer = channel.makefile("wb")
        self._exchange = exchange
        self._is_left_out = False
        self.stdin = self
        self.stdout = self

    def write(self, data: bytes) -> None:
        if self._is_left_out:
            self._is_left_out = False
            return
        if not data.startswith(_COMPLETION):
            self._exchange.asked()
        self._writer.write(data)

    def leave_out(self) -> None:
        """Do not send what is written next: its answer will come all the same."""
        self._is_left_out = True

    def flush(self) -> None:
        with contextlib.suppress(ConnectionError):  # read by whoever waits for the answer
            self._writer.flush()

    def readline(self) -> bytes:
        try:
            line = self._reader.readline()
        except ConnectionError:
            line = b""
        if not line.endswith(b"\n"):
            raise Fault("KernelLostFault", "the Node process of the CDK ended unexpectedly")
        if not line.startswith(_CALLBACK):
            self._exchange.answered()
        if b'"@jsii/kernel.Fault"' in line:
            self._exchange.broken()
        return line


def install(project: Path, *, tied: bool, ahead: Sequence[Library] = ()) -> DirectNode | None:
    """Have jsii use a Node of ours, before anything imports the CDK.

    Args:
        project: The project's folder, absolute; what Node reads in it is noted.
        tied: Whether the system shall kill Node if this process is killed, where it can. Otherwise
            Node ends by itself as soon as it waits for us, and leaves nothing behind.
        ahead: Libraries that Node loads before it is asked to, in the order it will be.

    Returns:
        The Node, or None if this jsii or this system is not one we know.
    """
    if os.name != "posix":
        return None
    node = DirectNode(project, tied=tied)
    if _is_laid_out():
        # by the time that jsii is imported, it will be there
        node.start(jsii_folder() / _PROGRAM)
        node.ask_ahead(ahead)
    if not _can_replace_stock() or not (node.pid or _lay_out()):
        node.stop()
        return None
    _replace_stock(node)
    return node


def _can_replace_stock() -> bool:
    from jsii._kernel.providers import process

    stock = getattr(process, "_NodeProcess", None)
    return stock is not None and all(hasattr(stock, name) for name in _KNOWN)


def _replace_stock(node: DirectNode) -> None:
    """Have jsii use a Node where it would start one."""
    from jsii._kernel.providers import process
    from jsii._kernel.types import LoadRequest

    stock: Any = process._NodeProcess  # noqa: SLF001 - what this is about

    class Direct(stock):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            jsii_requests.leave_arguments(self._serializer)

        def start(self) -> None:
            if not node.pid:
                node.start(jsii_folder() / _PROGRAM)
            self._process: Any = node.streams
            node.exchange.asked()  # it speaks first
            atexit.register(self.stop)
            self.handshake()

        def send(self, request: Any, response_type: Any) -> Any:  # noqa: ANN401 - as jsii has it
            if not isinstance(request, LoadRequest):
                node.settle()
            elif node.takes_ahead(Library(request.name, request.version, request.tarball)):
                self._process.leave_out()
            return super().send(request, response_type)

        def stop(self) -> None:
            atexit.unregister(self.stop)
            node.stop()

    jsii_requests.install()
    process._NodeProcess = Direct  # type: ignore[misc] # noqa: SLF001


def _lay_out() -> bool:
    """Write jsii's program where Node can load it, unless it is there; whether it is there now.

    In a place of its own and not, as jsii has it, in a temporary folder: a child of the process
    that made that one would remove it when it ends.
    """
    if _is_laid_out():
        return True
    import jsii._embedded.jsii as embedded

    named = {name: resource for resource, name in embedded.EMBEDDED_FILES.items()}
    place = jsii_folder()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as draft:
            for name in _NEEDED:
                file = Path(draft, "new", name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(resources.files(embedded).joinpath(named[name]).read_bytes())
            with contextlib.suppress(OSError):  # another process was quicker
                Path(draft, "new").rename(place)
    except (OSError, KeyError):
        return False
    return _is_laid_out()


def _is_laid_out() -> bool:
    return all((jsii_folder() / name).is_file() for name in _NEEDED)


def _connecting(channel: int, *, tied: bool) -> Callable[[], None]:
    """What the new process does before it becomes Node."""
    die_with_parent = dying_with_parent()

    def connect() -> None:
        os.dup2(channel, _CHANNEL)
        if tied:
            die_with_parent()

    return connect


def dying_with_parent() -> Callable[[], None]:
    """What a new process calls to be killed by the system when its parent dies, on Linux."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
