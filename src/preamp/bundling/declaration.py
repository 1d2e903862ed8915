"""One declared dependency, and all that a handler declares; the checks each declaration passes.

It knows nothing of the files they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preamp.contract.site import Site


@dataclass(frozen=True)
class Declared:
    """A requirement as it was written.

    Attributes:
        text: The requirement, without hashes and comments.
        name: The package, normalized.
        site: Where it was written.
    """

    text: str
    name: str
    site: Site | None = None

    @property
    def sites(self) -> tuple[Site, ...]:
        """The place, as errors want it."""
        return () if self.site is None else (self.site,)


@dataclass(frozen=True)
class Dependencies:
    """Everything a handler declares.

    Attributes:
        requirements: What must be installed.
        constraints: What limits versions without asking for anything.
        options: Lines of a requirements file that say where packages are found.
        hashes: For a normalized name, the only digests its files may have.
    """

    requirements: tuple[Declared, ...]
    constraints: tuple[Declared, ...] = ()
    options: tuple[str, ...] = ()
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The declarations as a requirements file."""
        lines = [*self.options, *(each.text for each in self.requirements)]
        return "".join(f"{line}\n" for line in lines)

    @property
    def constraints_text(self) -> str:
        """The constraints as a constraints file."""
        return "".join(f"{each.text}\n" for each in self.constraints)

    def sites_in(self, message: str) -> tuple[Site, ...]:
        """The places of those declarations whose package a message names; all if it names none."""
        named = tuple(
            site for each in self.requirements for site in each.sites if each.name in message
        )
        return named or tuple(site for each in self.requirements for site in each.sites)


def parse(text: str, site: Site | None) -> Declared:
    """Check one requirement.

    Raises:
        UserError: It is not one.
    """
    # Imported here because a function without dependencies needs none of it.
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        raise malformed(
            f"{text!r} is not a requirement: {reason[:1].lower()}{reason[1:]}",
            'write it as "name", "name>=1.2" or "name @ https://.../name.whl"',
            site,
        ) from error
    return Declared(text.strip(), canonicalize_name(requirement.name), site)


def read_text(file: Path, site: Site) -> str:
    """Read a file of declarations.

    Raises:
        UserError: It is not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise malformed(f"{site.file} is not UTF-8 text", "save it as UTF-8", site) from error


def malformed(what: str, hint: str, site: Site | None) -> UserError:
    """The error for a declaration that cannot be understood."""
    return UserError("DependencySyntaxError", what, hint, sites=() if site is None else (site,))
