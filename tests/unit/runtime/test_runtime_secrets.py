from __future__ import annotations

import ast
import json
import logging
from pathlib import Path
from typing import Any

import pytest

import preamp.contract
import preamp.runtime
from preamp.contract.secret_variables import CONFIG_VARIABLE, PLACEHOLDER
from preamp.runtime.secret_fetcher import handler
from preamp.runtime.secrets import (
    SecretNotSetError,
    SecretsNotReadableError,
    read_secrets,
    resolve_secrets,
)

OWN = "/amplify/demo/me-sandbox-b83aa8c917/"
SHARED = "/amplify/shared/demo/"
OLDEST_PYTHON = (3, 9)


class Parameters:
    """Parameters by their names, given out ten at a time as Systems Manager does."""

    def __init__(self, **values: str) -> None:
        self.values = values
        self.calls: list[list[str]] = []

    def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803
        assert WithDecryption
        assert len(Names) == len(set(Names)) <= 10
        self.calls.append(Names)
        found = [name for name in Names if name in self.values]
        return {"Parameters": [{"Name": name, "Value": self.values[name]} for name in found]}


class Denied:
    """Refuses everything."""

    def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: ARG002, N803
        raise RuntimeError("AccessDeniedException")


def environment(**secrets: str) -> dict[str, str]:
    config = {
        variable: {"path": OWN + name, "sharedPath": SHARED + name}
        for variable, name in secrets.items()
    }
    placeholders = dict.fromkeys(secrets, PLACEHOLDER)
    return {**placeholders, "PLAIN": "plain", CONFIG_VARIABLE: json.dumps(config)}


def test_variables_get_their_values_in_one_call() -> None:
    parameters = Parameters(**{f"{OWN}KEY": "one", f"{OWN}OTHER": "two"})
    variables = environment(API_KEY="KEY", OTHER="OTHER")
    resolve_secrets(variables, parameters)
    assert (variables["API_KEY"], variables["OTHER"], variables["PLAIN"]) == ("one", "two", "plain")
    assert parameters.calls == [[f"{OWN}KEY", f"{SHARED}KEY", f"{OWN}OTHER", f"{SHARED}OTHER"]]


def test_the_deployments_own_secret_wins_over_the_shared_one() -> None:
    both = Parameters(**{f"{OWN}KEY": "own", f"{SHARED}KEY": "shared"})
    shared = Parameters(**{f"{SHARED}KEY": "shared"})
    paths = {"KEY": (f"{OWN}KEY", f"{SHARED}KEY")}
    assert read_secrets(paths, both) == {"KEY": "own"}
    assert read_secrets(paths, shared) == {"KEY": "shared"}


def test_many_secrets_are_asked_for_in_portions_and_each_once() -> None:
    names = [f"KEY{number}" for number in range(12)]
    parameters = Parameters(**{OWN + name: name.lower() for name in names})
    paths = {name: (OWN + name, SHARED + name) for name in names}
    found = read_secrets({**paths, "AGAIN": paths["KEY3"]}, parameters)
    assert found == {**{name: name.lower() for name in names}, "AGAIN": "key3"}
    assert [len(call) for call in parameters.calls] == [10, 10, 4]


@pytest.mark.parametrize("variables", [{}, {CONFIG_VARIABLE: "{}"}, {CONFIG_VARIABLE: ""}])
def test_a_function_without_secrets_asks_nobody(variables: dict[str, str]) -> None:
    before = dict(variables)
    resolve_secrets(variables, Denied())
    assert variables == before


def test_a_missing_secret_is_told_by_its_name_with_the_command_that_sets_it() -> None:
    with pytest.raises(SecretNotSetError) as missing:
        resolve_secrets(environment(API_KEY="KEY", OTHER="OTHER"), Parameters())
    assert str(missing.value).splitlines() == [
        "the secret KEY is not set; run: preamp sandbox secret set KEY",
        "the secret OTHER is not set; run: preamp sandbox secret set OTHER",
    ]


def test_of_a_branch_the_parameters_are_told_instead() -> None:
    paths = {"KEY": ("/amplify/app/main-branch-0123456789/KEY", "/amplify/shared/app/KEY")}
    with pytest.raises(SecretNotSetError, match="neither /amplify/app/main-branch-0123456789/KEY"):
        read_secrets(paths, Parameters())


def test_a_refused_call_is_told_with_the_secrets_it_was_for() -> None:
    with pytest.raises(SecretsNotReadableError, match="the secrets KEY: AccessDeniedException"):
        resolve_secrets(environment(API_KEY="KEY"), Denied())


def test_deleting_the_custom_resource_reads_no_secret() -> None:
    event = {"RequestType": "Delete", "PhysicalResourceId": "one", "RequestId": "two"}
    assert handler(event, None) == {"PhysicalResourceId": "one"}


@pytest.mark.parametrize(
    "file",
    [
        *Path(preamp.runtime.__path__[0]).glob("*.py"),
        *(
            Path(preamp.contract.__path__[0], f"{name}.py")
            for name in ("identity", "secret_variables")
        ),
    ],
    ids=lambda file: file.name,
)
def test_the_source_is_that_of_the_oldest_python_of_lambda(file: Path) -> None:
    parsed = ast.parse(file.read_text(encoding="utf-8"), feature_version=OLDEST_PYTHON)
    assert parsed.body


class Chatty(Parameters):
    """Logs what it answers, as boto3 does."""

    def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803
        answer = super().get_parameters(Names=Names, WithDecryption=WithDecryption)
        logging.getLogger("botocore.parsers").debug("answer: %s", answer)
        return answer


def test_values_are_not_logged_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    variables = environment(API_KEY="KEY")
    resolve_secrets(variables, Chatty(**{f"{OWN}KEY": "never-logged"}))
    assert variables["API_KEY"] == "never-logged"
    assert "never-logged" not in caplog.text
    logging.getLogger("botocore.parsers").debug("logged as before")
    assert "logged as before" in caplog.text


def test_what_is_no_secret_has_one_path_alone() -> None:
    path = "/amplify/resource_reference/demo/me-sandbox-b83aa8c917/BUCKET"
    parameters = Parameters(**{path: "photos", f"{SHARED}KEY": "one"})
    variables = environment(API_KEY="KEY")
    config = {**json.loads(variables[CONFIG_VARIABLE]), "BUCKET": {"path": path}}
    variables[CONFIG_VARIABLE] = json.dumps(config)
    resolve_secrets(variables, parameters)
    assert (variables["BUCKET"], variables["API_KEY"]) == ("photos", "one")


def test_a_parameter_that_is_not_there_is_named() -> None:
    with pytest.raises(SecretNotSetError, match="the parameter /a/BUCKET does not exist"):
        read_secrets({"BUCKET": ("/a/BUCKET",)}, Parameters())
