"""`define_auth`: users of the backend, as its options say.

What becomes of it in the CDK is known elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from preamp.definition.auth.access import read_access
from preamp.definition.auth.attributes import read_attributes
from preamp.definition.auth.groups import read_groups, read_recovery
from preamp.definition.auth.login import check_preferred, read_login
from preamp.definition.auth.multifactor import read_factors
from preamp.definition.auth.senders import read_senders
from preamp.definition.auth.triggers import read_triggers
from preamp.definition.names import check_resource_name
from preamp.definition.options import check_options
from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from preamp.contract.site import Site
    from preamp.definition.auth.access import AuthAccess, AuthAllow
    from preamp.definition.auth.attributes import Attributes, UserAttributes
    from preamp.definition.auth.built import BuiltAuth
    from preamp.definition.auth.groups import AccountRecovery
    from preamp.definition.auth.login import Challenge, Login, LoginWith, PasswordlessOptions
    from preamp.definition.auth.multifactor import Factors, Multifactor
    from preamp.definition.auth.senders import SenderOptions, Senders
    from preamp.definition.auth.triggers import Trigger
    from preamp.definition.backend import ResourceScope
    from preamp.definition.function import FunctionDefinition


@dataclass(frozen=True, eq=False)
class AuthDefinition:
    """The users of a backend.

    Attributes:
        name: The user pool's name.
        login: How people sign in.
        attributes: What is known of each.
        factors: What they have to show besides a password.
        account_recovery: How they get back in without it.
        groups: Groups of users, the one with the highest precedence first.
        senders: Who sends messages.
        triggers: Functions that Cognito calls, by what for.
        access: What functions may do with users.
        preferred_challenge: What frontends should ask for first.
        site: The line that defines it.
    """

    name: str | None
    login: Login
    attributes: Attributes
    factors: Factors | None
    account_recovery: AccountRecovery
    groups: tuple[str, ...]
    senders: Senders
    triggers: Mapping[str, FunctionDefinition]
    access: tuple[AuthAccess, ...]
    preferred_challenge: Challenge | None
    site: Site | None = field(repr=False)

    def build(self, scope: ResourceScope) -> BuiltAuth:
        """Make the user pool and what belongs to it."""
        built: BuiltAuth = scope.construct(self)
        return built


def define_auth(
    *,
    login_with: LoginWith,
    name: str | None = None,
    user_attributes: UserAttributes | None = None,
    multifactor: Multifactor | None = None,
    account_recovery: AccountRecovery | None = None,
    groups: Sequence[str] | None = None,
    passwordless_options: PasswordlessOptions | None = None,
    senders: SenderOptions | None = None,
    triggers: Mapping[Trigger, FunctionDefinition] | None = None,
    access: Callable[[AuthAllow], Sequence[AuthAccess]] | None = None,
) -> AuthDefinition:
    """Define how people sign in to the backend.

    Amplify Gen 2, "Set up Amplify Auth". A backend has one of these.

    Args:
        login_with: ``email`` and ``phone``, of which it takes one at least, and ``web_authn`` and
            ``external_providers``.
        name: The user pool's name, and the first part of other names.
        user_attributes: What is known of each user: standard attributes by name, and custom ones
            as ``custom:<name>``. What people sign in with is required anyway.
        multifactor: What people have to show besides their password.
        account_recovery: How they get back in without it; by e-mail if they sign in by that, by
            phone otherwise, if left out.
        groups: Names of groups, each with a role; the first has the highest precedence.
        passwordless_options: What frontends are told of signing in without a password.
        senders: Who sends e-mails and text messages.
        triggers: Functions that Cognito calls while people sign up and sign in.
        access: What functions of the backend may do with users.

    Returns:
        The definition, for `define_backend`.

    Raises:
        UserError: An option that Cognito would refuse, or that contradicts another; the code says
            which.
    """
    site = calling_site()
    if name is not None:
        check_resource_name(name, site)
    login = read_login(login_with, site)
    sending = read_senders(senders or {}, site)
    options = check_options(
        passwordless_options or {}, ("preferred_challenge",), "passwordless_options", site
    )
    preferred: Any = options.get("preferred_challenge")
    if preferred is not None:
        check_preferred(preferred, login, site)
    return AuthDefinition(
        name=name,
        login=login,
        attributes=read_attributes(user_attributes or {}, site),
        factors=read_factors(multifactor, login, sending, site),
        account_recovery=read_recovery(account_recovery, login, site),
        groups=read_groups(groups or (), site),
        senders=sending,
        triggers=read_triggers(triggers or {}, site),
        access=read_access(access, site),
        preferred_challenge=preferred,
        site=site,
    )
