"""Threads wait for more work, and there are always as many as are needed."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from preamp.engine.ministack.invocation_threads import run_to_its_end
from preamp.engine.threads import LingeringThreads

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 10


def running(threads: LingeringThreads, work: Callable[[], object] = lambda: None) -> Future[int]:
    """Run something; gives the number of the thread it ran in."""
    done: Future[int] = Future()

    def run() -> None:
        work()
        done.set_result(threading.get_ident())

    threads.run(run)
    return done


def test_a_thread_is_used_again() -> None:
    threads = LingeringThreads("test")
    seen = {running(threads).result(_PATIENCE) for _ in range(50)}
    # One may still be putting away what it did when the next work comes.
    assert len(seen) < 10


def test_work_never_waits_for_other_work() -> None:
    threads = LingeringThreads("test")
    running(threads).result(_PATIENCE)
    together = threading.Barrier(20)
    started = [running(threads, lambda: together.wait(_PATIENCE)) for _ in range(20)]
    assert len({each.result(_PATIENCE) for each in started}) == 20


def test_a_thread_ends_when_nothing_comes() -> None:
    ended = threading.Event()
    threads = LingeringThreads("short-lived", idle_seconds=0.001)

    def watch(thread: threading.Thread) -> None:
        thread.join()
        ended.set()

    threads.run(lambda: threading.Thread(target=watch, args=(threading.current_thread(),)).start())
    assert ended.wait(_PATIENCE)
    assert running(threads).result(_PATIENCE)


def test_no_work_is_lost_between_waiting_and_ending() -> None:
    threads = LingeringThreads("test", idle_seconds=0.0)
    for _ in range(500):
        running(threads).result(_PATIENCE)


def test_results_and_errors_come_back() -> None:
    threads = LingeringThreads("test")

    def fail() -> None:
        raise LookupError("mine")

    assert asyncio.run(run_to_its_end(threads, lambda: 7)) == 7
    with pytest.raises(LookupError, match="mine"):
        asyncio.run(run_to_its_end(threads, fail))


def test_who_is_cancelled_waits_for_the_end() -> None:
    threads = LingeringThreads("test")
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(_PATIENCE)
        ended.set()

    async def cancel_twice() -> bool:
        task = asyncio.create_task(run_to_its_end(threads, work))
        await asyncio.to_thread(begun.wait, _PATIENCE)
        for _ in range(2):
            task.cancel()
            await asyncio.wait({task}, timeout=0)
        assert not task.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return ended.is_set()

    assert asyncio.run(cancel_twice())
