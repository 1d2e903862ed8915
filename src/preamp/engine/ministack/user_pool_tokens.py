"""Tokens of user pools: roles of groups in them, one call of their trigger, and its refusal.

ministack leaves roles out, calls the trigger for each token, and issues tokens if it fails.

AWS: "Understanding the identity (ID) token", "Pre token generation Lambda trigger" (Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pools import SYMBOLS as SHARED
from preamp.engine.ministack.user_pools import Data, refusing, run_trigger

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIGGER: Final = "PreTokenGeneration"
_ACCESS: Final = "access"
_ID: Final = "id"
_SECTIONS: Final = {_ACCESS: "accessTokenGeneration", _ID: "idTokenGeneration"}
_FIRST_VERSION: Final = "V1_0"
_LAST: Final = 1 << 31

_ANSWER: Final[contextvars.ContextVar[dict[str, Data] | None]] = contextvars.ContextVar(
    "preamp_answer_of_the_token_trigger", default=None
)
"""What the trigger said, while the tokens of one sign-in are made."""


def user_pool_tokens() -> Mend:
    """Put roles in tokens, and ask the trigger once."""
    return Mend(
        name="tokens of user pools",
        reference="Pre token generation Lambda trigger",
        symbols=(
            *SHARED,
            Symbol("services.cognito:_build_auth_result"),
            Symbol("services.cognito:_get_tokens_from_refresh_token", "data"),
            Symbol(
                "services.cognito:_apply_pretoken_trigger",
                "pool_id claims token_type trigger_source client_id username user_attrs groups "
                "client_metadata scope",
            ),
            Symbol(
                "services.cognito:_build_pretoken_event",
                "pool_id client_id username user_attrs groups trigger_source version "
                "client_metadata scope",
            ),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    cognito = module("services.cognito")
    build: Callable[..., Data] = cognito._build_auth_result

    def build_auth_result(*given: Any, **options: Any) -> Data:  # noqa: ANN401 - upstream's
        token = _ANSWER.set({})
        try:
            return build(*given, **options)
        finally:
            _ANSWER.reset(token)

    cognito._build_auth_result = build_auth_result
    cognito._apply_pretoken_trigger = _customizing(cognito)
    cognito._get_tokens_from_refresh_token = refusing(cognito._get_tokens_from_refresh_token)


def _customizing(cognito: Upstream) -> Callable[..., Data]:
    def apply_pretoken_trigger(
        pool_id: str,
        claims: Data,
        token_type: str,
        **about: Any,  # noqa: ANN401 - upstream's
    ) -> Data:
        pool = cognito._user_pools.get(pool_id) or {}
        if token_type == _ID:
            claims = {**claims, **_claims_of_groups(pool, about["groups"])}
            if "email" in claims and "email_verified" not in about["user_attrs"]:
                claims["email_verified"] = False
        function, version = _trigger_of(pool)
        if function is None or _is_left_out(about["trigger_source"], version):
            return claims
        known = _ANSWER.get()
        if known is None or "answer" not in known:
            event = cognito._build_pretoken_event(pool_id=pool_id, version=version, **about)
            answer = run_trigger(_TRIGGER, function, event)
            if known is not None:
                known["answer"] = answer
        else:
            answer = known["answer"]
        return _overridden(claims, token_type, version, answer)

    return apply_pretoken_trigger


def _trigger_of(pool: Data) -> tuple[str | None, str]:
    config = pool.get("LambdaConfig") or {}
    chosen = config.get("PreTokenGenerationConfig") or {}
    if chosen.get("LambdaArn"):
        return chosen["LambdaArn"], chosen.get("LambdaVersion") or _FIRST_VERSION
    return config.get(_TRIGGER), _FIRST_VERSION


def _is_left_out(source: str, version: str) -> bool:
    return source == "TokenGeneration_ClientCredentials" and version != "V3_0"


def _claims_of_groups(pool: Data, names: list[str]) -> Data:
    """The roles of a user's groups, and the one of the group that comes first."""
    groups = [pool["_groups"][name] for name in names if name in pool.get("_groups", {})]
    with_role = [group for group in groups if group.get("RoleArn")]
    if not with_role:
        return {}
    first = min(group.get("Precedence", _LAST) for group in with_role)
    preferred = {group["RoleArn"] for group in with_role if group.get("Precedence", _LAST) == first}
    return _claims_of_roles(
        list(dict.fromkeys(group["RoleArn"] for group in with_role)),
        # Two groups that are equal have to agree.
        preferred.pop() if len(preferred) == 1 else None,
    )


def _claims_of_roles(roles: list[str], preferred: str | None) -> Data:
    claims: Data = {"cognito:roles": roles}
    return {**claims, "cognito:preferred_role": preferred} if preferred else claims


def _overridden(claims: Data, token_type: str, version: str, answer: Data) -> Data:
    """Change claims as the trigger wants."""
    is_first = version == _FIRST_VERSION
    details = answer.get("claimsOverrideDetails" if is_first else "claimsAndScopeOverrideDetails")
    details = details or {}
    groups = details.get("groupOverrideDetails") or {}
    section = details if is_first else details.get(_SECTIONS[token_type]) or {}
    changed = {**claims, **_groups_instead(claims, token_type, groups)}
    if is_first and token_type == _ACCESS:
        return changed
    changed.update(section.get("claimsToAddOrOverride") or {})
    for name in section.get("claimsToSuppress") or ():
        changed.pop(name, None)
    if token_type == _ACCESS:
        changed["scope"] = _scopes(changed.get("scope", ""), section)
    return changed


def _groups_instead(claims: Data, token_type: str, override: Data) -> Data:
    changed: Data = {}
    if override.get("groupsToOverride") is not None:
        changed["cognito:groups"] = override["groupsToOverride"]
    if token_type == _ID and override.get("iamRolesToOverride"):
        preferred = override.get("preferredRole") or claims.get("cognito:preferred_role")
        changed.update(_claims_of_roles(override["iamRolesToOverride"], preferred))
    return changed


def _scopes(scope: str, section: Data) -> str:
    suppressed = section.get("scopesToSuppress") or ()
    kept = [each for each in scope.split() if each not in suppressed]
    return " ".join(dict.fromkeys([*kept, *(section.get("scopesToAdd") or ())]))
