from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preamp.contract.site import Site
from preamp.definition.outputs import OutputParts
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = Site("amplify/backend.py", 3)
SECOND = Site("amplify/backend.py", 9)


def merged(*parts: Mapping[str, object]) -> dict[str, object]:
    outputs = OutputParts()
    for part in parts:
        outputs.add(part, None, FIRST)
    return outputs.merged


def test_nothing_added_is_empty() -> None:
    assert OutputParts().merged == {}


def test_parts_merge_deeply_and_lists_join() -> None:
    both = merged({"custom": {"a": {"x": 1}, "l": [1]}}, {"custom": {"a": {"y": None}, "l": (2,)}})
    assert both == {"custom": {"a": {"x": 1, "y": None}, "l": [1, 2]}, "version": "1.4"}


def test_a_part_does_not_change_when_others_join_it() -> None:
    part = {"custom": {"l": [1], "a": {"x": 1}}}
    merged(part, {"custom": {"l": [2], "a": {"y": 2}}})
    assert part == {"custom": {"l": [1], "a": {"x": 1}}}


@pytest.mark.parametrize("second", [1, 2, None, {"b": 1}, [1]])
def test_a_value_set_twice_names_the_key_and_both_places(second: object) -> None:
    outputs = OutputParts()
    outputs.add({"custom": {"a": {"b": 0}}}, None, FIRST)
    with pytest.raises(UserError) as caught:
        outputs.add({"custom": {"a": {"b": second}}}, None, SECOND)
    assert caught.value.code == "OutputEntryAlreadyExistsError"
    assert "'custom.a.b'" in caught.value.message
    assert caught.value.sites == (SECOND, FIRST)


def test_a_part_with_a_mistake_adds_nothing() -> None:
    outputs = OutputParts()
    outputs.add({"custom": {"a": 1}}, None, FIRST)
    with pytest.raises(UserError):
        outputs.add({"custom": {"z": 1, "a": 2}}, None, SECOND)
    assert outputs.merged["custom"] == {"a": 1}


def test_the_highest_version_wins() -> None:
    outputs = OutputParts()
    outputs.add({"custom": {"a": 1}}, "1.5", FIRST)
    outputs.add({"custom": {"b": 1}}, "1.1", FIRST)
    assert outputs.merged["version"] == "1.5"


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        OutputParts().add({"custom": {"a": 1}}, "2", FIRST)
    assert caught.value.code == "InvalidOutputVersionError"


@pytest.mark.parametrize("value", [object(), {1: 2}, {"x": [object()]}, FIRST])
def test_what_is_no_json_is_refused_by_its_key(value: object) -> None:
    with pytest.raises(UserError) as caught:
        OutputParts().add({"custom": {"topic": value}}, None, FIRST)
    assert caught.value.code == "InvalidOutputValueError"
    assert "custom.topic" in caught.value.message
