"""Which version of the outputs file may hold what.

Amplify Gen 2, "Outputs file": version 0 is the classic file of the first generation, made from
what version 1.5 says. The steps from 1 to 1.5 are those of the official schemas.
"""

from __future__ import annotations

from typing import Final

from preamp.contract.entries import OUTPUTS_VERSIONS

CLASSIC: Final = "0"
"""The version that means the classic file."""

VERSIONS: Final = (CLASSIC, *OUTPUTS_VERSIONS)
"""Every version that can be asked for."""

BUCKETS: Final = "1.1"
"""The first version with a list of buckets."""

PATHS: Final = "1.2"
"""The first version that tells who may use which path of a bucket."""

GROUPS: Final = "1.3"
"""The first version with groups of users."""

PASSWORDLESS: Final = "1.4"
"""The first version with ways to sign in without a password."""


def has(version: str, since: str) -> bool:
    """Tell whether a version holds what came with another one.

    Args:
        version: The version that is written; the classic file has nothing of what came later.
        since: The first version that holds it.
    """
    return VERSIONS.index(version) >= VERSIONS.index(since)
