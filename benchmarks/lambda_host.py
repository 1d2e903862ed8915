"""Functions on preamp's local cloud against the same on ministack as it comes, in the same run.

Both clouds run side by side and are asked in turns, so that a busy moment of the machine hits
both alike. preamp's also checks signatures and enforces permissions, which the other does not.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from benchmarks import lambda_host_saves as saves
from benchmarks import lambda_host_table as table
from benchmarks import lambda_host_workers as workers
from benchmarks.figures import Samples, title
from benchmarks.lambda_host_clouds import preamp_cloud, stock_cloud
from benchmarks.lambda_host_side import EVENTS, Side

if TYPE_CHECKING:
    from pathlib import Path

_BURSTS: Final = 3
_MANY: Final = 2000
_SAVES: Final = 15
_ALONE_CALLS: Final = 1000
_GIGABYTE: Final = 1e9
_MESSAGES_GOAL: Final = 8 * 23
"""Messages a second: eight times what was once measured of ministack, which by itself, and warm,
does several times that. So the goal is a figure, and what ministack does here stands beside it."""

_CALLS: Final = (Side.take_warm, Side.take_bare, Side.take_threads, Side.take_cold, Side.take_flow)
_BURSTING: Final = (Side.take_cold_flow, Side.take_burst)


def measure(folder: Path, rounds: int) -> None:
    """Measure and print.

    Args:
        folder: Everything is written below it.
        rounds: How often. Bursts, which take long, at most three times, and once on stock
            ministack, which they leave with gigabytes of workers.
    """
    with ExitStack() as stack:
        stock = Side(stack.enter_context(stock_cloud(folder)), calls=30, messages=80)
        ours = Side(stack.enter_context(preamp_cloud(folder)), calls=200, messages=200)
        title("Functions on the local cloud, against ministack as it comes")
        table.line("", "stock", "preamp")
        _measure_calls(stock, ours, rounds)
        _measure_alone(folder / "alone")
        _measure_saves(folder / "saves")
        _measure_many(ours)
        _measure_bursts(stock, ours, min(rounds, _BURSTS))
        table.line("messages lost in all of this", str(stock.lost), str(ours.lost))
        title("Where the time goes")
        _account(stock, ours)
        table.limits(ours.flow, ours.flow_cpu, ours.done_messages)


def _measure_calls(stock: Side, ours: Side, rounds: int) -> None:
    for number in range(rounds):
        for take in _CALLS:
            take(stock, number)
            take(ours, number)
    _line("warm no-op through boto3, p50", stock.warm, ours.warm, 20)
    _line("the same over bare HTTP", stock.bare, ours.bare)
    threads = table.per_second(stock.threads), table.per_second(ours.threads)
    table.line("warm no-op, 8 threads", *threads, table.faster(ours.threads, stock.threads, 4))
    cold = table.milliseconds(stock.cold), table.milliseconds(ours.cold)
    table.line("cold start of a no-op", *cold, table.within(1000 * ours.cold.median, 60, "ms"))
    flow = table.per_second(stock.flow), table.per_second(ours.flow)
    note = f"{table.faster(ours.flow, stock.flow)}, {table.at_least(ours.flow, _MESSAGES_GOAL)}"
    table.line("publisher-SNS-emailer-SES, 8 clients", *flow, note)


def _line(name: str, stock: Samples, ours: Samples, goal: float | None = None) -> None:
    both = table.milliseconds(stock), table.milliseconds(ours)
    table.line(name, *both, table.faster(ours, stock, goal))


def _measure_alone(folder: Path) -> None:
    taken = Samples([workers.alone(folder, _ALONE_CALLS)])
    note = table.within(1000 * taken.median, 0.5, "ms")
    table.line("worker's round trip, no HTTP, p50", "", table.milliseconds(taken), note)


def _measure_saves(folder: Path) -> None:
    for name, taken in saves.measure(folder, _SAVES).items():
        samples = Samples(taken)
        note = table.within(1000 * samples.median, 50, "ms")
        row = f"from saving to the new answer, {name}, p50"
        table.line(row, "", table.milliseconds(samples), note)


def _measure_many(ours: Side) -> None:
    sent = ours.send(_MANY, "many:")
    told = f"{sent.lost}, {sent.duplicated}"
    note = table.within(sent.lost + sent.duplicated, 0, "of both")
    table.line(f"{_MANY} of these: lost, duplicated", "", told, note)
    table.line("  at", "", f"{_MANY / sent.seconds:.0f} /s")


def _measure_bursts(stock: Side, ours: Side, rounds: int) -> None:
    # stock last: the machine needs a while to recover from it
    for side, times in ((ours, rounds), (stock, 1)):
        for number in range(times):
            for take in _BURSTING:
                take(side, number)
    flow = table.per_second(stock.cold_flow), table.per_second(ours.cold_flow)
    faster = table.faster(ours.cold_flow, stock.cold_flow, 8)
    table.line(f"the same, {EVENTS} from a cold start", *flow, faster)
    bursts = table.seconds(stock.bursts), table.seconds(ours.bursts)
    note = table.within(ours.bursts.median, 3, "s")
    table.line(f"burst of {EVENTS} on a cold function", *bursts, note)
    table.line("  most workers at a time", str(stock.processes), str(ours.processes))
    memory = [f"{side.memory / _GIGABYTE:.2f} GB" for side in (stock, ours)]
    note = table.within(ours.memory / _GIGABYTE, 0.8, "GB")
    table.line("  their memory", memory[0], memory[1], note)


def _account(stock: Side, ours: Side) -> None:
    for side in (stock, ours):
        table.account(f"{side.name}, a warm call", side.calls_cpu, side.done_calls)
        table.account(f"{side.name}, a message", side.flow_cpu, side.done_messages)
