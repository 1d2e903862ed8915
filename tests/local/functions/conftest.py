"""Fixtures: functions, stacks and queues that tell what arrived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.local.engine.conftest import functions, stacks, unique
from tests.local.functions.arrivals import Queue, make_queue

__all__ = ["functions", "queue", "queues", "stacks", "unique"]

ClientFactory = Callable[..., Any]


@pytest.fixture
def queues(client: ClientFactory) -> Callable[..., Queue]:
    """Make queues; options are their attributes."""

    def make(**attributes: Any) -> Queue:
        return make_queue(client("sqs"), **attributes)

    return make


@pytest.fixture
def queue(queues: Callable[..., Queue]) -> Queue:
    """A queue for what arrives."""
    return queues()
