"""An answer's head and body leave in one piece, so that whoever waits for it wakes up once.

The HTTP server writes them one after the other, and each write can put the engine to sleep in
favour of its reader. Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

_AT_ONCE: Final = 1 << 16
"""So many bytes are not held back: the transport has to see them to slow their source down."""


class GatheredWrites:
    """A transport that writes at the end of the loop's turn.

    Args:
        transport: What it writes to; everything else goes to it as it is.
    """

    def __init__(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's or uvloop's
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._pieces: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write, soon."""
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= _AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Write what is left, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        pieces, self._pieces, self._size = self._pieces, [], 0
        if pieces:
            self._transport.write(b"".join(pieces))


def gathering(protocol: type[Any]) -> type[Any]:
    """A protocol of asyncio's whose writes are gathered.

    Args:
        protocol: The protocol as it is.
    """

    class Gathering(protocol):  # type: ignore[misc]
        """Its transport gathers."""

        def connection_made(self, transport: Any) -> None:  # noqa: ANN401
            super().connection_made(GatheredWrites(transport))

    return Gathering
