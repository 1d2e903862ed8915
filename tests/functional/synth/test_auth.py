"""Backends that combine options of auth, and what only shows when they are built."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.synthesis import synthesize

from preamp.contract.identity import BackendId
from preamp.definition.auth.triggers import TRIGGERS
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BRANCH: Final = BackendId("d1a2b3c4e5f6g7", "main", "branch")

SHOP: Final = """
from preamp import define_auth, define_backend, define_function
from preamp.definition.auth.triggers import TRIGGERS

hook = define_function(name="hook", entry="main.py", resource_group_name="auth")
sender = define_function(name="sender", entry="main.py", resource_group_name="auth")
clerk = define_function(name="clerk", entry="main.py", resource_group_name="office")
auth = define_auth(
    name="my shop",
    login_with={
        "email": {"otp_login": True, "verification_email_style": "LINK"},
        "phone": {"verification_message": lambda create_code: f"{create_code()} it is"},
        "web_authn": True,
    },
    user_attributes={
        "website": {},
        "email": {"required": True, "mutable": False},
        "custom:points": {"data_type": "Number"},
    },
    multifactor={"mode": "OPTIONAL", "sms": True, "totp": True},
    account_recovery="NONE",
    groups=["boss", "clerks"],
    senders={"email": {"handler": sender}, "sms": {"handler": hook}},
    triggers={trigger: hook for trigger in TRIGGERS},
    access=lambda allow: [
        allow.resource(clerk).to(["getUser", "manageGroupMembership", "addUserToGroup"]),
        allow.resource(hook).to(["updateUserAttributes"]),
    ],
)
backend = define_backend(auth=auth, clerk=clerk)
"""
CORPORATE: Final = """
from preamp import define_auth, define_backend, define_function, secret

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
sender = define_function(name="sender", entry="main.py", resource_group_name="auth")
auth = define_auth(
    login_with={
        "phone": True,
        "email": True,
        "web_authn": {"user_verification": "required"},
        "external_providers": {
            "oidc": [
                {
                    "client_id": secret("ID"),
                    "client_secret": secret("SECRET"),
                    "issuer_url": "https://id.example.org",
                    "attribute_mapping": {"phone_number": "tel", "custom": {"custom:desk": "desk"}},
                }
            ],
            "saml": {
                "metadata": {"metadata_content": "<xml/>", "metadata_type": "FILE"},
                "encrypted_responses": True,
                "request_signing_algorithm": "rsa-sha256",
            },
            "callback_urls": ["https://a.example/"],
            "logout_urls": ["https://b.example/"],
            "domain_prefix": "corporate-desk",
        },
    },
    user_attributes={"custom:desk": {"data_type": "String"}},
    senders={"sms": {"handler": sender, "kms_key_arn": KEY}},
)
backend = define_backend(auth=auth)
"""


def project(folder: Path, text: str) -> Path:
    (folder / "amplify").mkdir(parents=True)
    (folder / "amplify" / "main.py").write_text("def handler(event, context): return event\n")
    (folder / "amplify" / "backend.py").write_text(text, encoding="utf-8")
    return folder


def made(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The resources of all stacks by logical id, and the root stack's outputs."""
    templates = [json.loads(file.read_text()) for file in folder.glob("*.template.json")]
    root = next(one for one in templates if "AWS::Amplify::Auth" in one.get("Metadata", {}))
    return (
        {name: each for one in templates for name, each in one["Resources"].items()},
        {name: output["Value"] for name, output in root["Outputs"].items()},
    )


def of_kind(resources: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("shop")
    synthesize(project(folder / "project", SHOP), folder / "out")
    return made(folder / "out")


@pytest.fixture(scope="module")
def corporate(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("corporate")
    synthesize(project(folder / "project", CORPORATE), folder / "out", BRANCH)
    return made(folder / "out")


def test_every_trigger_and_sender_is_called_by_the_user_pool_alone(
    shop: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    resources, _ = shop
    (pool,) = of_kind(resources, "AWS::Cognito::UserPool")
    triggers = {name.replace("_", "") for name in TRIGGERS}
    called = {name.lower() for name in pool["LambdaConfig"]}
    assert called == triggers | {"customemailsender", "customsmssender", "kmskeyid"}
    permissions = of_kind(resources, "AWS::Lambda::Permission")
    assert len(permissions) == len(TRIGGERS) + 2
    assert all("SourceArn" in each for each in permissions)


def test_senders_share_a_key_that_both_may_use(
    shop: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    resources, _ = shop
    (key,) = of_kind(resources, "AWS::KMS::Key")
    assert key["EnableKeyRotation"] is True
    allowed = [
        role
        for policy in of_kind(resources, "AWS::IAM::Policy")
        for role in policy["Roles"]
        if "kms:Decrypt" in json.dumps(policy)
    ]
    assert len(allowed) == 2


def test_an_attribute_that_people_sign_in_with_can_be_made_stricter(
    shop: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    resources, outputs = shop
    (pool,) = of_kind(resources, "AWS::Cognito::UserPool")
    assert pool["Schema"] == [
        {"Name": "email", "Required": True, "Mutable": False},
        {"Name": "phone_number", "Required": True, "Mutable": True},
        {"Name": "website", "Required": False, "Mutable": True},
        {
            "Name": "points",
            "AttributeDataType": "Number",
            "Mutable": True,
            "NumberAttributeConstraints": {},
        },
    ]
    assert json.loads(outputs["signupAttributes"]) == ["email", "phone_number"]


def test_accounts_that_nobody_recovers_are_recovered_by_an_administrator(
    shop: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    (pool,) = of_kind(shop[0], "AWS::Cognito::UserPool")
    recovery = pool["AccountRecoverySetting"]["RecoveryMechanisms"]
    assert recovery == [{"Name": "admin_only", "Priority": 1}]


def test_frontends_are_told_of_factors_challenges_and_groups(
    shop: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    _, outputs = shop
    assert json.loads(outputs["mfaTypes"]) == ["SMS", "TOTP"]
    assert json.loads(outputs["groups"]) == [
        {"boss": {"precedence": 0}},
        {"clerks": {"precedence": 1}},
    ]
    assert json.loads(outputs["passwordlessOptions"]) == {
        "emailOtpEnabled": True,
        "smsOtpEnabled": False,
        "webAuthn": {"relyingPartyId": "localhost", "userVerification": "preferred"},
    }


def test_a_rule_allows_its_calls_once_and_on_this_user_pool_alone(
    shop: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    resources, _ = shop
    rules = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for name, each in resources.items()
        if name.startswith("userpoolAccess")
    ]
    assert sorted(str(statement["Action"]) for (statement,) in rules) == sorted(
        [
            "cognito-idp:AdminUpdateUserAttributes",
            str(
                [
                    "cognito-idp:AdminGetUser",
                    "cognito-idp:AdminAddUserToGroup",
                    "cognito-idp:AdminRemoveUserFromGroup",
                ]
            ),
        ]
    )
    assert all("*" not in str(statement["Resource"]) for (statement,) in rules)


def test_a_function_of_any_stack_learns_of_the_user_pool(
    shop: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    resources, _ = shop
    (parameter,) = of_kind(resources, "AWS::SSM::Parameter")
    assert parameter["Name"].endswith("/MY_SHOP_USERPOOL_ID")
    functions = [
        each["Environment"]["Variables"]
        for name, each in ((n, r["Properties"]) for n, r in resources.items())
        if name.startswith(("clerk", "hook")) and "Environment" in each
    ]
    told = [json.loads(each["AMPLIFY_SSM_ENV_CONFIG"]) for each in functions]
    assert told == [{"MY_SHOP_USERPOOL_ID": {"path": parameter["Name"]}}] * 2


def test_the_address_is_not_mapped_where_people_sign_in_by_phone_too(
    corporate: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    resources, _ = corporate
    providers = of_kind(resources, "AWS::Cognito::UserPoolIdentityProvider")
    mappings = {each["ProviderType"]: each.get("AttributeMapping") for each in providers}
    assert mappings == {"OIDC": {"phone_number": "tel", "custom:desk": "desk"}, "SAML": None}


def test_options_of_saml_that_amplify_drops_work(
    corporate: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    (saml,) = (
        each
        for each in of_kind(corporate[0], "AWS::Cognito::UserPoolIdentityProvider")
        if each["ProviderType"] == "SAML"
    )
    assert saml["ProviderDetails"] == {
        "IDPSignout": False,
        "MetadataFile": "<xml/>",
        "EncryptedResponses": True,
        "RequestSigningAlgorithm": "rsa-sha256",
    }


def test_a_branch_has_its_own_relying_party_and_a_given_domain(
    corporate: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    resources, outputs = corporate
    (pool,) = of_kind(resources, "AWS::Cognito::UserPool")
    assert pool["WebAuthnRelyingPartyID"] == "main.d1a2b3c4e5f6g7.amplifyapp.com"
    (domain,) = of_kind(resources, "AWS::Cognito::UserPoolDomain")
    assert domain["Domain"] == "corporate-desk"
    assert "amazoncognito.com" in str(outputs["oauthCognitoDomain"])


def test_a_key_that_is_given_is_used(corporate: tuple[dict[str, Any], dict[str, Any]]) -> None:
    resources, _ = corporate
    assert of_kind(resources, "AWS::KMS::Key") == []
    (pool,) = of_kind(resources, "AWS::Cognito::UserPool")
    assert pool["LambdaConfig"]["KMSKeyID"].endswith("key/1234")


def test_secrets_are_in_no_template(corporate: tuple[dict[str, Any], dict[str, Any]]) -> None:
    (oidc,) = (
        each
        for each in of_kind(corporate[0], "AWS::Cognito::UserPoolIdentityProvider")
        if each["ProviderType"] == "OIDC"
    )
    secret = oidc["ProviderDetails"]["client_secret"]
    assert secret == {"Fn::GetAtt": ["AmplifySecretFetcherResource", "SECRET"]}


TWO: Final = """
from preamp import define_auth, define_backend
one = define_auth(login_with={"email": True})
two = define_auth(login_with={"phone": True})
define_backend(one=one, two=two)
"""
NOWHERE: Final = """
from preamp import define_auth, define_backend
one = define_auth(login_with={"email": True, "web_authn": True})
define_backend(one=one)
"""


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        (TWO, "sandbox", "MultipleSingletonResources"),
        (NOWHERE, "standalone", "InvalidPasswordlessConfig"),
    ],
)
def test_what_only_shows_when_it_is_built_is_told_at_the_definition(
    text: str, kind: Any, code: str, tmp_path: Path
) -> None:
    place = project(tmp_path / "project", text)
    with pytest.raises(UserError) as raised:
        synthesize(place, tmp_path / "out", BackendId("demo", "me", kind))
    assert raised.value.code == f"{code}Error"
    source = (place / "amplify" / "backend.py").read_text(encoding="utf-8").splitlines()
    assert source[raised.value.sites[0].line - 1].startswith("one = ")
