"""What a local cloud's processes use: CPU time, by who spends it, and memory at its peak."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

CLIENT: Final = "client"
ENGINE: Final = "engine"
_ENDED: Final = "ended workers"
_OTHERS: Final = "other processes"
_NAME: Final = "AWS_LAMBDA_FUNCTION_NAME"
_LIVE: Final = "-live"
_SAMPLES_APART: Final = 0.1


class CpuMeter:
    """Adds up the CPU time spent while it is entered, which may be often.

    Args:
        pid: The local cloud's process.
        names: What to call the workers of which function, or in which folder: those that are
            copies of another process have its environment.

    Attributes:
        seconds: By who spent them: `CLIENT` (this process), `ENGINE`, the names given.
        wall: Seconds on the clock.
    """

    def __init__(self, pid: int, names: Mapping[str, str]) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.wall = 0.0
        self._engine = psutil.Process(pid)
        self._names = names
        self._before: dict[tuple[str, int], float] = {}
        self._began = 0.0

    def __enter__(self) -> Self:
        self._before = self._read()
        self._began = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wall += time.perf_counter() - self._began
        for (name, pid), seconds in self._read().items():
            self.seconds[name] += seconds - self._before.get((name, pid), 0.0)

    def _read(self) -> dict[tuple[str, int], float]:
        own = self._engine.cpu_times()
        read = {
            (CLIENT, 0): time.process_time(),
            (ENGINE, 0): own.user + own.system,
            (_ENDED, 0): own.children_user + own.children_system,
        }
        for worker in self._engine.children(recursive=True):
            with suppress(psutil.Error):
                name = self._name(worker)
                times = worker.cpu_times()
                read[name, worker.pid] = times.user + times.system
        return read

    def _name(self, worker: psutil.Process) -> str:
        function, folder = worker.environ().get(_NAME, ""), Path(worker.cwd()).name
        folder = folder.removesuffix(_LIVE)
        return self._names.get(function) or self._names.get(folder) or _OTHERS


class PeakMeter:
    """Notes the most processes, and the most memory, of those that start while it is entered.

    Args:
        pid: The local cloud's process.
    """

    def __init__(self, pid: int) -> None:
        self.processes = 0
        self.memory = 0
        self._engine = psutil.Process(pid)
        self._before: set[int] = set()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._before = {worker.pid for worker in self._engine.children(recursive=True)}
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(_SAMPLES_APART):
            sizes = self._resident()
            self.processes = max(self.processes, len(sizes))
            self.memory = max(self.memory, sum(sizes))

    def _resident(self) -> list[int]:
        sizes = []
        for worker in self._engine.children(recursive=True):
            if worker.pid not in self._before:
                with suppress(psutil.Error):
                    sizes.append(worker.memory_info().rss)
        return sizes
