"""The journal and what hangs on it: whole frames or none, whatever was cut off where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from preamp.engine.blobs import Blobs, HeldBlobs
from preamp.engine.durability import ALL, Batch, Keeper, decode, stored
from preamp.engine.journal import Change, Journal, journal_files
from preamp.engine.pending import PendingWork
from preamp.engine.snapshots import (
    KEPT,
    Snapshots,
    empty,
    finish_exchange,
    list_snapshots,
    put_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from pathlib import Path

_ITEMS = ("items",)


class Store:
    """A source with a few values."""

    name = "store"

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:
        """Write what is marked."""
        for key in self.values if ALL in marks else marks:
            batch.put(_ITEMS, key, self.values[str(key)])
        batch.drop_others(_ITEMS, self.values)


def contents(directory: Path) -> dict[Any, bytes | None]:
    """What a journal holds."""
    records = Journal(directory).read()
    return {key: change.data for key, change in records.get(_ITEMS, {}).items()}


def write(journal: Journal, *rows: tuple[str, bytes | None]) -> None:
    """Write changes as one frame."""
    journal.add(Change(_ITEMS, key, data) for key, data in rows)
    journal.write()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal that can be written to."""
    made = Journal(tmp_path / "journal")
    made.read()
    return made


def keeper_in(directory: Path, log: Callable[[str], None] = print) -> tuple[Keeper, Store]:
    """A keeper of one store."""
    keeper = Keeper(Journal(directory / "journal"), Blobs(directory / "blobs"), log)
    store = Store()
    keeper.add(store)
    store.values = {str(k): v for k, v in stored(keeper.read(), _ITEMS).items()}
    keeper.start()
    return keeper, store


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Keeper, Store]]:
    """A keeper of one store, closed after the test."""
    made = keeper_in(tmp_path)
    yield made
    made[0].close()


def test_what_was_written_is_read(journal: Journal, tmp_path: Path) -> None:
    write(journal, ("a", b"1"), ("b", b"2"))
    write(journal, ("a", b"3"), ("b", None))
    assert contents(tmp_path / "journal") == {"a": b"3"}


def test_wherever_it_is_cut_off_whole_frames_are_left(journal: Journal, tmp_path: Path) -> None:
    states: list[dict[Any, bytes | None]] = [{}]
    for number in range(3):
        write(journal, ("a", b"%d" % number), (f"{number}", b"x"))
        states.append({"a": b"%d" % number, **{f"{n}": b"x" for n in range(number + 1)}})
    *_, path = journal_files(tmp_path / "journal")
    whole = path.read_bytes()
    found = []
    for length in range(len(whole) + 1):
        cut = tmp_path / f"cut-{length}"
        cut.mkdir()
        (cut / path.name).write_bytes(whole[:length])
        found.append(contents(cut))
    assert found[0] == states[0]
    assert found[-1] == states[-1]
    assert [state for state in states if state in found] == states
    assert all(each in states for each in found)


def test_a_changed_byte_ends_what_is_read(journal: Journal, tmp_path: Path) -> None:
    write(journal, ("a", b"1"))
    write(journal, ("b", b"2"))
    *_, path = journal_files(tmp_path / "journal")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert contents(tmp_path / "journal") == {"a": b"1"}


def test_compacting_keeps_what_counts_and_what_is_written_meanwhile(
    journal: Journal, tmp_path: Path
) -> None:
    for number in range(50):
        write(journal, ("a", b"%d" % number), ("gone", b"x" * 1000))
    write(journal, ("gone", None))
    sealed = journal.rotate()
    write(journal, ("a", b"later"))
    size = journal.size
    journal.compact(sealed)
    assert journal.size < size / 10
    assert contents(tmp_path / "journal") == {"a": b"later"}


def test_compacting_may_be_killed_anywhere(journal: Journal, tmp_path: Path) -> None:
    write(journal, ("a", b"1"), ("gone", b"x"))
    sealed = [*journal.rotate()]
    write(journal, ("gone", None))
    sealed = journal.rotate()
    old = {path: path.read_bytes() for path in sealed}
    journal.compact(sealed)
    for path, content in old.items():
        # as if it had been killed before it removed them
        path.write_bytes(content)
    assert contents(tmp_path / "journal") == {"a": b"1"}


def test_an_unfinished_base_does_not_count(journal: Journal, tmp_path: Path) -> None:
    write(journal, ("a", b"1"))
    (tmp_path / "journal" / "00000009.tmp").write_bytes(b"half")
    assert contents(tmp_path / "journal") == {"a": b"1"}


def test_only_what_changed_is_written(kept: tuple[Keeper, Store]) -> None:
    keeper, store = kept
    store.values = {"a": {"x": [1, 2]}, "b": "y"}
    keeper.mark("store")
    keeper.flush()
    size = keeper.journal.size
    keeper.mark("store")
    keeper.flush()
    assert keeper.journal.size == size
    store.values["a"] = {"x": [1, 3]}
    keeper.mark("store", "a")
    assert keeper.is_behind
    keeper.flush()
    assert keeper.journal.size > size
    assert not keeper.is_behind


def test_a_keeper_finds_what_the_last_one_kept(tmp_path: Path) -> None:
    keeper, store = keeper_in(tmp_path)
    store.values = {"a": {("t", 1): {1, 2}}, "b": b"y"}
    keeper.mark("store")
    keeper.flush()
    # nobody closes it: it was killed
    again, found = keeper_in(tmp_path)
    assert found.values == store.values
    del found.values["a"]
    again.mark("store")
    again.close()
    last, rest = keeper_in(tmp_path)
    last.close()
    assert rest.values == {"b": b"y"}
    keeper.close()


def test_what_cannot_be_written_is_kept_for_later_and_told_once(tmp_path: Path) -> None:
    said: list[str] = []
    keeper, store = keeper_in(tmp_path, said.append)
    read_only = os.open(tmp_path, os.O_RDONLY)
    writable, keeper.journal._descriptor = keeper.journal._descriptor, read_only
    store.values = {"a": 1}
    for _ in range(2):
        keeper.mark("store")
        with pytest.raises(OSError):  # noqa: PT011 - which one is the system's matter
            keeper.flush()
    assert keeper.is_behind
    refusing = [keeper.is_refusing]
    keeper.journal._descriptor = writable
    keeper.flush()
    assert [*refusing, keeper.is_refusing] == [True, False]
    keeper.close()
    os.close(read_only)
    assert [line.partition(" (")[0] for line in said] == [
        "the state cannot be written",
        "the state is written again; it could not be before",
    ]
    _, found = keeper_in(tmp_path)
    assert found.values == {"a": 1}


def test_a_value_is_written_once_and_goes_when_nobody_names_it(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    held = HeldBlobs(blobs)
    value, other = b"x" * 100, b"y"
    digests = held.add([value, other])
    assert held.add([value]) == {id(value): digests[id(value)]}
    assert blobs.read(digests[id(value)]) == value
    assert len(blobs.files()) == 2
    blobs.remove_others({digests[id(value)]}, age=60)
    assert len(blobs.files()) == 2, "a young value may be about to be named"
    blobs.remove_others({digests[id(value)]}, age=-1)
    assert [path.read_bytes() for path in blobs.files()] == [value]


def test_an_empty_file_in_the_place_of_a_value_is_written_again(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digest = blobs.add(b"value")
    (path,) = blobs.files()
    # a power failure can leave a name without content
    path.write_bytes(b"")
    assert blobs.add(b"value") == digest
    assert blobs.read(digest) == b"value"


def test_pending_work_is_begun_again_until_it_is_done(tmp_path: Path) -> None:
    keeper, _ = keeper_in(tmp_path)
    pending = PendingWork(keeper)
    keeper.add(pending)
    done = pending.accept("event", {"n": 1})
    pending.accept("event", {"n": 2})
    pending.update(pending.accept("event", {"n": 3}), "event", {"n": 4})
    pending.done(done)
    keeper.flush_all()
    again = Keeper(Journal(tmp_path / "journal"), Blobs(tmp_path / "blobs"), print)
    taken_up = PendingWork(again)
    begun: list[object] = []
    taken_up.resume_with("event", lambda _, content: begun.append(content))
    taken_up.restore(again.read())
    taken_up.resume()
    keeper.close()
    assert begun == [{"n": 2}, {"n": 4}]


def state_of(directory: Path) -> dict[str, Any]:
    """What is kept in an engine's directory, read as its start does."""
    finish_exchange(directory)
    (directory / "state").mkdir(exist_ok=True)
    keeper, store = keeper_in(directory / "state")
    keeper.close()
    return store.values


def engine_with(directory: Path, values: dict[str, Any]) -> tuple[Keeper, Store]:
    """An engine's directory with these values in it."""
    (directory / "state" / "mail").mkdir(parents=True, exist_ok=True)
    keeper, store = keeper_in(directory / "state")
    store.values = values
    keeper.mark("store")
    return keeper, store


def test_mail_of_a_snapshot_stays_as_it_was(tmp_path: Path) -> None:
    keeper, _ = engine_with(tmp_path, {})
    messages = tmp_path / "state" / "mail" / "messages"
    messages.write_text("one", encoding="ascii")
    Snapshots(tmp_path, keeper).take("first")
    keeper.close()
    for _ in range(2):
        with messages.open("a", encoding="ascii") as file:
            file.write(" two")
        put_back(tmp_path, "first")
        assert messages.read_text(encoding="ascii") == "one"


def test_a_snapshot_stays_as_it_was(tmp_path: Path) -> None:
    keeper, store = engine_with(tmp_path, {"a": 1})
    Snapshots(tmp_path, keeper).take("first")
    store.values = {"a": 2, "b": 3}
    keeper.mark("store")
    keeper.close()
    assert state_of(tmp_path) == {"a": 2, "b": 3}
    put_back(tmp_path, "first")
    assert state_of(tmp_path) == {"a": 1}
    empty(tmp_path)
    assert state_of(tmp_path) == {}
    put_back(tmp_path, "first")
    assert state_of(tmp_path) == {"a": 1}


def test_the_oldest_snapshot_goes(tmp_path: Path) -> None:
    keeper, _ = engine_with(tmp_path, {})
    snapshots = Snapshots(tmp_path, keeper)
    for number in range(KEPT + 2):
        snapshots.take(f"{number}")
    snapshots.take(f"{KEPT}")
    keeper.close()
    names = [snapshot.name for snapshot in list_snapshots(tmp_path)]
    assert names == [f"{KEPT}", f"{KEPT + 1}", *(f"{n}" for n in range(KEPT - 1, 1, -1))]


@pytest.mark.parametrize("present", [{"next"}, {"next", "previous"}, {"next", "state"}])
def test_an_exchange_that_was_killed_is_finished(tmp_path: Path, present: set[str]) -> None:
    names = {"state": "state", "next": "state.next", "previous": "state.previous"}
    for each in present:
        (tmp_path / names[each]).mkdir()
        (tmp_path / names[each] / "content").write_text(each, encoding="ascii")
    finish_exchange(tmp_path)
    expected = "state" if "state" in present else "next"
    assert (tmp_path / "state" / "content").read_text(encoding="ascii") == expected
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_equal_data_is_equal_however_its_parts_are_shared() -> None:
    text = "x" * 50
    batch = Batch({})
    batch.put(_ITEMS, "a", [text, text])
    batch.put(_ITEMS, "a", [text, "".join(["x"] * 50)])
    (change,) = batch.changes
    assert decode(change.data or b"") == [text, text]


def test_files_of_many_starts_become_one(tmp_path: Path) -> None:
    for number in range(40):
        keeper, store = keeper_in(tmp_path)
        store.values[f"{number}"] = number
        keeper.mark("store")
        keeper.close()
    assert len(journal_files(tmp_path / "journal")) < 40
    keeper, store = keeper_in(tmp_path)
    keeper.close()
    assert store.values == {f"{number}": number for number in range(40)}
