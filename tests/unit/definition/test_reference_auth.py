from __future__ import annotations

from typing import Any, Final

import pytest

from preamp import UserError, define_function, reference_auth

ROLE: Final = "arn:aws:iam::123456789012:role/users"
GIVEN: Final[dict[str, Any]] = {
    "user_pool_id": "us-east-1_abc",
    "identity_pool_id": "us-east-1:11111111-2222-3333-4444-555555555555",
    "user_pool_client_id": "client",
    "auth_role_arn": ROLE,
    "unauth_role_arn": ROLE,
}
FUNCTION: Final = define_function(entry="main.py")


def test_users_that_exist_are_named() -> None:
    definition = reference_auth(
        **GIVEN,
        groups={"ADMINS": ROLE},
        access=lambda allow: [allow.resource(FUNCTION).to(["getUser"])],
    )
    assert definition.groups == {"ADMINS": ROLE}
    assert definition.access[0].actions == ("getUser",)


def test_an_identifier_may_be_a_token() -> None:
    token = "${Token[TOKEN.1]}"
    assert reference_auth(**{**GIVEN, "user_pool_id": token}).user_pool_id == token


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("InvalidAuthReference", {"user_pool_id": "users"}),
        ("InvalidAuthReference", {"user_pool_id": None}),
        ("InvalidAuthReference", {"identity_pool_id": "us-east-1_abc"}),
        ("InvalidAuthReference", {"identity_pool_id": "eu-west-1:11111111"}),
        ("InvalidAuthReference", {"user_pool_client_id": "my client"}),
        ("InvalidAuthReference", {"auth_role_arn": "users"}),
        ("InvalidAuthReference", {"unauth_role_arn": "arn:aws:iam::1:user/me"}),
        ("InvalidAuthReference", {"groups": ["ADMINS"]}),
        ("InvalidAuthReference", {"groups": {"ADMINS": "admins"}}),
        ("InvalidGroup", {"groups": {"all people": ROLE}}),
        ("EmptyPolicy", {"access": lambda allow: [allow.resource(FUNCTION).to([])]}),
    ],
)
def test_what_is_no_identifier_is_refused(code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(UserError) as raised:
        reference_auth(**{**GIVEN, **changes})
    assert raised.value.code == f"{code}Error"
