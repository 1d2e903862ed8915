"""Tells the user what uv's refusals mean: which dependency, why, and what to do.

uv's own account stays as the error's details.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.bundling.declaration import Dependencies
    from preamp.bundling.request import BundleRequest


@dataclass(frozen=True)
class _Meaning:
    pattern: re.Pattern[str]
    code: str
    message: str
    hint: str


def _meaning(pattern: str, code: str, message: str, hint: str) -> _Meaning:
    return _Meaning(re.compile(pattern), code, message, hint)


_NAME: Final = (
    r"`?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?(?:(?P<range>[<>=!~][^ `]*))?`?"
)

# The first that matches; uv often gives a general reason after a telling one.
_MEANINGS: Final = (
    _meaning(
        r"network was disabled|error sending request|dns error|Could not resolve host|timed out",
        "DependencyOfflineError",
        "the dependencies are not in the cache, and the package index cannot be reached",
        "connect to the network once; after that bundling works without it",
    ),
    _meaning(
        rf"(?:all versions of )?{_NAME} (?:has|have) no (?:usable )?wheels",
        "NoWheelError",
        "{name} has no wheel for {target}",
        "choose a version that has one, put a wheel you built into an index of yours,"
        " or choose another runtime or architecture",
    ),
    _meaning(
        rf"(?:Wheels are required for|Failed to download and build|Failed to build) {_NAME}",
        "NoWheelError",
        "{name} has no wheel for {target}",
        "choose a version that has one, or name a built wheel",
    ),
    _meaning(
        rf"{_NAME} was not found in",
        "DependencyNotFoundError",
        "there is no package {name}",
        "correct its name; a private package needs its index in uv's configuration",
    ),
    _meaning(
        rf"there (?:is|are) no versions? of {_NAME}",
        "DependencyNotFoundError",
        "there is no version {range} of {name}",
        "choose a version that exists",
    ),
    _meaning(
        rf"does not satisfy Python(?P<wanted>\S+) and {_NAME} depends",
        "DependencyPythonError",
        "{name} {range} requires Python {wanted}, and the function is for {target}",
        "choose another version of it, or a Python that it supports",
    ),
    _meaning(
        r"unsatisfiable|No solution found",
        "DependencyConflictError",
        "the dependencies contradict each other",
        "loosen one of the versions below",
    ),
)


def explain(text: str, target: str, declared: Dependencies, request: BundleRequest) -> UserError:
    """Turn what uv wrote into an error for the user.

    Args:
        text: uv's error.
        target: For what it was asked, for people.
        declared: What was asked for.
        request: On whose behalf.
    """
    plain = " ".join(text.split())
    sites = tuple(dict.fromkeys((*declared.sites_in(plain), *request.sites)))
    for each in _MEANINGS:
        if (match := each.pattern.search(plain)) is not None:
            found = {key: (value or "").rstrip(",") for key, value in match.groupdict().items()}
            found["range"] = found.get("range", "").removeprefix("==")
            message = " ".join(each.message.format(target=target, **found).split())
            return UserError(each.code, message, each.hint, sites=sites, details=text.splitlines())
    return UserError(
        "DependencyResolutionError",
        f"the dependencies cannot be resolved for {target}",
        "see what uv says below",
        sites=sites,
        details=text.splitlines(),
    )
