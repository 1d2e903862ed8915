"""Which paths rules may be for.

Amplify Gen 2, "Customize authorization rules".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site

ENTITY: Final = "{entity_id}"
"""What stands for the identity of the user in a path."""

_PLACEHOLDER: Final = re.compile(r"\{[^/]*\}|\$\{")
# what policies read otherwise than as the letter of a key
_SPECIAL: Final = re.compile(r"[?\x00-\x1f]")
_LONGEST_KEY: Final = 1024


def check_paths(paths: Sequence[object], site: Site | None) -> None:
    """Refuse paths that no rule can be for.

    Args:
        paths: All that a bucket has rules for.
        site: The user's line.

    Raises:
        UserError: ``InvalidStorageAccessPathError``.
    """
    known = [path for path in paths if isinstance(path, str)]
    for path in paths:
        if not isinstance(path, str):
            raise _wrong(f"the path of a rule is {path!r}", "give a text, such as 'photos/*'", site)
        _check_form(path, site)
        parents = [each for each in known if each != path and path.startswith(each.rstrip("*"))]
        if len(parents) > 1:
            told = " and ".join(repr(each) for each in parents)
            raise _wrong(
                f"the path {path!r} lies under {told}",
                "leave one of them out: a path may lie under one other path at most",
                site,
            )
        if ENTITY in path:
            _check_entity(path, parents, site)
        elif _PLACEHOLDER.search(path):
            raise _wrong(
                f"the path {path!r} has a placeholder that nothing takes the place of, "
                "so that it never matches a file",
                f"use {ENTITY} for the identity of the user",
                site,
            )


def _check_form(path: str, site: Site | None) -> None:
    if path.startswith("/"):
        hint = f"write {path.lstrip('/') or 'photos/*'!r}: the names of files do not begin with '/'"
        raise _wrong(f"the path {path!r} begins with '/'", hint, site)
    if not path.endswith("/*"):
        hint = f"write {path.rstrip('*/') + '/*'!r}: a rule is for all files of a folder"
        raise _wrong(f"the path {path!r} does not end with '/*'", hint, site)
    if "//" in path:
        raise _wrong(f"the path {path!r} has '//'", f"write {re.sub('/+', '/', path)!r}", site)
    if "*" in path[:-1]:
        hint = "keep the one at the end, which stands for everything below"
        raise _wrong(f"the path {path!r} has a '*' before its end", hint, site)
    if _SPECIAL.search(path):
        hint = "use letters that mean themselves in the policies of IAM"
        raise _wrong(f"the path {path!r} has letters that no rule can be for", hint, site)
    if len(path.encode()) > _LONGEST_KEY:
        hint = f"the name of a file has {_LONGEST_KEY} bytes at most: shorten the path"
        raise _wrong(f"the path {path[:40]!r}… can never match a file", hint, site)


def _check_entity(path: str, parents: Sequence[str], site: Site | None) -> None:
    before, _, after = path.partition(ENTITY)
    if ENTITY in after:
        raise _wrong(f"the path {path!r} has {ENTITY} twice", "keep one of them", site)
    if after != "/*":
        hint = f"write {before + ENTITY + '/*'!r}: what belongs to a user is a whole folder"
        raise _wrong(f"the path {path!r} goes on after {ENTITY}", hint, site)
    if not before:
        hint = f"write it below a folder, such as 'private/{ENTITY}/*'"
        raise _wrong(f"the path {path!r} begins with {ENTITY}", hint, site)
    if not before.endswith("/"):
        hint = f"write {before + '/' + ENTITY + '/*'!r}: the identity is a folder's whole name"
        raise _wrong(f"the path {path!r} has more than {ENTITY} in a folder's name", hint, site)
    if parents:
        raise _wrong(
            f"the path {path!r} lies under {parents[0]!r}, whose rules would hold for it too",
            f"put it elsewhere, or leave out {parents[0]!r}",
            site,
        )


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError("InvalidStorageAccessPathError", message, hint, sites=[site] if site else [])
