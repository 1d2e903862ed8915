from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.check.names import duplicate_names
from preamp.contract.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.assembly.read import AssemblyStack, CloudAssembly


def _queue(name: object, **more: object) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}, **more}


def _region(prefix: str) -> dict[str, Any]:
    return {"Fn::Join": ["-", [prefix, {"Ref": "AWS::Region"}]]}


@pytest.mark.parametrize("name", ["orders", _region("orders")])
def test_a_name_used_twice_is_found(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly], name: object
) -> None:
    root = stack({"A": _queue(name), "B": _queue(name)})

    (mistake,) = duplicate_names(assembly(root))

    assert (mistake.logical_id, mistake.property_path) == ("B", "QueueName")
    assert "queue name" in mistake.message
    assert "orders" in mistake.message


def test_the_first_owner_is_named_with_its_line_across_nested_stacks(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    one, two = (stack({"Q": _queue("orders")}, path) for path in ("One", "Two"))
    root = stack({}, children={"OneId": one, "TwoId": two})

    (mistake,) = duplicate_names(assembly(root, {"One/Q": Site("amplify/backend.py", 7)}))

    assert mistake.stack is two
    assert mistake.message == ("the queue name orders is taken by One/Q (amplify/backend.py:7)")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_queue("a"), _queue("b")),
        (_queue(_region("a")), _queue(_region("b"))),
        (_queue("a"), {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a"}}),
        (_queue("a", Condition="Yes"), _queue("a", Condition="No")),
        (_queue({"Ref": "Param"}), _queue({"Ref": "Param"})),
        (_queue({"Fn::Sub": "${AWS::StackName}-q"}), _queue({"Fn::Sub": "${AWS::StackName}-q"})),
        (_queue("{{resolve:ssm:/name}}"), _queue("{{resolve:ssm:/name}}")),
        ({"Type": "AWS::SQS::Queue"}, {"Type": "AWS::SQS::Queue"}),
    ],
)
def test_what_may_differ_or_is_made_up_is_no_duplicate(
    stack: Callable[..., AssemblyStack],
    assembly: Callable[..., CloudAssembly],
    first: dict[str, Any],
    second: dict[str, Any],
) -> None:
    assert list(duplicate_names(assembly(stack({"A": first, "B": second})))) == []


def test_a_table_and_a_global_table_share_their_names(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    named = {"Properties": {"TableName": "orders"}}
    root = stack(
        {
            "A": {"Type": "AWS::DynamoDB::Table", **named},
            "B": {"Type": "AWS::DynamoDB::GlobalTable", **named},
        }
    )

    assert [m.logical_id for m in duplicate_names(assembly(root))] == ["B"]


def test_rules_of_different_buses_may_share_a_name(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    def rule(bus: str) -> dict[str, Any]:
        return {"Type": "AWS::Events::Rule", "Properties": {"Name": "r", "EventBusName": bus}}

    differing = stack({"A": rule("one"), "B": rule("two")})
    same = stack({"A": rule("one"), "B": rule("one")})

    assert list(duplicate_names(assembly(differing))) == []
    assert [m.logical_id for m in duplicate_names(assembly(same))] == ["B"]


def test_an_export_used_twice_is_found(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    output = {"Value": "x", "Export": {"Name": "shared"}}
    root = stack({}, Outputs={"A": output, "B": output})

    (mistake,) = duplicate_names(assembly(root))

    assert (mistake.logical_id, mistake.property_path) == ("B", "Export.Name")
