"""Variables in policies stand for their values."""

from __future__ import annotations

import pytest

from preamp.engine.ministack.policy_variables import UnknownVariableError, filled

VALUES = {"cognito-identity.amazonaws.com:sub": "us-east-1:1", "aws:username": "jo"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}/*", "arn:aws:s3:::b/us-east-1:1/*"),
        (
            {"StringLike": {"s3:prefix": ["${aws:username}/", "x"]}},
            {"StringLike": {"s3:prefix": ["jo/", "x"]}},
        ),
        ("${aws:PrincipalTag/team, 'none'}", "none"),
        ("a${*}b${?}${$}", "a*b?$"),
        ("plain", "plain"),
        (["x", 1], ["x", 1]),
    ],
)
def test_a_variable_gives_way_to_its_value(written: object, meant: object) -> None:
    assert filled(written, VALUES.get) == meant


def test_without_a_value_nothing_is_said() -> None:
    with pytest.raises(UnknownVariableError):
        filled("${aws:PrincipalTag/team}", VALUES.get)
