"""`reference_auth`: users who are in a user pool that exists already.

Amplify Gen 2, "Use existing Cognito resources".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from preamp.definition.auth.access import read_access
from preamp.definition.auth.groups import check_group_name
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from preamp.contract.site import Site
    from preamp.definition.auth.access import AuthAccess, AuthAllow
    from preamp.definition.auth.built import BuiltReferencedAuth
    from preamp.definition.backend import ResourceScope

_USER_POOL: Final = re.compile(r"([a-z0-9-]+)_[0-9a-zA-Z]+")
_IDENTITY_POOL: Final = re.compile(r"([a-z0-9-]+):[0-9a-f-]+")
_CLIENT: Final = re.compile(r"[\w+]+")
_ROLE: Final = re.compile(r"arn:[a-z0-9-]+:iam::\d{12}:role/\S+")
_TOKEN: Final = "${Token["  # noqa: S105 - the CDK's mark, no secret


@dataclass(frozen=True, eq=False)
class ReferenceAuthDefinition:
    """Users who are in a user pool that exists already.

    Attributes:
        user_pool_id: The user pool.
        identity_pool_id: What gives users credentials of AWS.
        user_pool_client_id: The client with which frontends sign in.
        auth_role_arn: The role of users who have signed in.
        unauth_role_arn: The role of everybody else.
        groups: Roles of groups by their names.
        access: What functions may do with users.
        site: The line that defines it.
    """

    user_pool_id: str
    identity_pool_id: str
    user_pool_client_id: str
    auth_role_arn: str
    unauth_role_arn: str
    groups: Mapping[str, str]
    access: tuple[AuthAccess, ...]
    site: Site | None = field(repr=False)

    def build(self, scope: ResourceScope) -> BuiltReferencedAuth:
        """Look the resources up."""
        built: BuiltReferencedAuth = scope.construct(self)
        return built


def reference_auth(
    *,
    user_pool_id: str,
    identity_pool_id: str,
    user_pool_client_id: str,
    auth_role_arn: str,
    unauth_role_arn: str,
    groups: Mapping[str, str] | None = None,
    access: Callable[[AuthAllow], Sequence[AuthAccess]] | None = None,
) -> ReferenceAuthDefinition:
    """Use a user pool and an identity pool that exist already.

    Amplify Gen 2, "Use existing Cognito resources". They stay as they are. That they belong
    together is looked at when the backend is deployed, and what frontends have to know of them is
    read then.

    Args:
        user_pool_id: Such as ``us-east-1_xxxxxxxxx``.
        identity_pool_id: Such as ``us-east-1:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx``.
        user_pool_client_id: A client without a secret.
        auth_role_arn: The identity pool's role of users who have signed in.
        unauth_role_arn: The identity pool's role of everybody else.
        groups: ARNs of the roles of groups, by the groups' names.
        access: What functions of the backend may do with users.

    Returns:
        The definition, for `define_backend`.

    Raises:
        UserError: ``InvalidAuthReferenceError``, ``InvalidGroupError``, ``EmptyPolicyError`` or
            ``InvalidAuthAccessError``.
    """
    site = calling_site()
    likeness = "us-east-1_xxxxxxxxx"
    pool = _check(user_pool_id, _USER_POOL, "user_pool_id", likeness, site)
    likeness = "us-east-1:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
    identities = _check(identity_pool_id, _IDENTITY_POOL, "identity_pool_id", likeness, site)
    if pool and identities and pool[1] != identities[1]:
        raise _wrong(
            f"the user pool is in {pool[1]}, the identity pool in {identities[1]}",
            "name two of the same region",
            site,
        )
    _check(user_pool_client_id, _CLIENT, "user_pool_client_id", "3n4b5urk1ft4fl3mg5e62d9ado", site)
    _check_role(auth_role_arn, "auth_role_arn", site)
    _check_role(unauth_role_arn, "unauth_role_arn", site)
    return ReferenceAuthDefinition(
        user_pool_id,
        identity_pool_id,
        user_pool_client_id,
        auth_role_arn,
        unauth_role_arn,
        MappingProxyType(_groups(groups, site)),
        read_access(access, site),
        site,
    )


def _groups(given: object, site: Site | None) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise _wrong(
            f"groups is {given!r}", 'give the role of each by its name: {"ADMINS": "arn:…"}', site
        )
    for name, role in given.items():
        check_group_name(name, site)
        _check_role(role, f"the role of the group {name!r}", site)
    return dict(given)


def _check_role(value: object, option: str, site: Site | None) -> None:
    _check(value, _ROLE, option, "arn:aws:iam::<account>:role/<name>", site)


def _check(
    value: object, pattern: re.Pattern[str], option: str, likeness: str, site: Site | None
) -> re.Match[str] | None:
    """What was found in an identifier; None in a token."""
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    if found or (isinstance(value, str) and _TOKEN in value):
        return found
    raise _wrong(f"{option} is {value!r}", f"give one like {likeness}", site)


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError("InvalidAuthReferenceError", message, hint, sites=[site] if site else [])
