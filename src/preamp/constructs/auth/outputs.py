"""The output entry of auth, read off the resources as they are when the user's code has ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_cognito as cognito

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.constructs.auth.live import LiveAuth

_REQUIREMENTS: Final = {
    "require_numbers": "REQUIRES_NUMBERS",
    "require_lowercase": "REQUIRES_LOWERCASE",
    "require_uppercase": "REQUIRES_UPPERCASE",
    "require_symbols": "REQUIRES_SYMBOLS",
}
_FACTORS: Final = {"SMS_MFA": "SMS", "SOFTWARE_TOKEN_MFA": "TOTP", "EMAIL_OTP": "EMAIL"}
_PROVIDERS: Final = {
    "Google": "GOOGLE",
    "Facebook": "FACEBOOK",
    "SignInWithApple": "SIGN_IN_WITH_APPLE",
    "LoginWithAmazon": "LOGIN_WITH_AMAZON",
}


def output_payload(auth: LiveAuth, preferred_challenge: str | None) -> dict[str, str]:
    """The outputs of the entry ``AWS::Amplify::Auth``, in Amplify's order.

    Args:
        auth: What was made.
        preferred_challenge: What frontends should ask for first.
    """
    made = auth.resources
    pool, client = made.cfn_resources.cfn_user_pool, made.cfn_resources.cfn_user_pool_client
    identities = made.cfn_resources.cfn_identity_pool
    policies: Any = pool.policies
    password = getattr(policies, "password_policy", None)
    return {
        "userPoolId": made.user_pool.user_pool_id,
        "webClientId": made.user_pool_client.user_pool_client_id,
        "identityPoolId": identities.ref,
        "authRegion": auth.stack.region,
        "allowUnauthenticatedIdentities": _flag(identities.allow_unauthenticated_identities),
        "signupAttributes": _json(_required(pool.schema)),
        "usernameAttributes": _json([each.lower() for each in pool.username_attributes or ()]),
        "verificationMechanisms": _json(pool.auto_verified_attributes or []),
        "passwordPolicyMinLength": _least_length(password),
        "passwordPolicyRequirements": _json(_password_requirements(password)),
        "mfaConfiguration": pool.mfa_configuration or "OFF",
        "mfaTypes": _json([_FACTORS[each] for each in pool.enabled_mfas or () if each in _FACTORS]),
        "passwordlessOptions": _passwordless(pool, policies, preferred_challenge),
        "socialProviders": _providers(made.user_pool),
        "oauthCognitoDomain": _domain(auth),
        "oauthScope": _json(client.allowed_o_auth_scopes or []),
        "oauthRedirectSignIn": ",".join(client.callback_ur_ls or ()),
        "oauthRedirectSignOut": ",".join(client.logout_ur_ls or ()),
        "oauthResponseType": ",".join(client.allowed_o_auth_flows or ()),
        "oauthClientId": client.ref,
        "groups": _json(
            [
                {name: {"precedence": group.cfn_user_group.precedence}}
                for name, group in made.groups.items()
            ]
        ),
    }


def _json(value: Sequence[object]) -> str:
    return json.dumps(value, separators=(",", ":"))


def _flag(value: object) -> str:
    return "true" if value is True else "false"


def _required(schema: Any) -> list[str]:  # noqa: ANN401 - a list, or a token
    if not isinstance(schema, list):
        return []
    names = [each.name for each in schema if getattr(each, "required", False)]
    return [name.lower() for name in names if name]


def _least_length(password: Any) -> str:  # noqa: ANN401
    length = getattr(password, "minimum_length", None)
    return "" if length is None else str(int(length))


def _password_requirements(password: Any) -> list[str]:  # noqa: ANN401
    return [told for option, told in _REQUIREMENTS.items() if getattr(password, option, None)]


def _passwordless(
    pool: cognito.CfnUserPool,
    policies: Any,  # noqa: ANN401
    preferred_challenge: str | None,
) -> str:
    found: dict[str, object] = {}
    sign_in = getattr(policies, "sign_in_policy", None)
    if sign_in:
        factors = sign_in.allowed_first_auth_factors or []
        found["emailOtpEnabled"] = "EMAIL_OTP" in factors
        found["smsOtpEnabled"] = "SMS_OTP" in factors
        if "WEB_AUTHN" in factors:
            found["webAuthn"] = {
                "relyingPartyId": pool.web_authn_relying_party_id or "",
                "userVerification": pool.web_authn_user_verification or "preferred",
            }
    if preferred_challenge:
        found["preferredChallenge"] = preferred_challenge
    return json.dumps(found, separators=(",", ":")) if found else ""


def _providers(user_pool: cognito.UserPool) -> str:
    resources = [each.node.default_child for each in user_pool.identity_providers]
    names = [
        _PROVIDERS.get(each.provider_type, each.provider_name)
        for each in resources
        if isinstance(each, cognito.CfnUserPoolIdentityProvider)
    ]
    return _json(names) if names else ""


def _domain(auth: LiveAuth) -> str:
    if auth.domain is None:
        return ""
    return f"{auth.domain.domain_name}.auth.{auth.stack.region}.amazoncognito.com"
