"""The state of a service whose stores change little at a time, record by record.

What ministack would save when it stops, compared with what is kept. Stores that change with every
message (queues, tables, objects) have files of their own.
"""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass, field
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.durability import ALL, decode, stored
from preamp.engine.ministack.upstream import module

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from preamp.engine.durability import Batch
    from preamp.engine.journal import Blobs, Collection, Records

_PLAIN: Final = "plain"
_BY_ACCOUNT: Final = "AccountScopedDict"
_BY_REGION: Final = "AccountRegionScopedDict"

_ONLY_READ: Final = frozenset(
    {
        "appsync", "cloudformation", "cloudwatch", "cloudwatch_logs", "cognito", "dynamodb",
        "eventbridge", "iam", "kinesis", "s3", "scheduler", "secretsmanager", "ses", "ses_v2",
        "sns", "ssm", "stepfunctions",
    }
)  # fmt: skip
"""Services whose `get_state` only copies; ours need no copies, we write at once."""

_PARTS: Final = {
    ("cognito", "user_pools"): "_users",
    ("cloudwatch_logs", "log_groups"): "streams",
}
"""The part of a store's values that grows, and is kept record by record."""

_LISTS: Final = frozenset({("cloudformation", "stack_events")})
"""Stores whose values are lists that grow at their end."""

_MORE_STORES: Final = {
    "s3": ("_object_retention", "_object_legal_hold"),
    "sts": ("_sessions",),
}
"""What ministack forgets when it stops, and AWS does not."""


def _as_it_is(value: Any) -> tuple[Any, Blobs]:  # noqa: ANN401
    return value, ()


@dataclass
class KeptService:
    """One service of ministack's.

    Attributes:
        name: Its name among ministack's state files.
        module_name: Its module.
        shown: By store: what of a value is kept, and the blobs that names.
        signatures: By store whose values, or entries of their growing part, are large: tells two
            states of one apart without looking at all of it; None if it cannot be told.
        state: What it keeps, store by store, if that is not what ministack would save.
    """

    name: str
    module_name: str
    shown: dict[str, Callable[[Any], tuple[Any, Blobs]]] = field(default_factory=dict)
    signatures: dict[str, Callable[[Any], Hashable]] = field(default_factory=dict)
    state: Callable[[], dict[str, Any]] | None = None
    _seen: dict[Collection, dict[Hashable, Hashable]] = field(default_factory=dict)
    _complained: bool = False

    @property
    def is_loaded(self) -> bool:
        """Whether the service was ever used."""
        return hasattr(sys.modules.get(f"ministack.services.{self.module_name}"), "get_state")

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:  # noqa: ARG002 - few records
        """Compare every record."""
        if not self.is_loaded:
            return
        for store, content in self._state().items():
            try:
                self._collect_store(batch, store, content)
            except OSError:
                raise
            except Exception:  # noqa: BLE001 - one odd value must not keep the rest from being kept
                if not self._complained:
                    self._complained = True
                    traceback.print_exc()

    def restore(self, records: Records) -> None:
        """Put everything back, as ministack does when it starts."""
        shapes = records.get((self.name,), {})
        if not shapes:
            return
        target = module(f"services.{self.module_name}")
        state = {str(store): self._stored(records, str(store)) for store in shapes}
        for store in _MORE_STORES.get(self.name, ()):
            _update(getattr(target, store), state.pop(store, None))
        target.load_persisted_state(state)

    def _state(self) -> dict[str, Any]:
        source = module(f"services.{self.module_name}")
        if self.state is not None:
            return self.state()
        get_state = source.get_state
        if self.name in _ONLY_READ:
            get_state = _not_copying(get_state)
        more = {name: getattr(source, name) for name in _MORE_STORES.get(self.name, ())}
        return {**get_state(), **more}

    def _collect_store(self, batch: Batch, store: str, content: Any) -> None:  # noqa: ANN401
        shape = type(content).__name__
        if shape not in {_BY_ACCOUNT, _BY_REGION}:
            value, blobs = self.shown.get(store, _as_it_is)(content)
            batch.put((self.name,), store, (_PLAIN, value), blobs)
            return
        batch.put((self.name,), store, (shape, None))
        entries = dict(content._data)  # noqa: SLF001 - all accounts and regions
        collection = (self.name, store)
        batch.drop_others(collection, entries)
        show = self.shown.get(store, _as_it_is)
        part, is_list = _PARTS.get(collection), collection in _LISTS
        for key, entry in entries.items():
            if part is None and not is_list and self._is_as_it_was(store, collection, key, entry):
                continue
            value, blobs = show(entry)
            if part is not None:
                self._collect_part(batch, store, key, value.get(part) or {})
                value = {**value, part: None}
            elif is_list:
                self._collect_part(batch, store, key, dict(enumerate(value)))
                value = None
            batch.put(collection, key, value, blobs)
        if part is not None or is_list:
            for each in batch.collections(self.name, store):
                if each != collection and each[2] not in entries:
                    batch.drop_all(each)
                    self._seen.pop(each, None)

    def _collect_part(self, batch: Batch, store: str, key: Hashable, part: dict[Any, Any]) -> None:
        collection = (self.name, store, key)
        entries = dict(part)
        batch.drop_others(collection, entries)
        for name, entry in entries.items():
            if not self._is_as_it_was(store, collection, name, entry):
                batch.put(collection, name, entry)

    def _is_as_it_was(
        self,
        store: str,
        collection: Collection,
        name: Hashable,
        entry: Any,  # noqa: ANN401
    ) -> bool:
        sign = self.signatures.get(store)
        if sign is None:
            return False
        seen, signature = self._seen.setdefault(collection, {}), sign(entry)
        is_same = signature is not None and seen.get(name) == signature
        seen[name] = signature
        return is_same

    def _stored(self, records: Records, store: str) -> Any:  # noqa: ANN401
        shape, value = decode(records[self.name,][store].data or b"")
        if shape == _PLAIN:
            return value
        content = getattr(module("core.responses"), shape)()
        part = _PARTS.get((self.name, store))
        for key, change in records.get((self.name, store), {}).items():
            entry = decode(change.data or b"")
            if part is not None:
                entry[part] = dict(stored(records, (self.name, store, key)))
            elif (self.name, store) in _LISTS:
                entries = stored(records, (self.name, store, key))
                entry = [entries[number] for number in range(len(entries))]
            content._data[key] = entry  # noqa: SLF001 - all accounts and regions
        return content


def mark_of(name: str) -> tuple[str, str]:
    """The mark that has a service compared."""
    return (name, ALL)


def _update(store: Any, stored: Any) -> None:  # noqa: ANN401
    if stored is not None:
        (store._data if hasattr(store, "_data") else store).update(  # noqa: SLF001
            stored._data if hasattr(stored, "_data") else stored  # noqa: SLF001
        )


def _not_copying(get_state: Any) -> Any:  # noqa: ANN401
    """The same function, in whose eyes everything is its own copy."""
    scope = {**get_state.__globals__, "copy": SimpleNamespace(deepcopy=_itself, copy=_itself)}
    return FunctionType(get_state.__code__, scope, get_state.__name__)


def _itself(value: Any) -> Any:  # noqa: ANN401
    return value


def iterate(services: dict[str, KeptService]) -> Iterator[str]:
    """The names of the services that were ever used."""
    return (name for name, service in services.items() if service.is_loaded)
