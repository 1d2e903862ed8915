"""What functions of the backend may do with its users.

Amplify Gen 2, "Grant access to auth resources".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

from preamp.definition.function import FunctionDefinition
from preamp.definition.names import nearest
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.contract.site import Site

Action = Literal[
    "manageUsers", "manageGroups", "manageGroupMembership", "manageUserDevices",
    "managePasswordRecovery", "manageProviderForUser", "addUserToGroup", "createGroup",
    "createUser", "deleteGroup", "deleteUser", "deleteUserAttributes", "disableUser",
    "enableUser", "forgetDevice", "getDevice", "getGroup", "getUser", "listUsers",
    "listUsersInGroup", "listGroups", "listDevices", "listGroupsForUser", "removeUserFromGroup",
    "resetUserPassword", "setUserMfaPreference", "setUserPassword", "setUserSettings",
    "updateDeviceStatus", "updateGroup", "updateUserAttributes",
]  # fmt: skip
ACTIONS: Final[tuple[str, ...]] = get_args(Action)

_CODE: Final = "InvalidAuthAccessError"


@dataclass(frozen=True)
class AuthAccess:
    """A rule: what a function may do.

    Attributes:
        function: The function.
        actions: Amplify's names of what it may do.
        site: The line of the rule.
    """

    function: FunctionDefinition
    actions: tuple[Action, ...]
    site: Site | None = field(compare=False, repr=False)


class AuthActions:
    """Says what a function may do.

    Args:
        function: The function.
    """

    def __init__(self, function: FunctionDefinition) -> None:
        self._function = function

    def to(self, actions: Sequence[Action]) -> AuthAccess:
        """Allow actions.

        Args:
            actions: Such as ``["addUserToGroup"]``, or ``["manageUsers"]`` for many at once.

        Raises:
            UserError: ``EmptyPolicyError`` or ``InvalidAuthAccessError``.
        """
        site = calling_site()
        sites = [site] if site else []
        if isinstance(actions, str) or not isinstance(actions, Sequence):
            hint = 'give a list, such as ["addUserToGroup"]'
            raise UserError(_CODE, f"to() was given {actions!r}", hint, sites=sites)
        if not actions:
            hint = "name what the function may do, or leave the rule out"
            raise UserError("EmptyPolicyError", "a rule allows nothing", hint, sites=sites)
        for action in actions:
            if action not in ACTIONS:
                raise UserError(
                    _CODE,
                    f"there is no action {action!r}{nearest(str(action), ACTIONS)}",
                    f"use some of {', '.join(ACTIONS)}",
                    sites=sites,
                )
        return AuthAccess(self._function, tuple(actions), site)


class AuthAllow:
    """What the callback of ``access`` is given to say its rules with."""

    def resource(self, other: FunctionDefinition) -> AuthActions:
        """Allow a function something.

        Args:
            other: What `define_function` returned.

        Raises:
            UserError: ``InvalidAuthAccessError``.
        """
        given: object = other
        if isinstance(given, FunctionDefinition):
            return AuthActions(given)
        site = calling_site()
        raise UserError(
            _CODE,
            f"{given!r} is no function of the backend",
            "give what define_function() returns; what people may do is said by groups and roles",
            sites=[site] if site else [],
        )


def read_access(
    given: Callable[[AuthAllow], Sequence[AuthAccess]] | None, site: Site | None
) -> tuple[AuthAccess, ...]:
    """Ask a callback for its rules.

    Raises:
        UserError: ``EmptyPolicyError`` or ``InvalidAuthAccessError``.
    """
    if given is None:
        return ()
    call: object = given
    rules: object = call(AuthAllow()) if callable(call) else call
    if isinstance(rules, Sequence) and all(isinstance(rule, AuthAccess) for rule in rules):
        return tuple(rules)
    hint = 'access=lambda allow: [allow.resource(function).to(["addUserToGroup"])]'
    message = f"access gives {rules!r}, which is no list of rules"
    raise UserError(_CODE, message, hint, sites=[site] if site else [])
