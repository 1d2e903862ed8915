"""Groups of users, and how an account is recovered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from preamp.definition.options import check_choice
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.contract.site import Site
    from preamp.definition.auth.login import Login

AccountRecovery = Literal[
    "EMAIL_AND_PHONE_WITHOUT_MFA",
    "PHONE_WITHOUT_MFA_AND_EMAIL",
    "EMAIL_ONLY",
    "PHONE_ONLY_WITHOUT_MFA",
    "PHONE_AND_EMAIL",
    "NONE",
]

_RECOVERIES: Final[tuple[str, ...]] = get_args(AccountRecovery)
_NAME: Final = re.compile(r"\S{1,128}")


def read_groups(given: object, site: Site | None) -> tuple[str, ...]:
    """Check ``groups``.

    Raises:
        UserError: ``InvalidGroupError``.
    """
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise _wrong(f"groups is {given!r}", 'give a list, such as ["ADMINS", "EDITORS"]', site)
    for number, name in enumerate(given):
        check_group_name(name, site)
        if name in given[:number]:
            raise _wrong(
                f"the group {name!r} is named twice, with the precedences "
                f"{given.index(name)} and {number}",
                "name each group once; the first one has the highest precedence",
                site,
            )
    return tuple(given)


def check_group_name(name: object, site: Site | None) -> None:
    """Refuse what no group is called.

    Raises:
        UserError: ``InvalidGroupError``.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return
    raise _wrong(f"a group cannot be named {name!r}", "use 1 to 128 letters without spaces", site)


def read_recovery(given: object, login: Login, site: Site | None) -> AccountRecovery:
    """Check ``account_recovery``, or choose it by how people sign in.

    Raises:
        UserError: ``InvalidAccountRecoveryError``.
    """
    if given is None:
        return "EMAIL_ONLY" if login.email else "PHONE_ONLY_WITHOUT_MFA"
    check_choice(given, _RECOVERIES, "InvalidAccountRecoveryError", "account_recovery", site)
    return cast("AccountRecovery", given)


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError("InvalidGroupError", message, hint, sites=[site] if site else [])
