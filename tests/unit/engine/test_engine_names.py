"""Physical names."""

from __future__ import annotations

import pytest

from preamp.engine.ministack.names import physical_name


def name(stack: str = "stack", logical: str = "Logical", seed: str = "", length: int = 64) -> str:
    return physical_name(stack, logical, seed, lowercase=False, max_len=length)


def test_a_short_name_has_both_in_full() -> None:
    assert name().startswith("stack-Logical-")
    assert len(name()) == len("stack-Logical-") + 13


@pytest.mark.parametrize("length", [63, 64, 128, 255])
@pytest.mark.parametrize("stack", ["s", "s" * 40, "s" * 200])
@pytest.mark.parametrize("logical", ["L", "L" * 40, "L" * 200])
def test_a_name_is_never_too_long_and_has_some_of_both(
    stack: str, logical: str, length: int
) -> None:
    made = name(stack, logical, length=length)
    assert len(made) <= length
    assert made.startswith("s")
    assert "L" in made


def test_a_logical_id_of_ordinary_length_survives_a_long_stack_name() -> None:
    assert "-TableManagerCustom-" in name("s" * 200, "TableManagerCustom")


def test_a_name_is_stable_and_one_of_its_kind() -> None:
    assert name() == name()
    assert len({name(), name("other"), name(logical="Other"), name(seed="1")}) == 4
    long = [name("s" * 200, "L" * 200 + end) for end in "ab"]
    assert long[0] != long[1]


def test_a_lowercase_name_has_no_capitals() -> None:
    made = physical_name("Stack", "Bucket", "", lowercase=True, max_len=63)
    assert made == made.lower()
