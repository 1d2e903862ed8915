"""Guesses what a definition will need, so that it is there in time; a wrong guess costs time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.constructs.data.library import LIBRARY, is_at_hand
from preamp.synth.libraries import Library

if TYPE_CHECKING:
    from preamp.contract.synthesis import SynthRequest

_MENTION: Final = b"define_data"


def libraries_ahead(request: SynthRequest) -> list[Library]:
    """Amplify's GraphQL construct, if the definition seems to use it and it is there already."""
    folder = (request.project / request.backend_file).parent
    if not is_at_hand():
        return []
    for file in folder.rglob("*.py"):
        try:
            if _MENTION in file.read_bytes():
                return [Library(LIBRARY.name, LIBRARY.version, str(LIBRARY.path))]
        except OSError:
            continue
    return []
