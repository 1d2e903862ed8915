"""A sandbox's secrets: kept in Systems Manager, under Amplify's own paths.

Owns them, the record of when each was changed, and what a deployment has to know of both. Values
pass through here and are kept by the engine alone.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from preamp.contract.context import LAST_UPDATED, UPDATE_TIMES
from preamp.contract.secret_names import check_secret_name
from preamp.engine.record import write_private
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly
    from preamp.contract.identity import BackendId
    from preamp.contract.site import Site
    from preamp.deploy.target import Target
    from preamp.sandbox.place import SandboxPlace

_RECORD_VERSION: Final = 1
_MOST_BYTES: Final = 4096
# Systems Manager takes ten names at a time; a secret has two.
_SECRETS_AT_A_TIME: Final = 5


@dataclass(frozen=True)
class StoredSecret:
    """A secret with its value.

    Attributes:
        name: Its name.
        value: Its value.
        version: How many times it was set.
        last_updated: When it was set last.
    """

    name: str
    value: str
    version: int
    last_updated: datetime


class SecretsPlace(Protocol):
    """A sandbox that has secrets."""

    @property
    def backend_id(self) -> BackendId:
        """The root of its names."""

    @property
    def secrets_file(self) -> Path:
        """When which secret was changed; never what it is."""


class SecretStore:
    """The secrets of one sandbox.

    Args:
        place: Whose.
        connect: Gives a client of Systems Manager.
        is_there: Whether there can be any: a sandbox that was never there is not made for a
            question.
        explaining: Turns what the client raises into errors of ours.
    """

    def __init__(
        self,
        place: SecretsPlace,
        connect: Callable[[], Any],
        is_there: Callable[[], bool] = lambda: True,
        explaining: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._place = place
        self._explaining = explaining
        self._connect = connect
        self._is_there = is_there

    def set(self, name: str, value: str) -> StoredSecret:
        """Store a secret, in the place of an earlier value.

        Raises:
            UserError: ``InvalidSecretNameError`` or ``InvalidSecretValueError``.
        """
        check_secret_name(name)
        _check_value(name, value)
        path = self._path(name)
        with self._explaining():
            self._client.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)
        stored = self.get(name)
        _remember(self._place, {name: _milliseconds(stored.last_updated)})
        return stored

    def get(self, name: str) -> StoredSecret:
        """Read a secret.

        Raises:
            UserError: ``SecretNotFoundError``.
        """
        if not self._is_there():
            raise self._not_found(name)
        with self._explaining():
            try:
                answer = self._client.get_parameter(Name=self._path(name), WithDecryption=True)
            except self._client.exceptions.ParameterNotFound:
                raise self._not_found(name) from None
        found = answer["Parameter"]
        moment = found["LastModifiedDate"].astimezone(UTC)
        return StoredSecret(name, found["Value"], found["Version"], moment)

    def names(self) -> list[str]:
        """The names of all secrets, sorted."""
        if not self._is_there():
            return []
        prefix = self._path("")
        paginator = self._client.get_paginator("get_parameters_by_path")
        pages = paginator.paginate(Path=prefix.rstrip("/"))
        with self._explaining():
            found = [each for page in pages for each in page["Parameters"]]
        return sorted(each["Name"].removeprefix(prefix) for each in found)

    def remove(self, name: str) -> None:
        """Forget a secret.

        Raises:
            UserError: ``SecretNotFoundError``.
        """
        if not self._is_there():
            raise self._not_found(name)
        with self._explaining():
            try:
                self._client.delete_parameter(Name=self._path(name))
            except self._client.exceptions.ParameterNotFound:
                raise self._not_found(name) from None
        _remember(self._place, {name: _milliseconds(datetime.now(UTC))})

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - boto3's
        return self._connect()

    def _path(self, name: str) -> str:
        return self._place.backend_id.secret_paths(name).own

    def _not_found(self, name: str) -> UserError:
        from difflib import get_close_matches

        close = get_close_matches(name, self.names(), n=1)
        return UserError(
            "SecretNotFoundError",
            f"the sandbox {self._place.backend_id.name!r} has no secret {name!r}",
            f"did you mean {close[0]}?" if close else "'preamp sandbox secret list' shows them",
        )


def secrets_version(place: SandboxPlace) -> str | None:
    """Something that is another as soon as a secret of a sandbox is; None if it never had any.

    Reads one small file, `SandboxPlace.secrets_file`, which can be watched too.
    """
    changes = _changes(place)
    return json.dumps(changes, sort_keys=True) if changes else None


def secrets_context(place: SandboxPlace) -> dict[str, object]:
    """What a synthesis has to know of a sandbox's secrets: when they were changed."""
    changes = _changes(place)
    return {LAST_UPDATED: max(changes.values(), default=0), UPDATE_TIMES: changes}


def require_secrets(assembly: CloudAssembly, place: SandboxPlace, target: Target) -> None:
    """Refuse a backend that uses secrets which are not set.

    Takes note of a secret that another tool has changed, so that the next synthesis knows.

    Raises:
        UserError: ``SecretNotSetError``.
    """
    if not assembly.secrets:
        return
    times = _times(place.backend_id, sorted(assembly.secrets), target.clients.client("ssm"))
    missing = {name: sites for name, sites in assembly.secrets.items() if name not in times}
    if missing:
        raise _not_set(missing, place)
    _remember(place, times)


def _times(backend_id: BackendId, names: Sequence[str], parameters: Any) -> dict[str, int]:  # noqa: ANN401 - boto3's
    """When each secret that is set was changed; the own one wins over the shared one."""
    found: dict[str, int] = {}
    for some in _portions(names):
        paths = {name: backend_id.secret_paths(name) for name in some}
        wanted = [path for pair in paths.values() for path in (pair.own, pair.shared)]
        answer = parameters.get_parameters(Names=wanted)["Parameters"]
        times = {each["Name"]: _milliseconds(each["LastModifiedDate"]) for each in answer}
        for name, pair in paths.items():
            time = times.get(pair.own, times.get(pair.shared))
            if time is not None:
                found[name] = time
    return found


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _SECRETS_AT_A_TIME):
        yield names[start : start + _SECRETS_AT_A_TIME]


def _not_set(missing: Mapping[str, tuple[Site, ...]], place: SandboxPlace) -> UserError:
    names = sorted(missing)
    listed = ", ".join(map(repr, names))
    which = "" if place.is_default else f" --identifier {place.identifier}"
    commands = [f"preamp sandbox secret set {name}{which}" for name in names]
    return UserError(
        "SecretNotSetError",
        f"the secret {listed} is not set"
        if len(names) == 1
        else f"the secrets {listed} are not set",
        f"run: {' && '.join(commands)}",
        sites=list(dict.fromkeys(site for sites in missing.values() for site in sites)),
    )


def _check_value(name: str, value: str) -> None:
    size = len(value.encode())
    if 0 < size <= _MOST_BYTES:
        return
    problem = f"is {size} bytes long; it may have {_MOST_BYTES}" if size else "is empty"
    raise UserError(
        "InvalidSecretValueError",
        f"the value for the secret {name!r} {problem}",
        "give the value at the prompt, or on standard input",
    )


def _changes(place: SecretsPlace) -> dict[str, int]:
    try:
        record = json.loads(place.secrets_file.read_text(encoding="utf-8"))
        return {str(name): int(time) for name, time in record["changed"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remember(place: SecretsPlace, changes: Mapping[str, int]) -> None:
    """Let the record say when secrets were changed; times only ever grow."""
    known = _changes(place)
    newer = {name: time for name, time in changes.items() if time > known.get(name, 0)}
    if not newer:
        return
    record = {"version": _RECORD_VERSION, "changed": {**known, **newer}}
    write_private(place.secrets_file, json.dumps(record, indent=1))


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
