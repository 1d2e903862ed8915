"""The two ways preamp fails, and what every failure must carry.

A `UserError` is something the person at the keyboard can mend, and says how. A `Fault` is
something we must mend. Both have a stable code, listed in `CODES`, from which
`docs/errors.md` is generated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site

CODES: Final[dict[str, str]] = {}
"""Every error code and one sentence on when it is met."""


class PreampError(Exception):
    """The root of everything preamp raises on purpose.

    Attributes:
        code: A stable name, a key of `CODES`; it ends in ``Error`` or ``Fault``.
        message: What happened, with the offending value; one or more lines.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UserError(PreampError):
    """A mistake in the user's backend or input.

    Attributes:
        hint: What to change, or the command to run.
        sites: Where in the user's files it is, the most telling place first.
        details: More lines to show under the message, for example the user's part of a traceback.
    """

    exit_status: ClassVar[int] = 1

    def __init__(
        self,
        code: str,
        message: str,
        hint: str,
        *,
        sites: Sequence[Site] = (),
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(code, message)
        self.hint = hint
        self.sites = tuple(sites)
        self.details = tuple(details)


class Fault(PreampError):  # noqa: N818 - the other half of the pair, not an error of the user
    """A defect of preamp or of what it is built on; the user cannot mend it.

    Attributes:
        details: Diagnostic lines for a bug report.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, code: str, message: str, *, details: Sequence[str] = ()) -> None:
        super().__init__(code, message)
        self.details = tuple(details)
