"""Codes that prove who someone is: for how long they are good, and for how many tries."""

from __future__ import annotations

import time
from typing import Any

import pytest

from preamp.engine.ministack.user_pool_codes import (
    issue,
    random_code,
    redeem,
    redeem_in_session,
)
from preamp.engine.ministack.user_pools import RefusedError

_HOUR = 3600


def refused(user: dict[str, Any], kind: str, code: str) -> str:
    """The name of the refusal of a code."""
    with pytest.raises(RefusedError) as caught:
        redeem(user, kind, code)
    return caught.value.code


def test_a_code_has_six_digits_whatever_its_number() -> None:
    codes = {random_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 100


def test_a_code_is_good_once_for_what_it_was_sent_for() -> None:
    user: dict[str, Any] = {}
    code = issue(user, "sign-up", "email")
    assert refused(user, "password", code) == "ExpiredCodeException"
    assert redeem(user, "sign-up", code) == "email"
    assert refused(user, "sign-up", code) == "ExpiredCodeException"


@pytest.mark.parametrize(
    ("kind", "hours"), [("sign-up", 24), ("attribute:email", 24), ("password", 1)]
)
def test_a_code_is_good_for_as_long_as_on_aws(kind: str, hours: int) -> None:
    user: dict[str, Any] = {}
    before = time.time()
    code = issue(user, kind, "email")
    issued = user["_codes"][kind]
    assert before <= issued["expires"] - hours * _HOUR <= time.time()
    issued["expires"] = time.time()
    assert refused(user, kind, code) == "ExpiredCodeException"


def test_tries_of_an_hour_ago_do_not_count() -> None:
    user: dict[str, Any] = {}
    code = issue(user, "sign-up", "email")
    user["_attempts"] = {"sign-up": [time.time() - 1] * 15}
    assert refused(user, "sign-up", code) == "LimitExceededException"
    user["_attempts"] = {"sign-up": [time.time() - _HOUR - 1] * 15}
    assert redeem(user, "sign-up", code) == "email"


def test_a_code_of_a_session_is_tried_five_times() -> None:
    session: dict[str, Any] = {"code": "123456"}
    for _ in range(5):
        with pytest.raises(RefusedError, match="Invalid verification code"):
            redeem_in_session(session, "654321")
    with pytest.raises(RefusedError, match="Invalid session"):
        redeem_in_session(session, "123456")
