"""What was acknowledged is not lost: everything changed is in the journal before an answer is.

The sources of state say what changed; their marks are kept here, so that asking whether anything
did costs next to nothing. What nobody was told of (log lines, results of polling) follows within
a moment, from a thread of its own, which also hands everything to the disk. Knows no service.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import threading
from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from preamp.engine.asgi import Application, Message, Receive, Scope, Send, header, respond
from preamp.engine.journal import Blobs as BlobNames
from preamp.engine.journal import Change, Collection, Journal, Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from preamp.engine.blobs import Blobs

ALL: Final = "all"
"""A mark: compare everything of the source."""

_SOON_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 1.0
_DIGEST_BYTES: Final = 8
_PROTOCOL: Final = 5
_FORGOTTEN_SECONDS: Final = 60.0
_COMPACT_FROM: Final = 8 * 1024 * 1024
_COMPACT_TIMES: Final = 3
_COMPACT_COUNT: Final = 32


class Source(Protocol):
    """Something whose state is kept."""

    name: str

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:
        """Put into the batch what may have changed.

        Args:
            batch: Where to; what is as it was costs nothing there.
            marks: What the source was marked with since the last time.
        """


@dataclass(slots=True)
class _Known:
    digest: bytes
    size: int
    blobs: BlobNames


_Index = dict[Collection, dict[Hashable, _Known]]


class Batch:
    """Changes that are written together.

    Args:
        index: What is written already; kept up to date.
    """

    def __init__(self, index: _Index) -> None:
        self._index = index
        self.changes: list[Change] = []

    def put(
        self, collection: Collection, key: Hashable, value: object, blobs: BlobNames = ()
    ) -> None:
        """Keep a record, if it is not as it was.

        Args:
            collection: Where it belongs.
            key: Its name there.
            value: Its content, plain data.
            blobs: Digests of blobs the content names.
        """
        data = encode(value)
        digest = hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()
        records = self._index.setdefault(collection, {})
        known = records.get(key)
        if known is None or known.digest != digest:
            records[key] = _Known(digest, len(data), blobs)
            self.changes.append(Change(collection, key, data, blobs))

    def drop(self, collection: Collection, key: Hashable) -> None:
        """Forget a record, if there is one."""
        if self._index.get(collection, {}).pop(key, None) is not None:
            self.changes.append(Change(collection, key, None))

    def drop_all(self, collection: Collection) -> None:
        """Forget every record of a collection."""
        for key in list(self._index.get(collection, ())):
            self.drop(collection, key)
        self._index.pop(collection, None)

    def drop_others(self, collection: Collection, keys: Iterable[Hashable]) -> None:
        """Forget the records of a collection that are not among the given."""
        for key in self._index.get(collection, {}).keys() - set(keys):
            self.drop(collection, key)

    def keys(self, collection: Collection) -> set[Hashable]:
        """Return the names of a collection's records."""
        return set(self._index.get(collection, ()))

    def collections(self, *beginning: Hashable) -> list[Collection]:
        """Return the collections whose names begin like this."""
        length = len(beginning)
        return [each for each in self._index if each[:length] == beginning]


def encode(value: object) -> bytes:
    """Write plain data; equal data gives equal bytes, however its parts are shared."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, _PROTOCOL)
    pickler.fast = True
    pickler.dump(value)
    return buffer.getvalue()


def decode(data: bytes) -> Any:  # noqa: ANN401
    """Read what `encode` wrote."""
    return pickle.loads(data)  # noqa: S301 - our own file


@dataclass
class Keeper:
    """Keeps the state of every source.

    Args:
        journal: Where records go.
        blobs: Where large values go.
        log: Hears of trouble, once, and of its end.
    """

    journal: Journal
    blobs: Blobs
    log: Callable[[str], None]
    _sources: dict[str, Source] = field(default_factory=dict)
    _index: _Index = field(default_factory=dict)
    _marks: deque[tuple[str, Hashable]] = field(default_factory=deque)
    _later: deque[tuple[str, Hashable]] = field(default_factory=deque)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _files: threading.RLock = field(default_factory=threading.RLock)
    _awake: threading.Event = field(default_factory=threading.Event)
    _ending: threading.Event = field(default_factory=threading.Event)
    _trouble: OSError | None = None
    _thread: threading.Thread | None = None
    _watchers: int = 0
    _is_open: bool = False

    def read(self) -> Records:
        """Read what is kept; what changes from now on is compared with it."""
        records = self.journal.read()
        for collection, of_collection in records.items():
            self._index[collection] = {
                key: _Known(
                    hashlib.blake2b(change.data or b"", digest_size=_DIGEST_BYTES).digest(),
                    len(change.data or b""),
                    change.blobs,
                )
                for key, change in of_collection.items()
            }
        return records

    def add(self, source: Source) -> None:
        """Keep a source's state from now on."""
        self._sources[source.name] = source

    def sources(self) -> list[str]:
        """Return the names of all sources."""
        return list(self._sources)

    def start(self) -> None:
        """Begin to write; until then marks only gather."""
        self._is_open = True
        self._thread = threading.Thread(target=self._follow, daemon=True, name="preamp-keeper")
        self._thread.start()

    def mark(self, source: str, mark: Hashable = ALL) -> None:
        """Note that a source has changed; it is written before anybody is answered."""
        self._marks.append((source, mark))
        self._wake()

    def mark_later(self, source: str, mark: Hashable = ALL) -> None:
        """Note that a source may have changed in a way nobody was told of."""
        self._later.append((source, mark))
        self._wake()

    def sync_soon(self, path: Path) -> None:
        """Hand a file to the disk, like what is written here."""
        self.blobs.written(path)
        self._wake()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While this lasts, anything may change at any time, and is written soon."""
        with self._lock:
            self._watchers += 1
        self._wake()
        try:
            yield
        finally:
            with self._lock:
                self._watchers -= 1

    @property
    def is_behind(self) -> bool:
        """Whether something must be written before the next answer."""
        return bool(self._marks) or self.journal.has_unwritten

    @property
    def is_refusing(self) -> bool:
        """Whether writing failed a moment ago, so that nothing more should be begun."""
        return self._trouble is not None

    def flush(self) -> None:
        """Write what is marked.

        Raises:
            OSError: The operating system does not take it; nothing is forgotten.
        """
        if not self._is_open:
            return
        with self._lock, self._noticing_trouble():
            self._collect(self._marks)
            self.journal.write()

    def flush_all(self) -> None:
        """Compare and write everything, and hand it to the disk.

        Raises:
            OSError: The operating system does not take it.
        """
        with self._lock:
            for name in self._sources:
                self._marks.append((name, ALL))
            self._later.clear()
            self.flush()
        self.blobs.sync()
        self.journal.sync()

    def close(self) -> None:
        """Write everything and end."""
        self._ending.set()
        self._awake.set()
        if self._thread:
            self._thread.join()
        with self._lock:
            try:
                self.flush_all()
                self._compact_if_worthwhile()
                self.journal.close()
            except OSError as error:
                self.log(f"what changed last could not be written: {error}")
            self._is_open = False

    def hold_still(self, work: Callable[[list[Path], list[Path]], None]) -> None:
        """Write everything, then have the files of the journal and all blobs to oneself.

        Args:
            work: Gets the journal's files and the blobs'; nothing changes in them meanwhile.

        Raises:
            OSError: The operating system does not take what is to be written.
        """
        self.flush_all()
        with self._files, self._lock:
            self.flush()
            work(self.journal.rotate(), self.blobs.files())

    def remove_forgotten_blobs(self, *, age: float) -> None:
        """Remove blobs that no record names.

        Args:
            age: How old they must be, in seconds.
        """
        with self._lock:
            named = {
                digest
                for records in self._index.values()
                for known in records.values()
                for digest in known.blobs
            }
        self.blobs.remove_others(named, age=age)

    def _wake(self) -> None:
        if not self._awake.is_set():
            self._awake.set()

    def _collect(self, marks: deque[tuple[str, Hashable]]) -> None:
        gathered: dict[str, set[Hashable]] = {}
        while marks:
            name, mark = marks.popleft()
            gathered.setdefault(name, set()).add(mark)
        if not gathered:
            return
        batch = Batch(self._index)
        try:
            while gathered:
                name = next(iter(gathered))
                if name in self._sources:
                    self._sources[name].collect(batch, gathered[name])
                del gathered[name]
        finally:
            # What the batch has seen counts as known, so it must not be dropped.
            self.journal.add(batch.changes)
            marks.extend((name, mark) for name, each in gathered.items() for mark in each)

    @contextmanager
    def _noticing_trouble(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if self._trouble is None:
                self.log(f"the state cannot be written ({error}): changes are refused until it can")
            self._trouble = error
            raise
        if self._trouble is not None:
            # The log may be on the same disk, so it says again what was the matter.
            self.log(f"the state is written again; it could not be before ({self._trouble})")
            self._trouble = None

    def _follow(self) -> None:
        """Write what was marked for later, and hand everything to the disk."""
        while not self._ending.is_set():
            self._awake.wait()
            self._ending.wait(_SOON_SECONDS)
            self._awake.clear()
            try:
                with self._lock:
                    self._marks.extend(_drained(self._later))
                    if self._watchers:
                        self._marks.extend((name, ALL) for name in self._sources)
                        self._awake.set()
                    self.flush()
                self.blobs.sync()
                self.journal.sync()
                self._compact_if_worthwhile()
            except OSError:
                # It was logged. It is tried again even if nothing else happens.
                self._ending.wait(_RETRY_SECONDS)
                self._awake.set()

    def _compact_if_worthwhile(self) -> None:
        size = self.journal.size
        is_large = size > _COMPACT_FROM and size > _COMPACT_TIMES * self._live_bytes()
        if not is_large and self.journal.count < _COMPACT_COUNT:
            return
        # While files are exchanged, records may go on being written.
        with self._files:
            with self._lock:
                sealed = self.journal.rotate()
            self.journal.compact(sealed)
            self.remove_forgotten_blobs(age=_FORGOTTEN_SECONDS)

    def _live_bytes(self) -> int:
        with self._lock:
            return sum(known.size for records in self._index.values() for known in records.values())


def _drained(marks: deque[tuple[str, Hashable]]) -> Iterator[tuple[str, Hashable]]:
    while marks:
        yield marks.popleft()


READS: Final[ContextVar[bool]] = ContextVar("preamp_request_reads", default=False)
"""Set where a request turns out to change nothing that its answer would acknowledge."""


class Acknowledging:
    """Lets an answer out when what it acknowledges is written.

    Args:
        inner: Who answers.
        keeper: Writes.
    """

    def __init__(self, inner: Application, keeper: Keeper) -> None:
        self._inner = inner
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        is_refused = False
        READS.set(scope["method"] in {"GET", "HEAD", "OPTIONS"})

        async def send_written(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start" and self._keeper.is_behind:
                try:
                    self._keeper.flush()
                except OSError as error:
                    is_refused = not READS.get()
                    if is_refused:
                        await refuse(scope, send, error)
            if not is_refused:
                await send(message)

        await self._inner(scope, receive, send_written)


async def refuse(scope: Scope, send: Send, error: OSError) -> None:
    """Answer that nothing can be kept, in the shape the client's protocol has for errors."""
    text = f"the local cloud cannot write its state: {error.strerror or error}"
    status, content_type, body = unavailable(header(scope, "x-amz-target"), text)
    await respond(send, status, body, content_type)


def unavailable(target: str | None, text: str) -> tuple[int, str, bytes]:
    """Make an answer of a service that is not available: status, content type and body.

    Args:
        target: The request's ``X-Amz-Target``; it has one if it speaks JSON.
        text: Why.
    """
    if target is not None:
        body = f'{{"__type": "ServiceUnavailable", "message": "{text}"}}'
        return 503, "application/x-amz-json-1.1", body.encode()
    error = f"<Error><Code>ServiceUnavailable</Code><Message>{text}</Message></Error>"
    return 503, "application/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()


def stored(records: Records, collection: Collection) -> Mapping[Hashable, Any]:
    """Return the content of a collection's records by their names."""
    return {k: decode(c.data or b"") for k, c in records.get(collection, {}).items()}
