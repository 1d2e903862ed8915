"""What git should not see of a project, and how that is added to a `.gitignore`.

Git documentation, "gitignore - Specifies intentionally untracked files to ignore".
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

GITIGNORE: Final = PurePosixPath(".gitignore")

ENTRIES: Final = (
    "amplify_outputs.json",
    "amplify_local.mjs",
    ".preamp/",
    "cdk.out/",
    ".cdk.out.*",
    "__pycache__/",
    ".venv/",
)
"""What every project ignores: what is made, and differs from machine to machine."""


def with_entries(content: bytes) -> bytes:
    """A `.gitignore` with the entries it lacks at its end.

    An entry that is there with a leading or without a trailing slash is not added again, nor
    one that is negated: its owner wants it in git. Line ends stay what they are.

    Args:
        content: The file as it is; empty for a new one.
    """
    end = b"\r\n" if b"\r\n" in content else b"\n"
    known = {_bare(line) for line in content.decode(errors="replace").splitlines()}
    missing = [entry.encode() for entry in ENTRIES if _bare(entry) not in known]
    if not missing:
        return content
    start = b"" if not content or content.endswith(b"\n") else end
    heading = [b"", b"# preamp"] if content else []
    return content + start + b"".join(line + end for line in [*heading, *missing])


def _bare(line: str) -> str:
    return line.strip().removeprefix("!").strip("/")
