from __future__ import annotations

import pytest

from preamp.errors import UserError
from preamp.outputs.merge import merge


def test_objects_merge_key_by_key_and_keep_their_order() -> None:
    merged = merge([{"a": {"x": 1}, "b": 1}, {"a": {"y": 2}}, {"c": 3}])
    assert merged == {"a": {"x": 1, "y": 2}, "b": 1, "c": 3}
    assert list(merged) == ["a", "b", "c"]


def test_lists_are_joined() -> None:
    assert merge([{"l": [1]}, {"l": [2, 3]}, {"l": 4}]) == {"l": [1, 2, 3, 4]}


def test_the_parts_are_left_as_they_were() -> None:
    part = {"a": {"l": [1]}}
    merge([part, {"a": {"l": [2], "x": 1}}])
    assert part == {"a": {"l": [1]}}


@pytest.mark.parametrize("empty", [None, "", 0, False])
def test_an_empty_value_counts_as_not_set(empty: object) -> None:
    assert merge([{"k": empty}, {"k": "v"}]) == {"k": "v"}


def test_a_value_set_twice_is_an_error_that_names_the_key() -> None:
    with pytest.raises(UserError) as caught:
        merge([{"custom": {"topic": "a"}}, {"custom": {"topic": "a"}}])
    assert caught.value.code == "OutputKeyTakenError"
    assert "custom.topic" in caught.value.message


@pytest.mark.parametrize(
    ("one", "other", "stays"),
    [("1.5", "1.4", "1.5"), ("1.4", "1.5", "1.5"), ("1", "1.3", "1.3"), ("1.5", "1.5", "1.5")],
)
def test_the_higher_version_stays(one: str, other: str, stays: str) -> None:
    assert merge([{"version": one}, {"version": other}]) == {"version": stays}


def test_versions_that_do_not_go_together_are_an_error() -> None:
    with pytest.raises(UserError) as caught:
        merge([{"version": "1.5"}, {"version": "2"}])
    assert caught.value.code == "OutputsVersionError"
