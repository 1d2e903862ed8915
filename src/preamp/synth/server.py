"""Serves one synthesis after the other, each in a fork of a process that is warm; for Linux.

The server imports the CDK and starts its Node once. A run is a fork of it, which speaks to the
same Node while the server waits: so it finds everything loaded, and in Python nothing of earlier
runs. The server has no threads, as only then a fork is whole.

When there is nothing left to warm up, the next fork is made, and waits: so what a fork costs is
paid before anybody asks.

It is told what to do, and tells what came of it, in messages on a socket: JSON objects, the one
that asks for a run with the stdin, stdout and stderr of the run. The run itself speaks as every
synth child does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import re
import select
import signal
import socket
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from preamp.definition.site import is_user_code
from preamp.synth import kernel, run, warm_up
from preamp.synth.direct_node import Log, dying_with_parent
from preamp.synth.kernel import DirectKernel
from preamp.synth.warm_up import Usage
from preamp.synth.written_pages import copy_ahead, written_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MESSAGE: Final = 1 << 17
_STREAMS: Final = 3
_GRACE: Final = 1.0
_CANCEL: Final = signal.SIGUSR2
_CANCEL_GRACE: Final = 0.5
_QUIET: Final = 1.0
_PSS: Final = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def serve(descriptor: int) -> int:
    """Serve until the other end of a socket is closed; exit status, in each child that of its run.

    Args:
        descriptor: The socket.
    """
    # a Ctrl-C in the terminal is for whoever started us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    prepared = kernel.prepare(Path.cwd(), tied=True)
    unfit = _load(prepared)
    if unfit or not isinstance(prepared, DirectKernel):
        _tell(control, unfit=unfit)
        return 0
    _tell(control, node=prepared.node.pid)
    return _Server(control, prepared).serve()


def _load(prepared: kernel.Kernel) -> str:
    """Import what every run needs; why the server cannot serve, empty if it can."""
    if not isinstance(prepared, DirectKernel):
        return "jsii is not of a version that preamp knows"
    try:
        warm_up.load()
    except Exception as error:  # noqa: BLE001 - whatever it is, a cold child tells it to the user
        return f"{type(error).__name__}: {error}"
    mine = _modules_below(Path.cwd())
    return f"{mine[0]} hides a module that the CDK needs" if mine else ""


class _Child(NamedTuple):
    """A fork that has no run yet, or one; it gets the streams of it through a socket."""

    pid: int
    door: socket.socket


class _Server:
    def __init__(self, control: socket.socket, prepared: DirectKernel) -> None:
        self._control = control
        self._kernel = prepared
        self._usage = Log()
        self._written = Log()
        self._child: _Child | None = None
        self._is_learning = False
        self._base = Usage((), ())
        self._steps: deque[Callable[[], None]] = deque(warm_up.steps())
        self._pending: tuple[dict[str, Any], list[int]] | None = None
        self._cancelled = 0
        self._runs = 0
        self._is_ready = False

    def serve(self) -> int:
        """Warm up and serve until told to end; returns in each child, too."""
        while True:
            self._warm_up()
            if self._is_idle() and self._get_ready():
                return self._serve_run()
            message, streams = self._next()
            if message is None:
                break
            if message.get("warm"):
                self._steps = deque(warm_up.steps(Usage.from_json(message["warm"])))
                self._is_ready = False
            self._cancelled = message.get("cancel", self._cancelled)
            if "run" not in message:
                continue
            if not self._kernel.node.is_silent:
                break  # Node is gone; who asked asks another
            child = self._hand_over(streams)
            if child == 0:
                return self._serve_run()
            status = self._attend(child, message["run"])
            if status is None or not self._report(message["run"], status):
                break
        return 0

    def _warm_up(self) -> None:
        """Do what is left of it, until there is a message."""
        # after the first run there is a deployment, which comes first
        pause = _QUIET if self._runs == 1 else 0
        while self._steps and not self._is_asked(pause):
            self._steps.popleft()()
            pause = 0

    def _is_asked(self, pause: float = 0) -> bool:
        pending = self._pending is not None
        return pending or bool(select.select([self._control], [], [], pause)[0])

    def _is_idle(self) -> bool:
        return not self._steps and not self._is_ready and not self._is_asked()

    def _get_ready(self) -> bool:
        """Make the child of the next run; returns in it, too, when it has that: True."""
        self._leave_child()
        if self._fork():
            return True
        self._is_ready = True
        _tell(self._control, ready=self._runs)
        return False

    def _next(self) -> tuple[dict[str, Any] | None, list[int]]:
        """The next message, None at the end of them."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            return pending
        return _hear(self._control)

    def _hand_over(self, streams: list[int]) -> int:
        """Give a run's streams to a child, whose id is returned; 0 in one that was made now."""
        self._kernel.begin_run()
        self._usage.empty()
        if self._runs == 0:
            self._base = Usage.of_this_process()
        child = self._child
        while child is None or not _give(child, streams):
            self._leave_child()  # somebody has ended it
            if self._fork(streams):
                return 0
            child = self._child
        for stream in streams:
            os.close(stream)
        child.door.close()
        self._child = None
        return child.pid

    def _fork(self, streams: Sequence[int] = ()) -> bool:
        """Make a child; returns in it, too, when it has got a run: True.

        Args:
            streams: Of the run that follows at once, which are not the child's yet.
        """
        # what is frozen is never looked at by the child's collector, so it stays shared memory
        gc.freeze()
        die_with_server = dying_with_parent()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = os.fork()
        if child == 0:
            die_with_server()
            os.setpgid(0, 0)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            exchange = self._kernel.node.exchange
            signal.signal(_CANCEL, lambda *_: exchange.end_when_level())
            for stream in streams:
                os.close(stream)
            ours.close()
            self._control.close()
            self._wait_at(theirs, ahead=not streams)
            return True
        with suppress(OSError):  # the child was quicker, or is gone
            os.setpgid(child, child)
        theirs.close()
        self._child = _Child(child, ours)
        return False

    def _wait_at(self, door: socket.socket, *, ahead: bool) -> None:
        """The child's part: take the streams of a run, or end."""
        if ahead:
            written = self._written.read()
            self._is_learning = self._runs > 0 and not written
            copy_ahead(written)
        message, streams, _, _ = socket.recv_fds(door, _MESSAGE, _STREAMS)
        if not message:
            os._exit(0)
        door.close()
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
            os.close(stream)

    def _leave_child(self) -> None:
        """Let the child that waits end, if there is one."""
        if self._child is not None:
            self._child.door.close()
            os.waitpid(self._child.pid, 0)
            self._child = None

    def _serve_run(self) -> int:
        """The child's part: as any synth child, in a kernel where others were before."""
        request = run.read_request()
        if request is None:
            return 0
        os.close(run.take_stdin())
        importlib.invalidate_caches()
        status = run.answer(request, run.LineReporter(run.take_stdout()), self._kernel)
        if self._is_learning:
            self._written.write(written_pages())
        self._usage.write(Usage.of_this_process().to_json())
        return status

    def _attend(self, child: int, number: int) -> int | None:
        """Wait for a child to end, or end it when told to.

        Returns:
            Its wait status, or None if the server shall end too.
        """
        ending = os.pidfd_open(child)
        patience: float | None = None
        if number == self._cancelled:
            _kill(child)
        is_over = False
        waited_for: list[Any] = [ending, self._control]
        while True:
            ready = select.select(waited_for, [], [], patience)[0]
            if ending in ready:
                break
            if not ready:
                _kill(child)
                continue
            message, streams = _hear(self._control)
            if message is None:
                is_over, patience, waited_for = True, _GRACE, [ending]
            elif message.get("cancel") == number:
                # gently first: one that is killed while Node works for it takes Node with it
                patience = _CANCEL_GRACE
                _kill(child, _CANCEL)
            elif "run" in message:
                # it has had its answer: what still goes on in it is not worth waiting for long
                self._pending, patience = (message, streams), _GRACE
        os.close(ending)
        status = os.waitpid(child, 0)[1]
        return None if is_over else status

    def _report(self, number: int, status: int) -> bool:
        """Tell how a run ended and what became of the server; whether it can go on."""
        from aws_cdk import AssetStaging

        self._runs += 1
        node = self._kernel.node
        usable = node.exchange.is_level and node.is_silent
        text = self._usage.read()
        usage = Usage.from_json(text) if text else self._base
        _tell(
            self._control,
            ended=number,
            status=os.waitstatus_to_exitcode(status),
            usable=usable,
            runs=self._runs,
            megabytes=_megabytes(node.pid) if usable else 0,
            broken=not node.exchange.is_sound,
            usage=usage.since(self._base).to_json() if text else "",
        )
        if usable:
            usage = usage.since(Usage.of_this_process())
            self._steps = deque(warm_up.steps_after_run(usage, is_ready=self._is_ready))
            self._is_ready = False
            # else the next run would get the assets of this one
            AssetStaging.clear_asset_hash_cache()
        return usable


def _give(child: _Child, streams: list[int]) -> bool:
    """Give a child the streams of its run; whether it is there to take them."""
    try:
        socket.send_fds(child.door, [b"run"], streams)
    except OSError:
        return False
    return True


def _kill(child: int, how: signal.Signals = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, how)


def _hear(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    try:
        content, streams, _, _ = socket.recv_fds(control, _MESSAGE, _STREAMS)
    except ConnectionError:
        return None, []
    return (json.loads(content) if content else None), streams


def _tell(control: socket.socket, **message: object) -> None:
    with suppress(OSError):  # the other end is gone: the next message to hear is the end
        control.send(json.dumps(message).encode())


def _megabytes(pid: int) -> int:
    with suppress(OSError):
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))
        return int(found[1]) // 1024 if found else 0
    return 0


def _modules_below(project: Path) -> list[str]:
    """The project's own files that the server has imported, which a run would find outdated."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return [
        file for file in files if file and is_user_code(file) and Path(file).is_relative_to(project)
    ]
