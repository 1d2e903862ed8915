"""Who gets which worker, and who has to wait."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from preamp.engine.ministack.workers import Pool

CONFIG: dict[str, Any] = {}
STARTS = 2 * (os.cpu_count() or 1)


class FakeWorker:
    """A worker that is warm when it is told so."""

    def __init__(self, name: str, *_: object) -> None:
        self.name = name
        self.in_use = False
        self.alive = False
        self.last_used = 0.0


def pool_of(limit: int = 99, patience: float = 0.0) -> Pool:
    """A pool, with as much of the emulator as it needs."""
    runtime = SimpleNamespace(
        _lock=threading.Lock(),
        _workers={},
        _worker_key=lambda name, _config, qualifier: f"{name}:{qualifier}",
        _worker_class_for=lambda _config: FakeWorker,
    )
    return Pool(runtime, limit, patience)


def acquire(pool: Pool, name: str = "f") -> Any:
    """Lease a worker; None if there is none."""
    return pool.acquire(name, CONFIG, b"")[0]


def warm(pool: Pool, name: str = "f") -> Any:
    """Lease a new worker and initialize it."""
    worker = acquire(pool, name)
    worker.alive = True
    pool.initialized(worker)
    return worker


def test_a_warm_worker_is_reused_by_its_function_alone() -> None:
    pool = pool_of()
    worker = warm(pool)
    pool.release(worker)
    assert pool.acquire("f", CONFIG, b"") == (worker, "reused")
    assert acquire(pool) is not worker
    assert acquire(pool, "other").name == "other"


def test_a_warm_worker_is_preferred_to_one_that_was_stopped() -> None:
    pool = pool_of()
    stopped, running = warm(pool), warm(pool)
    for worker in (stopped, running):
        pool.release(worker)
    stopped.alive = False
    assert acquire(pool) is running
    assert pool.acquire("f", CONFIG, b"") == (stopped, "spawn")


def test_beyond_the_limit_there_is_none_until_one_is_given_back() -> None:
    pool = pool_of(limit=1)
    worker = warm(pool)
    assert pool.acquire("other", CONFIG, b"") == (None, "func_cap")
    pool.release(worker)
    pool.release(None)
    assert acquire(pool, "other").name == "other"


@pytest.mark.parametrize("first", ["released", "initialized"])
def test_who_waits_because_many_start_gets_what_comes_first(first: str) -> None:
    pool = pool_of()
    starting = [acquire(pool) for _ in range(STARTS)]
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(acquire, pool)
        starting[0].alive = True
        if first == "released":
            pool.release(starting[0])
            assert waiting.result(5) is starting[0]
        else:
            pool.initialized(starting[0])
            assert waiting.result(5) not in starting


def test_a_start_that_takes_long_is_not_waited_for() -> None:
    pool = pool_of()
    starting = [acquire(pool) for _ in range(STARTS)]
    assert acquire(pool) not in starting
