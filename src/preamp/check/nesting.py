"""What a stack hands to its nested stacks and takes from them.

Owns the fit of parameters and outputs between a template and the templates below it: something no
check of single templates can see. Defined in "AWS::CloudFormation::Stack" of the CloudFormation
reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.check.finding import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.assembly.read import AssemblyStack
    from preamp.check.references import Reference, ReferenceMap

_OUTPUTS: Final = "Outputs."
_HINT: Final = (
    "let the CDK carry values between stacks: hand over constructs or their properties,"
    " not parameters and outputs made by hand"
)


def misfits(references: ReferenceMap) -> Iterator[Mistake]:
    """Find parameters and outputs of nested stacks that do not fit the nested template."""
    stack = references.stack
    for logical_id, child in stack.children.items():
        if "Transform" not in child.template:
            yield from _parameters(stack, logical_id, child)
    for reference in references.resources + references.outputs:
        giver = stack.children.get(reference.target)
        if giver is not None and "Transform" not in giver.template:
            yield from _output(stack, reference, giver)


def _parameters(stack: AssemblyStack, logical_id: str, child: AssemblyStack) -> Iterator[Mistake]:
    declared: dict[str, Any] = child.template.get("Parameters") or {}
    properties = stack.resources[logical_id].get("Properties") or {}
    passed = set(properties.get("Parameters") or {})
    for name in sorted(passed - set(declared)):
        message = f"the nested stack is given the parameter {name}, which it does not declare"
        yield _misfit(stack, logical_id, "unknown-parameter", message, f"Parameters.{name}")
    for name, parameter in declared.items():
        if name not in passed and "Default" not in parameter:
            message = f"the nested stack is not given its parameter {name}, which has no default"
            yield _misfit(stack, logical_id, "missing-parameter", message, "Parameters")


def _output(stack: AssemblyStack, reference: Reference, child: AssemblyStack) -> Iterator[Mistake]:
    name = reference.attribute.removeprefix(_OUTPUTS)
    if name != reference.attribute and name not in (child.template.get("Outputs") or {}):
        message = (
            f"{reference.property_path} takes the output {name} of {child.path},"
            " which has no such output"
        )
        yield _misfit(stack, reference.source, "unknown-output", message, reference.property_path)


def _misfit(
    stack: AssemblyStack, logical_id: str, rule: str, message: str, property_path: str
) -> Mistake:
    return Mistake(stack, logical_id, rule, message, _HINT, property_path)
