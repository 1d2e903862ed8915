"""Merging parts of an outputs file into one.

Owns the rules, which are Amplify's: objects merge key by key, lists are joined, a value set
twice is an error, and of two schema versions the higher stays if the major one is the same.
Must not know what the keys mean.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Document = dict[str, Any]

_VERSION_KEY: Final = "version"
_VERSION: Final = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?")


def merge(parts: Iterable[Mapping[str, Any]]) -> Document:
    """Merge parts, the first one first.

    Args:
        parts: Outputs documents, each with some of the keys; none is changed.

    Returns:
        All keys of all parts, in the order in which they are first met.

    Raises:
        UserError: ``OutputKeyTakenError`` for a value set twice, ``OutputsVersionError`` for
            versions that do not go together.
    """
    merged: Document = {}
    for part in parts:
        _merge_into(merged, part, ())
    return merged


def _merge_into(into: Document, part: Mapping[str, Any], above: tuple[str, ...]) -> None:
    for key, value in part.items():
        into[key] = _merged(into.get(key), value, (*above, key))


def _merged(old: Any, new: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(old, list):
        return [*old, *(new if isinstance(new, list) else [new])]
    if isinstance(old, dict) and isinstance(new, dict):
        _merge_into(old, new, path)
        return old
    if isinstance(new, dict) and not old:
        copied: Document = {}
        _merge_into(copied, new, path)
        return copied
    # Empty values count as not set, and an object gives way to whatever replaces it.
    if not old or isinstance(old, dict):
        return new
    if path[-1] == _VERSION_KEY:
        return _higher_version(str(old), str(new))
    raise UserError(
        "OutputKeyTakenError",
        f"{'.'.join(path)} is set twice in the outputs, to {old!r} and to {new!r}",
        "rename one of the two keys",
    )


def _higher_version(old: str, new: str) -> str:
    old_numbers, new_numbers = _numbers(old), _numbers(new)
    if old_numbers[0] != new_numbers[0]:
        raise UserError(
            "OutputsVersionError",
            f"outputs of the schema versions {old} and {new} cannot be in one file",
            "leave the version out of add_output, or use one with the same first number",
        )
    return new if new_numbers >= old_numbers else old


def _numbers(version: str) -> tuple[int, ...]:
    match = _VERSION.search(version)
    return tuple(int(number or 0) for number in match.groups()) if match else (0, 0, 0)
