"""Providers that people sign in with, and the sign-in page's domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import SecretValue
from aws_cdk import aws_cognito as cognito

from preamp.constructs.secret_resolver import resolve_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs import Construct

    from preamp.constructs.auth.user_pool import Naming
    from preamp.contract.identity import BackendId
    from preamp.definition.auth.login import Login
    from preamp.definition.auth.providers import External, Provider

_Resolved = dict[str, Any]

_FIRST_RESOLVED: Final = ("login_with_amazon", "sign_in_with_apple", "facebook", "oidc", "google")
"""The order in which the official library asks for secrets, which the template lists."""

_DOMAINS: Final = {
    "google": "accounts.google.com",
    "facebook": "graph.facebook.com",
    "login_with_amazon": "www.amazon.com",
    "sign_in_with_apple": "appleid.apple.com",
}
_ALL_SCOPES: Final = ("PHONE", "EMAIL", "OPENID", "PROFILE", "COGNITO_ADMIN")


@dataclass(frozen=True)
class ProvidersMade:
    """What the other resources have to know of providers.

    Attributes:
        settings: Of the user pool's client.
        logins: What the app is called at providers that the identity pool knows itself.
        domain: Of the sign-in page, if there is one.
    """

    settings: cognito.OAuthSettings
    logins: Mapping[str, str]
    domain: cognito.UserPoolDomain | None


def create_providers(
    scope: Construct,
    name: Naming,
    login: Login,
    user_pool: cognito.UserPool,
    backend_id: BackendId,
) -> ProvidersMade:
    """Make providers and a domain for the sign-in page.

    Args:
        scope: Where.
        name: Makes ids of constructs.
        login: How people sign in.
        user_pool: Where they sign in.
        backend_id: The backend it belongs to, of which the domain is made.

    Raises:
        UserError: ``SecretOutsideBackendError``.
    """
    flows = cognito.OAuthFlows(authorization_code_grant=True, implicit_code_grant=False)
    external = login.external
    if external is None:
        return ProvidersMade(cognito.OAuthSettings(flows=flows), {}, None)
    resolved = _resolve(scope, external)
    maps_email = login.email is not None and login.phone is None
    for number, provider in _numbered(external):
        options = {
            "user_pool": user_pool,
            "attribute_mapping": _mapping(provider, maps_email=maps_email),
            **resolved[id(provider)],
        }
        _MAKERS[provider.kind](scope, name, provider, options, number)
    prefix = external.domain_prefix or backend_id.stable_hash
    domain = user_pool.add_domain(
        name("UserPoolDomain"),
        cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix),
    )
    return ProvidersMade(_settings(external, flows), _logins(external, resolved), domain)


def _resolve(scope: Construct, external: External) -> dict[int, _Resolved]:
    """The secrets of each provider, by the names of their options."""
    resolved: dict[int, _Resolved] = {id(each): {} for each in external.providers}
    for kind in _FIRST_RESOLVED:
        for provider in external.providers:
            if provider.kind == kind:
                resolved[id(provider)] = {
                    option: resolve_secret(scope, value).unsafe_unwrap()
                    for option, value in provider.secrets.items()
                }
    return resolved


def _numbered(external: External) -> list[tuple[int, Provider]]:
    """The providers, each with how many of its kind came before it."""
    kinds = [each.kind for each in external.providers]
    return [(kinds[:place].count(each.kind), each) for place, each in enumerate(external.providers)]


def _mapping(provider: Provider, *, maps_email: bool) -> cognito.AttributeMapping | None:
    other = cognito.ProviderAttribute.other
    found: dict[str, Any] = {}
    if maps_email and provider.kind != "saml":
        found["email"] = other("email")
    found |= {name: other(value) for name, value in provider.mapping.items()}
    if provider.custom_mapping:
        found["custom"] = {name: other(value) for name, value in provider.custom_mapping.items()}
    return cognito.AttributeMapping(**found) if found else None


def _settings(external: External, flows: cognito.OAuthFlows) -> cognito.OAuthSettings:
    scopes = external.scopes or _ALL_SCOPES
    return cognito.OAuthSettings(
        callback_urls=list(external.callback_urls),
        logout_urls=list(external.logout_urls),
        scopes=[getattr(cognito.OAuthScope, scope) for scope in scopes],
        flows=flows,
    )


def _logins(external: External, resolved: Mapping[int, _Resolved]) -> dict[str, str]:
    return {
        _DOMAINS[each.kind]: resolved[id(each)]["client_id"]
        for each in external.providers
        if each.kind in _DOMAINS
    }


def _google(
    scope: Construct, name: Naming, provider: Provider, options: _Resolved, _number: int
) -> None:
    secret = SecretValue.unsafe_plain_text(options.pop("client_secret"))
    cognito.UserPoolIdentityProviderGoogle(
        scope, name("GoogleIdP"), client_secret_value=secret, **options, **provider.settings
    )


def _facebook(
    scope: Construct, name: Naming, provider: Provider, options: _Resolved, _number: int
) -> None:
    cognito.UserPoolIdentityProviderFacebook(
        scope, name("FacebookIDP"), **options, **provider.settings
    )


def _amazon(
    scope: Construct, name: Naming, provider: Provider, options: _Resolved, _number: int
) -> None:
    cognito.UserPoolIdentityProviderAmazon(scope, name("AmazonIDP"), **options, **provider.settings)


def _apple(
    scope: Construct, name: Naming, provider: Provider, options: _Resolved, _number: int
) -> None:
    key = SecretValue.unsafe_plain_text(options.pop("private_key"))
    cognito.UserPoolIdentityProviderApple(
        scope, name("AppleIDP"), private_key_value=key, **options, **provider.settings
    )


def _oidc(
    scope: Construct, name: Naming, provider: Provider, options: _Resolved, number: int
) -> None:
    settings = dict(provider.settings)
    method = settings.pop("attribute_request_method", "GET")
    endpoints = settings.pop("endpoints", None)
    cognito.UserPoolIdentityProviderOidc(
        scope,
        name(f"{settings.get('name', number)}OidcIDP"),
        attribute_request_method=getattr(cognito.OidcAttributeRequestMethod, method),
        endpoints=cognito.OidcEndpoints(**endpoints) if endpoints else None,
        **options,
        **settings,
    )


def _saml(
    scope: Construct, name: Naming, provider: Provider, options: _Resolved, _number: int
) -> None:
    settings = dict(provider.settings)
    metadata = settings.pop("metadata")
    described = cognito.UserPoolIdentityProviderSamlMetadata
    made = described.file if metadata["metadata_type"] == "FILE" else described.url
    if settings.pop("request_signing_algorithm", None):
        settings["request_signing_algorithm"] = cognito.SigningAlgorithm.RSA_SHA256
    cognito.UserPoolIdentityProviderSaml(
        scope,
        name("SamlIDP"),
        metadata=made(metadata["metadata_content"]),
        **options,
        **settings,
    )


_MAKERS: Final[dict[str, Callable[[Construct, Naming, Provider, _Resolved, int], None]]] = {
    "google": _google,
    "facebook": _facebook,
    "login_with_amazon": _amazon,
    "sign_in_with_apple": _apple,
    "oidc": _oidc,
    "saml": _saml,
}
