"""Codes of user pools: where they go, what they prove, and that they cannot be guessed.

AWS: "Signing up and confirming user accounts", "Recovering user accounts", "Verifying contact
information at sign-up or update" (Amazon Cognito).
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from tests.local.cognito.accounts import PASSWORD, Accounts, claims
from tests.local.cognito.code_messages import newest_text

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection

MakeAccounts = Callable[..., Accounts]
_NEW_PASSWORD = "An0therOne!"
_NUMBER = "+4915112345678"


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def refusal(caught: pytest.ExceptionInfo[ClientError]) -> str:
    """The name of what Cognito raised."""
    return str(caught.value.response["Error"]["Code"])


def page_of(link: str) -> str:
    """Follow a link; return the page, whatever its status."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    try:
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_who_signs_up_proves_the_address_with_the_code_that_was_sent(accounts: Accounts) -> None:
    sent = accounts.sign_up("jo")["CodeDeliveryDetails"]
    assert (sent["DeliveryMedium"], sent["AttributeName"]) == ("EMAIL", "email")
    assert "jo@example.com" not in sent["Destination"]
    assert accounts.attributes("jo")["email_verified"] == "false"
    code = accounts.code("jo")
    with pytest.raises(ClientError) as caught:
        accounts.confirm("jo", another(code))
    assert refusal(caught) == "CodeMismatchException"
    accounts.confirm("jo", code)
    assert accounts.attributes("jo")["email_verified"] == "true"
    token = accounts.sign_in("jo")["AuthenticationResult"]["IdToken"]
    assert claims(token)["email_verified"] is True
    with pytest.raises(ClientError, match="Current status is CONFIRMED"):
        accounts.confirm("jo", code)


def test_codes_differ_and_the_last_one_counts(accounts: Accounts) -> None:
    codes = []
    for name in ("ann", "bob", "cy"):
        accounts.sign_up(name)
        codes.append(accounts.code(name))
    assert len(set(codes)) > 1
    accounts.cognito.resend_confirmation_code(ClientId=accounts.client, Username="ann")
    accounts.confirm("ann", accounts.code("ann"))
    with pytest.raises(ClientError, match="User is already confirmed"):
        accounts.cognito.resend_confirmation_code(ClientId=accounts.client, Username="ann")


def test_a_code_cannot_be_guessed_by_trying(accounts: Accounts) -> None:
    accounts.sign_up("jo")
    code = accounts.code("jo")
    for _ in range(15):
        with pytest.raises(ClientError) as caught:
            accounts.confirm("jo", another(code))
        assert refusal(caught) == "CodeMismatchException"
    with pytest.raises(ClientError) as caught:
        accounts.confirm("jo", code)
    assert refusal(caught) == "LimitExceededException"


def test_a_phone_number_is_proven_by_a_text_message(pool_of: MakeAccounts) -> None:
    accounts = pool_of(
        AutoVerifiedAttributes=["phone_number", "email"],
        VerificationMessageTemplate={"SmsMessage": "Hallo {####}!"},
    )
    sent = accounts.sign_up("jo", phone_number=_NUMBER, email="jo@example.com")
    details = sent["CodeDeliveryDetails"]
    assert (details["DeliveryMedium"], details["AttributeName"]) == ("SMS", "phone_number")
    assert details["Destination"].endswith("5678")
    text = newest_text(accounts.engine, _NUMBER)
    code = accounts.code(_NUMBER)
    assert text.strip() == f"Hallo {code}!"
    accounts.confirm("jo", code)
    found = accounts.attributes("jo")
    assert (found["phone_number_verified"], found["email_verified"]) == ("true", "false")


def test_without_anything_to_verify_nothing_is_sent(pool_of: MakeAccounts) -> None:
    accounts = pool_of(AutoVerifiedAttributes=[])
    assert "CodeDeliveryDetails" not in accounts.sign_up("jo")
    with pytest.raises(ClientError) as caught:
        accounts.confirm("jo", "123456")
    assert refusal(caught) == "ExpiredCodeException"


def test_a_forgotten_password_takes_a_code_for_it(accounts: Accounts) -> None:
    accounts.join("jo")
    sign_up_code = accounts.code("jo")
    sent = accounts.cognito.forgot_password(ClientId=accounts.client, Username="jo")
    assert sent["CodeDeliveryDetails"]["AttributeName"] == "email"
    reset: dict[str, Any] = {"ClientId": accounts.client, "Username": "jo"}
    code = accounts.code("jo")
    if code != sign_up_code:
        with pytest.raises(ClientError) as caught:
            accounts.cognito.confirm_forgot_password(
                **reset, ConfirmationCode=sign_up_code, Password=_NEW_PASSWORD
            )
        assert refusal(caught) == "CodeMismatchException"
    # A password that is refused does not use the code up.
    with pytest.raises(ClientError, match="did not conform with policy"):
        accounts.cognito.confirm_forgot_password(**reset, ConfirmationCode=code, Password="short")
    accounts.cognito.confirm_forgot_password(**reset, ConfirmationCode=code, Password=_NEW_PASSWORD)
    accounts.sign_in("jo", _NEW_PASSWORD)
    with pytest.raises(ClientError, match="Incorrect username or password"):
        accounts.sign_in("jo", PASSWORD)


def test_an_address_that_was_never_verified_recovers_nothing(accounts: Accounts) -> None:
    accounts.sign_up("jo")
    with pytest.raises(ClientError, match="no registered/verified email"):
        accounts.cognito.forgot_password(ClientId=accounts.client, Username="jo")


def test_a_changed_address_is_to_be_verified(accounts: Accounts) -> None:
    token = accounts.join("jo")["AccessToken"]
    changed = [{"Name": "email", "Value": "new@example.com"}]
    sent = accounts.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed)
    assert sent["CodeDeliveryDetailsList"][0]["AttributeName"] == "email"
    assert accounts.attributes("jo")["email_verified"] == "false"
    accounts.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    accounts.cognito.verify_user_attribute(
        AccessToken=token, AttributeName="email", Code=accounts.code("new@example.com")
    )
    found = accounts.attributes("jo")
    assert (found["email"], found["email_verified"]) == ("new@example.com", "true")


def test_an_address_that_an_administrator_gives_is_to_be_verified_too(accounts: Accounts) -> None:
    token = accounts.join("jo")["AccessToken"]
    change: dict[str, Any] = {"UserPoolId": accounts.pool, "Username": "jo"}
    given = [{"Name": "email", "Value": "given@example.com"}]
    accounts.admin.admin_update_user_attributes(**change, UserAttributes=given)
    assert accounts.attributes("jo")["email_verified"] == "false"
    accounts.cognito.verify_user_attribute(
        AccessToken=token, AttributeName="email", Code=accounts.code("given@example.com")
    )
    vouched = [{"Name": "email", "Value": "jo@example.com"}]
    vouched.append({"Name": "email_verified", "Value": "true"})
    accounts.admin.admin_update_user_attributes(**change, UserAttributes=vouched)
    assert accounts.attributes("jo")["email_verified"] == "true"


def test_an_address_that_another_user_signs_in_with_is_taken(pool_of: MakeAccounts) -> None:
    accounts = pool_of(UsernameAttributes=["email"])
    accounts.sign_up("ann@example.com", email="ann@example.com")
    accounts.sign_up("bob@example.com", email="bob@example.com")
    accounts.confirm("bob@example.com", accounts.code("bob"))
    token = accounts.sign_in("bob@example.com")["AuthenticationResult"]["AccessToken"]
    taken = [{"Name": "email", "Value": "ann@example.com"}]
    with pytest.raises(ClientError) as caught:
        accounts.cognito.update_user_attributes(AccessToken=token, UserAttributes=taken)
    assert refusal(caught) == "AliasExistsException"


def test_the_old_address_may_stay_until_the_new_one_is_verified(pool_of: MakeAccounts) -> None:
    settings = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    accounts = pool_of(UserAttributeUpdateSettings=settings)
    token = accounts.join("jo")["AccessToken"]
    changed = [{"Name": "email", "Value": "next@example.com"}]
    accounts.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed)
    assert accounts.attributes("jo")["email"] == "jo@example.com"
    accounts.cognito.verify_user_attribute(
        AccessToken=token, AttributeName="email", Code=accounts.code("next@example.com")
    )
    assert accounts.attributes("jo")["email"] == "next@example.com"


def test_users_may_not_call_themselves_verified(accounts: Accounts) -> None:
    token = accounts.join("jo")["AccessToken"]
    changed = [{"Name": "email_verified", "Value": "true"}]
    with pytest.raises(ClientError, match="unauthorized attribute"):
        accounts.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed)


def test_attributes_follow_the_schema(pool_of: MakeAccounts) -> None:
    accounts = pool_of(
        Schema=[
            {"Name": "birthdate", "AttributeDataType": "String", "Required": True},
            {"Name": "plan", "AttributeDataType": "String", "Mutable": False},
        ]
    )
    with pytest.raises(ClientError, match="The attribute birthdate is required"):
        accounts.sign_up("jo", email="jo@example.com")
    with pytest.raises(ClientError, match="Attribute does not exist in the schema"):
        accounts.sign_up("jo", birthdate="2000-01-01", **{"custom:what": "x"})
    given = {"birthdate": "2000-01-01", "custom:plan": "free", "email": "jo@example.com"}
    accounts.sign_up("jo", **given)
    accounts.confirm("jo")
    token = accounts.sign_in("jo")["AuthenticationResult"]["AccessToken"]
    changed = [{"Name": "custom:plan", "Value": "gold"}]
    with pytest.raises(ClientError, match="Attribute cannot be updated"):
        accounts.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed)
    accounts.admin.admin_delete_user_attributes(
        UserPoolId=accounts.pool, Username="jo", UserAttributeNames=["birthdate"]
    )
    assert "birthdate" not in accounts.attributes("jo")


def test_a_link_confirms_as_well_as_a_code(pool_of: MakeAccounts, engine: EngineConnection) -> None:
    template = {
        "DefaultEmailOption": "CONFIRM_WITH_LINK",
        "EmailMessageByLink": "Please {##click here##}.",
    }
    accounts = pool_of(VerificationMessageTemplate=template)
    accounts.sign_up("jo")
    text = newest_text(engine, "jo@example.com")
    found = re.search(r'<a href="([^"]+)">click here</a>', text)
    assert found, text
    link = found[1].replace("&amp;", "&")
    assert link.startswith(engine.endpoint)
    assert "Invalid verification code" in page_of(link + "0")
    assert "confirmed" in page_of(link)
    accounts.sign_in("jo")
