from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.check.nesting import misfits
from preamp.check.references import ReferenceMap

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.assembly.read import AssemblyStack


def _family(
    stack: Callable[..., AssemblyStack], passed: dict[str, Any], **child_sections: object
) -> ReferenceMap:
    child = stack({}, "Child", **child_sections)
    resources = {
        "Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": passed}},
        "User": {"Properties": {"Name": {"Fn::GetAtt": ["Nested", "Outputs.Name"]}}},
    }
    return ReferenceMap.of(stack(resources, children={"Nested": child}))


_OUTPUTS = {"Name": {"Value": "x"}}


def test_a_fitting_child_is_fine(stack: Callable[..., AssemblyStack]) -> None:
    parameters = {"Given": {"Type": "String"}, "Optional": {"Type": "String", "Default": ""}}
    family = _family(stack, {"Given": "x"}, Parameters=parameters, Outputs=_OUTPUTS)

    assert list(misfits(family)) == []


def test_a_parameter_that_the_child_does_not_declare(stack: Callable[..., AssemblyStack]) -> None:
    (mistake,) = misfits(_family(stack, {"Extra": "x"}, Outputs=_OUTPUTS))

    assert (mistake.rule, mistake.property_path) == ("unknown-parameter", "Parameters.Extra")


def test_a_parameter_that_is_not_given(stack: Callable[..., AssemblyStack]) -> None:
    family = _family(stack, {}, Parameters={"Needed": {"Type": "String"}}, Outputs=_OUTPUTS)

    (mistake,) = misfits(family)

    assert mistake.rule == "missing-parameter"
    assert "Needed" in mistake.message


def test_an_output_that_the_child_has_not(stack: Callable[..., AssemblyStack]) -> None:
    (mistake,) = misfits(_family(stack, {}))

    assert (mistake.logical_id, mistake.rule) == ("User", "unknown-output")


def test_a_child_with_macros_is_left_alone(stack: Callable[..., AssemblyStack]) -> None:
    assert list(misfits(_family(stack, {"Extra": "x"}, Transform="Mine"))) == []
