"""The feed of what happens: numbered, bounded, and waited for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from preamp.contract.activity import Activity, CallDenied, Happening, InvocationEnded, MailAccepted
from preamp.engine.activity import ActivityFeed

_LONG = 60.0


def invocation(number: int) -> InvocationEnded:
    """An invocation that can be told from others."""
    return InvocationEnded(float(number), "function", f"request-{number}", 1.5, "succeeded")


DENIAL = CallDenied(
    time=7.0,
    action="sns:Publish",
    resource="arn:aws:sns:us-east-1:000000000000:topic",
    principal="arn:aws:sts::000000000000:assumed-role/role/function",
    role="role",
)


def test_what_comes_after_a_number_is_told_in_order() -> None:
    feed = ActivityFeed()
    for number in range(1, 5):
        feed.add(invocation(number))
    assert feed.after(2) == Activity((invocation(3), invocation(4)), 4)
    assert feed.after(4) == Activity((), 4)


def test_only_the_last_are_remembered() -> None:
    feed = ActivityFeed(size=3)
    for number in range(1, 11):
        feed.add(invocation(number))
    assert feed.after(0) == Activity((invocation(8), invocation(9), invocation(10)), 10)
    assert feed.after(9) == Activity((invocation(10),), 10)


@pytest.mark.parametrize("number", [-1, 3, 500])
def test_a_number_of_an_engine_before_means_everything(number: int) -> None:
    feed = ActivityFeed()
    feed.add(invocation(1))
    assert feed.after(number) == Activity((invocation(1),), 1)


def test_denials_are_remembered_longer_than_what_surrounds_them() -> None:
    feed = ActivityFeed(size=2)
    feed.add(DENIAL)
    for number in range(10):
        feed.add(invocation(number))
    assert feed.denials(since=7.0) == (DENIAL,)
    assert feed.denials(since=7.1) == ()


def test_what_is_forgotten_is_told_no_more_and_numbers_go_on() -> None:
    feed = ActivityFeed()
    feed.add(DENIAL)
    feed.forget()
    assert (feed.denials(since=0.0), feed.after(0)) == ((), Activity((), 1))
    feed.add(invocation(2))
    assert feed.after(1) == Activity((invocation(2),), 2)


def test_who_waits_is_woken_from_another_thread() -> None:
    feed = ActivityFeed()
    feed.add(invocation(1))

    async def add() -> None:
        threading.Thread(target=feed.add, args=(invocation(2),)).start()

    async def watch() -> Activity:
        # In the order they are named: it waits before anything is added.
        activity, _ = await asyncio.gather(feed.wait(None, _LONG), add())
        return activity

    assert asyncio.run(watch()) == Activity((invocation(2),), 2)


def test_waiting_ends_in_time_with_nothing() -> None:
    assert asyncio.run(ActivityFeed().wait(0, 0.0)) == Activity((), 0)


def test_nobody_waits_for_what_has_happened() -> None:
    feed = ActivityFeed()
    feed.add(invocation(1))
    assert asyncio.run(feed.wait(0, _LONG)) == Activity((invocation(1),), 1)


def test_nobody_waits_for_an_engine_that_stops() -> None:
    feed = ActivityFeed()

    async def close() -> None:
        feed.close()

    async def watch() -> tuple[Activity, Activity]:
        before, _ = await asyncio.gather(feed.wait(0, _LONG), close())
        return before, await feed.wait(0, _LONG)

    assert asyncio.run(watch()) == (Activity((), 0), Activity((), 0))


@pytest.mark.parametrize(
    "happening",
    [invocation(1), MailAccepted(1.0, "id", ("jo@example.org",), "Grüße", "function"), DENIAL],
)
def test_what_is_written_is_what_is_read(happening: Happening) -> None:
    activity = Activity((happening,), 3)
    assert Activity.from_json(activity.to_json()) == activity
