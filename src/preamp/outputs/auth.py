"""The section about signing in: the user pool, its client and the identity pool.

Keys and their values are those of the official schema; Amplify Gen 2, "Outputs file".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.outputs.json_values import read_json, without_absent
from preamp.outputs.versions import GROUPS, PASSWORDLESS, has

if TYPE_CHECKING:
    from collections.abc import Mapping

_MFA: Final = {"OFF": "NONE", "OPTIONAL": "OPTIONAL", "ON": "REQUIRED"}
_REQUIREMENTS: Final = ("LOWERCASE", "NUMBERS", "SYMBOLS", "UPPERCASE")
_SHORTEST_PASSWORD: Final = 8
_SOCIAL: Final = frozenset({"GOOGLE", "FACEBOOK", "LOGIN_WITH_AMAZON", "SIGN_IN_WITH_APPLE"})
"""Providers that the schema has names for; others are known to the user pool alone."""


def write_auth(payload: Mapping[str, str], version: str) -> dict[str, Any]:
    """Write the section.

    Args:
        payload: Values of the entry's stack outputs.
        version: Schema version to write.

    Raises:
        UserError: ``OutputEntryError``.
    """

    def parsed(name: str) -> Any:  # noqa: ANN401 - any JSON value
        return read_json(payload[name], name) if name in payload else None

    guests = payload.get("allowUnauthenticatedIdentities")
    section = without_absent(
        user_pool_id=payload["userPoolId"],
        aws_region=payload["authRegion"],
        user_pool_client_id=payload["webClientId"],
        identity_pool_id=payload["identityPoolId"],
        mfa_methods=parsed("mfaTypes"),
        standard_required_attributes=parsed("signupAttributes"),
        username_attributes=parsed("usernameAttributes"),
        user_verification_types=parsed("verificationMechanisms"),
        groups=parsed("groups") if has(version, GROUPS) else None,
        mfa_configuration=_MFA.get(payload.get("mfaConfiguration", "")),
        password_policy=_password_policy(payload),
        oauth=_oauth(payload),
        unauthenticated_identities_enabled=guests == "true" if guests else None,
        passwordless=_passwordless(payload) if has(version, PASSWORDLESS) else None,
    )
    return {"auth": section}


def _password_policy(payload: Mapping[str, str]) -> dict[str, Any] | None:
    length = payload.get("passwordPolicyMinLength")
    texts = payload.get("passwordPolicyRequirements")
    if not length and not texts:
        return None
    required = read_json(texts, "passwordPolicyRequirements") if texts else []
    return {
        "min_length": int(length) if length else _SHORTEST_PASSWORD,
        **{f"require_{name.lower()}": f"REQUIRES_{name}" in required for name in _REQUIREMENTS},
    }


def _oauth(payload: Mapping[str, str]) -> dict[str, Any] | None:
    """Where the browser is sent to and comes back from; nothing without both ways back."""
    sign_in, sign_out = (payload.get(f"oauthRedirectSign{way}", "") for way in ("In", "Out"))
    if not sign_in or not sign_out:
        return None
    providers = read_json(payload.get("socialProviders", "[]"), "socialProviders")
    return without_absent(
        identity_providers=[name for name in providers if name in _SOCIAL],
        redirect_sign_in_uri=sign_in.split(","),
        redirect_sign_out_uri=sign_out.split(","),
        response_type=payload.get("oauthResponseType"),
        scopes=read_json(payload.get("oauthScope", "[]"), "oauthScope"),
        domain=payload.get("oauthCognitoDomain", ""),
    )


def _passwordless(payload: Mapping[str, str]) -> dict[str, Any] | None:
    text = payload.get("passwordlessOptions")
    if not text:
        return None
    options = read_json(text, "passwordlessOptions")
    keys = options.get("webAuthn")
    return without_absent(
        email_otp_enabled=options.get("emailOtpEnabled"),
        sms_otp_enabled=options.get("smsOtpEnabled"),
        web_authn=without_absent(
            relying_party_id=keys.get("relyingPartyId"),
            user_verification=keys.get("userVerification"),
        )
        if keys
        else None,
        preferred_challenge=options.get("preferredChallenge") or None,
    )
