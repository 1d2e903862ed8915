"""Gets secrets out of Systems Manager; for functions, before their handler's module is imported.

Knows the parameters it is told of, not how they are named. Values are never logged, and never part
of an error.
"""

from __future__ import annotations

import json
import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from preamp.contract.secret_variables import CONFIG_VARIABLE, PATH, SHARED_PATH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, MutableMapping
    from typing import Any, Protocol

    class Parameters(Protocol):
        """The part of Systems Manager's client that is used."""

        def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> Mapping[str, Any]:  # noqa: N803
            """Get up to ten parameters."""


# Systems Manager takes ten names at a time.
_SECRETS_AT_A_TIME = 5
_OF_A_SANDBOX = "-sandbox-"


class SecretNotSetError(Exception):
    """A secret has no value."""


class SecretsNotReadableError(Exception):
    """Systems Manager did not give the secrets."""


def resolve_secrets(
    variables: MutableMapping[str, str] = os.environ, parameters: Parameters | None = None
) -> None:
    """Put the values of a function's secrets into its environment variables.

    Args:
        variables: The environment; it says itself which of its variables are secrets.
        parameters: A client of Systems Manager; made here if left out.

    Raises:
        SecretNotSetError: A secret has no value.
        SecretsNotReadableError: The values could not be read.
    """
    config = json.loads(variables.get(CONFIG_VARIABLE) or "{}")
    # what is no secret has one path alone
    paths = {
        variable: (each[PATH], *(each[key] for key in (SHARED_PATH,) if key in each))
        for variable, each in config.items()
    }
    if paths:
        variables.update(read_secrets(paths, parameters))


def read_secrets(
    paths: Mapping[str, tuple[str, ...]], parameters: Parameters | None = None
) -> dict[str, str]:
    """Read secrets; for each, the deployment's own parameter wins over the shared one.

    Args:
        paths: The own and, if there is one, the shared path of each secret, by any key.
        parameters: A client of Systems Manager; made here if left out.

    Returns:
        The values by the same keys.

    Raises:
        SecretNotSetError: A secret has no value.
        SecretsNotReadableError: The values could not be read.
    """
    values: dict[str, str] = {}
    with _unlogged():
        client = _client() if parameters is None else parameters
        for some in _portions(list(paths.values())):
            values.update(_get(client, some))
    missing = [some for some in paths.values() if not values.keys() & set(some)]
    if missing:
        raise SecretNotSetError(_not_set(missing))
    return {
        key: next(values[path] for path in some if path in values) for key, some in paths.items()
    }


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep boto3 from logging what it is answered, as it does at the level of a debugger."""
    logger = logging.getLogger("botocore")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _client() -> Parameters:
    import boto3

    client: Parameters = boto3.client("ssm")
    return client


def _portions(paths: list[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    # Two variables may hold one secret, and a name must not be asked for twice.
    distinct = list(dict.fromkeys(paths))
    for start in range(0, len(distinct), _SECRETS_AT_A_TIME):
        yield distinct[start : start + _SECRETS_AT_A_TIME]


def _get(client: Parameters, wanted: list[tuple[str, ...]]) -> dict[str, str]:
    names = [path for some in wanted for path in some]
    try:
        answer = client.get_parameters(Names=names, WithDecryption=True)
    except Exception as error:
        secrets = ", ".join(_name(own) for own, *_ in wanted)
        raise SecretsNotReadableError(f"cannot read the secrets {secrets}: {error}") from error
    return {each["Name"]: each["Value"] for each in answer["Parameters"]}


def _not_set(missing: Iterable[tuple[str, ...]]) -> str:
    told = []
    for own, *shared in dict.fromkeys(missing):
        name = _name(own)
        if not shared:
            told.append(f"the parameter {own} does not exist")
        elif _OF_A_SANDBOX in own:
            told.append(f"the secret {name} is not set; run: preamp sandbox secret set {name}")
        else:
            told.append(f"the secret {name} is not set: neither {own} nor {shared[0]} exists")
    return "\n".join(told)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
