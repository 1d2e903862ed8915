"""The starters: what a new backend can begin with, as files that come with preamp.

Users say template; in this code that word is CloudFormation's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER: Final = Path(__file__).with_name("starters")
_CACHES: Final = "__pycache__"

_NOTIFICATIONS: Final = """\
preamp invoke CustomNotifications/Publisher \\
    --event '{"recipient": "ada@example.org", "subject": "Hello", "body": "It works."}'
preamp mail show --wait 10      # the e-mail, which never left this machine
preamp logs --follow            # what the functions log, until Ctrl-C
"""
_MINIMAL: Final = """\
preamp invoke Greeter --event '{"name": "Ada"}'
preamp logs --follow            # what the function logs, until Ctrl-C
"""


@dataclass(frozen=True)
class Starter:
    """What a new backend begins with.

    Attributes:
        name: What users choose it by.
        summary: What is in it, in a few words.
        trial: Shell commands that show it at work once it is deployed, for the README.
    """

    name: str
    summary: str
    trial: str

    def files(self) -> Mapping[PurePosixPath, bytes]:
        """Its files by their place in a project; the definition comes last."""
        folder = _FOLDER / self.name
        found = {
            PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and _CACHES not in path.parts
        }
        # whatever stops the writing for good, no project seems to be there before it is whole
        definition = found.pop(BACKEND)
        return {**found, BACKEND: definition}


BACKEND: Final = PurePosixPath("amplify/backend.py")
"""Where a starter's definition goes."""

STARTERS: Final = {
    starter.name: starter
    for starter in (
        Starter("notifications", "users, data, and functions that send e-mail", _NOTIFICATIONS),
        Starter("minimal", "one function", _MINIMAL),
    )
}
"""Every starter by its name; the first is the default."""
