"""The code of a JavaScript handler: its folder, as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_

from preamp.definition.backend import SYNTHESIS
from preamp.definition.names import nearest
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.contract.site import Site

_LEFT_OUT: Final = (".*", "__pycache__", "*.py", "*.ts", "cdk.out", "amplify_outputs.json")


def javascript_code(entry: Path, site: Site | None) -> lambda_.Code:
    """The folder of an entry, without what belongs to the definition.

    Args:
        entry: The handler's file.
        site: The user's line.

    Raises:
        UserError: ``EntryNotFoundError`` or ``UnsupportedHandlerError``.
    """
    sites = [site] if site else []
    if not entry.is_file():
        known = [file.name for file in entry.parent.glob("*.*js")]
        raise UserError(
            "EntryNotFoundError",
            f"there is no file {entry}{nearest(entry.name, known)}",
            "name the handler's file, relative to the file that defines the function",
            sites=sites,
        )
    synthesis = SYNTHESIS.get()
    if synthesis and synthesis.project.is_relative_to(entry.parent):
        raise UserError(
            "UnsupportedHandlerError",
            f"the folder of {entry.name}, which comes along as it stands, is the whole project",
            "put the handler into a folder of its own",
            sites=sites,
        )
    return lambda_.Code.from_asset(
        str(entry.parent), exclude=list(_LEFT_OUT), ignore_mode=IgnoreMode.GIT
    )
