"""The user pool of a definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from preamp.constructs.auth.schema import create_schema
from preamp.definition.auth.login import AUTOMATIC
from preamp.definition.auth.senders import BySes, BySns
from preamp.errors import UserError

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from preamp.contract.identity import BackendId
    from preamp.definition.auth.definition import AuthDefinition
    from preamp.definition.auth.login import Login, WebAuthn
    from preamp.definition.auth.multifactor import Factors
    from preamp.definition.auth.senders import Senders

_LOCALHOST: Final = "localhost"


class Naming(Protocol):
    """What makes ids of constructs."""

    def __call__(self, ending: str) -> str:
        """The id that ends so."""


def create_user_pool(
    scope: Construct,
    definition: AuthDefinition,
    name: Naming,
    backend_id: BackendId,
    key: kms.IKey | None,
) -> cognito.UserPool:
    """Make the user pool.

    Args:
        scope: Where.
        definition: The options.
        name: Makes ids of constructs.
        backend_id: The backend it belongs to.
        key: What codes are encrypted with that a function sends.

    Raises:
        UserError: ``InvalidPasswordlessConfigError``.
    """
    login = definition.login
    by_email, by_phone = login.email is not None, login.phone is not None
    user_pool = cognito.UserPool(
        scope,
        name("UserPool"),
        sign_in_case_sensitive=False,
        sign_in_aliases=cognito.SignInAliases(email=by_email, phone=by_phone),
        keep_original=cognito.KeepOriginalAttrs(email=by_email, phone=by_phone),
        auto_verify=cognito.AutoVerifiedAttrs(email=by_email, phone=by_phone),
        user_verification=_verification(login),
        user_invitation=_invitation(login),
        password_policy=_password_policy(),
        self_sign_up_enabled=True,
        account_recovery=getattr(cognito.AccountRecovery, definition.account_recovery),
        removal_policy=RemovalPolicy.DESTROY,
        custom_sender_kms_key=key,
        user_pool_name=definition.name,
        **_second_factors(definition.factors),
        **_senders(scope, definition.senders, name),
        **_passwordless(login, backend_id, definition),
    )
    user_pool_resource(user_pool).schema = create_schema(definition.attributes, login)
    return user_pool


def _verification(login: Login) -> cognito.UserVerificationConfig:
    email = login.email
    style = email.style if email else None
    return cognito.UserVerificationConfig(
        email_style=getattr(cognito.VerificationEmailStyle, style) if style else None,
        email_subject=email.subject if email else None,
        email_body=email.body if email else None,
        sms_message=login.phone.message if login.phone else None,
    )


def _invitation(login: Login) -> cognito.UserInvitationConfig | None:
    given = login.email.invitation if login.email else None
    if given is None:
        return None
    return cognito.UserInvitationConfig(
        email_subject=given.email_subject,
        email_body=given.email_body,
        sms_message=given.sms_message,
    )


def _password_policy() -> cognito.PasswordPolicy:
    return cognito.PasswordPolicy(
        min_length=8,
        require_lowercase=True,
        require_uppercase=True,
        require_digits=True,
        require_symbols=True,
    )


def _second_factors(factors: Factors | None) -> dict[str, Any]:
    if factors is None:
        return {}
    mode = getattr(cognito.Mfa, factors.mode)
    if factors.mode == "OFF":
        return {"mfa": mode}
    second = cognito.MfaSecondFactor(sms=factors.sms, otp=factors.totp, email=factors.email)
    return {"mfa": mode, "mfa_second_factor": second, "mfa_message": factors.sms_message}


def _senders(scope: Construct, senders: Senders, name: Naming) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(senders.email, BySes):
        found["email"] = cognito.UserPoolEmail.with_ses(
            from_email=senders.email.from_email,
            from_name=senders.email.from_name,
            reply_to=senders.email.reply_to,
            ses_region=Stack.of(scope).region,
        )
    if isinstance(senders.sms, BySns):
        role = senders.sms.sns_caller_arn
        found["enable_sms_role"] = True
        found["sms_role_external_id"] = senders.sms.external_id
        found["sns_region"] = senders.sms.sns_region
        if role:
            found["sms_role"] = iam.Role.from_role_arn(scope, name("SmsSenderRole"), role)
    return found


def _passwordless(
    login: Login, backend_id: BackendId, definition: AuthDefinition
) -> dict[str, Any]:
    if not login.is_passwordless:
        return {}
    challenges = login.challenges
    found: dict[str, Any] = {
        "sign_in_policy": cognito.SignInPolicy(
            allowed_first_auth_factors=cognito.AllowedFirstAuthFactors(
                password=True,
                email_otp="EMAIL_OTP" in challenges,
                sms_otp="SMS_OTP" in challenges,
                passkey="WEB_AUTHN" in challenges,
            )
        )
    }
    if login.web_authn:
        verification = login.web_authn.user_verification.upper()
        found["passkey_relying_party_id"] = _relying_party(login.web_authn, backend_id, definition)
        found["passkey_user_verification"] = getattr(cognito.PasskeyUserVerification, verification)
    return found


def _relying_party(passkeys: WebAuthn, backend_id: BackendId, definition: AuthDefinition) -> str:
    """The domain that passkeys are for, which may be where Amplify hosts the app."""
    if passkeys.relying_party_id != AUTOMATIC:
        return passkeys.relying_party_id
    if backend_id.kind == "sandbox":
        return _LOCALHOST
    if backend_id.kind == "branch":
        return f"{backend_id.name}.{backend_id.namespace}.amplifyapp.com"
    raise UserError(
        "InvalidPasswordlessConfigError",
        'the relying party "AUTO" is where Amplify hosts the app, and it hosts none',
        'name the app\'s domain: "web_authn": {"relying_party_id": "app.example.com"}',
        sites=[definition.site] if definition.site else [],
    )


def user_pool_resource(user_pool: cognito.UserPool) -> cognito.CfnUserPool:
    """What CloudFormation gets of a user pool."""
    return cast("cognito.CfnUserPool", user_pool.node.default_child)
