"""Identity pools: who gets an identity, and the role that its credentials have.

ministack gives everybody who asks the pool's first role, even to identities that do not exist.

AWS: "Using role-based access control", "Identity pools (federated identities) authentication
flow" (Amazon Cognito); "GetCredentialsForIdentity".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pools import (
    OK,
    Data,
    RefusedError,
    Response,
    content_of,
    refusing,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVICE: Final = "cognito-identity.amazonaws.com"
_FORBIDDEN: Final = "NotAuthorizedException"
_DENY: Final = "Deny"


def identity_pools() -> Mend:
    """Give identities the role they are to have, and nobody else any."""
    return Mend(
        name="roles of identities",
        reference="Using role-based access control",
        symbols=(
            Symbol("services.cognito:_identity_pools"),
            Symbol("services.cognito:_get_id", "data"),
            Symbol("services.cognito:_get_credentials_for_identity", "data"),
            Symbol("services.cognito:_token_claims", "token"),
            Symbol("services.sts:_sessions"),
            Symbol("services.iam:_roles"),
            Symbol("core.iam_evaluator:_principal_keys", "credential"),
            Symbol("core.iam_evaluator:evaluate_trust_policy", "trust_doc caller_arn ctx"),
            Symbol("core.iam_evaluator:EvalContext"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    cognito = module("services.cognito")
    cognito._get_id = refusing(_identifying(cognito, cognito._get_id))
    credentials = _giving_credentials(cognito, cognito._get_credentials_for_identity)
    cognito._get_credentials_for_identity = refusing(credentials)
    evaluator = module("core.iam_evaluator")
    evaluator._principal_keys = _with_identity(evaluator._principal_keys)


def _identifying(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def get_id(data: Data) -> Response:
        pool = cognito._identity_pools.get(data.get("IdentityPoolId"))
        if pool is not None and not data.get("Logins"):
            _refuse_guests_unless_allowed(pool)
        return upstream(data)

    return get_id


def _refuse_guests_unless_allowed(pool: Data) -> None:
    if str(pool.get("AllowUnauthenticatedIdentities")).lower() != "true":
        message = "Unauthenticated access is not supported for this identity pool."
        raise RefusedError(message, _FORBIDDEN)


def _giving_credentials(
    cognito: Upstream, upstream: Callable[[Data], Response]
) -> Callable[[Data], Response]:
    def get_credentials_for_identity(data: Data) -> Response:
        identity, logins = data.get("IdentityId"), data.get("Logins") or {}
        pool = _pool_of(cognito, identity)
        if pool is None:
            message = f"Identity '{identity}' not found."
            raise RefusedError(message, "ResourceNotFoundException")
        if not logins:
            _refuse_guests_unless_allowed(pool)
        response = upstream(data)
        if response[0] == OK:
            _assume(cognito, pool, logins, content_of(response), data.get("CustomRoleArn"))
        return response

    return get_credentials_for_identity


def _pool_of(cognito: Upstream, identity: str | None) -> Data | None:
    pools = cognito._identity_pools.values()
    return next((pool for pool in pools if identity in pool["_identities"]), None)


def _assume(cognito: Upstream, pool: Data, logins: Data, given: Data, custom: str | None) -> None:
    """Put the role in the session that was made for the credentials; end it if it may not be."""
    sessions = module("services.sts")._sessions
    key = given["Credentials"]["AccessKeyId"]
    session = sessions[key]
    try:
        role = _role_of(cognito, pool, logins, custom, given["IdentityId"])
        _refuse_unless_trusted(role, _identity_keys(session), session["AccountId"])
    except RefusedError:
        del sessions[key]
        raise
    name = role.rpartition("/")[2]
    account = session["AccountId"]
    session["Arn"] = f"arn:aws:sts::{account}:assumed-role/{name}/CognitoIdentityCredentials"


def _role_of(cognito: Upstream, pool: Data, logins: Data, custom: str | None, identity: str) -> str:
    roles = pool.get("_roles") or {}
    role = roles.get("authenticated" if logins else "unauthenticated")
    for provider, token in logins.items():
        claims = cognito._token_claims(token)
        mapping = _mapping_of(pool, provider, claims)
        if mapping is not None:
            mapped = _mapped_role(mapping, claims, custom)
            if mapped is None and mapping.get("AmbiguousRoleResolution") == _DENY:
                raise RefusedError(f"Access to Identity '{identity}' is forbidden.", _FORBIDDEN)
            role = mapped or role
    if not role:
        message = "Invalid identity pool configuration. Check assigned IAM roles for this pool."
        raise RefusedError(message, "InvalidIdentityPoolConfigurationException")
    return str(role)


def _mapping_of(pool: Data, provider: str, claims: Data) -> Data | None:
    name = f"{provider}:{claims.get('aud')}" if provider.startswith("cognito-idp.") else provider
    for key, mapping in (pool.get("_role_mappings") or {}).items():
        # CloudFormation takes any key, and the provider beside it.
        if mapping.get("IdentityProvider", key) == name:
            found: Data = mapping
            return found
    return None


def _mapped_role(mapping: Data, claims: Data, custom: str | None) -> str | None:
    if mapping.get("Type") == "Rules":
        rules = (mapping.get("RulesConfiguration") or {}).get("Rules") or ()
        return next((rule["RoleARN"] for rule in rules if _applies(rule, claims)), None)
    if custom is None:
        return claims.get("cognito:preferred_role")
    if custom not in claims.get("cognito:roles", ()):
        raise RefusedError("Access to the role is forbidden.", _FORBIDDEN)
    return custom


def _applies(rule: Data, claims: Data) -> bool:
    actual, wanted = claims.get(rule["Claim"]), str(rule["Value"])
    if actual is None:
        return False
    text = ",".join(map(str, actual)) if isinstance(actual, list) else str(actual)
    match rule["MatchType"]:
        case "Equals":
            return text == wanted
        case "NotEqual":
            return text != wanted
        case "StartsWith":
            return text.startswith(wanted)
    return wanted in text


def _refuse_unless_trusted(role: str, keys: dict[str, Any], account: str) -> None:
    evaluator = module("core.iam_evaluator")
    name = role.rpartition("/")[2]
    record = module("services.iam")._roles.get_scoped(account, None, name) or {}
    context = evaluator.EvalContext(
        principal_arn=_SERVICE,
        principal_type="FederatedUser",
        principal_account=account,
        action="sts:AssumeRoleWithWebIdentity",
        resource_arn=role,
        region="",
        principal_keys=keys,
    )
    trust = record.get("AssumeRolePolicyDocument")
    if not evaluator.evaluate_trust_policy(trust, _SERVICE, context):
        message = "Invalid identity pool configuration. Check assigned IAM roles for this pool."
        raise RefusedError(message, "InvalidIdentityPoolConfigurationException")


def _with_identity(upstream: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """Let policies speak of the identity that a caller has."""

    def principal_keys(credential: Any) -> dict[str, Any]:  # noqa: ANN401 - upstream's
        session = module("services.sts")._sessions.get(credential.access_key_id) or {}
        return {**upstream(credential), **_identity_keys(session)}

    return principal_keys


def _identity_keys(session: Data) -> dict[str, Any]:
    if not session.get("_identity_id"):
        return {}
    return {
        f"{_SERVICE}:sub": session["_identity_id"],
        f"{_SERVICE}:aud": session.get("_identity_pool_id", ""),
        f"{_SERVICE}:amr": list(session.get("_cognito_amr") or ()),
    }
