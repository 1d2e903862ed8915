"""What is remembered is never out of date, and nobody changes it for others."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs

import pytest

from preamp.engine.mail_addresses import addresses, name_and_address
from preamp.engine.ministack.repetitions import date_now, read_form, remembering


@pytest.mark.parametrize("keep_blank_values", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "&",
        "a=1&b=&a=2",
        "a=%C3%BC+x&&c",
        "a+b%26=c%3Dd=e&=f&%=%zz&g=%ff",
        "a;b=1;c",
        "x=" + "y" * 20_000,
    ],
)
def test_a_form_is_read_as_ever(text: str, *, keep_blank_values: bool) -> None:
    for _ in range(2):
        found = read_form(text, keep_blank_values=keep_blank_values)
        assert found == parse_qs(text, keep_blank_values=keep_blank_values)
        found["a"] = ["mine"]
        found.setdefault("b", []).append("mine")


def test_a_changed_text_is_read_again_and_other_things_always() -> None:
    asked: list[object] = []

    def read(value: object) -> int:
        asked.append(value)
        return len(asked)

    remembered = remembering(read, 10)
    document: dict[str, str] = {}
    assert [remembered(each) for each in ("a", "a", "b", "a")] == [1, 1, 2, 1]
    assert [remembered(document), remembered(document)] == [3, 4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jo@example.com", ("", "jo@example.com")),
        ("a.b+c@x-y.example", ("", "a.b+c@x-y.example")),
        ("Jo <jo@example.com>", ("Jo", "jo@example.com")),
        ('"a b"@example.com', ("", '"a b"@example.com')),
        ("", ("", "")),
    ],
)
def test_an_address_is_read_as_ever(text: str, expected: tuple[str, str]) -> None:
    assert name_and_address(text) == expected


def test_lists_of_addresses_are_read_as_ever() -> None:
    assert addresses(["a@b.c", "d@e.f"]) == ["a@b.c", "d@e.f"]
    assert addresses(["a@b.c, Jo <d@e.f>"]) == ["a@b.c", "d@e.f"]
    assert addresses([]) == []


@pytest.mark.parametrize(("usegmt", "zone"), [(True, "GMT"), (False, "-0000")])
def test_a_date_is_the_present_second(zone: str, *, usegmt: bool) -> None:
    before = int(time.time())
    text = date_now(usegmt=usegmt)
    assert text.endswith(f" {zone}")
    assert before <= parsedate_to_datetime(text).timestamp() <= time.time()
