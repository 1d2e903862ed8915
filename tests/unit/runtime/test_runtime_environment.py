from __future__ import annotations

import pytest

from preamp.contract.typed_environment import LAMBDA_VARIABLES
from preamp.runtime.environment import Environment


def test_a_variable_is_an_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert Environment().AWS_REGION == "eu-north-1"


def test_one_that_is_not_there_is_told_with_its_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREETING", "hello")
    with pytest.raises(AttributeError, match="'GREETNG'; did you mean 'GREETING'"):
        Environment().GREETNG  # type: ignore[attr-defined] # noqa: B018


def test_values_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "never-shown")
    assert "never-shown" not in repr(Environment())


def test_types_for_both_languages_have_the_same_variables() -> None:
    assert sorted(Environment.__annotations__) == sorted(LAMBDA_VARIABLES)
