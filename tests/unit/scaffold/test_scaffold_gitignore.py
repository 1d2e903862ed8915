from __future__ import annotations

import pytest

from preamp.scaffold.gitignore import ENTRIES, with_entries

ALL = "".join(f"{entry}\n" for entry in ENTRIES)


def test_a_new_file_holds_every_entry() -> None:
    assert with_entries(b"").decode() == ALL


def test_a_file_without_a_newline_at_its_end_keeps_its_last_line() -> None:
    assert with_entries(b"node_modules").decode() == f"node_modules\n\n# preamp\n{ALL}"


def test_a_file_with_the_entries_stays_as_it_is() -> None:
    once = with_entries(b"node_modules\n")
    assert with_entries(once) == once


def test_line_ends_of_windows_stay() -> None:
    extended = with_entries(b"node_modules\r\ndist\r\n")
    assert extended.startswith(b"node_modules\r\ndist\r\n\r\n# preamp\r\n")
    assert extended.count(b"\n") == extended.count(b"\r\n")


@pytest.mark.parametrize("line", [".preamp", "/.preamp/", " .preamp/ ", "!.preamp/"])
def test_an_entry_in_another_spelling_is_not_added_again(line: str) -> None:
    assert b"\n.preamp/\n" not in with_entries(f"{line}\n".encode())


def test_a_comment_is_no_entry() -> None:
    assert b"\n.preamp/\n" in with_entries(b"# .preamp/\n")


def test_letters_of_another_encoding_stay() -> None:
    assert with_entries(b"caf\xe9/\n").startswith(b"caf\xe9/\n")
