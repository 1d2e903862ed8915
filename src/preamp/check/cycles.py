"""Resources that wait for each other.

Owns finding one circle per template and saying which property holds each edge; where an edge is a
nested stack's parameter, also who uses it inside. The CDK itself refuses most circles between
stacks; those through a resource of the parent stack it lets pass.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from preamp.check.finding import Mistake
from preamp.check.references import Reference, ReferenceMap, references_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.assembly.read import AssemblyStack

RULE: Final = "circular-dependency"

_PARAMETERS: Final = "Parameters."
_OUTPUTS: Final = "Outputs."
_FUNCTION: Final = "AWS::Lambda::Function"


def circular_dependencies(references: ReferenceMap) -> Iterator[Mistake]:
    """Find a circle among the resources of a template; one at a time."""
    stack = references.stack
    edges = find_circle(references.resources)
    if edges:
        yield Mistake(
            stack=stack,
            logical_id=edges[0].source,
            rule=RULE,
            message="resources wait for each other in a circle: "
            + "; ".join(describe_edge(stack, edge) for edge in edges),
            hint=_function_elsewhere(stack, edges)
            or "take one of these references out, or move what both sides need into a resource of"
            " its own",
            property_path=edges[0].property_path,
        )


def find_circle(references: Sequence[Reference]) -> list[Reference]:
    """Return the edges of one circle, each leading to the next; empty if there is none.

    Args:
        references: The edges of the graph; targets that are no source of an edge do no harm.
    """
    graph: dict[str, dict[str, Reference]] = {}
    for reference in references:
        graph.setdefault(reference.source, {}).setdefault(reference.target, reference)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # The sorter lists what is needed before who needs it.
        nodes: list[str] = list(reversed(error.args[1]))
        return [graph[here][there] for here, there in pairwise(nodes)]
    return []


def describe_edge(stack: AssemblyStack, edge: Reference) -> str:
    """Say which property of what needs what, in construct paths."""
    holder, needed = stack.path_of(edge.source), stack.path_of(edge.target)
    inside = _user_inside(stack, edge)
    giver = _giver_inside(stack, edge)
    return f"{inside or f'{holder} ({edge.property_path})'} needs {giver or needed}"


def _function_elsewhere(stack: AssemblyStack, edges: Sequence[Reference]) -> str:
    """What to do where a function and who needs it are in two groups of a backend."""
    for edge, following in zip(edges, (*edges[1:], edges[0]), strict=True):
        user, owner = stack.children.get(edge.source), stack.children.get(edge.target)
        if user is None or owner is None or not edge.attribute.startswith(_OUTPUTS):
            continue
        given, use = _given(owner, edge), _use(owner, following)
        if not given or owner.resources[given]["Type"] != _FUNCTION:
            continue
        if use is None or _needs(owner, given, use.source):
            return (
                "let the function learn of the other resource by the access= of that one's "
                "definition, which makes no circle, instead of a variable or a grant"
            )
        group = stack.path_of(edge.source)
        return f'put the function into the other stack: resource_group_name="{group}"'
    return ""


def _needs(stack: AssemblyStack, source: str, target: str) -> bool:
    """Whether a resource needs another one of its stack, or is the same."""
    references = ReferenceMap.of(stack).resources
    found, waiting = {source}, [source]
    while waiting:
        here = waiting.pop()
        for reference in references:
            if reference.source == here and reference.target not in found:
                found.add(reference.target)
                waiting.append(reference.target)
    return target in found


def _user_inside(stack: AssemblyStack, edge: Reference) -> str:
    child = stack.children.get(edge.source)
    use = _use(child, edge) if child else None
    return f"{child.path_of(use.source)} ({use.property_path})" if child and use else ""


def _use(child: AssemblyStack, edge: Reference) -> Reference | None:
    """Where a nested stack uses the parameter that an edge is."""
    if not edge.property_path.startswith(_PARAMETERS):
        return None
    parameter = edge.property_path.removeprefix(_PARAMETERS)
    uses = (each for each in ReferenceMap.of(child).resources if each.target == parameter)
    return next(uses, None)


def _giver_inside(stack: AssemblyStack, edge: Reference) -> str:
    child = stack.children.get(edge.target)
    if child is None or not edge.attribute.startswith(_OUTPUTS):
        return ""
    given = _given(child, edge)
    return child.path_of(given) if given else ""


def _given(child: AssemblyStack, edge: Reference) -> str:
    """The resource of a nested stack that one of its outputs tells of."""
    output = (child.template.get("Outputs") or {}).get(edge.attribute.removeprefix(_OUTPUTS))
    return next((r.target for r in references_in(output) if r.target in child.resources), "")
