"""What `reference_auth` reads of users that exist, and refuses."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from preamp.runtime.users_reader import (
    ReferencedUsersError,
    check_users,
    handler,
    read_users,
    tell,
)

ASKED: Final = {
    "userPoolId": "us-east-1_abc",
    "identityPoolId": "us-east-1:1-2",
    "userPoolClientId": "client",
    "authRoleArn": "arn:auth",
    "unauthRoleArn": "arn:unauth",
    "groups": {"ADMINS": "arn:admins"},
    "region": "us-east-1",
}


class Cognito:
    """Both of Cognito's services, with one pool; lists come one entry a page."""

    def __init__(self, **changes: Any) -> None:
        self.pool: dict[str, Any] = {
            "Id": "us-east-1_abc",
            "Domain": "shop",
            "SchemaAttributes": [
                {"Name": "email", "Required": True},
                {"Name": "name", "Required": False},
            ],
            "UsernameAttributes": ["email"],
            "AutoVerifiedAttributes": ["email"],
            "Policies": {"PasswordPolicy": {"MinimumLength": 9, "RequireNumbers": True}},
            "MfaConfiguration": "OPTIONAL",
        } | changes.get("pool", {})
        self.client: dict[str, Any] = {
            "ClientId": "client",
            "CallbackURLs": ["https://a.example"],
            "LogoutURLs": ["https://b.example"],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"],
        } | changes.get("client", {})
        self.identities: dict[str, Any] = {
            "AllowUnauthenticatedIdentities": True,
            "CognitoIdentityProviders": [
                {
                    "ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_abc",
                    "ClientId": "client",
                    "ServerSideTokenCheck": False,
                }
            ],
        } | changes.get("identities", {})
        self.roles = changes.get(
            "roles", {"authenticated": "arn:auth", "unauthenticated": "arn:unauth"}
        )
        self.groups = [
            {"GroupName": "OTHERS"},
            {"GroupName": "ADMINS", "RoleArn": changes.get("role", "arn:admins")},
        ]
        self.providers = [
            {"ProviderName": "Google", "ProviderType": "Google"},
            {"ProviderName": "Corp", "ProviderType": "SAML"},
        ]

    def describe_user_pool(self, **_: str) -> dict[str, Any]:
        return {"UserPool": self.pool}

    def describe_user_pool_client(self, **_: str) -> dict[str, Any]:
        return {"UserPoolClient": self.client}

    def get_user_pool_mfa_config(self, **_: str) -> dict[str, Any]:
        return {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}

    def list_identity_providers(self, **asked: str) -> dict[str, Any]:
        return self._page("Providers", self.providers, asked)

    def list_groups(self, **asked: str) -> dict[str, Any]:
        return self._page("Groups", self.groups, asked)

    def describe_identity_pool(self, **_: str) -> dict[str, Any]:
        return self.identities

    def get_identity_pool_roles(self, **_: str) -> dict[str, Any]:
        return {"Roles": self.roles}

    @staticmethod
    def _page(key: str, entries: list[dict[str, str]], asked: dict[str, str]) -> dict[str, Any]:
        at = int(asked.get("NextToken", "0"))
        more = {"NextToken": str(at + 1)} if at + 1 < len(entries) else {}
        return {key: entries[at : at + 1], **more}


def test_frontends_are_told_what_they_have_to_know() -> None:
    cognito = Cognito()
    users = read_users(ASKED, cognito, cognito)
    check_users(ASKED, users)
    told = tell(ASKED, users)
    assert json.loads(told["signupAttributes"]) == ["email"]
    assert json.loads(told["passwordPolicyRequirements"]) == ["REQUIRES_NUMBERS"]
    assert json.loads(told["mfaTypes"]) == ["TOTP"]
    assert json.loads(told["socialProviders"]) == ["GOOGLE", "Corp"]
    assert told["passwordPolicyMinLength"] == "9"
    assert told["oauthCognitoDomain"] == "shop.auth.us-east-1.amazoncognito.com"
    assert told["oauthRedirectSignOut"] == "https://b.example"
    assert told["allowUnauthenticatedIdentities"] == "true"
    assert all(isinstance(value, str) for value in told.values())


def test_a_domain_of_ones_own_is_told_whole() -> None:
    cognito = Cognito(pool={"CustomDomain": "login.example.com"})
    told = tell(ASKED, read_users(ASKED, cognito, cognito))
    assert told["oauthCognitoDomain"] == "login.example.com"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"identities": {"CognitoIdentityProviders": []}}, "takes no users"),
        ({"pool": {"AliasAttributes": ["email"]}}, "alias attributes"),
        ({"client": {"ClientSecret": "hush"}}, "has a secret"),
        ({"roles": {"authenticated": "arn:other"}}, "arn:other"),
        ({"roles": {"authenticated": "arn:auth"}}, "unauthenticated"),
        ({"role": "arn:others"}, "ADMINS"),
        ({"pool": {"Domain": None}}, "no domain"),
        ({"client": {"CallbackURLs": []}}, "no callback URLs"),
        ({"client": {"LogoutURLs": None}}, "no sign-out URLs"),
    ],
)
def test_what_does_not_belong_together_is_refused(changes: Any, message: str) -> None:
    cognito = Cognito(**changes)
    with pytest.raises(ReferencedUsersError, match=message):
        check_users(ASKED, read_users(ASKED, cognito, cognito))


def test_a_deletion_asks_nothing() -> None:
    event = {"RequestType": "Delete", "RequestId": "1", "PhysicalResourceId": "it"}
    assert handler(event, None) == {"PhysicalResourceId": "it"}
