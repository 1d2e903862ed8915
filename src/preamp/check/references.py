"""Who refers to whom inside a template, and references that lead nowhere.

Owns CloudFormation's ways to refer: ``Ref``, ``Fn::GetAtt``, ``Fn::Sub`` and ``DependsOn``, as
defined in "Intrinsic function reference" of the CloudFormation guide. Must not know resource
types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from preamp.check.finding import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.assembly.read import AssemblyStack

RULE: Final = "undefined-reference"

_PSEUDO: Final = "AWS::"
_PLACEHOLDER: Final = re.compile(r"\$\{([^!}][^}]*)\}")
_REFERRING_PARTS: Final = ("Properties", "CreationPolicy", "UpdatePolicy")
_DEPENDS_ON: Final = "DependsOn"


@dataclass(frozen=True)
class Reference:
    """One reference in a template.

    Attributes:
        source: Logical id of the resource or output that holds it.
        property_path: Where in the source, dotted, without the intrinsic functions on the way.
        target: Logical id of what it names.
        attribute: The attribute it asks for; empty for a plain reference.
    """

    source: str
    property_path: str
    target: str
    attribute: str = ""


@dataclass(frozen=True)
class ReferenceMap:
    """Every reference in a template, pseudo parameters left out.

    Attributes:
        stack: The template.
        resources: What resources refer to.
        outputs: What outputs refer to.
    """

    stack: AssemblyStack
    resources: tuple[Reference, ...]
    outputs: tuple[Reference, ...]

    @classmethod
    def of(cls, stack: AssemblyStack) -> ReferenceMap:
        """Collect the references of a template."""
        return cls(stack, tuple(_in_resources(stack)), tuple(_in_outputs(stack)))


def references_in(value: object) -> list[Reference]:
    """Return the references in any value of a template; their source is empty."""
    found: list[Reference] = []
    _collect(value, "", (), found)
    return found


def undefined_references(references: ReferenceMap) -> Iterator[Mistake]:
    """Find references to what the template does not have."""
    stack = references.stack
    if "Transform" in stack.template:  # a macro may still add what is missing
        return
    resources = set(stack.resources)
    known = resources | set(stack.template.get("Parameters") or {})
    for reference in references.resources + references.outputs:
        needs_resource = reference.attribute or reference.property_path == _DEPENDS_ON
        if reference.target not in (resources if needs_resource else known):
            yield _undefined(stack, reference, sorted(known))


def _in_resources(stack: AssemblyStack) -> list[Reference]:
    found: list[Reference] = []
    for logical_id, resource in stack.resources.items():
        for part in _REFERRING_PARTS:
            prefix = () if part == "Properties" else (part,)
            _collect(resource.get(part), logical_id, prefix, found)
        depends_on = resource.get(_DEPENDS_ON) or []
        names = [depends_on] if isinstance(depends_on, str) else depends_on
        found.extend(Reference(logical_id, _DEPENDS_ON, str(name)) for name in names)
    return found


def _in_outputs(stack: AssemblyStack) -> list[Reference]:
    found: list[Reference] = []
    for logical_id, output in (stack.template.get("Outputs") or {}).items():
        _collect(output, logical_id, (), found)
    return found


def _undefined(stack: AssemblyStack, reference: Reference, known: list[str]) -> Mistake:
    close = get_close_matches(reference.target, known, n=1)
    here = f"the stack {stack.path}" if stack.path else "the root stack"
    return Mistake(
        stack=stack,
        logical_id=reference.source,
        rule=RULE,
        message=f"{reference.property_path} refers to {reference.target}, which is not in {here}",
        hint=f"did you mean {close[0]}?"
        if close
        else "refer to constructs by their properties, such as queue.queue_arn; the CDK then"
        " carries the value across stacks",
        property_path=reference.property_path,
    )


def _collect(value: object, source: str, path: tuple[str, ...], found: list[Reference]) -> None:
    if isinstance(value, dict):
        if len(value) == 1 and _collect_intrinsic(value, source, path, found):
            return
        for key, inner in value.items():
            _collect(inner, source, _below(path, str(key)), found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, source, path, found)


def _below(path: tuple[str, ...], key: str) -> tuple[str, ...]:
    return path if key.startswith("Fn::") else (*path, key)


def _collect_intrinsic(
    value: Mapping[str, object], source: str, path: tuple[str, ...], found: list[Reference]
) -> bool:
    """Take the references of an intrinsic function; return False if the value is none we know."""
    ((function, argument),) = value.items()
    if function == "Ref" and isinstance(argument, str):
        targets = [(argument, "")]
    elif function == "Fn::GetAtt":
        targets = [_get_att(argument)]
    elif function == "Fn::Sub":
        targets = _substituted(argument)
        _collect(argument, source, path, found)
    else:
        return False
    dotted = ".".join(path)
    found.extend(
        Reference(source, dotted, target, attribute)
        for target, attribute in targets
        if target and not target.startswith(_PSEUDO)
    )
    return True


def _get_att(argument: object) -> tuple[str, str]:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, list) and len(parts) > 1 and isinstance(parts[0], str):
        return parts[0], parts[1] if isinstance(parts[1], str) else "(computed)"
    return "", ""  # malformed: the schemas say so


def _substituted(argument: object) -> list[tuple[str, str]]:
    text, variables = argument, {}
    if isinstance(argument, list):
        text, variables = (*argument, {}, {})[:2]
    if not isinstance(text, str):
        return []
    names = [name.strip() for name in _PLACEHOLDER.findall(text)]
    split = [name.partition(".") for name in names if name not in variables]
    return [(target, attribute) for target, _, attribute in split]
