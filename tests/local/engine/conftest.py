"""Fixtures: small stacks and functions to try the engine with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.local.engine.local_engine import Functions, Stacks, unique_name

ClientFactory = Callable[..., Any]


@pytest.fixture
def stacks(client: ClientFactory) -> Iterator[Stacks]:
    """Deploy templates; what a test leaves is deleted."""
    made = Stacks(client("cloudformation"), client("s3"))
    yield made
    for name in reversed(made.names):
        client("cloudformation").delete_stack(StackName=name)


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Make names no other test uses."""
    return unique_name


@pytest.fixture
def functions(client: ClientFactory) -> Functions:
    """Create and invoke Lambda functions."""
    return Functions(client)
