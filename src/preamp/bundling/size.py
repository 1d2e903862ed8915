"""How large a function may be.

AWS Lambda, "Lambda quotas".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site

UNZIPPED_LIMIT: Final = 250 * 1024**2
"""The most bytes that a function and its layers have unzipped."""


def check_size(size: int, shown: str, sites: Sequence[Site]) -> None:
    """Refuse a bundle that Lambda would refuse.

    Args:
        size: Its bytes, unzipped.
        shown: Its handler, for people.
        sites: The user's lines that ask for it.

    Raises:
        UserError: ``BundleTooLargeError``.
    """
    if size <= UNZIPPED_LIMIT:
        return
    raise UserError(
        "BundleTooLargeError",
        f"the bundle of {shown} is {size / 1024**2:.0f} MB unzipped;"
        f" Lambda takes {UNZIPPED_LIMIT / 1024**2:.0f} MB",
        "leave out dependencies or data files, or deploy the function as a container image",
        sites=sites,
    )
