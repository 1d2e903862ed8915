"""What `define_auth` takes, and what it refuses at once."""

from __future__ import annotations

from typing import Any, Final

import pytest

from preamp import UserError, define_auth, define_function, secret

FUNCTION: Final = define_function(entry="main.py")
OTHER: Final = define_function(entry="other.py")
KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1234"
EMAIL: Final = {"email": True}
LOCAL: Final = ["http://localhost:3000/"]
CLIENT: Final = {"client_id": secret("ID"), "client_secret": secret("SECRET")}


def external(**options: Any) -> dict[str, Any]:
    given = {"google": CLIENT, "callback_urls": LOCAL, "logout_urls": LOCAL}
    return {"email": True, "external_providers": {**given, **options}}


def provider(kind: str, **options: Any) -> dict[str, Any]:
    given = {"callback_urls": LOCAL, "logout_urls": LOCAL, kind: options}
    return {"email": True, "external_providers": given}


def refused(**options: Any) -> UserError:
    options.setdefault("login_with", EMAIL)
    with pytest.raises(UserError) as raised:
        define_auth(**options)
    return raised.value


def test_signing_in_by_email_is_enough() -> None:
    definition = define_auth(login_with={"email": True})
    assert definition.login.email is not None
    assert definition.login.phone is None
    assert definition.account_recovery == "EMAIL_ONLY"
    assert definition.login.challenges == ["PASSWORD"]


def test_without_email_accounts_are_recovered_by_phone() -> None:
    definition = define_auth(login_with={"phone": True})
    assert definition.account_recovery == "PHONE_ONLY_WITHOUT_MFA"


def test_texts_have_the_marks_of_cognito() -> None:
    definition = define_auth(
        login_with={
            "email": {
                "verification_email_body": lambda create_code: f"It is {create_code()}.",
                "user_invitation": {
                    "email_body": lambda user, code: f"{user()}, it is {code()}.",
                    "sms_message": lambda user, code: f"{user()}: {code()}",
                },
            },
            "phone": {"verification_message": lambda create_code: f"Code {create_code()}"},
        }
    )
    email, phone = definition.login.email, definition.login.phone
    assert email
    assert phone
    assert email.body == "It is {####}."
    assert email.invitation
    assert email.invitation.email_body == "{username}, it is {####}."
    assert email.invitation.sms_message == "{username}: {####}"
    assert phone.message == "Code {####}"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (lambda link: f"Follow {link()}", "Follow {##Verify Email##}"),
        (lambda link: f"Follow {link('this')}", "Follow {##this##}"),
        (lambda link: link("one") and f"Follow {link('this')}", "Follow {##this##}"),
    ],
)
def test_a_link_may_have_a_text(body: Any, text: str) -> None:
    definition = define_auth(
        login_with={"email": {"verification_email_style": "LINK", "verification_email_body": body}}
    )
    assert definition.login.email
    assert definition.login.email.body == text


def test_a_definition_knows_its_line() -> None:
    site = refused(groups=["A", "A"]).sites[0]
    assert site.file.endswith("test_auth.py")


def body(text: Any, **options: Any) -> dict[str, Any]:
    return {"email": {"verification_email_body": text, **options}}


@pytest.mark.parametrize(
    ("code", "login"),
    [
        ("UnknownOption", "email"),
        ("UnknownOption", {"mail": True}),
        ("UnknownOption", {"email": {"style": "CODE"}}),
        ("UnknownOption", {"email": {"user_invitation": {"subject": "x"}}}),
        ("UnknownOption", {"email": True, "phone": "yes"}),
        ("AuthLoginMissing", {}),
        ("AuthLoginMissing", {"email": False}),
        ("AuthLoginMissing", {"web_authn": True}),
        ("AuthLoginMissing", {"external_providers": {}}),
        ("InvalidLogin", {"email": {"verification_email_style": "link"}}),
        ("InvalidLogin", {"email": {"otp_login": "yes"}}),
        ("InvalidLogin", {"phone": {"otp_login": 1}}),
        ("InvalidLogin", {"email": True, "web_authn": {"user_verification": "never"}}),
        ("MessageTemplate", body("the code is {####}")),
        ("MessageTemplate", body(lambda create_code: f"it is {create_code}")),
        ("MessageTemplate", body(lambda create_code: create_code)),
        ("MessageTemplate", body(lambda create_code: create_code() + "x" * 20_000)),
        ("MessageTemplate", body(lambda _link: "follow it", verification_email_style="LINK")),
        ("MessageTemplate", {"email": {"verification_email_subject": ""}}),
        ("MessageTemplate", {"email": {"verification_email_subject": "x" * 141}}),
        ("MessageTemplate", {"email": {"user_invitation": {"email_subject": 1}}}),
        (
            "MessageTemplate",
            {"email": {"user_invitation": {"email_body": lambda user, _code: user()}}},
        ),
        (
            "MessageTemplate",
            {"email": {"user_invitation": {"sms_message": lambda user, _code: user()}}},
        ),
        ("MessageTemplate", {"phone": {"verification_message": lambda _code: "hello"}}),
        ("MessageTemplate", {"phone": {"verification_message": lambda code: code() + "x" * 140}}),
        (
            "InvalidPasswordlessConfig",
            {"email": True, "web_authn": {"relying_party_id": "https://example.com"}},
        ),
        ("InvalidPasswordlessConfig", {"email": True, "web_authn": {"relying_party_id": "a b"}}),
        ("InvalidPasswordlessConfig", {"email": True, "web_authn": {"relying_party_id": ""}}),
    ],
)
def test_a_way_to_sign_in_that_cannot_be_is_refused(code: str, login: Any) -> None:
    assert refused(login_with=login).code == f"{code}Error"


@pytest.mark.parametrize(
    ("code", "login"),
    [
        ("InvalidRedirectUrl", {"email": True, "external_providers": {}}),
        ("UnknownOption", provider("github", **CLIENT)),
        ("UnknownOption", provider("google", **CLIENT, secret=1)),
        ("InvalidExternalProvider", provider("google", client_id=secret("ID"))),
        ("InvalidExternalProvider", provider("google", client_id="me", client_secret="it")),
        ("InvalidExternalProvider", provider("google", **CLIENT, scopes="email")),
        ("InvalidExternalProvider", provider("sign_in_with_apple", client_id=secret("ID"))),
        ("InvalidExternalProvider", external(oidc=[])),
        ("InvalidExternalProvider", external(oidc=[CLIENT])),
        (
            "InvalidExternalProvider",
            external(oidc=[{**CLIENT, "issuer_url": "https://a.example", "name": "a b"}]),
        ),
        (
            "InvalidExternalProvider",
            external(oidc=[{**CLIENT, "issuer_url": "https://a.example", "name": "One"}] * 2),
        ),
        (
            "InvalidExternalProvider",
            external(
                oidc=[
                    {
                        **CLIENT,
                        "issuer_url": "https://a.example",
                        "endpoints": {"token": "https://a.example"},
                    }
                ]
            ),
        ),
        (
            "InvalidExternalProvider",
            external(
                oidc=[
                    {
                        **CLIENT,
                        "issuer_url": "https://a.example",
                        "attribute_request_method": "PUT",
                    }
                ]
            ),
        ),
        ("InvalidExternalProvider", provider("saml", name="Corp")),
        ("InvalidExternalProvider", provider("saml", metadata={"metadata_type": "URL"})),
        (
            "InvalidExternalProvider",
            provider("saml", metadata={"metadata_content": "x", "metadata_type": "TEXT"}),
        ),
        (
            "InvalidExternalProvider",
            provider(
                "saml",
                metadata={"metadata_content": "x", "metadata_type": "FILE"},
                idp_signout="yes",
            ),
        ),
        (
            "InvalidExternalProvider",
            provider(
                "saml",
                metadata={"metadata_content": "x", "metadata_type": "FILE"},
                identifiers=[f"id{number}" for number in range(51)],
            ),
        ),
        ("UnknownOption", provider("google", **CLIENT, attribute_mapping={"name": "name"})),
        (
            "InvalidExternalProvider",
            provider("google", **CLIENT, attribute_mapping={"fullname": 1}),
        ),
        (
            "InvalidUserAttribute",
            provider("google", **CLIENT, attribute_mapping={"custom": {"x" * 21: "x"}}),
        ),
        ("InvalidExternalProvider", external(scopes=["email"])),
        ("InvalidExternalProvider", external(scopes=[])),
        ("InvalidRedirectUrl", external(callback_urls=None)),
        ("InvalidRedirectUrl", external(logout_urls=[])),
        ("InvalidRedirectUrl", external(callback_urls="http://localhost/")),
        ("InvalidRedirectUrl", external(callback_urls=["app.example.com"])),
        ("InvalidRedirectUrl", external(callback_urls=["http://app.example.com"])),
        ("InvalidRedirectUrl", external(callback_urls=["https://app.example.com/#home"])),
        ("InvalidRedirectUrl", external(callback_urls=LOCAL * 101)),
        ("InvalidDomainPrefix", external(domain_prefix="My App")),
        ("InvalidDomainPrefix", external(domain_prefix="-app")),
        ("InvalidDomainPrefix", external(domain_prefix="my-cognito-app")),
    ],
)
def test_a_provider_that_cannot_be_is_refused(code: str, login: Any) -> None:
    assert refused(login_with=login).code == f"{code}Error"


def test_a_domain_may_come_before_its_providers() -> None:
    definition = define_auth(
        login_with={
            "email": True,
            "external_providers": {"callback_urls": LOCAL, "logout_urls": LOCAL},
        }
    )
    assert definition.login.external
    assert definition.login.external.providers == ()


def test_a_text_in_a_secrets_place_is_not_repeated() -> None:
    error = refused(login_with=provider("google", client_id="hush", client_secret="hush"))
    assert "hush" not in f"{error} {error.hint}"


def test_addresses_of_apps_and_of_this_machine_are_taken() -> None:
    urls = ["myapp://home", "http://localhost:3000/", "http://127.0.0.1/", "https://a.example/b"]
    login: Any = external(callback_urls=urls)
    definition = define_auth(login_with=login)
    assert definition.login.external
    assert definition.login.external.callback_urls == tuple(urls)


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("UnknownOption", {"multifactor": {"mode": "OFF", "otp": True}}),
        ("InvalidMultifactor", {"multifactor": {}}),
        ("InvalidMultifactor", {"multifactor": {"mode": "ON", "totp": True}}),
        ("InvalidMultifactor", {"multifactor": {"mode": "OFF", "totp": True}}),
        ("InvalidMultifactor", {"multifactor": {"mode": "REQUIRED"}}),
        ("InvalidMultifactor", {"multifactor": {"mode": "OPTIONAL", "totp": False}}),
        ("InvalidMultifactor", {"multifactor": {"mode": "OPTIONAL", "totp": "yes"}}),
        ("InvalidMultifactor", {"multifactor": {"mode": "OPTIONAL", "sms": {}}}),
        ("InvalidMultifactor", {"multifactor": {"mode": "OPTIONAL", "email": True}}),
        (
            "InvalidMultifactor",
            {"login_with": {"phone": True}, "multifactor": {"mode": "OPTIONAL", "totp": True}},
        ),
        (
            "MessageTemplate",
            {"multifactor": {"mode": "OPTIONAL", "sms": {"sms_message": lambda _code: "x"}}},
        ),
        (
            "InvalidPasswordlessConfig",
            {
                "login_with": {"email": {"otp_login": True}},
                "multifactor": {"mode": "REQUIRED", "totp": True},
            },
        ),
        ("InvalidPasswordlessConfig", {"passwordless_options": {"preferred_challenge": "OTP"}}),
        (
            "InvalidPasswordlessConfig",
            {"passwordless_options": {"preferred_challenge": "EMAIL_OTP"}},
        ),
        ("UnknownOption", {"passwordless_options": {"preferred": "EMAIL_OTP"}}),
        ("InvalidAccountRecovery", {"account_recovery": "EMAIL"}),
        ("InvalidGroup", {"groups": "ADMINS"}),
        ("InvalidGroup", {"groups": ["ADMINS", "ADMINS"]}),
        ("InvalidGroup", {"groups": ["all people"]}),
        ("InvalidGroup", {"groups": [""]}),
        ("InvalidGroup", {"groups": [{"name": "ADMINS"}]}),
        ("InvalidResourceName", {"name": "9 lives"}),
    ],
)
def test_options_that_contradict_each_other_are_refused(code: str, options: Any) -> None:
    assert refused(**options).code == f"{code}Error"


@pytest.mark.parametrize(
    "attributes",
    [
        ["email"],
        {"name": {"required": True}},
        {"birthday": {}},
        {"birthdate": {"required": "yes"}},
        {"locale": {"data_type": "String"}},
        {"custom:": {"data_type": "String"}},
        {f"custom:{'x' * 21}": {"data_type": "String"}},
        {"custom:a b": {"data_type": "String"}},
        {"custom:a": {}},
        {"custom:a": {"data_type": "Text"}},
        {"custom:a": {"data_type": "String", "mutable": "no"}},
        {"custom:a": {"data_type": "String", "required": True}},
        {"custom:a": {"data_type": "String", "min": 1}},
        {"custom:a": {"data_type": "Number", "max_len": 1}},
        {"custom:a": {"data_type": "Boolean", "max": 1}},
        {"custom:a": {"data_type": "String", "max_len": 2049}},
        {"custom:a": {"data_type": "String", "min_len": -1}},
        {"custom:a": {"data_type": "String", "min_len": 5, "max_len": 4}},
        {"custom:a": {"data_type": "Number", "min": 1.5}},
        {"custom:a": {"data_type": "Number", "min": 5, "max": 4}},
        {f"custom:a{number}": {"data_type": "String"} for number in range(51)},
    ],
)
def test_attributes_that_cannot_be_are_refused(attributes: Any) -> None:
    error = refused(user_attributes=attributes)
    assert error.code in ("InvalidUserAttributeError", "UnknownOptionError")


def test_an_attribute_with_a_type_is_told_to_lack_its_prefix() -> None:
    error = refused(user_attributes={"display_name": {"data_type": "String"}})
    assert "custom:display_name" in error.hint


@pytest.mark.parametrize(
    "senders",
    [
        {"email": {}},
        {"email": {"from_name": "We"}},
        {"email": {"from_email": "We <we@example.com>"}},
        {"email": {"from_email": "we@example.com", "reply_to": "us"}},
        {"email": {"from_email": "we@example.com", "handler": FUNCTION}},
        {"email": {"kms_key_arn": KEY}},
        {"email": {"handler": "main.py"}},
        {"email": {"handler": FUNCTION, "kms_key_arn": "key"}},
        {"sms": {"sns_caller_arn": "arn:aws:iam::123456789012:role/sns"}},
        {"sms": {"external_id": "id"}},
        {"sms": {"external_id": "id", "sns_caller_arn": "sns"}},
        {"sms": {"handler": FUNCTION, "sns_region": "us-east-1"}},
        {
            "email": {"handler": FUNCTION, "kms_key_arn": KEY},
            "sms": {"handler": FUNCTION, "kms_key_arn": f"{KEY}5"},
        },
    ],
)
def test_senders_that_cannot_be_are_refused(senders: Any) -> None:
    assert refused(senders=senders).code == "InvalidSenderError"


@pytest.mark.parametrize(
    ("code", "triggers"),
    [
        ("UnknownOption", {"presignup": FUNCTION}),
        ("UnknownOption", [FUNCTION]),
        ("InvalidTrigger", {"pre_sign_up": "main.py"}),
        ("InvalidTrigger", {"pre_sign_up": [FUNCTION, OTHER]}),
        ("InvalidTrigger", {"create_auth_challenge": FUNCTION}),
    ],
)
def test_triggers_that_cannot_be_are_refused(code: str, triggers: Any) -> None:
    assert refused(triggers=triggers).code == f"{code}Error"


@pytest.mark.parametrize(
    ("code", "access"),
    [
        ("EmptyPolicy", lambda allow: [allow.resource(FUNCTION).to([])]),
        ("InvalidAuthAccess", lambda allow: [allow.resource(FUNCTION).to("getUser")]),
        ("InvalidAuthAccess", lambda allow: [allow.resource(FUNCTION).to(["get_user"])]),
        ("InvalidAuthAccess", lambda allow: [allow.resource("ADMINS").to(["getUser"])]),
        ("InvalidAuthAccess", lambda allow: [allow.resource(FUNCTION)]),
        ("InvalidAuthAccess", lambda allow: allow.resource(FUNCTION).to(["getUser"])),
        ("InvalidAuthAccess", lambda _allow: None),
        ("InvalidAuthAccess", "getUser"),
    ],
)
def test_rules_that_cannot_be_are_refused(code: str, access: Any) -> None:
    assert refused(access=access).code == f"{code}Error"
