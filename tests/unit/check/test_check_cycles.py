from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.check.cycles import circular_dependencies, find_circle
from preamp.check.references import Reference, ReferenceMap

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.assembly.read import AssemblyStack


def _edges(*pairs: str) -> list[Reference]:
    return [Reference(pair[0], "Name", pair[1]) for pair in pairs]


@pytest.mark.parametrize("pairs", [(), ("AB", "BC", "AC"), ("AB", "AC", "BD", "CD"), ("AX", "BX")])
def test_no_circle(pairs: tuple[str, ...]) -> None:
    assert find_circle(_edges(*pairs)) == []


@pytest.mark.parametrize(
    ("pairs", "members"),
    [
        (("AA",), "A"),
        (("AB", "BA"), "AB"),
        (("AB", "BC", "CA"), "ABC"),
        (("XA", "AB", "BC", "CA", "CY"), "ABC"),
    ],
)
def test_a_circle_is_found_and_closed(pairs: tuple[str, ...], members: str) -> None:
    circle = find_circle(_edges(*pairs))

    assert sorted(edge.source for edge in circle) == sorted(members)
    following = [*circle[1:], circle[0]]
    assert [edge.target for edge in circle] == [edge.source for edge in following]


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = [Reference(str(n), "Name", str(n + 1)) for n in range(5000)]

    assert find_circle(chain) == []
    assert len(find_circle([*chain, Reference("5000", "Name", "0")])) == 5001


def test_each_edge_says_which_property_needs_what(stack: Callable[..., AssemblyStack]) -> None:
    template = stack(
        {"A": {"Properties": {"QueueName": {"Ref": "B"}}}, "B": {"DependsOn": ["A"]}}, "Stack"
    )

    (mistake,) = circular_dependencies(ReferenceMap.of(template))

    assert mistake.rule == "circular-dependency"
    assert "Stack/A (QueueName) needs Stack/B" in mistake.message
    assert "Stack/B (DependsOn) needs Stack/A" in mistake.message


def test_a_circle_through_nested_stacks_names_what_is_inside(
    stack: Callable[..., AssemblyStack],
) -> None:
    """A role of the parent refers to a nested function, which is given the role."""
    child = stack(
        {"Fn": {"Properties": {"Role": {"Ref": "RoleParam"}}}},
        "Child",
        Parameters={"RoleParam": {"Type": "String"}},
        Outputs={"FnArn": {"Value": {"Fn::GetAtt": ["Fn", "Arn"]}}},
    )
    parent = stack(
        {
            "Role": {"Properties": {"Policy": {"Fn::GetAtt": ["Nested", "Outputs.FnArn"]}}},
            "Nested": {"Properties": {"Parameters": {"RoleParam": {"Ref": "Role"}}}},
        },
        children={"Nested": child},
    )

    (mistake,) = circular_dependencies(ReferenceMap.of(parent))

    assert "Role (Policy) needs Child/Fn" in mistake.message
    assert "Child/Fn (Role) needs Role" in mistake.message


@pytest.mark.parametrize(
    ("user", "hint"),
    [("Fn", "access="), ("Other", 'resource_group_name="auth"')],
    ids=["the function itself", "another of its stack"],
)
def test_a_function_in_a_circle_of_stacks_is_told_what_breaks_it(
    stack: Callable[..., AssemblyStack], user: str, hint: str
) -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {}}
    resources = {"Fn": dict(function), "Other": dict(function)}
    resources[user]["Properties"] = {"Environment": {"Ref": "PoolParam"}}
    functions = stack(
        resources, "function", Outputs={"Arn": {"Value": {"Fn::GetAtt": ["Fn", "Arn"]}}}
    )
    users = stack(
        {"Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {"Hook": {"Ref": "FnParam"}}}},
        "auth",
        Outputs={"Pool": {"Value": {"Ref": "Pool"}}},
    )

    def nested(parameter: str, of: str, output: str) -> dict[str, Any]:
        value = {"Fn::GetAtt": [of, f"Outputs.{output}"]}
        return {"Properties": {"Parameters": {parameter: value}}}

    parent = stack(
        {
            "auth": nested("FnParam", "function", "Arn"),
            "function": nested("PoolParam", "auth", "Pool"),
        },
        children={"auth": users, "function": functions},
    )

    (mistake,) = circular_dependencies(ReferenceMap.of(parent))

    assert hint in mistake.hint
