"""Measures what preamp claims about speed: ``make bench``, or ``python benchmarks/run.py``.

``--only lambda`` measures functions on the local cloud alone, ``--only commands`` synthesis and
deployment, ``--only loop`` the inner loop, ``--only data`` synthesis of data models, and
``--only state`` what it costs to keep state. ``--amplify FOLDER`` has Amplify's own library,
installed there once, synthesize the same data models in turns.
Each figure stands beside what it is compared to, measured in turns in the same run. Everything
else happens in a temporary folder, which goes away with every process started in it. The exit
status is 0 whatever the figures are.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

_SAVES: Final = 3


def main() -> None:
    """Measure and print."""
    # run as a file, Python offers this folder to imports, and not the one above it
    sys.path.insert(0, str(Path(__file__).parents[1]))
    arguments = _arguments()
    # without bytecode every run compiles the project's modules anew, which is no one's every day
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    pairs = arguments.pairs
    print(f"{pairs} rounds in turns, median [least - most]; {_load()}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="preamp-bench-")))
        if arguments.only in {None, "commands"}:
            _measure_commands(folder / "commands", pairs)
        if arguments.only in {None, "loop"}:
            _measure_inner_loop(folder / "loop", pairs)
        if arguments.only in {None, "data"}:
            _measure_data(folder / "data", pairs, arguments.amplify)
        if arguments.only in {None, "state"}:
            _measure_state(folder / "state", pairs)
        if arguments.only in {None, "lambda"}:
            _measure_functions(folder, pairs)
    print(f"\n{_load()}")


def _measure_commands(folder: Path, pairs: int) -> None:
    from benchmarks import deployment, hotswap, importing, synthesis
    from benchmarks.workbench import Workbench

    folder.mkdir()
    importing.measure(pairs)
    with Workbench(folder) as bench:
        plain_synthesis = synthesis.measure(bench, pairs)
        deployment.measure(bench, pairs, plain_synthesis)
        hotswap.measure(bench, pairs)


def _measure_inner_loop(folder: Path, pairs: int) -> None:
    from benchmarks import inner_loop, warm_synthesis
    from benchmarks.workbench import Workbench

    folder.mkdir()
    with Workbench(folder) as bench:
        warm_synthesis.measure(bench, _SAVES * pairs)
        inner_loop.measure(bench, _SAVES * pairs)


def _measure_data(folder: Path, pairs: int, amplify: Path | None) -> None:
    from benchmarks import data_synthesis
    from benchmarks.amplify_library import AmplifyLibrary

    library = AmplifyLibrary(amplify.resolve()) if amplify else None
    data_synthesis.measure(folder, pairs, library)


def _measure_state(folder: Path, pairs: int) -> None:
    from benchmarks import durability

    durability.measure(folder, pairs)


def _measure_functions(folder: Path, pairs: int) -> None:
    from benchmarks import lambda_host

    # both clouds live in sessions of their own: told to end, end them too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    lambda_host.measure(folder, pairs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="rounds; 5 by default")
    parser.add_argument(
        "--only",
        choices=("commands", "loop", "data", "state", "lambda"),
        help="a part; all by default",
    )
    parser.add_argument(
        "--amplify",
        type=Path,
        metavar="FOLDER",
        help="measure Amplify's library too, which is installed there with npm (1.2 GB)",
    )
    arguments = parser.parse_args()
    if arguments.pairs < 1:
        parser.error("--pairs must be 1 or more")
    return arguments


def _load() -> str:
    average = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"{os.cpu_count()} CPUs, load {average:.1f}"


if __name__ == "__main__":
    main()
