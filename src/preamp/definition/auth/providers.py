"""Accounts elsewhere with which people can sign in: Google, Facebook, Amazon, Apple, OIDC, SAML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, Required, TypedDict

from preamp.definition.auth.attributes import STANDARD, check_custom_name
from preamp.definition.options import check_choice, check_flag, check_options
from preamp.definition.secret import Secret
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.contract.site import Site

Scope = Literal["PHONE", "EMAIL", "OPENID", "PROFILE", "COGNITO_ADMIN"]
SCOPES: Final = ("PHONE", "EMAIL", "OPENID", "PROFILE", "COGNITO_ADMIN")

_URL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s#]+")
_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")
_PREFIX: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NOT_IN_PREFIX: Final = ("aws", "amazon", "cognito")
_PROVIDER_NAME: Final = re.compile(r"[^_\s][^_\s]{0,30}[^_\s]")
_PROVIDER: Final = "InvalidExternalProviderError"
_MOST_IDENTIFIERS: Final = 50
_MOST_URLS: Final = 100


class AttributeMapping(TypedDict, total=False):
    """Which attributes of users are taken from which of a provider's.

    Attributes:
        custom: The same for custom attributes, whose names begin with ``custom:``.
    """

    address: str
    birthdate: str
    custom: Mapping[str, str]
    email: str
    email_verified: str
    family_name: str
    fullname: str
    gender: str
    given_name: str
    last_update_time: str
    locale: str
    middle_name: str
    nickname: str
    phone_number: str
    preferred_username: str
    profile_page: str
    profile_picture: str
    timezone: str
    website: str


class _Provider(TypedDict, total=False):
    attribute_mapping: AttributeMapping
    scopes: Sequence[str]


class _ProviderWithClient(_Provider):
    client_id: Secret
    client_secret: Secret


class GoogleProvider(_ProviderWithClient):
    """Google; its console has the client's id and secret."""


class FacebookProvider(_ProviderWithClient, total=False):
    """Facebook.

    Attributes:
        api_version: Of Facebook's API, such as ``v17.0``.
    """

    api_version: str


class AmazonProvider(_ProviderWithClient):
    """Login with Amazon."""


class AppleProvider(_Provider):
    """Sign in with Apple.

    Attributes:
        client_id: The service's id.
        team_id: The team's.
        key_id: The key's.
        private_key: What is in the key's file.
    """

    client_id: Secret
    team_id: Secret
    key_id: Secret
    private_key: Secret


class OidcEndpoints(TypedDict):
    """Where an OIDC provider answers, if it does not tell that itself."""

    authorization: str
    token: str
    user_info: str
    jwks_uri: str


class OidcProvider(_ProviderWithClient, total=False):
    """A provider that speaks OpenID Connect.

    Attributes:
        name: Its name; Cognito's own if left out.
        issuer_url: Who it is.
        identifiers: Domains by which people find it.
        endpoints: Where it answers, if it does not tell that itself.
        attribute_request_method: How it is asked for attributes; ``GET`` if left out.
    """

    name: str
    issuer_url: Required[str]
    identifiers: Sequence[str]
    endpoints: OidcEndpoints
    attribute_request_method: Literal["GET", "POST"]


class SamlMetadata(TypedDict):
    """What describes a SAML provider.

    Attributes:
        metadata_content: The document, or where it is.
        metadata_type: Which of the two.
    """

    metadata_content: str
    metadata_type: Literal["URL", "FILE"]


class SamlProvider(TypedDict, total=False):
    """A provider that speaks SAML 2.0.

    Attributes:
        name: Its name; Cognito's own if left out.
        metadata: What describes it.
        identifiers: Domains by which people find it.
        idp_signout: Whether signing out is told to it.
        idp_initiated: Whether it may begin by itself.
        encrypted_responses: Whether its answers are encrypted.
        request_signing_algorithm: How requests are signed; ``rsa-sha256`` is the only way.
        attribute_mapping: Which attributes are taken from it.
    """

    name: str
    metadata: Required[SamlMetadata]
    identifiers: Sequence[str]
    idp_signout: bool
    idp_initiated: bool
    encrypted_responses: bool
    request_signing_algorithm: Literal["rsa-sha256"]
    attribute_mapping: AttributeMapping


class ExternalProviders(TypedDict, total=False):
    """Accounts elsewhere with which people can sign in.

    Attributes:
        google: Google.
        facebook: Facebook.
        login_with_amazon: Amazon.
        sign_in_with_apple: Apple.
        oidc: Providers that speak OpenID Connect.
        saml: A provider that speaks SAML 2.0.
        scopes: What a frontend may ask for; all of them if left out.
        callback_urls: Where people may be sent when they have signed in.
        logout_urls: Where people may be sent when they have signed out.
        domain_prefix: The first part of the sign-in page's domain; made of the backend's name if
            left out, as always in Amplify.
    """

    google: GoogleProvider
    facebook: FacebookProvider
    login_with_amazon: AmazonProvider
    sign_in_with_apple: AppleProvider
    oidc: Sequence[OidcProvider]
    saml: SamlProvider
    scopes: Sequence[Scope]
    callback_urls: Sequence[str]
    logout_urls: Sequence[str]
    domain_prefix: str


@dataclass(frozen=True)
class Provider:
    """A provider, checked.

    Attributes:
        kind: Its option's name, such as ``google``.
        secrets: What proves who asks, by the option's name.
        mapping: Attributes that are taken from it, without custom ones.
        custom_mapping: Custom ones.
        settings: All its other options.
    """

    kind: str
    secrets: Mapping[str, Secret]
    mapping: Mapping[str, str]
    custom_mapping: Mapping[str, str]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class External:
    """Accounts elsewhere, checked.

    Attributes:
        providers: In the order of their options.
        scopes: What a frontend may ask for; None for all.
        callback_urls: Where people may be sent when they have signed in.
        logout_urls: Where people may be sent when they have signed out.
        domain_prefix: The first part of the sign-in page's domain, if it is given.
    """

    providers: tuple[Provider, ...]
    scopes: tuple[Scope, ...] | None
    callback_urls: tuple[str, ...]
    logout_urls: tuple[str, ...]
    domain_prefix: str | None


_CLIENT: Final = ("client_id", "client_secret")
_APPLE: Final = ("client_id", "team_id", "key_id", "private_key")
_NAMED: Final = ("name", "identifiers")
_KINDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "google": (_CLIENT, ("scopes",)),
        "facebook": (_CLIENT, ("scopes", "api_version")),
        "login_with_amazon": (_CLIENT, ("scopes",)),
        "sign_in_with_apple": (_APPLE, ("scopes",)),
        "oidc": (
            _CLIENT,
            (*_NAMED, "scopes", "issuer_url", "endpoints", "attribute_request_method"),
        ),
        "saml": (
            (),
            (
                *_NAMED,
                "metadata",
                "idp_signout",
                "idp_initiated",
                "encrypted_responses",
                "request_signing_algorithm",
            ),
        ),
    }
)
"""Each provider's secrets and other options."""


def read_external(given: object, site: Site | None) -> External:
    """Check ``external_providers``.

    Raises:
        UserError: ``InvalidExternalProviderError``, ``InvalidRedirectUrlError``,
            ``InvalidDomainPrefixError`` or ``InvalidUserAttributeError``.
    """
    general = ("scopes", "callback_urls", "logout_urls", "domain_prefix")
    options = check_options(given, (*_KINDS, *general), "external_providers", site)
    providers = tuple(
        _provider(kind, each, site)
        for kind in _KINDS
        if options.get(kind) is not None
        for each in (_listed(options[kind], "oidc", site) if kind == "oidc" else [options[kind]])
    )
    _check_names(providers, site)
    scopes = options.get("scopes")
    return External(
        providers,
        None if scopes is None else _scopes(scopes, site),
        _urls(options.get("callback_urls"), "callback_urls", site),
        _urls(options.get("logout_urls"), "logout_urls", site),
        _prefix(options.get("domain_prefix"), site),
    )


def _provider(kind: str, given: object, site: Site | None) -> Provider:
    secrets, others = _KINDS[kind]
    place = f"external_providers.{kind}"
    options = check_options(given, (*secrets, *others, "attribute_mapping"), place, site)
    for name in secrets:
        if not isinstance(options.get(name), Secret):
            raise _no_secret(f"{place}.{name}", options.get(name), site)
    settings = {
        name: value for name, value in options.items() if name in others and value is not None
    }
    _check_settings(kind, settings, place, site)
    mapping = check_options(
        options.get("attribute_mapping") or {},
        (*STANDARD, "email_verified", "custom"),
        f"{place}.attribute_mapping",
        site,
    )
    custom = mapping.get("custom") or {}
    for name in custom:
        check_custom_name(name.removeprefix("custom:"), site)
    plain = {name: value for name, value in mapping.items() if name != "custom"}
    _check_mapped({**plain, **custom}, place, site)
    return Provider(kind, {name: options[name] for name in secrets}, plain, custom, settings)


def _no_secret(place: str, value: object, site: Site | None) -> UserError:
    if value is None:
        message = f"{place} is missing"
    elif isinstance(value, str):  # which may be the secret itself
        message = f"{place} is a text, not a secret"
    else:
        message = f"{place} is {value!r}, not a secret"
    return _wrong(message, 'give secret("NAME") and set it: preamp sandbox secret set NAME', site)


def _check_settings(kind: str, settings: Mapping[str, Any], place: str, site: Site | None) -> None:
    required = {"oidc": ("issuer_url",), "saml": ("metadata",)}.get(kind, ())
    for name in required:
        if name not in settings:
            raise _wrong(f"{place}.{name} is missing", f"add {name}", site)
    for name in ("scopes", "identifiers"):
        if name in settings:
            _listed(settings[name], f"{place}.{name}", site)
    if len(settings.get("identifiers", ())) > _MOST_IDENTIFIERS:
        raise _wrong(
            f"{place} has {len(settings['identifiers'])} identifiers",
            f"give up to {_MOST_IDENTIFIERS}",
            site,
        )
    for name in ("idp_signout", "idp_initiated", "encrypted_responses"):
        if name in settings:
            check_flag(settings[name], _PROVIDER, f"{place}.{name}", site)
    for name, choices in _CHOICES.items():
        if name in settings:
            check_choice(settings[name], choices, _PROVIDER, f"{place}.{name}", site)
    _check_parts(settings, place, site)


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "attribute_request_method": ("GET", "POST"),
        "request_signing_algorithm": ("rsa-sha256",),
    }
)


def _check_parts(settings: Mapping[str, Any], place: str, site: Site | None) -> None:
    """Refuse a description or endpoints that lack something."""
    parts = {
        "metadata": ("metadata_content", "metadata_type"),
        "endpoints": ("authorization", "token", "user_info", "jwks_uri"),
    }
    for name, known in parts.items():
        if name not in settings:
            continue
        given = check_options(settings[name], known, f"{place}.{name}", site)
        for part in known:
            if not isinstance(given.get(part), str) or not given[part]:
                raise _wrong(f"{place}.{name} has no {part}", f"add {part}, a text", site)
    if "metadata" in settings:
        kind = settings["metadata"]["metadata_type"]
        check_choice(kind, ("URL", "FILE"), _PROVIDER, f"{place}.metadata.metadata_type", site)


def _check_mapped(mapping: Mapping[str, object], place: str, site: Site | None) -> None:
    for name, value in mapping.items():
        if not isinstance(value, str) or not value:
            raise _wrong(
                f"{place}.attribute_mapping maps {name} to {value!r}",
                "give the name of the provider's attribute",
                site,
            )


def _check_names(providers: tuple[Provider, ...], site: Site | None) -> None:
    names: set[str] = set()
    for provider in providers:
        name = provider.settings.get("name")
        if name is None:
            continue
        if not isinstance(name, str) or not _PROVIDER_NAME.fullmatch(name):
            raise _wrong(
                f"a provider cannot be named {name!r}",
                "use 3 to 32 letters and digits, without spaces and underscores",
                site,
            )
        if name in names:
            raise _wrong(f"two providers are named {name!r}", "give each its own name", site)
        names.add(name)


def _scopes(given: object, site: Site | None) -> tuple[Scope, ...]:
    found = tuple(_listed(given, "external_providers.scopes", site))
    for scope in found:
        check_choice(scope, SCOPES, _PROVIDER, "a scope of external_providers", site)
    return found


def _listed(given: object, option: str, site: Site | None) -> Sequence[Any]:
    if isinstance(given, Sequence) and not isinstance(given, str) and given:
        return given
    raise _wrong(f"{option} is {given!r}", "give a list with one or more entries", site)


def _urls(given: object, option: str, site: Site | None) -> tuple[str, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise _wrong_url(
            f"external providers need {option}, and they are {given!r}",
            f'give a list, such as "{option}": ["http://localhost:3000/"]',
            site,
        )
    if len(given) > _MOST_URLS:
        raise _wrong_url(f"there are {len(given)} {option}", f"give up to {_MOST_URLS}", site)
    for url in given:
        _check_url(url, option, site)
    return tuple(given)


def _check_url(url: object, option: str, site: Site | None) -> None:
    if isinstance(url, str) and "${Token[" in url:
        return
    if not isinstance(url, str) or not _URL.fullmatch(url):
        raise _wrong_url(
            f"{url!r} among the {option} is no address",
            "give a whole one without #, such as https://app.example.com/profile or myapp://home",
            site,
        )
    scheme, _, rest = url.partition("://")
    if scheme.lower() == "http" and not rest.startswith(_LOCAL):
        raise _wrong_url(
            f"{url!r} among the {option} is not encrypted",
            "use https; Cognito takes http for localhost alone",
            site,
        )


def _prefix(given: object, site: Site | None) -> str | None:
    if given is None:
        return None
    if isinstance(given, str) and _PREFIX.fullmatch(given):
        reserved = next((word for word in _NOT_IN_PREFIX if word in given), None)
        if not reserved:
            return given
        hint = f"leave {reserved} out of it, which Cognito keeps for itself"
    else:
        hint = "use up to 63 small letters, digits and dashes, without a dash at an end"
    message = f"the sign-in page's domain cannot begin with {given!r}"
    raise UserError("InvalidDomainPrefixError", message, hint, sites=[site] if site else [])


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError(_PROVIDER, message, hint, sites=[site] if site else [])


def _wrong_url(message: str, hint: str, site: Site | None) -> UserError:
    return UserError("InvalidRedirectUrlError", message, hint, sites=[site] if site else [])
