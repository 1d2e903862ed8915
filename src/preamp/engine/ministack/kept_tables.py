"""Items of tables and records of their streams: each is a record, written when it is put.

The tables themselves are kept with their service; ministack puts and removes every item through
two functions.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, cast

from preamp.engine.durability import ALL, Batch, Keeper, decode
from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from preamp.engine.journal import Blobs, Records

SYMBOLS: Final = (
    Symbol("services.dynamodb:_tables"),
    Symbol("services.dynamodb:_set_item", "table pk_val sk_val item"),
    Symbol("services.dynamodb:_remove_item", "table pk_val sk_val"),
    Symbol("services.dynamodb:_items_replaced", "table"),
    Symbol(
        "services.dynamodb:_emit_stream_event", "table_name event_name old_item new_item replicate"
    ),
    Symbol("services.dynamodb:_stream_records"),
    Symbol("services.dynamodb:_stream_trimmed"),
)

_NAME: Final = "dynamodb-items"
_STREAMS: Final = "dynamodb-streams"
_IN_ITEMS: Final = ("items", "ItemCount", "TableSizeBytes")

TableKey = tuple[str, str, str]


def table_alone(table: dict[str, Any]) -> tuple[dict[str, Any], Blobs]:
    """What of a table is kept with its service: not its items."""
    return {name: value for name, value in table.items() if name not in _IN_ITEMS}, ()


class KeptTables:
    """Keeps the items of every table.

    Args:
        keeper: Is told what changed.
    """

    name = _NAME

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._service: Upstream = module("services.dynamodb")
        self._tables: dict[TableKey, object] = {}

    def note(self, table: dict[str, Any], *item: Hashable) -> None:
        """Note that an item changed; all of them if none is named."""
        self._keeper.mark(_NAME, (_key_of(table), item or ALL))

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:
        """Write what is marked."""
        tables: dict[TableKey, dict[str, Any]] = dict(self._service._tables._data)
        if ALL in marks:
            self._collect_tables(batch, tables)
        for mark in marks:
            if isinstance(mark, tuple) and mark[0] in tables:
                key, item = mark
                if item == ALL:
                    self._collect_items(batch, key, tables[key])
                else:
                    self._collect_item(batch, key, tables[key], *item)

    def restore(self, records: Records) -> None:
        """Put the items back into their tables, which must be there."""
        for key, table in self._service._tables._data.items():
            items: dict[Any, dict[Any, Any]] = defaultdict(dict)
            for name, change in records.get((_NAME, key), {}).items():
                pk, sk = cast("tuple[Any, Any]", name)
                items[pk][sk] = decode(change.data or b"")
            table["items"] = items
            self._service._items_replaced(table)
            self._tables[key] = table

    def _collect_tables(self, batch: Batch, tables: dict[TableKey, dict[str, Any]]) -> None:
        for collection in batch.collections(_NAME):
            if collection[1] not in tables:
                batch.drop_all(collection)
        for key in self._tables.keys() - tables.keys():
            del self._tables[key]
        for key, table in tables.items():
            # Made again under the same name, it is another table.
            if self._tables.get(key) is not table:
                self._collect_items(batch, key, table)

    def _collect_items(self, batch: Batch, key: TableKey, table: dict[str, Any]) -> None:
        self._tables[key] = table
        items = {
            (pk, sk): item
            for pk, of_partition in list(table["items"].items())
            for sk, item in list(of_partition.items())
        }
        batch.drop_others((_NAME, key), items)
        for name, item in items.items():
            batch.put((_NAME, key), name, item)

    def _collect_item(
        self, batch: Batch, key: TableKey, table: dict[str, Any], pk: Hashable, sk: Hashable
    ) -> None:
        item = table["items"].get(pk, {}).get(sk)
        if item is None:
            batch.drop((_NAME, key), (pk, sk))
        else:
            batch.put((_NAME, key), (pk, sk), item)


class KeptStreams:
    """Keeps the records of every table's stream, by their position in it.

    Args:
        keeper: Is told what changed.
    """

    name = _STREAMS

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._service: Upstream = module("services.dynamodb")
        self._responses: Upstream = module("core.responses")
        self._ends: dict[Hashable, tuple[int, object]] = {}

    def note(self, table_name: str) -> None:
        """Note that there is a new record."""
        scope = (self._responses.get_account_id(), self._responses.get_region())
        self._keeper.mark(_STREAMS, (*scope, table_name))

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:
        """Write what is new."""
        streams = dict(self._service._stream_records._data)
        if ALL in marks:
            for collection in batch.collections(_STREAMS):
                if collection[1] not in streams:
                    batch.drop_all(collection)
                    self._ends.pop(collection[1], None)
            marks = set(streams)
        for key in marks & streams.keys():
            self._collect_stream(batch, key, streams[key])

    def restore(self, records: Records) -> None:
        """Put the records back where readers expect them."""
        for collection, stored in records.items():
            if collection[0] == _STREAMS and stored:
                key, first = collection[1], min(stored)  # type: ignore[type-var]
                kept = [decode(stored[n].data or b"") for n in sorted(stored)]  # type: ignore[type-var]
                self._service._stream_records._data[key] = kept
                self._service._stream_trimmed._data[key] = first

    def _collect_stream(self, batch: Batch, key: Hashable, stream: list[Any]) -> None:
        first = self._service._stream_trimmed._data.get(key, 0)
        end, of = self._ends.get(key, (0, stream))
        collection = (_STREAMS, key)
        if of is not stream:
            # The stream was closed and another one opened.
            batch.drop_all(collection)
            end = 0
        kept = batch.keys(collection)
        for position in kept:
            if isinstance(position, int) and position < first:
                batch.drop(collection, position)
        end = max(end, first, max((n + 1 for n in kept if isinstance(n, int)), default=0))
        for position, record in enumerate(stream[end - first :], start=end):
            batch.put(collection, position, record)
        self._ends[key] = (first + len(stream), stream)


def keep_tables(keeper: Keeper) -> tuple[KeptTables, KeptStreams]:
    """Note what happens to items."""
    service = module("services.dynamodb")
    tables, streams = KeptTables(keeper), KeptStreams(keeper)
    set_item: Callable[..., Any] = service._set_item
    remove_item: Callable[..., Any] = service._remove_item
    items_replaced: Callable[[Any], None] = service._items_replaced
    emit: Callable[..., None] = service._emit_stream_event

    def set_noted(table: Any, pk_val: Any, sk_val: Any, item: Any) -> Any:  # noqa: ANN401
        old = set_item(table, pk_val, sk_val, item)
        tables.note(table, pk_val, sk_val)
        return old

    def remove_noted(table: Any, pk_val: Any, sk_val: Any) -> Any:  # noqa: ANN401
        old = remove_item(table, pk_val, sk_val)
        tables.note(table, pk_val, sk_val)
        return old

    def replaced_noted(table: Any) -> None:  # noqa: ANN401
        items_replaced(table)
        tables.note(table)

    def emit_noted(
        table_name: str,
        event_name: str,
        old_item: dict[str, Any] | None,
        new_item: dict[str, Any] | None,
        replicate: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        emit(table_name, event_name, old_item, new_item, replicate)
        streams.note(table_name)

    service._set_item, service._remove_item = set_noted, remove_noted
    service._items_replaced, service._emit_stream_event = replaced_noted, emit_noted
    return tables, streams


def _key_of(table: dict[str, Any]) -> TableKey:
    _, _, _, region, account, _ = table["TableArn"].split(":", 5)
    return account, region, table["TableName"]
