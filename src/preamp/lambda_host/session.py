"""One worker from start to end: its process, its Runtime API and its output, awaited at once.

The thread that waits for an answer is the server: there is no other. Nobody reads between two
invocations, as nobody runs there on AWS. Knows no phase and no error's wording.
"""

from __future__ import annotations

import selectors
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.lambda_host.memory import peak_memory, resident_memory
from preamp.lambda_host.output import Output
from preamp.lambda_host.runtime_api import Message, RuntimeApi

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from preamp.lambda_host.process import Process

_TICK: Final = 0.05
_QUICK_TICK: Final = 0.002


@dataclass(frozen=True)
class Exited:
    """The process ended before it answered.

    Attributes:
        status: How, negative for a signal.
    """

    status: int


@dataclass(frozen=True)
class TimedOut:
    """Nothing was heard in time."""


@dataclass(frozen=True)
class OutOfMemory:
    """The process uses more memory than it may."""


Event = Message | Exited | TimedOut | OutOfMemory


class Session:
    """A running worker.

    Args:
        start: Starts its process, given the address of its Runtime API and the descriptor it is
            to write to.
        memory_bytes: The memory it may use.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, start: Callable[[str, int], Process], memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._tick = _TICK
        self._api = RuntimeApi()
        self.output = Output()
        try:
            self.process = start(self._api.address, self.output.writing_end)
        except BaseException:
            self.output.close_writing_end()
            self.output.close()
            self._api.close()
            raise
        self.output.close_writing_end()
        self._selector = selectors.DefaultSelector()
        self._watch(self._api.listener, self._accept)
        self._is_output_watched = self._has_output_ended = False
        self._watch_output()

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self.process.exit_status() is None

    def is_ready(self) -> bool:
        """Tell whether the runtime waits for an invocation, and has not ended since it asked."""
        self._serve(0)
        return self._api.is_awaited

    def deliver(self, headers: Iterable[tuple[str, str]], request_id: str, payload: bytes) -> None:
        """Give the waiting runtime an invocation."""
        # Each line would wake who waits for the answer; of a quick call, all are read with that.
        self._leave_output()
        self._api.deliver(headers, request_id, payload)

    def wait(self, deadline: float) -> Event:
        """Serve the worker until it has something to say.

        Args:
            deadline: When to stop waiting, on the monotonic clock.
        """
        messages = self._api.messages
        look_at = time.monotonic() + self._tick
        while not messages:
            now = time.monotonic()
            if now >= deadline:
                return TimedOut()
            if now >= look_at:
                # What it has to say by now may be more than the pipe holds.
                self._watch_output()
                trouble = self._trouble()
                if trouble is not None:
                    return trouble
                self._tick = min(self._tick * 1.5, _TICK)
                look_at = now + self._tick
            self._serve(min(deadline, look_at) - now)
        # It writes before it speaks: what it wrote is there.
        self.output.drain()
        return messages.popleft()

    def peak_memory(self) -> int:
        """The most bytes the process has used."""
        return peak_memory(self.process.pid)

    def close(self) -> None:
        """Kill the process and let go of everything; the output can still be taken."""
        self.process.kill()
        self.output.drain()
        self._selector.close()
        self.output.close()
        self._api.close()

    def _watch(self, channel: socket.socket | Output, serve: Callable[[], None]) -> None:
        self._selector.register(channel, selectors.EVENT_READ, serve)

    def _serve(self, timeout: float) -> bool:
        """Serve what is ready; False if nothing was."""
        ready = self._selector.select(max(0.0, timeout))
        for key, _ in ready:
            key.data()
        return bool(ready)

    def _accept(self) -> None:
        channel = self._api.accept()
        if channel is not None:
            self._watch(channel, lambda: self._receive(channel))

    def _receive(self, channel: socket.socket) -> None:
        descriptor = channel.fileno()
        if not self._api.receive(channel):
            self._unwatch(descriptor)

    def _watch_output(self) -> None:
        if not (self._is_output_watched or self._has_output_ended):
            self._is_output_watched = True
            self._watch(self.output, self._read_output)

    def _leave_output(self) -> None:
        if self._is_output_watched:
            self._is_output_watched = False
            self._selector.unregister(self.output)

    def _read_output(self) -> None:
        if not self.output.read():
            self._is_output_watched, self._has_output_ended = False, True
            self._unwatch(self.output.fileno())

    def _unwatch(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        # An end is seldom the only one: look out for the process's.
        self._tick = _QUICK_TICK

    def _trouble(self) -> Event | None:
        status = self.process.exit_status()
        if status is None:
            return OutOfMemory() if self._uses_too_much() else None
        # What it said last may still be on its way.
        while self._serve(0):
            pass
        self.output.drain()
        messages = self._api.messages
        return messages.popleft() if messages else Exited(status)

    def _uses_too_much(self) -> bool:
        return resident_memory(self.process.pid) > self._memory_bytes
