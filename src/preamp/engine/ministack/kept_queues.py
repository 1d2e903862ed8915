"""Queues and their messages: each message is a record, written when it is sent.

ministack keeps a queue's messages in a list that many services append to. The list is replaced by
one that notes what is done to it, so that sending costs the same whatever waits.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, SupportsIndex

from preamp.engine.durability import ALL, Batch, Keeper, stored
from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from preamp.engine.journal import Records

SYMBOLS: Final = (
    Symbol("services.sqs:_queues"),
    Symbol("services.sqs:_collect_msgs", "q max_n vis_timeout"),
    Symbol("services.sqs:load_persisted_state", "data"),
)

MESSAGES: Final = "messages"
"""A mark: messages may have changed in place."""

_NAME: Final = "sqs"
_DEDUP: Final = "dedup_cache"
_COUNTS: Final = "ApproximateNumberOf"

Message = dict[str, Any]
QueueKey = tuple[str, str, str]


class _Notes:
    """What happened to the messages of one queue."""

    def __init__(self, queues: KeptQueues, key: QueueKey) -> None:
        self._queues = queues
        self._key = key

    def changed(self, message: Message) -> None:
        self._queues.note(self._key, message["id"], message)

    def removed(self, message: Message) -> None:
        self._queues.note(self._key, message["id"], None)

    def unclear(self) -> None:
        self._queues.note_all(self._key)


class _Messages(list[Message]):
    """Messages that tell when one comes or goes."""

    def __init__(self, messages: Iterable[Message], notes: _Notes) -> None:
        super().__init__(messages)
        self._notes = notes

    def append(self, message: Message) -> None:
        super().append(message)
        # Some senders give it an id only later.
        if "id" in message:
            self._notes.changed(message)
        else:
            self._notes.unclear()

    def remove(self, message: Message) -> None:
        super().remove(message)
        self._notes.removed(message)

    def clear(self) -> None:
        super().clear()
        self._notes.unclear()

    def pop(self, index: SupportsIndex = -1) -> Message:
        message = super().pop(index)
        self._notes.removed(message)
        return message


class _Queue(dict[str, Any]):
    """A queue that keeps its messages in a list that tells."""

    def __init__(self, content: dict[str, Any], notes: _Notes) -> None:
        super().__init__(content)
        self.notes = notes
        super().__setitem__("messages", _Messages(content.get("messages") or (), notes))

    def __setitem__(self, name: str, value: Any) -> None:  # noqa: ANN401
        if name == "messages":
            before, value = self[name], _Messages(value, self.notes)
            super().__setitem__(name, value)
            self._compare(before, value)
        else:
            super().__setitem__(name, value)

    def _compare(self, before: list[Message], after: list[Message]) -> None:
        """Note which messages went; the others are in their old order, as far as we know."""
        position = 0
        for message in before:
            if position < len(after) and after[position] is message:
                position += 1
            else:
                self.notes.removed(message)
        if position < len(after):
            self.notes.unclear()


class KeptQueues:
    """Keeps every queue.

    Args:
        keeper: Is told what changed.
    """

    name = _NAME

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._service: Upstream = module("services.sqs")
        self._latest: dict[tuple[QueueKey, str], Message | None] = {}
        self._seen: dict[QueueKey, dict[str, Hashable]] = {}

    def note(self, key: QueueKey, message_id: str, message: Message | None) -> None:
        """Note that a message came or changed (or went, if it is None)."""
        self._latest[key, message_id] = message
        self._keeper.mark(_NAME, (key, message_id))

    def note_all(self, key: QueueKey) -> None:
        """Note that any message of a queue may have changed."""
        self._keeper.mark(_NAME, (key, ALL))

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:
        """Write what is marked."""
        queues = dict(self._service._queues._data)
        if ALL in marks:
            self._collect_queues(batch, queues)
        if MESSAGES in marks:
            marks = marks | {(key, ALL) for key in queues}
        for mark in marks:
            if isinstance(mark, tuple):
                key, message_id = mark
                if key not in queues:
                    self._forget(batch, key)
                elif message_id == ALL:
                    self._collect_messages(batch, key, queues[key])
                else:
                    self._collect_message(batch, key, message_id, queues[key])

    def restore(self, records: Records) -> None:
        """Put the queues back, with what waits in them."""
        queues = self._service._queues
        for key, header in stored(records, (_NAME,)).items():
            messages = list(stored(records, (_NAME, "messages", key)).values())
            dedup = stored(records, (_NAME, _DEDUP, key))
            queue = {**header, "messages": messages, _DEDUP: dict(dedup)}
            queues._data[key] = self.tracked(key, queue)  # type: ignore[arg-type]
        self._service._rebuild_queue_name_index()

    def tracked(self, key: QueueKey, queue: dict[str, Any]) -> _Queue:
        """Make a queue tell what happens to its messages."""
        if isinstance(queue, _Queue):
            return queue
        made = _Queue(queue, _Notes(self, key))
        self._keeper.mark(_NAME)
        self.note_all(key)
        return made

    def _collect_queues(self, batch: Batch, queues: dict[QueueKey, Any]) -> None:
        for key in batch.keys((_NAME,)) - queues.keys():
            self._forget(batch, key)
        for key, queue in queues.items():
            self._collect_header(batch, key, queue)
            if queue.get(_DEDUP) or queue.get("is_fifo"):
                batch.drop_others((_NAME, _DEDUP, key), list(queue[_DEDUP]))

    def _collect_header(self, batch: Batch, key: QueueKey, queue: dict[str, Any]) -> None:
        header = {k: v for k, v in queue.items() if k not in {"messages", _DEDUP}}
        attributes = dict(queue["attributes"])
        header["attributes"] = {k: v for k, v in attributes.items() if not k.startswith(_COUNTS)}
        batch.put((_NAME,), key, header)

    def _collect_messages(self, batch: Batch, key: QueueKey, queue: dict[str, Any]) -> None:
        seen = self._seen.setdefault(key, {})
        present = {message["id"]: message for message in list(queue["messages"])}
        batch.drop_others((_NAME, "messages", key), present)
        for gone in seen.keys() - present.keys():
            del seen[gone]
        for message_id, message in present.items():
            if seen.get(message_id) != _signature(message):
                self._put(batch, key, message, queue)

    def _collect_message(
        self, batch: Batch, key: QueueKey, message_id: str, queue: dict[str, Any]
    ) -> None:
        message = self._latest.pop((key, message_id), None)
        if message is None:
            batch.drop((_NAME, "messages", key), message_id)
            self._seen.get(key, {}).pop(message_id, None)
        else:
            self._put(batch, key, message, queue)

    def _put(self, batch: Batch, key: QueueKey, message: Message, queue: dict[str, Any]) -> None:
        batch.put((_NAME, "messages", key), message["id"], message)
        self._seen.setdefault(key, {})[message["id"]] = _signature(message)
        if queue.get("is_fifo"):
            self._collect_header(batch, key, queue)
            dedup = message.get("dedup_cache_key")
            if dedup and dedup in queue[_DEDUP]:
                batch.put((_NAME, _DEDUP, key), dedup, queue[_DEDUP][dedup])

    def _forget(self, batch: Batch, key: Any) -> None:  # noqa: ANN401
        batch.drop((_NAME,), key)
        batch.drop_all((_NAME, "messages", key))
        batch.drop_all((_NAME, _DEDUP, key))
        self._seen.pop(key, None)


def keep_queues(keeper: Keeper) -> KeptQueues:
    """Make every queue tell what happens to it."""
    service = module("services.sqs")
    kept = KeptQueues(keeper)
    _track_store(service._queues, kept)
    collect: Callable[[Any, int, int], list[Message]] = service._collect_msgs

    def collect_messages(q: Any, max_n: int, vis_timeout: int) -> list[Message]:  # noqa: ANN401
        received = collect(q, max_n, vis_timeout)
        for message in received:
            q.notes.changed(message)
        return received

    service._collect_msgs = collect_messages
    return kept


def _track_store(store: Any, kept: KeptQueues) -> None:  # noqa: ANN401
    kind = type(store)

    def set_item(self: Any, key: Any, value: Any) -> None:  # noqa: ANN401
        scoped = self._scoped(key)
        self._data[scoped] = kept.tracked(scoped, value)

    def set_scoped(self: Any, account: str, region: str, key: Any, value: Any) -> None:  # noqa: ANN401
        scoped = (account, region, key)
        self._data[scoped] = kept.tracked(scoped, value)

    members = {"__slots__": (), "__setitem__": set_item, "set_scoped": set_scoped}
    store.__class__ = type("TrackedQueues", (kind,), members)


def _signature(message: Message) -> Hashable:
    return (message.get("receipt_handle"), message.get("visible_at"))
