"""Which names secrets may have, and what fetches them is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.contract.site import Site

FETCHER: Final = "AmplifySecretFetcherResource"
"""The custom resource that a stack gets its secrets by: its construct's name and logical id; the
names of what it is made of begin so."""

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")


def check_secret_name(name: str, site: Site | None = None) -> None:
    """Refuse a name that no parameter of Systems Manager could have.

    Raises:
        UserError: ``InvalidSecretNameError``.
    """
    if _NAME.fullmatch(name):
        return
    raise UserError(
        "InvalidSecretNameError",
        f"{name!r} cannot be the name of a secret",
        "use letters, digits, dots, dashes and underscores, for example API_KEY",
        sites=[site] if site else [],
    )
