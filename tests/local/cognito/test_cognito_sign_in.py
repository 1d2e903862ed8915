"""Signing in: by password and without sending it, with a second factor, by choice; and tokens.

AWS: "Authentication with user pools", "Adding MFA to a user pool" (Amazon Cognito).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.local.cognito.accounts import (
    PASSWORD,
    Accounts,
    SecurePassword,
    claims,
    one_time_code,
)
from tests.local.engine.local_engine import make_role

ClientFactory = Callable[..., Any]
MakeAccounts = Callable[..., Accounts]
_NUMBER = "+4915187654321"


def refused_with(call: Callable[[], Any]) -> str:
    """Make a call that is refused; return the name of what was raised."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


@pytest.fixture
def guarded(pool_of: MakeAccounts) -> Accounts:
    """A pool that asks everybody for a second factor."""
    accounts = pool_of()
    accounts.admin.set_user_pool_mfa_config(
        UserPoolId=accounts.pool,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        SmsMfaConfiguration={"SmsAuthenticationMessage": "Code {####}"},
        MfaConfiguration="ON",
    )
    return accounts


def test_a_password_is_proven_without_being_sent(accounts: Accounts) -> None:
    accounts.join("jo")
    secure = SecurePassword(accounts.pool, PASSWORD)
    asked = accounts.begin("USER_SRP_AUTH", USERNAME="jo", SRP_A=secure.public)
    proof = secure.proof(asked["ChallengeParameters"])
    answered = accounts.cognito.respond_to_auth_challenge(
        ClientId=accounts.client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=proof
    )
    assert claims(answered["AuthenticationResult"]["IdToken"])["cognito:username"] == "jo"
    wrong = SecurePassword(accounts.pool, "Wrong0ne!")
    asked = accounts.begin("USER_SRP_AUTH", USERNAME="jo", SRP_A=wrong.public)
    proof = wrong.proof(asked["ChallengeParameters"])
    respond = accounts.cognito.respond_to_auth_challenge
    assert (
        refused_with(
            lambda: respond(
                ClientId=accounts.client,
                ChallengeName="PASSWORD_VERIFIER",
                ChallengeResponses=proof,
            )
        )
        == "NotAuthorizedException"
    )


def test_a_client_signs_in_the_ways_it_is_allowed(accounts: Accounts) -> None:
    accounts.join("jo")
    accounts.admin.update_user_pool_client(
        UserPoolId=accounts.pool,
        ClientId=accounts.client,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    assert refused_with(lambda: accounts.sign_in("jo")) == "InvalidParameterException"
    choice = {"USERNAME": "jo"}
    assert refused_with(lambda: accounts.begin("USER_AUTH", **choice)) == (
        "InvalidParameterException"
    )


def test_tokens_name_groups_and_the_role_of_the_first(
    accounts: Accounts, client: ClientFactory
) -> None:
    roles = {name: make_role(client, "cognito-idp") for name in ("ADMINS", "EDITORS")}
    for precedence, (name, role) in enumerate(roles.items()):
        accounts.admin.create_group(
            UserPoolId=accounts.pool, GroupName=name, Precedence=precedence, RoleArn=role
        )
    accounts.join("jo")
    for name in ("EDITORS", "ADMINS"):
        accounts.admin.admin_add_user_to_group(
            UserPoolId=accounts.pool, Username="jo", GroupName=name
        )
    tokens = accounts.sign_in("jo")["AuthenticationResult"]
    of_id, of_access = claims(tokens["IdToken"]), claims(tokens["AccessToken"])
    assert set(of_id["cognito:groups"]) == set(of_access["cognito:groups"]) == set(roles)
    assert set(of_id["cognito:roles"]) == set(roles.values())
    assert of_id["cognito:preferred_role"] == roles["ADMINS"]
    assert "cognito:roles" not in of_access
    refreshed = accounts.cognito.get_tokens_from_refresh_token(
        ClientId=accounts.client, RefreshToken=tokens["RefreshToken"]
    )["AuthenticationResult"]
    assert claims(refreshed["IdToken"])["cognito:preferred_role"] == roles["ADMINS"]
    accounts.admin.update_group(UserPoolId=accounts.pool, GroupName="EDITORS", Precedence=0)
    again = claims(accounts.sign_in("jo")["AuthenticationResult"]["IdToken"])
    # Two groups come first, and their roles differ.
    assert "cognito:preferred_role" not in again


def test_an_answer_to_a_challenge_that_was_not_put_lets_nobody_in(guarded: Accounts) -> None:
    guarded.sign_up("jo")
    guarded.confirm("jo")
    for name in ("MFA_SETUP", "SOFTWARE_TOKEN_MFA", "NEW_PASSWORD_REQUIRED", "SMS_MFA"):
        forged = {"ChallengeName": name, "Session": "c2Vzc2lvbi1vZi1ub2JvZHk="}
        answers = {"USERNAME": "jo", "NEW_PASSWORD": PASSWORD, "SMS_MFA_CODE": "123456"}
        refused = refused_with(partial(guarded.respond, forged, **answers))
        assert refused == "NotAuthorizedException"


def test_who_has_no_second_factor_sets_one_up(guarded: Accounts) -> None:
    guarded.sign_up("jo")
    guarded.confirm("jo")
    asked = guarded.sign_in("jo")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    # Nothing was set up yet.
    assert refused_with(lambda: guarded.respond(asked, USERNAME="jo")) == "NotAuthorizedException"
    given = guarded.cognito.associate_software_token(Session=asked["Session"])
    verify = guarded.cognito.verify_software_token
    wrong = refused_with(lambda: verify(Session=given["Session"], UserCode="000000"))
    assert wrong == "EnableSoftwareTokenMFAException"
    code = one_time_code(given["SecretCode"])
    verified = verify(Session=given["Session"], UserCode=code)
    done = guarded.respond({**asked, "Session": verified["Session"]}, USERNAME="jo")
    assert "AccessToken" in done["AuthenticationResult"]
    asked = guarded.sign_in("jo")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answer = {"USERNAME": "jo", "SOFTWARE_TOKEN_MFA_CODE": "000000"}
    assert refused_with(lambda: guarded.respond(asked, **answer)) == "CodeMismatchException"
    answer["SOFTWARE_TOKEN_MFA_CODE"] = one_time_code(given["SecretCode"])
    assert "AccessToken" in guarded.respond(asked, **answer)["AuthenticationResult"]


def test_a_second_factor_is_sent_as_a_text_message(guarded: Accounts) -> None:
    guarded.sign_up("jo", phone_number=_NUMBER, email="jo@example.com")
    guarded.confirm("jo")
    asked = guarded.sign_in("jo")
    assert asked["ChallengeName"] == "SMS_MFA"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"] == "SMS"
    code = guarded.code(_NUMBER)
    done = guarded.respond(asked, USERNAME="jo", SMS_MFA_CODE=code)
    assert "AccessToken" in done["AuthenticationResult"]
    # A challenge is answered once.
    again = {"USERNAME": "jo", "SMS_MFA_CODE": code}
    assert refused_with(lambda: guarded.respond(asked, **again)) == "NotAuthorizedException"


def test_where_it_is_optional_the_user_turns_it_on(pool_of: MakeAccounts) -> None:
    accounts = pool_of()
    accounts.admin.set_user_pool_mfa_config(
        UserPoolId=accounts.pool,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration="OPTIONAL",
    )
    token = accounts.join("jo")["AccessToken"]
    wish: dict[str, Any] = {
        "AccessToken": token,
        "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True},
    }
    prefer = accounts.cognito.set_user_mfa_preference
    assert refused_with(lambda: prefer(**wish)) == "InvalidParameterException"
    secret = accounts.cognito.associate_software_token(AccessToken=token)["SecretCode"]
    accounts.cognito.verify_software_token(AccessToken=token, UserCode=one_time_code(secret))
    assert "AuthenticationResult" in accounts.sign_in("jo")
    prefer(**wish)
    assert accounts.sign_in("jo")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert accounts.cognito.get_user(AccessToken=token)["PreferredMfaSetting"] == (
        "SOFTWARE_TOKEN_MFA"
    )
    assert accounts.cognito.list_devices(AccessToken=token)["Devices"] == []


def test_a_new_password_is_asked_of_who_was_invited(accounts: Accounts) -> None:
    accounts.admin.admin_create_user(
        UserPoolId=accounts.pool,
        Username="jo",
        TemporaryPassword="Temp0rary!",
        UserAttributes=[{"Name": "email", "Value": "jo@example.com"}],
    )
    asked = accounts.sign_in("jo", "Temp0rary!")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    weak = {"USERNAME": "jo", "NEW_PASSWORD": "weak"}
    assert refused_with(lambda: accounts.respond(asked, **weak)) == "InvalidPasswordException"
    done = accounts.respond(asked, USERNAME="jo", NEW_PASSWORD=PASSWORD)
    assert "AccessToken" in done["AuthenticationResult"]


@pytest.fixture
def passwordless(pool_of: MakeAccounts) -> Accounts:
    """A pool whose users may sign in with a code alone."""
    policy = {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]}
    return pool_of(Policies={"SignInPolicy": policy})


def test_the_first_factor_is_chosen(passwordless: Accounts) -> None:
    passwordless.join("jo")
    asked = passwordless.begin("USER_AUTH", USERNAME="jo")
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert set(asked["AvailableChallenges"]) == {"EMAIL_OTP", "PASSWORD", "PASSWORD_SRP"}
    asked = passwordless.respond(asked, USERNAME="jo", ANSWER="EMAIL_OTP")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    code = passwordless.code("jo")
    wrong = {"USERNAME": "jo", "EMAIL_OTP_CODE": f"{(int(code) + 1) % 1_000_000:06d}"}
    assert refused_with(lambda: passwordless.respond(asked, **wrong)) == "CodeMismatchException"
    done = passwordless.respond(asked, USERNAME="jo", EMAIL_OTP_CODE=code)
    assert "AccessToken" in done["AuthenticationResult"]
    with_password = passwordless.begin(
        "USER_AUTH", USERNAME="jo", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD
    )
    assert "AccessToken" in with_password["AuthenticationResult"]


def test_a_code_is_tried_a_few_times_only(passwordless: Accounts) -> None:
    passwordless.join("jo")
    asked = passwordless.begin("USER_AUTH", USERNAME="jo", PREFERRED_CHALLENGE="EMAIL_OTP")
    code = passwordless.code("jo")
    wrong = {"USERNAME": "jo", "EMAIL_OTP_CODE": f"{(int(code) + 1) % 1_000_000:06d}"}
    for _ in range(5):
        refused = refused_with(lambda: passwordless.respond(asked, **wrong))
        assert refused == "CodeMismatchException"
    right = {"USERNAME": "jo", "EMAIL_OTP_CODE": code}
    assert refused_with(lambda: passwordless.respond(asked, **right)) == "NotAuthorizedException"


def test_who_signs_up_without_a_password_is_let_in_by_confirming(passwordless: Accounts) -> None:
    assert passwordless.sign_up("jo", password=None)["Session"]
    confirmed = passwordless.confirm("jo")
    done = passwordless.cognito.initiate_auth(
        ClientId=passwordless.client,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "jo"},
        Session=confirmed["Session"],
    )
    assert "AccessToken" in done["AuthenticationResult"]
    asked = passwordless.begin("USER_AUTH", USERNAME="jo")
    assert asked["AvailableChallenges"] == ["EMAIL_OTP"]
    assert refused_with(lambda: passwordless.sign_in("jo", "")) == "NotAuthorizedException"
