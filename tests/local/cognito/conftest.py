"""Fixtures: user pools to sign up in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from tests.local.cognito.accounts import Accounts, make_accounts

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
MakeAccounts = Callable[..., Accounts]


@pytest.fixture(scope="session")
def app(client: ClientFactory) -> Any:
    """A Cognito client without credentials, as an app has it."""
    unsigned = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return client("cognito-idp", config=unsigned)


@pytest.fixture
def pool_of(client: ClientFactory, app: Any, engine: EngineConnection) -> MakeAccounts:
    """Make pools; options are theirs."""

    def make(**options: Any) -> Accounts:
        return make_accounts(app, client("cognito-idp"), engine, **options)

    return make


@pytest.fixture
def accounts(pool_of: MakeAccounts) -> Accounts:
    """A pool whose e-mail addresses are verified."""
    return pool_of()
