"""An answer leaves in one piece."""

from __future__ import annotations

import asyncio
from typing import Any

from preamp.engine.gathered_writes import GatheredWrites, gathering


class FakeTransport:
    """Remembers what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Remember."""
        self.written.append(data)

    def close(self) -> None:
        """Remember that too."""
        self.written.append(b"closed")

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.written[-1:] == [b"closed"]


def test_what_is_written_in_one_turn_leaves_together() -> None:
    async def write() -> list[list[bytes]]:
        transport = FakeTransport()
        gathered = GatheredWrites(transport)
        seen = []
        for _ in range(2):
            gathered.write(b"head ")
            gathered.write(b"body")
            seen.append(list(transport.written))
            await asyncio.sleep(0)
            seen.append(list(transport.written))
        return seen

    one = b"head body"
    assert asyncio.run(write()) == [[], [one], [one], [one, one]]


def test_nothing_is_lost_or_held_back_when_it_is_closed() -> None:
    async def close() -> FakeTransport:
        transport = FakeTransport()
        gathered = GatheredWrites(transport)
        gathered.write(b"last")
        gathered.close()
        assert gathered.is_closing()
        await asyncio.sleep(0)
        return transport

    assert asyncio.run(close()).written == [b"last", b"closed"]


def test_much_is_written_at_once() -> None:
    async def write() -> list[bytes]:
        transport = FakeTransport()
        GatheredWrites(transport).write(b"x" * 100_000)
        return transport.written

    assert [len(each) for each in asyncio.run(write())] == [100_000]


def test_a_protocol_gets_such_a_transport() -> None:
    class Protocol:
        transport: Any = None

        def connection_made(self, transport: Any) -> None:
            self.transport = transport

    async def connect() -> list[bytes]:
        transport = FakeTransport()
        protocol = gathering(Protocol)()
        protocol.connection_made(transport)
        protocol.transport.write(b"a")
        protocol.transport.write(b"b")
        await asyncio.sleep(0)
        return transport.written

    assert asyncio.run(connect()) == [b"ab"]
