"""A lambda host for each test, with what Python functions need already installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.functional.lambda_host.host_bench import Bench

from preamp.contract.cache import cache_root
from preamp.contract.uv import uv_binary, uv_variables
from preamp.lambda_host import HostSettings

if TYPE_CHECKING:
    from pathlib import Path

MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[MakeBench]:
    """Make a bench with settings of one's own; its host is closed after the test."""
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        temporary = tmp_path / f"temporary-{len(made)}"
        temporary.mkdir()
        settings: dict[str, Any] = {
            "temporary": temporary,
            "cache": cache_root(),
            "uv": uv_binary(),
            "uv_variables": uv_variables(),
        }
        made.append(Bench(HostSettings(**{**settings, **options}), tmp_path / f"code-{len(made)}"))
        return made[-1]

    yield make
    for bench in made:
        bench.host.close()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """A bench as in an engine."""
    return make_bench()
