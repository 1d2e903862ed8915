"""The stack of auth, which has one definition of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.definition.auth.definition import AuthDefinition
from preamp.definition.auth.reference import ReferenceAuthDefinition
from preamp.errors import UserError

if TYPE_CHECKING:
    from aws_cdk import Stack

    from preamp.definition.backend import ResourceScope

DEFAULT_NAME: Final = "amplifyAuth"
FRIENDLY_NAME: Final = "amplify:friendly-name"
_GROUP: Final = "auth"
_STACK_TYPE: Final = "auth-Cognito"


def auth_stack(definition: AuthDefinition | ReferenceAuthDefinition, scope: ResourceScope) -> Stack:
    """The stack for a definition of users.

    Raises:
        UserError: ``MultipleSingletonResourcesError`` if there is another definition.
    """
    defined: list[AuthDefinition | ReferenceAuthDefinition] = []
    defined += scope.definitions(AuthDefinition)
    defined += scope.definitions(ReferenceAuthDefinition)
    others = [each.site for each in defined if each is not definition]
    if others:
        raise UserError(
            "MultipleSingletonResourcesError",
            "the backend has two definitions of its users",
            "keep one define_auth() or reference_auth()",
            sites=[site for site in (definition.site, *others) if site],
        )
    return scope.stack(_GROUP, _STACK_TYPE)
