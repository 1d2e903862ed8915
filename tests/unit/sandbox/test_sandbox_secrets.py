from __future__ import annotations

import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from preamp.assembly.project import Project
from preamp.contract.site import Site
from preamp.errors import UserError
from preamp.sandbox.place import SandboxPlace, sandbox_place
from preamp.sandbox.secrets import (
    SecretStore,
    require_secrets,
    secrets_context,
    secrets_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class NotFoundError(Exception):
    """What the client raises for a parameter that is not there."""


@dataclass
class Parameter:
    value: str
    version: int
    modified: datetime


class Exceptions:
    ParameterNotFound = NotFoundError


@dataclass
class Parameters:
    """Systems Manager's parameters, with a clock that goes on by a second with each change."""

    kept: dict[str, Parameter] = field(default_factory=dict)
    now: datetime = datetime(2026, 11, 1, tzinfo=UTC)
    exceptions: type[Exceptions] = Exceptions

    def put_parameter(self, *, Name: str, Value: str, Type: str, Overwrite: bool) -> None:  # noqa: N803
        assert (Type, Overwrite) == ("SecureString", True)
        self.now += timedelta(seconds=1)
        earlier = self.kept[Name].version if Name in self.kept else 0
        self.kept[Name] = Parameter(Value, earlier + 1, self.now)

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:  # noqa: N803
        assert WithDecryption
        if Name not in self.kept:
            raise NotFoundError
        return {"Parameter": self._told(Name)}

    def get_parameters(self, *, Names: list[str]) -> dict[str, Any]:  # noqa: N803
        assert len(Names) <= 10
        found = [{**self._told(name), "Value": "hidden"} for name in Names if name in self.kept]
        return {"Parameters": found}

    def delete_parameter(self, *, Name: str) -> None:  # noqa: N803
        if self.kept.pop(Name, None) is None:
            raise NotFoundError

    def get_paginator(self, operation: str) -> Parameters:
        assert operation == "get_parameters_by_path"
        return self

    def paginate(self, *, Path: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        for name in sorted(self.kept, reverse=True):
            if name.startswith(f"{Path}/"):
                yield {"Parameters": [self._told(name)]}

    def _told(self, name: str) -> dict[str, Any]:
        kept = self.kept[name]
        return {
            "Name": name,
            "Value": kept.value,
            "Version": kept.version,
            "LastModifiedDate": kept.modified,
        }


@dataclass(frozen=True)
class Clients:
    parameters: Parameters

    def client(self, service: str) -> Parameters:
        assert service == "ssm"
        return self.parameters


@dataclass(frozen=True)
class Target:
    clients: Clients


@dataclass(frozen=True)
class Assembly:
    secrets: dict[str, tuple[Site, ...]]


LINE = Site("amplify/backend.py", 3)


@pytest.fixture
def place(tmp_path: Path) -> SandboxPlace:
    made = SandboxPlace(Project(tmp_path, tmp_path / "amplify" / "backend.py", "demo"), "me")
    made.prepare()
    return made


@pytest.fixture
def parameters() -> Parameters:
    return Parameters()


@pytest.fixture
def store(place: SandboxPlace, parameters: Parameters) -> SecretStore:
    def connect() -> Parameters:
        place.engine_directory.mkdir(exist_ok=True)
        return parameters

    return SecretStore(place, connect)


def require(place: SandboxPlace, parameters: Parameters, *names: str) -> None:
    assembly: Any = Assembly(dict.fromkeys(names, (LINE,)))
    target: Any = Target(Clients(parameters))
    require_secrets(assembly, place, target)


def test_a_secret_is_kept_under_amplifys_path(store: SecretStore, parameters: Parameters) -> None:
    store.set("KEY", "value")
    assert list(parameters.kept) == ["/amplify/demo/me-sandbox-b83aa8c917/KEY"]


def test_a_sandbox_that_never_was_is_not_made_for_a_question(place: SandboxPlace) -> None:
    def connect() -> None:
        raise AssertionError("it was started")

    store = SecretStore(place, connect, place.engine_directory.exists)
    assert store.names() == []
    for ask in (store.get, store.remove):
        with pytest.raises(UserError) as missing:
            ask("KEY")
        assert missing.value.code == "SecretNotFoundError"


def test_what_was_set_last_is_read(store: SecretStore) -> None:
    store.set("KEY", "one")
    stored = store.set("KEY", "two")
    assert stored == store.get("KEY")
    assert (stored.value, stored.version) == ("two", 2)


def test_names_are_sorted_and_the_shared_ones_are_not_the_sandboxs(
    store: SecretStore, parameters: Parameters
) -> None:
    store.set("B", "1")
    store.set("A", "1")
    parameters.put_parameter(
        Name="/amplify/shared/demo/C", Value="1", Type="SecureString", Overwrite=True
    )
    assert store.names() == ["A", "B"]


@pytest.mark.parametrize("operation", ["get", "remove"])
def test_a_name_that_is_not_there_is_an_error_that_knows_the_nearest(
    store: SecretStore, operation: str
) -> None:
    store.set("API_KEY", "1")
    with pytest.raises(UserError) as missing:
        getattr(store, operation)("API_KYE")
    assert missing.value.code == "SecretNotFoundError"
    assert missing.value.hint == "did you mean API_KEY?"


@pytest.mark.parametrize("value", ["", "x" * 4097, "é" * 2049])
def test_a_value_that_cannot_be_kept_is_refused_and_never_told(
    store: SecretStore, parameters: Parameters, value: str
) -> None:
    with pytest.raises(UserError) as refused:
        store.set("KEY", value)
    assert refused.value.code == "InvalidSecretValueError"
    assert not value or value not in refused.value.message
    assert parameters.kept == {}


def test_the_longest_value_is_kept(store: SecretStore) -> None:
    assert store.set("KEY", "x" * 4096).value == "x" * 4096


def test_every_change_makes_another_version(store: SecretStore, place: SandboxPlace) -> None:
    seen = [secrets_version(place)]
    store.set("A", "1")
    seen.append(secrets_version(place))
    store.set("B", "1")
    seen.append(secrets_version(place))
    store.set("A", "2")
    seen.append(secrets_version(place))
    store.remove("B")
    seen.append(secrets_version(place))
    assert seen[0] is None
    assert len(set(seen)) == len(seen)


def test_the_record_has_times_alone_and_is_for_the_user_alone(
    store: SecretStore, place: SandboxPlace
) -> None:
    store.set("KEY", "never-in-the-record")
    assert "never-in-the-record" not in place.secrets_file.read_text(encoding="utf-8")
    assert stat.S_IMODE(place.secrets_file.stat().st_mode) == 0o600


def test_a_synthesis_is_told_the_time_of_each_secret_and_the_latest(
    store: SecretStore, place: SandboxPlace
) -> None:
    assert secrets_context(place) == {"secretLastUpdated": 0, "preamp:secret-times": {}}
    first = round(store.set("A", "1").last_updated.timestamp() * 1000)
    second = round(store.set("B", "1").last_updated.timestamp() * 1000)
    assert secrets_context(place) == {
        "secretLastUpdated": second,
        "preamp:secret-times": {"A": first, "B": second},
    }


def test_a_broken_record_is_as_good_as_none(place: SandboxPlace) -> None:
    for text in ("", "[]", '{"changed": 1}', '{"changed": {"A": "x"}}'):
        place.secrets_file.write_text(text, encoding="utf-8")
        assert secrets_version(place) is None


def test_a_backend_whose_secrets_are_set_passes(
    store: SecretStore, place: SandboxPlace, parameters: Parameters
) -> None:
    names = [f"KEY{number}" for number in range(7)]
    for name in names:
        store.set(name, "1")
    require(place, parameters, *names)


def test_a_shared_secret_is_as_good(place: SandboxPlace, parameters: Parameters) -> None:
    parameters.put_parameter(
        Name="/amplify/shared/demo/KEY", Value="1", Type="SecureString", Overwrite=True
    )
    require(place, parameters, "KEY")


def test_a_missing_secret_is_told_with_its_lines_and_its_command(
    store: SecretStore, place: SandboxPlace, parameters: Parameters
) -> None:
    store.set("SET", "1")
    with pytest.raises(UserError) as missing:
        require(place, parameters, "SET", "LOST", "GONE")
    assert missing.value.code == "SecretNotSetError"
    assert missing.value.message == "the secrets 'GONE', 'LOST' are not set"
    assert missing.value.hint == (
        "run: preamp sandbox secret set GONE --identifier me"
        " && preamp sandbox secret set LOST --identifier me"
    )
    assert missing.value.sites == (LINE,)


def test_of_the_default_sandbox_the_command_needs_no_identifier(
    place: SandboxPlace, parameters: Parameters
) -> None:
    with pytest.raises(UserError) as missing:
        require(sandbox_place(place.project, None), parameters, "LOST")
    assert missing.value.hint == "run: preamp sandbox secret set LOST"


def test_a_change_by_another_tool_is_seen_with_the_next_deployment(
    store: SecretStore, place: SandboxPlace, parameters: Parameters
) -> None:
    store.set("KEY", "1")
    before = secrets_version(place)
    require(place, parameters, "KEY")
    assert secrets_version(place) == before
    [path] = parameters.kept
    parameters.put_parameter(Name=path, Value="2", Type="SecureString", Overwrite=True)
    require(place, parameters, "KEY")
    after = secrets_version(place)
    assert after != before
    require(place, parameters, "KEY")
    assert secrets_version(place) == after


def test_falling_back_to_the_shared_secret_settles(
    store: SecretStore, place: SandboxPlace, parameters: Parameters
) -> None:
    parameters.put_parameter(
        Name="/amplify/shared/demo/KEY", Value="1", Type="SecureString", Overwrite=True
    )
    store.set("KEY", "2")
    store.remove("KEY")
    removed = secrets_version(place)
    require(place, parameters, "KEY")
    assert secrets_version(place) == removed
