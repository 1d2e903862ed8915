"""What somebody has to agree to before a deployment, and what is said if nobody does.

The levels are those of the CDK's ``--require-approval``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from preamp.deploy.permissions import PermissionChange

_SHOWN: Final = 12


class Requirement(StrEnum):
    """What needs agreement."""

    NEVER = "never"
    BROADENING = "broadening"
    ANY_CHANGE = "any-change"


@dataclass(frozen=True)
class Consent:
    """Decides whether a plan is carried out.

    Attributes:
        requirement: What needs agreement.
        ask: Asks, and returns the answer; None if there is nobody to ask.
    """

    requirement: Requirement
    ask: Callable[[Sequence[PermissionChange]], bool] | None = None

    def require(self, permissions: Sequence[PermissionChange]) -> None:
        """Let a plan that changes something pass, if it may.

        Args:
            permissions: What it changes of permissions.

        Raises:
            UserError: ``ApprovalMissingError``; nothing was changed.
        """
        widening = [change for change in permissions if change.widens]
        needed = self.requirement is Requirement.ANY_CHANGE or (
            self.requirement is Requirement.BROADENING and bool(widening)
        )
        if not needed or (self.ask is not None and self.ask(permissions)):
            return
        raise _missing(widening, asked=self.ask is not None)


def _missing(widening: Sequence[PermissionChange], *, asked: bool) -> UserError:
    what = "the deployment allows more than before" if widening else "the deployment changes things"
    sites = dict.fromkeys(change.site for change in widening if change.site)
    hint = "deploy again and say yes if that is right; nothing was changed"
    if not asked:
        hint = (
            "deploy on a terminal, where you are asked, or say --require-approval never; "
            "nothing was changed"
        )
    more = len(widening) - _SHOWN
    return UserError(
        "ApprovalMissingError",
        f"{what}, and nobody has approved that",
        hint,
        sites=list(sites)[:_SHOWN],
        details=[f"{change.path}: {change.statement}" for change in widening[:_SHOWN]]
        + ([f"and {more} more"] if more > 0 else []),
    )
