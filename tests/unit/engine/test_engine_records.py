"""What the parts of the engine tell each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from preamp.engine.ministack.settings import apply_settings
from preamp.engine.ministack.upstream import Symbol
from preamp.engine.record import EngineRecord, RootKeys
from preamp.engine.setup import Setup

_KEYS = RootKeys("LKIA0123456789ABCDEF", "secret")
_LINE = (
    '{"state_directory": "/state", "port": 1, "region": "us-east-1", "account": "000000000000",'
    ' "access_key_id": "k", "secret_access_key": "secret", "token": "token"}'
)


def test_a_record_gives_the_connection_and_its_variables() -> None:
    connection = EngineRecord(7, 1.5, "token", 4567, 2.5).connection(_KEYS)
    assert connection.endpoint == "http://127.0.0.1:4567"
    assert connection.variables() == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4567",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": _KEYS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": "secret",
    }


def test_a_starting_engine_has_no_connection() -> None:
    with pytest.raises(ValueError, match="no port"):
        EngineRecord(7, 1.5, "token").connection(_KEYS)


def test_secrets_are_not_in_what_is_printed() -> None:
    record = EngineRecord(7, 1.5, "hidden-token", 4567)
    text = repr([record, _KEYS, record.connection(_KEYS), Setup.from_json(_LINE)])
    for secret in ("hidden-token", "'secret'", "'token'"):
        assert secret not in text


def test_the_emulator_is_told_to_stay_on_loopback_with_its_checks_on() -> None:
    environment: dict[str, str] = {}
    apply_settings(Setup.from_json(_LINE), environment)
    assert environment["AUTH"] == "true"
    assert environment["IOT_MTLS_ENABLED"] == "0"
    # Nothing of what it writes by itself outlives it.
    assert Path(environment["STATE_DIR"]).is_relative_to(Path("/state/tmp"))
    assert {environment[name] for name in ("BIND_HOST", "SFTP_HOST")} == {"127.0.0.1"}
    assert not {"secret", "token"} & set(environment.values())


def test_a_symbol_that_is_not_there_is_a_problem() -> None:
    assert "no_such_module" in (Symbol("no_such_module:name").problem() or "")
