"""Work that was accepted and is not done: it is begun again after a restart.

Whoever accepts work notes it here before it is acknowledged, and when it is done. Knows not what
the work is.
"""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.durability import ALL, Batch, Keeper, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from preamp.engine.journal import Records

_NAME: Final = "pending"


class PendingWork:
    """What is accepted and not done, of every kind.

    Args:
        keeper: Is told what changed.
    """

    name = _NAME

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._work: dict[str, tuple[str, Any]] = {}
        self._numbers = itertools.count()
        self._resuming: dict[str, Callable[[str, Any], None]] = {}

    def accept(self, kind: str, content: object) -> str:
        """Note work, before it is acknowledged.

        Args:
            kind: Who begins it again; see `resume_with`.
            content: What that needs to know, plain data.

        Returns:
            Its id; ids sort by time.
        """
        identity = f"{time.time_ns():016x}-{next(self._numbers):x}"
        self.update(identity, kind, content)
        return identity

    def update(self, identity: str, kind: str, content: object) -> None:
        """Note how far work has come."""
        self._work[identity] = (kind, content)
        self._keeper.mark(_NAME, identity)

    def done(self, identity: str) -> None:
        """Note that work has come to its end; nobody waits for that to be written."""
        self._work.pop(identity, None)
        self._keeper.mark_later(_NAME, identity)

    def resume_with(self, kind: str, begin: Callable[[str, Any], None]) -> None:
        """Say who begins work of a kind again.

        Args:
            kind: The kind.
            begin: Gets the id and the content.
        """
        self._resuming[kind] = begin

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:
        """Write what is marked."""
        if ALL in marks:
            batch.drop_others((_NAME,), list(self._work))
        for identity in marks:
            work = self._work.get(str(identity))
            if work is not None:
                batch.put((_NAME,), identity, work)
            elif identity != ALL:
                batch.drop((_NAME,), identity)

    def restore(self, records: Records) -> None:
        """Take up what was not done; it begins with `resume`."""
        for identity, work in stored(records, (_NAME,)).items():
            self._work[str(identity)] = work

    def resume(self) -> None:
        """Begin again what was accepted before the last start and not done."""
        for identity, (kind, content) in sorted(self._work.items()):
            begin = self._resuming.get(kind)
            if begin is not None:
                begin(identity, content)

    def forget(self) -> None:
        """Drop all work."""
        self._work.clear()
        self._keeper.mark(_NAME)
