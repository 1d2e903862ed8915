"""How callers of the API prove who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NotRequired, TypedDict, cast

from preamp.definition.function import FunctionDefinition
from preamp.definition.options import check_options, check_whole_number, listed
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.contract.site import Site

AuthorizationMode = Literal["iam", "identityPool", "userPool", "oidc", "apiKey", "lambda"]


class ApiKeyAuthorizationMode(TypedDict, total=False):
    """A key that callers send.

    Attributes:
        description: What the key is for.
        expires_in_days: 2 to 365; 7 if left out.
    """

    description: str
    expires_in_days: int


class LambdaAuthorizationMode(TypedDict):
    """A function that says who may.

    Attributes:
        function: The function.
        time_to_live_in_seconds: How long its word holds: 0 to 3600, 60 if left out.
    """

    function: FunctionDefinition
    time_to_live_in_seconds: NotRequired[int]


class OidcAuthorizationMode(TypedDict):
    """An identity provider that speaks OpenID Connect.

    Attributes:
        oidc_provider_name: Its name.
        oidc_issuer_url: Its address, as in the tokens it issues.
        client_id: The client that tokens must be for; any, if left out.
        token_expiry_from_auth_in_seconds: How long a token holds after the sign-in.
        token_expire_from_issue_in_seconds: How long a token holds after it was issued.
    """

    oidc_provider_name: str
    oidc_issuer_url: str
    client_id: NotRequired[str]
    token_expiry_from_auth_in_seconds: int
    token_expire_from_issue_in_seconds: int


class AuthorizationModes(TypedDict, total=False):
    """The ways in which callers of the API prove who they are.

    With `define_auth` in the backend, signed-in users and guests need nothing more.

    Attributes:
        default_authorization_mode: What holds where nothing else is said.
        api_key_authorization_mode: By a key.
        lambda_authorization_mode: By a function's word.
        oidc_authorization_mode: By a token of an identity provider.
    """

    default_authorization_mode: AuthorizationMode
    api_key_authorization_mode: ApiKeyAuthorizationMode
    lambda_authorization_mode: LambdaAuthorizationMode
    oidc_authorization_mode: OidcAuthorizationMode


@dataclass(frozen=True)
class ApiKey:
    """The API's key.

    Attributes:
        expires_in_days: How long it holds.
        description: What it is for.
    """

    expires_in_days: int
    description: str | None = None


@dataclass(frozen=True)
class Authorizer:
    """The function that says who may.

    Attributes:
        function: The function.
        seconds: How long its word holds.
    """

    function: FunctionDefinition
    seconds: int


@dataclass(frozen=True)
class Oidc:
    """An identity provider.

    Attributes:
        name: Its name.
        issuer_url: Its address.
        client_id: The client that tokens must be for.
        seconds_from_auth: How long a token holds after the sign-in.
        seconds_from_issue: How long a token holds after it was issued.
    """

    name: str
    issuer_url: str
    client_id: str | None
    seconds_from_auth: int
    seconds_from_issue: int


@dataclass(frozen=True)
class Modes:
    """What was said of the ways in, checked.

    Attributes:
        default: What holds where nothing else is said, if that was said.
        api_key: The key, if there is one.
        authorizer: The function, if there is one.
        oidc: The identity provider, if there is one.
    """

    default: AuthorizationMode | None
    api_key: ApiKey | None
    authorizer: Authorizer | None
    oidc: Oidc | None


DEFAULT_API_KEY: Final = ApiKey(expires_in_days=7)
_CODE: Final = "DefineDataConfigurationError"
_MODES: Final = ("iam", "identityPool", "userPool", "oidc", "apiKey", "lambda")
_TTL_SECONDS: Final = 60
# AppSync takes from one day on, but what CloudFormation does until then is late for one
_DAYS: Final = (2, 365)
_YEAR: Final = 365 * 24 * 3600
_OIDC: Final = (
    "oidc_provider_name", "oidc_issuer_url", "client_id",
    "token_expiry_from_auth_in_seconds", "token_expire_from_issue_in_seconds",
)  # fmt: skip


def read_modes(given: AuthorizationModes | None, site: Site | None) -> Modes | None:
    """Check what was given as ``authorization_modes``; None where that was left out.

    Raises:
        UserError: ``DefineDataConfigurationError`` or ``UnknownOptionError``.
    """
    if given is None:
        return None
    known = tuple(AuthorizationModes.__annotations__)
    options = check_options(given, known, "authorization_modes", site)
    default = options.get("default_authorization_mode")
    if default is not None and default not in _MODES:
        raise _wrong(f"there is no authorization mode {default!r}", f"use {listed(_MODES)}", site)
    return Modes(
        default=cast("AuthorizationMode | None", default),
        api_key=_api_key(options.get("api_key_authorization_mode"), site),
        authorizer=_authorizer(options.get("lambda_authorization_mode"), site),
        oidc=_oidc(options.get("oidc_authorization_mode"), site),
    )


def _api_key(given: object, site: Site | None) -> ApiKey | None:
    if given is None:
        return None
    known = ("description", "expires_in_days")
    options = check_options(given, known, "api_key_authorization_mode", site)
    days = options.get("expires_in_days", DEFAULT_API_KEY.expires_in_days)
    check_whole_number(days, *_DAYS, _CODE, "expires_in_days", site)
    return ApiKey(days, options.get("description"))


def _authorizer(given: object, site: Site | None) -> Authorizer | None:
    if given is None:
        return None
    known = ("function", "time_to_live_in_seconds")
    options = check_options(given, known, "lambda_authorization_mode", site)
    function = options.get("function")
    if not isinstance(function, FunctionDefinition):
        hint = "give what define_function() returns"
        raise _wrong(f"lambda_authorization_mode has the function {function!r}", hint, site)
    seconds = options.get("time_to_live_in_seconds", _TTL_SECONDS)
    check_whole_number(seconds, 0, 3600, _CODE, "time_to_live_in_seconds", site)
    return Authorizer(function, seconds)


def _oidc(given: object, site: Site | None) -> Oidc | None:
    if given is None:
        return None
    options = check_options(given, _OIDC, "oidc_authorization_mode", site)
    for name in ("oidc_provider_name", "oidc_issuer_url"):
        _check_text(options, name, site)
    for name in ("token_expiry_from_auth_in_seconds", "token_expire_from_issue_in_seconds"):
        check_whole_number(options.get(name), 1, _YEAR, _CODE, name, site)
    return Oidc(
        name=options["oidc_provider_name"],
        issuer_url=options["oidc_issuer_url"],
        client_id=options.get("client_id"),
        seconds_from_auth=options["token_expiry_from_auth_in_seconds"],
        seconds_from_issue=options["token_expire_from_issue_in_seconds"],
    )


def _check_text(options: Mapping[str, Any], name: str, site: Site | None) -> None:
    if not options.get(name):
        raise _wrong(f"oidc_authorization_mode has no {name}", "add it", site)


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError(_CODE, message, hint, sites=[site] if site else [])
