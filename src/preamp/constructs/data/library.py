"""Amplify's GraphQL construct as a library: fetched once, into the user's cache, and loaded.

It is published for Node alone, made with jsii like the CDK, so the CDK's own kernel runs it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.definition.backend import BUNDLING, SYNTHESIS
from preamp.errors import UserError
from preamp.npm.package_file import PackageFile

if TYPE_CHECKING:
    from preamp.contract.site import Site
    from preamp.events import Event

LIBRARY: Final = PackageFile(
    name="@aws-amplify/graphql-api-construct",
    version="1.22.2",
    integrity=(
        "Loc7fjgdh7P1wiq6vnJ81Q1kLSZnF911rde7bK3eOiwHXyzJVahOsnTMwB6yL+XLfXA8Pnd6MhDeeGCkqB/mqw=="
    ),
    kind="graphql-construct",
    title="Amplify's GraphQL construct",
)
FILE_VARIABLE: Final = "PREAMP_GRAPHQL_CONSTRUCT"
"""The environment variable that names the package's file, where there is no registry of npm."""


def load(site: Site | None) -> None:
    """Load the library into the CDK's kernel; quick where it is there already.

    Args:
        site: The user's line that needs it.

    Raises:
        UserError: ``GraphqlConstructMissingError`` if it cannot be fetched, or
            ``GraphqlConstructDamagedError`` if the file is another one.
    """
    from jsii import kernel

    kernel.load(LIBRARY.name, LIBRARY.version, str(library_file(site)))


def load_ahead() -> None:
    """Load it before anybody asks, if that takes no fetching."""
    if is_at_hand():
        load(None)


def is_at_hand() -> bool:
    """Whether it is in the cache, and nobody has named another file."""
    return not os.environ.get(FILE_VARIABLE) and LIBRARY.path.is_file()


def library_file(site: Site | None) -> Path:
    """The package's file, which is fetched if it is not there.

    Raises:
        UserError: As `load` says.
    """
    given = os.environ.get(FILE_VARIABLE)
    if given:
        return _checked(Path(given).expanduser().absolute(), site)
    # what is read meanwhile says nothing about what the backend is made of
    token = BUNDLING.set(True)
    try:
        complaint = LIBRARY.ensure(_Reporter())
    finally:
        BUNDLING.reset(token)
    if complaint:
        raise _missing(f"cannot be fetched: {complaint}", site)
    return LIBRARY.path


class _Reporter:
    """Reports to the synthesis that is going on."""

    def report(self, event: Event) -> None:
        synthesis = SYNTHESIS.get()
        if synthesis is not None:
            synthesis.reporter.report(event)


def _checked(file: Path, site: Site | None) -> Path:
    """A file, if it is the package that we know."""
    try:
        is_published = LIBRARY.is_in(file)
    except OSError as error:
        raise _missing(f"is not in {file}: {error.strerror}", site) from error
    if is_published:
        return file
    raise UserError(
        "GraphqlConstructDamagedError",
        f"{file} is not {LIBRARY.name} {LIBRARY.version} as it was published",
        f"fetch it again with 'npm pack {LIBRARY.name}@{LIBRARY.version}'",
        sites=[site] if site else [],
    )


def _missing(what: str, site: Site | None) -> UserError:
    return UserError(
        "GraphqlConstructMissingError",
        f"{LIBRARY.name} {LIBRARY.version}, which define_data() needs, {what}",
        f"see to it that npm's registry can be reached, once; or fetch it elsewhere with "
        f"'npm pack {LIBRARY.name}@{LIBRARY.version}' and set {FILE_VARIABLE} to the file",
        sites=[site] if site else [],
    )
