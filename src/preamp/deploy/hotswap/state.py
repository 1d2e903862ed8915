"""What was hotswapped, remembered: it runs, and CloudFormation does not know of it.

Owns the record. Must not know what a sandbox is; whoever deploys says where the record lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class HotswapState:
    """The record of one stack, in one file.

    Without it nothing goes wrong: what may have been hotswapped is then set once more to what
    CloudFormation knows, before anything else is done.
    """

    def __init__(self, file: Path) -> None:
        """Name the record.

        Args:
            file: Where it lies; made when it is first needed.
        """
        self._file = file

    def forget(self) -> None:
        """Drop the record: the stack was changed behind its back, for instance restored."""
        self._file.unlink(missing_ok=True)
