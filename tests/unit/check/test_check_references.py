from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.check.references import Reference, ReferenceMap, references_in, undefined_references

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.assembly.read import AssemblyStack


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "A"}, [("A", "")]),
        ({"Ref": "AWS::Region"}, []),
        ({"Fn::GetAtt": ["A", "Arn"]}, [("A", "Arn")]),
        ({"Fn::GetAtt": "A.Outputs.X"}, [("A", "Outputs.X")]),
        ({"Fn::GetAtt": ["A", {"Ref": "P"}]}, [("A", "(computed)")]),
        ({"Fn::Sub": "x-${A}-${A.Arn}-${!NotThis}-${AWS::Region}"}, [("A", ""), ("A", "Arn")]),
        ({"Fn::Sub": ["${V}-${A}", {"V": {"Ref": "B"}}]}, [("A", ""), ("B", "")]),
        ({"Fn::Join": ["-", [{"Ref": "A"}, "b", {"Ref": "C"}]]}, [("A", ""), ("C", "")]),
        ({"Fn::If": ["Cond", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}, [("A", "")]),
        ({"Ref": "A", "Other": 1}, []),
        ("${A}", []),
    ],
)
def test_every_way_to_refer_is_known(value: object, expected: list[tuple[str, str]]) -> None:
    found = {(r.target, r.attribute) for r in references_in(value)}

    assert found == set(expected)


def test_a_path_names_properties_and_no_functions(stack: Callable[..., AssemblyStack]) -> None:
    value = {"Fn::Join": ["", ["a", {"Fn::Sub": "${B}"}]]}
    template = stack({"A": {"Properties": {"Environment": {"Variables": {"X": value}}}}})

    assert ReferenceMap.of(template).resources == (Reference("A", "Environment.Variables.X", "B"),)


@pytest.mark.parametrize(
    "resource",
    [
        {"Properties": {"Name": {"Ref": "Nope"}}},
        {"Properties": {"Name": {"Fn::GetAtt": ["Nope", "Arn"]}}},
        {"Properties": {"Name": {"Fn::GetAtt": ["Param", "Arn"]}}},
        {"Properties": {"Name": {"Fn::Sub": "a${Nope}"}}},
        {"DependsOn": "Nope"},
        {"DependsOn": ["Param"]},
        {"UpdatePolicy": {"X": {"Ref": "Nope"}}},
    ],
)
def test_a_reference_that_leads_nowhere_is_found(
    stack: Callable[..., AssemblyStack], resource: dict[str, Any]
) -> None:
    template = stack({"A": resource}, Parameters={"Param": {"Type": "String"}})

    (mistake,) = undefined_references(ReferenceMap.of(template))

    assert (mistake.logical_id, mistake.rule) == ("A", "undefined-reference")
    assert "Nope" in mistake.message or "Param" in mistake.message


def test_references_to_resources_parameters_and_pseudo_parameters_are_fine(
    stack: Callable[..., AssemblyStack],
) -> None:
    resource = {"Properties": {"N": [{"Ref": "B"}, {"Ref": "Param"}, {"Ref": "AWS::StackName"}]}}
    template = stack(
        {"A": {**resource, "DependsOn": ["B"]}, "B": {}},
        Parameters={"Param": {"Type": "String"}},
        Outputs={"O": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}},
    )

    assert list(undefined_references(ReferenceMap.of(template))) == []


def test_an_output_is_looked_at(stack: Callable[..., AssemblyStack]) -> None:
    template = stack({"A": {}}, Outputs={"O": {"Value": {"Ref": "Nope"}}})

    (mistake,) = undefined_references(ReferenceMap.of(template))

    assert (mistake.logical_id, mistake.property_path) == ("O", "Value")


def test_the_hint_names_what_was_probably_meant(stack: Callable[..., AssemblyStack]) -> None:
    template = stack({"A": {"DependsOn": "Quue"}, "Queue": {}})

    (mistake,) = undefined_references(ReferenceMap.of(template))

    assert mistake.hint == "did you mean Queue?"


def test_a_template_with_macros_is_left_alone(stack: Callable[..., AssemblyStack]) -> None:
    template = stack({"A": {"DependsOn": "Nope"}}, Transform="Mine")

    assert list(undefined_references(ReferenceMap.of(template))) == []
