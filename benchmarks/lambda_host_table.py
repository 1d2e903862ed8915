"""The table of the lambda host: two columns of figures and what was aimed at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from benchmarks.lambda_host_usage import ENGINE

if TYPE_CHECKING:
    from benchmarks.figures import Samples
    from benchmarks.lambda_host_usage import CpuMeter

_SHOWN: Final = 0.005


def line(name: str, stock: str, ours: str, note: str = "") -> None:
    """Print one row."""
    print(f"{name:<40} {stock:<24} {ours:<24} {note}".rstrip(), flush=True)


def milliseconds(samples: Samples) -> str:
    """Times in milliseconds: the median, the least and the most."""
    return _range([1000 * each for each in samples.seconds], 1000 * samples.median, "ms")


def per_second(samples: Samples) -> str:
    """How many a second, from the seconds each took: the median, the least and the most."""
    return _range([1 / each for each in samples.seconds], 1 / samples.median, "/s")


def seconds(samples: Samples) -> str:
    """Times in seconds: the median, the least and the most."""
    return _range(samples.seconds, samples.median, "s")


def faster(ours: Samples, theirs: Samples, goal: float | None = None) -> str:
    """How many times faster, and whether that was aimed at."""
    times = theirs.median / ours.median
    aim = f", goal {goal:g} x: {_verdict(times >= goal)}" if goal else ""
    return f"{times:.1f} x faster{aim}"


def at_least(samples: Samples, goal: float) -> str:
    """Whether it happens as often a second as was aimed at."""
    return f"goal {goal:g} /s: {_verdict(1 / samples.median >= goal)}"


def within(figure: float, goal: float, unit: str) -> str:
    """Whether a figure is within what was aimed at."""
    return f"goal {goal:g} {unit}: {_verdict(figure <= goal)}"


def account(name: str, meter: CpuMeter, done: int) -> None:
    """Print where CPU time went.

    Args:
        name: What was done.
        meter: Was entered meanwhile.
        done: How often.
    """
    spent = sorted(meter.seconds.items(), key=lambda each: each[1], reverse=True)
    parts = [f"{who} {1000 * of / done:.2f}" for who, of in spent if 1000 * of / done >= _SHOWN]
    whole = sum(meter.seconds.values())
    used = whole / meter.wall / (os.cpu_count() or 1)
    print(
        f"{name}: {1000 * whole / done:.2f} ms of CPU each: {', '.join(parts)};"
        f" {1000 * meter.wall / done:.2f} ms on the clock, {used:.0%} of the machine,"
        f" engine {meter.seconds[ENGINE] / meter.wall:.0%} of one CPU",
        flush=True,
    )


def limits(flow: Samples, meter: CpuMeter, done: int) -> None:
    """Print how many messages a second the CPU time allows, next to how many there were.

    Args:
        flow: Seconds per message.
        meter: Was entered meanwhile.
        done: How many messages `meter` is of.
    """
    whole, engine = sum(meter.seconds.values()) / done, meter.seconds[ENGINE] / done
    processors = os.cpu_count() or 1
    print(
        f"messages a second: {1 / flow.median:.0f} were sent; the CPU time of each allows"
        f" {processors / whole:.0f} on all {processors} CPUs, and the engine, which has one at a"
        f" time, {1 / engine:.0f}; what is missing is waiting, and what else the machine does",
        flush=True,
    )


def _range(figures: list[float], middle: float, unit: str) -> str:
    digits = 1 if middle >= 10 else 2  # noqa: PLR2004
    least, most = min(figures), max(figures)
    return f"{middle:.{digits}f} {unit} [{least:.{digits}f} - {most:.{digits}f}]"


def _verdict(met: bool) -> str:  # noqa: FBT001 - what it means is told by who asks
    return "PASS" if met else "missed"
