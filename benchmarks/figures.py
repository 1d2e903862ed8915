"""Figures and how they are shown: medians with their range, ratios, goals."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHORT: Final = 0.5


@dataclass
class Samples:
    """Times of one thing.

    Attributes:
        seconds: In the order they were taken.
    """

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.seconds)

    def __str__(self) -> str:
        least, most = min(self.seconds), max(self.seconds)
        if self.median < _SHORT:
            return f"{self.median * 1000:.0f} ms [{least * 1000:.0f} - {most * 1000:.0f}]"
        return f"{self.median:.2f} s [{least:.2f} - {most:.2f}]"


def in_turns(variants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Samples]:
    """Take times in turns, A B A B, so that a busy moment of the machine hits all alike.

    Args:
        variants: What to measure: each call does it once and returns its seconds.
        rounds: How often.

    Returns:
        The times of each variant; one round before the first is not counted.
    """
    taken = {name: Samples() for name in variants}
    for number in range(rounds + 1):
        for name, take in variants.items():
            seconds = take()
            if number:
                taken[name].seconds.append(seconds)
    return taken


def title(text: str) -> None:
    """Print the head of a table."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def row(name: str, value: object, note: str = "") -> None:
    """Print one row of a table."""
    print(f"{name:<46} {value!s:<24} {note}".rstrip(), flush=True)


def ratio(ours: float, theirs: float) -> str:
    """How two times compare, in words that say which one is faster."""
    times = theirs / ours
    return f"preamp {times:.1f} x faster" if times >= 1 else f"preamp {1 / times:.1f} x SLOWER"


def verdict(seconds: float, goal: float) -> str:
    """Whether a time stays within its goal."""
    return f"goal {goal:.1f} s: {'PASS' if seconds < goal else 'over goal'}"
