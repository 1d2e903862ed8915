"""Functions that Cognito calls while people sign up and sign in.

Amazon Cognito, "Customizing user pool workflows with Lambda triggers".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, get_args

from preamp.definition.function import FunctionDefinition
from preamp.definition.options import check_options
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.contract.site import Site

Trigger = Literal[
    "create_auth_challenge",
    "custom_message",
    "define_auth_challenge",
    "post_authentication",
    "post_confirmation",
    "pre_authentication",
    "pre_sign_up",
    "pre_token_generation",
    "user_migration",
    "verify_auth_challenge_response",
]
TRIGGERS: Final[tuple[str, ...]] = get_args(Trigger)

_CHALLENGE: Final = (
    "define_auth_challenge",
    "create_auth_challenge",
    "verify_auth_challenge_response",
)


def read_triggers(given: object, site: Site | None) -> Mapping[str, FunctionDefinition]:
    """Check ``triggers``.

    Raises:
        UserError: ``InvalidTriggerError``.
    """
    options = check_options(given, TRIGGERS, "triggers", site)
    for name, function in options.items():
        if not isinstance(function, FunctionDefinition):
            raise _wrong(
                f"the trigger {name} is {function!r}, which is no function of the backend",
                "give what define_function() returns",
                site,
            )
    challenge = [name for name in _CHALLENGE if name in options]
    missing = [name for name in _CHALLENGE if name not in options]
    if challenge and "define_auth_challenge" in missing:
        raise _wrong(
            f"there is a trigger {challenge[0]} but no define_auth_challenge",
            f"add {' and '.join(missing)}: Cognito asks define_auth_challenge for every step",
            site,
        )
    return MappingProxyType(dict(options))


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError("InvalidTriggerError", message, hint, sites=[site] if site else [])
