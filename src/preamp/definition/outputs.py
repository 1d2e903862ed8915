"""Collects what `backend.add_output` was given, part by part.

Parts merge deeply, lists are joined, and a value given twice is a mistake. Amplify Gen 2,
"Custom resources", describes `addOutput`; the default version is the official library's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from preamp.contract.entries import ADD_OUTPUT_VERSION, OUTPUTS_VERSIONS
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.contract.site import Site

_Key = tuple[str, ...]


class OutputParts:
    """The parts added so far, merged, and where each value came from."""

    def __init__(self) -> None:
        self._merged: dict[str, Any] = {}
        self._sites: dict[_Key, Site | None] = {}
        self._version: str | None = None

    def add(self, part: Mapping[str, Any], version: str | None, site: Site | None) -> None:
        """Merge one part into the rest; a part with a mistake leaves the rest as it was.

        Args:
            part: Sections of the outputs file; values may be CDK tokens anywhere.
            version: The outputs file's schema version that the part is written for.
            site: Where the part was added.

        Raises:
            UserError: ``OutputEntryAlreadyExistsError``, ``InvalidOutputValueError`` or
                ``InvalidOutputVersionError``.
        """
        chosen = version or ADD_OUTPUT_VERSION
        _check_version(chosen, site)
        _check_value(part, (), site)
        self._check_clashes(self._merged, part, (), site)
        self._merge(self._merged, part, (), site)
        self._version = max(filter(None, (self._version, chosen)), key=OUTPUTS_VERSIONS.index)

    @property
    def merged(self) -> dict[str, Any]:
        """Everything added, with the highest version asked for; empty if nothing was."""
        return {**self._merged, "version": self._version} if self._merged else {}

    def _check_clashes(
        self, into: Mapping[str, Any], part: Mapping[str, Any], at: _Key, site: Site | None
    ) -> None:
        for name, value in part.items():
            key = (*at, name)
            if name not in into:
                continue
            held = into[name]
            if isinstance(held, Mapping) and isinstance(value, Mapping):
                self._check_clashes(held, value, key, site)
            elif not (isinstance(held, list) and isinstance(value, list | tuple)):
                raise self._clash(key, site)

    def _merge(
        self, into: dict[str, Any], part: Mapping[str, Any], at: _Key, site: Site | None
    ) -> None:
        for name, value in part.items():
            key = (*at, name)
            self._sites.setdefault(key, site)
            if isinstance(value, Mapping):
                self._merge(into.setdefault(name, {}), value, key, site)
            elif isinstance(value, list | tuple):
                into[name] = [*into.get(name, []), *value]
            else:
                into[name] = value

    def _clash(self, key: _Key, site: Site | None) -> UserError:
        first = self._sites.get(key)
        return UserError(
            "OutputEntryAlreadyExistsError",
            f"output {'.'.join(key)!r} is set twice",
            "set it once; to output several instances give each a key of its own, for example "
            "custom={'orders': {'topicArn': …}, 'alerts': {'topicArn': …}}",
            sites=[place for place in (site, first) if place],
        )


def _check_version(version: str, site: Site | None) -> None:
    if version not in OUTPUTS_VERSIONS:
        raise UserError(
            "InvalidOutputVersionError",
            f"{version!r} is no version of the outputs file",
            f"use one of {', '.join(OUTPUTS_VERSIONS)}, or leave it out",
            sites=[site] if site else [],
        )


def _check_value(value: object, key: _Key, site: Site | None) -> None:
    """Refuse what cannot be written as JSON; CDK tokens pass."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise _invalid((*key, repr(name)), "keys must be text", site)
            _check_value(inner, (*key, name), site)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _check_value(inner, (*key, str(index)), site)
    elif not (value is None or isinstance(value, str | int | float) or _is_token(value)):
        raise _invalid(key, f"{type(value).__name__} objects cannot be written as JSON", site)


def _is_token(value: object) -> bool:
    """Whether a value is the CDK's `IResolvable`, told by its shape: the CDK is not known here."""
    return hasattr(value, "resolve") and hasattr(value, "creation_stack")


def _invalid(key: _Key, why: str, site: Site | None) -> UserError:
    return UserError(
        "InvalidOutputValueError",
        f"output {'.'.join(key)!r} has a value that cannot be output: {why}",
        "give texts, numbers, booleans, lists and dictionaries; of a construct give an "
        "attribute such as topic.topic_arn",
        sites=[site] if site else [],
    )
