"""The ways in which callers prove who they are, as the construct takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration

from preamp.definition.data.modes import DEFAULT_API_KEY, Modes
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from preamp.contract.site import Site
    from preamp.definition.auth.built import AuthResources, ReferencedAuthResources
    from preamp.definition.backend import ResourceScope
    from preamp.definition.data.modes import ApiKey, AuthorizationMode, Authorizer, Oidc
    from preamp.definition.data.schema import Schema

    Users = AuthResources | ReferencedAuthResources

_FOR_APPSYNC: Final[Mapping[str, str]] = {
    "iam": "AWS_IAM",
    "identityPool": "AWS_IAM",
    "userPool": "AMAZON_COGNITO_USER_POOLS",
    "oidc": "OPENID_CONNECT",
    "apiKey": "API_KEY",
    "lambda": "AWS_LAMBDA",
}

_AUTH: Final = "add auth=define_auth(…) to define_backend(), or allow others"
_NEEDED: Final[Mapping[str, tuple[str, str, str]]] = {
    "apiKey": (
        "apiKeyConfig",
        "callers with the API's key",
        "add 'api_key_authorization_mode': {} to authorization_modes, or allow others",
    ),
    "userPools": ("userPoolConfig", "users and groups", _AUTH),
    "identityPool": ("identityPoolConfig", "callers with the identity pool's credentials", _AUTH),
    "oidc": (
        "oidcConfig",
        "users of an identity provider",
        "add 'oidc_authorization_mode' to authorization_modes, or allow others",
    ),
    "function": (
        "lambdaConfig",
        "callers whom a function lets in",
        "add 'lambda_authorization_mode' to authorization_modes, or allow others",
    ),
}
"""What the API has to have for rules of each provider, whom they are about, and what to do."""


def is_left_to_us(modes: Modes | None, auth: Users | None) -> bool:
    """Whether nothing says who may call, so that a key is all there is."""
    return modes is None and auth is None


def authorization_modes(
    modes: Modes | None, auth: Users | None, scope: ResourceScope, site: Site | None
) -> dict[str, object]:
    """What the construct takes as ``authorizationModes``.

    Args:
        modes: What was said.
        auth: The resources of the backend's auth, if it has one.
        scope: Builds functions.
        site: The user's line.

    Raises:
        UserError: ``DefineDataConfigurationError``.
    """
    default = (modes and modes.default) or _default(modes, auth, site)
    said = modes or Modes(None, None, None, None)
    given: dict[str, object] = {"defaultAuthorizationMode": _FOR_APPSYNC[default]}
    if said.api_key or default == "apiKey":
        given["apiKeyConfig"] = _api_key(said.api_key or DEFAULT_API_KEY)
    if auth is not None:
        given |= _of_auth(auth)
    if said.authorizer:
        given["lambdaConfig"] = _authorizer(said.authorizer, scope)
    if said.oidc:
        given["oidcConfig"] = _oidc(said.oidc)
    _check(default, given, site)
    return given | {"iamConfig": {"enableIamAuthorizationMode": True}}


def check_providers(
    schemas: Iterable[Schema], given: Mapping[str, object], site: Site | None
) -> None:
    """Refuse rules for callers whom the API has no way of knowing.

    Args:
        schemas: The schemas.
        given: What `authorization_modes` made.
        site: The line of the definition.

    Raises:
        UserError: ``SchemaAuthorizationError``.
    """
    for schema in schemas:
        for provider, rule in schema.providers.items():
            needed, callers, hint = _NEEDED[provider]
            if needed in given:
                continue
            raise UserError(
                "SchemaAuthorizationError",
                f"a rule is about {callers}, whom the API does not know",
                hint,
                sites=[each for each in (rule, site) if each],
            )


def _default(modes: Modes | None, auth: Users | None, site: Site | None) -> AuthorizationMode:
    if modes is None:
        return "userPool" if auth is not None else "apiKey"
    ways: dict[AuthorizationMode, object] = {
        "oidc": modes.oidc,
        "lambda": modes.authorizer,
        "apiKey": modes.api_key,
    }
    said = [name for name, way in ways.items() if way is not None]
    if auth is None and len(said) == 1:
        return said[0]
    raise UserError(
        "DefineDataConfigurationError",
        "authorization_modes says several ways in, and not which one holds where nothing is said",
        "add 'default_authorization_mode'",
        sites=[site] if site else [],
    )


def _of_auth(auth: Users) -> dict[str, object]:
    return {
        "userPoolConfig": {"userPool": auth.user_pool},
        "identityPoolConfig": {
            "authenticatedUserRole": auth.authenticated_user_iam_role,
            "unauthenticatedUserRole": auth.unauthenticated_user_iam_role,
            "identityPoolId": auth.identity_pool_id,
        },
    }


def _api_key(key: ApiKey) -> dict[str, object]:
    described = {"description": key.description} if key.description is not None else {}
    return {"expires": Duration.days(key.expires_in_days), **described}


def _authorizer(authorizer: Authorizer, scope: ResourceScope) -> dict[str, object]:
    function = scope.built(authorizer.function).resources.lambda_
    return {"function": function, "ttl": Duration.seconds(authorizer.seconds)}


def _oidc(oidc: Oidc) -> dict[str, object]:
    client = {"clientId": oidc.client_id} if oidc.client_id is not None else {}
    return {
        "oidcProviderName": oidc.name,
        "oidcIssuerUrl": oidc.issuer_url,
        "tokenExpiryFromAuth": Duration.seconds(oidc.seconds_from_auth),
        "tokenExpiryFromIssue": Duration.seconds(oidc.seconds_from_issue),
        **client,
    }


def _check(default: AuthorizationMode, given: Mapping[str, object], site: Site | None) -> None:
    """Refuse a default that nothing stands behind."""
    missing = {
        "userPool": ("userPoolConfig", "add auth=define_auth(…) to define_backend()"),
        "oidc": ("oidcConfig", "add 'oidc_authorization_mode'"),
        "lambda": ("lambdaConfig", "add 'lambda_authorization_mode'"),
    }
    needed, hint = missing.get(default, ("", ""))
    if not needed or needed in given:
        return
    raise UserError(
        "DefineDataConfigurationError",
        f"the default authorization mode is {default!r}, for which nothing is there",
        hint,
        sites=[site] if site else [],
    )
