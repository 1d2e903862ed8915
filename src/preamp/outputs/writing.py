"""Which files a frontend gets, and where they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preamp.contract.entries import DEFAULT_OUTPUTS_VERSION
from preamp.outputs.file import write_file
from preamp.outputs.formats import DEFAULT_FORMAT, WEB_FORMATS, file_name, render
from preamp.outputs.local_client import LOCAL_CLIENT, LocalCloud, local_client

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class OutputsForm:
    """In which form the outputs are wanted.

    Attributes:
        format: One of `FORMATS`.
        version: Schema version, one of `VERSIONS`.
    """

    format: str = DEFAULT_FORMAT
    version: str = DEFAULT_OUTPUTS_VERSION

    @property
    def name(self) -> str:
        """The outputs file's name."""
        return file_name(self.format, self.version)


def write_outputs(
    directory: Path, document: Mapping[str, Any], form: OutputsForm, cloud: LocalCloud | None
) -> tuple[Path, ...]:
    """Write the outputs file, and beside it what leads a web frontend to this machine.

    Args:
        directory: Where they go; made if absent.
        document: The outputs, composed for the form's version.
        form: In which form.
        cloud: Where the backend runs; None for AWS.

    Returns:
        The files, that of the outputs first.

    Raises:
        UserError: ``OutputsFileError``.
    """
    path = directory / form.name
    write_file(path, render(document, form.format, form.version))
    if form.format not in WEB_FORMATS:
        return (path,)
    client = directory / LOCAL_CLIENT
    write_file(client, local_client(document, cloud))
    return path, client
