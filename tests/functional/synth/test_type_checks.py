"""Quick checks of argument types find what jsii's own find, and say it in the same words."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from jsii import _type_checking

from preamp.synth.type_checks import quick

TYPES: list[Any] = [
    str,
    bool,
    int,
    float,
    type(None),
    typing.Optional[str],  # noqa: UP045 - as the CDK writes them
    typing.Optional[bool],  # noqa: UP045
    typing.Union[int, float],  # noqa: UP007
    typing.Optional[typing.Union[int, float]],  # noqa: UP007, UP045
    typing.Optional[Sequence[str]],  # noqa: UP045
    Mapping[str, str],
    typing.Union[Mapping[str, Any], str],  # noqa: UP007
    Any,
    object,
]
VALUES: list[Any] = [None, "x", True, 0, 1.5, b"x", [], ["x"], [1], {}, {"x": "y"}, {"x": 1}]


def outcome(check: Any, value: Any, expected: Any) -> str:
    try:
        check(argname="argument x", value=value, expected_type=expected)
    except TypeError as error:
        return str(error)
    return "fits"


def test_the_outcome_is_always_that_of_jsii() -> None:
    original = _type_checking._load_typeguard_check()
    fast = quick(original)
    for expected in TYPES:
        for value in VALUES:
            for _ in range(2):  # what was found out once is remembered
                assert outcome(fast, value, expected) == outcome(original, value, expected)


def test_a_subclass_is_left_to_jsii() -> None:
    class Text(str):
        __slots__ = ()

    asked: list[object] = []
    quick(lambda **given: asked.append(given["value"]))("a", Text("x"), str)
    assert asked == ["x"]


@pytest.mark.parametrize("value", [None, "x", True])
def test_what_is_plain_is_not_asked_for(value: object) -> None:
    def refuse(**_: object) -> None:
        raise AssertionError

    expected = typing.Union[str, bool, None]  # noqa: UP007
    quick(refuse)("a", value, expected)
