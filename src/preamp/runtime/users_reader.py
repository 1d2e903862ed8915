"""The function behind `reference_auth`: a custom resource that reads what exists already.

It looks whether user pool, client, identity pool and roles belong together, and answers with what
frontends have to know, under the names of the output entry. AWS CDK, "Provider framework": it is
called for each change of the resource.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Client = Any

_REQUIREMENTS: Final = {
    "RequireNumbers": "REQUIRES_NUMBERS",
    "RequireLowercase": "REQUIRES_LOWERCASE",
    "RequireUppercase": "REQUIRES_UPPERCASE",
    "RequireSymbols": "REQUIRES_SYMBOLS",
}
_PROVIDERS: Final = {
    "Google": "GOOGLE",
    "Facebook": "FACEBOOK",
    "SignInWithApple": "SIGN_IN_WITH_APPLE",
    "LoginWithAmazon": "LOGIN_WITH_AMAZON",
}


class ReferencedUsersError(Exception):
    """What was named does not belong together."""


@dataclass(frozen=True)
class Users:
    """What exists, as Cognito describes it.

    Attributes:
        pool: The user pool.
        client: Its client.
        factors: Its second factors.
        providers: Its identity providers.
        groups: Its groups.
        identities: The identity pool.
        roles: The identity pool's roles.
    """

    pool: Mapping[str, Any]
    client: Mapping[str, Any]
    factors: Mapping[str, Any]
    providers: list[Mapping[str, Any]]
    groups: list[Mapping[str, Any]]
    identities: Mapping[str, Any]
    roles: Mapping[str, str]


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS's
    """Answer CloudFormation with what frontends have to know.

    Raises:
        ReferencedUsersError: What was named does not belong together.
    """
    answer: dict[str, Any] = {
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["RequestId"]
    }
    if event["RequestType"] == "Delete":
        return answer
    import boto3  # type: ignore[import-untyped,unused-ignore]  # Lambda's own

    asked = event["ResourceProperties"]
    users = read_users(asked, boto3.client("cognito-idp"), boto3.client("cognito-identity"))
    check_users(asked, users)
    return {**answer, "Data": tell(asked, users)}


def read_users(asked: Mapping[str, Any], pools: Client, identities: Client) -> Users:
    """Ask Cognito for what exists.

    Args:
        asked: The custom resource's properties.
        pools: A client of Cognito's user pools.
        identities: A client of Cognito's identity pools.
    """
    pool = {"UserPoolId": asked["userPoolId"]}
    identity_pool = {"IdentityPoolId": asked["identityPoolId"]}
    client = pools.describe_user_pool_client(**pool, ClientId=asked["userPoolClientId"])
    return Users(
        pools.describe_user_pool(**pool)["UserPool"],
        client["UserPoolClient"],
        pools.get_user_pool_mfa_config(**pool),
        _all(pools, "list_identity_providers", "Providers", pool),
        _all(pools, "list_groups", "Groups", pool),
        identities.describe_identity_pool(**identity_pool),
        identities.get_identity_pool_roles(**identity_pool).get("Roles", {}),
    )


def _all(pools: Client, call: str, key: str, pool: dict[str, str]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = getattr(pools, call)(**pool, **token)
        found += page.get(key, [])
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}


def check_users(asked: Mapping[str, Any], users: Users) -> None:
    """Refuse what does not belong together.

    Args:
        asked: The custom resource's properties.
        users: What exists.

    Raises:
        ReferencedUsersError: What is wrong.
    """
    provider = {
        "ProviderName": f"cognito-idp.{asked['region']}.amazonaws.com/{asked['userPoolId']}",
        "ClientId": asked["userPoolClientId"],
    }
    known = users.identities.get("CognitoIdentityProviders") or []
    if not any(provider.items() <= each.items() for each in known):
        raise ReferencedUsersError(
            "the identity pool takes no users of this user pool through this client"
        )
    if users.pool.get("AliasAttributes"):
        raise ReferencedUsersError("the user pool has alias attributes, which are not supported")
    if users.client.get("ClientSecret"):
        raise ReferencedUsersError("the client has a secret, which a frontend cannot keep")
    _check_roles(asked, users)
    if users.providers:
        _check_providers(users)


def _check_roles(asked: Mapping[str, Any], users: Users) -> None:
    for option, kind in (("authRoleArn", "authenticated"), ("unauthRoleArn", "unauthenticated")):
        if users.roles.get(kind) != asked[option]:
            raise ReferencedUsersError(
                f"the identity pool's role of {kind} users is {users.roles.get(kind)}, "
                f"not {asked[option]}"
            )
    roles = {each["GroupName"]: each.get("RoleArn") for each in users.groups}
    for name, role in (asked.get("groups") or {}).items():
        if role not in roles.values():
            raise ReferencedUsersError(f"no group of the user pool has the role {role} of {name}")


def _check_providers(users: Users) -> None:
    if not (users.pool.get("Domain") or users.pool.get("CustomDomain")):
        raise ReferencedUsersError("the user pool has identity providers, but no domain")
    for key, what in (("CallbackURLs", "callback URLs"), ("LogoutURLs", "sign-out URLs")):
        if not users.client.get(key):
            raise ReferencedUsersError(
                f"the user pool has identity providers, its client no {what}"
            )


def tell(asked: Mapping[str, Any], users: Users) -> dict[str, str]:
    """What frontends have to know, as texts.

    Args:
        asked: The custom resource's properties.
        users: What exists.
    """
    pool, client = users.pool, users.client
    password = pool.get("Policies", {}).get("PasswordPolicy", {})
    required = [
        each["Name"].lower() for each in pool.get("SchemaAttributes", []) if each.get("Required")
    ]
    return {
        "userPoolId": asked["userPoolId"],
        "webClientId": asked["userPoolClientId"],
        "identityPoolId": asked["identityPoolId"],
        "signupAttributes": json.dumps(required),
        "usernameAttributes": json.dumps([e.lower() for e in pool.get("UsernameAttributes", [])]),
        "verificationMechanisms": json.dumps(pool.get("AutoVerifiedAttributes", [])),
        "passwordPolicyMinLength": str(password.get("MinimumLength", "")),
        "passwordPolicyRequirements": json.dumps(
            [told for key, told in _REQUIREMENTS.items() if password.get(key)]
        ),
        "mfaConfiguration": pool.get("MfaConfiguration", "OFF"),
        "mfaTypes": json.dumps(_factors(users.factors)),
        "socialProviders": json.dumps(
            [_PROVIDERS.get(e["ProviderType"], e["ProviderName"]) for e in users.providers]
        ),
        "oauthCognitoDomain": _domain(pool, asked["region"]),
        "allowUnauthenticatedIdentities": (
            "true" if users.identities.get("AllowUnauthenticatedIdentities") else "false"
        ),
        "oauthScope": json.dumps(client.get("AllowedOAuthScopes", [])),
        "oauthRedirectSignIn": ",".join(client.get("CallbackURLs", [])),
        "oauthRedirectSignOut": ",".join(client.get("LogoutURLs", [])),
        "oauthResponseType": ",".join(client.get("AllowedOAuthFlows", [])),
        "oauthClientId": client["ClientId"],
    }


def _factors(factors: Mapping[str, Any]) -> list[str]:
    found = {
        "SMS": factors.get("SmsMfaConfiguration", {}).get("SmsConfiguration"),
        "TOTP": factors.get("SoftwareTokenMfaConfiguration", {}).get("Enabled"),
        "EMAIL": factors.get("EmailMfaConfiguration"),
    }
    return [name for name, is_on in found.items() if is_on]


def _domain(pool: Mapping[str, Any], region: str) -> str:
    if pool.get("CustomDomain"):
        return str(pool["CustomDomain"])
    return f"{pool['Domain']}.auth.{region}.amazoncognito.com" if pool.get("Domain") else ""
