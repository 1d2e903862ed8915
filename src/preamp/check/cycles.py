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
            hint="take one of these references out, or move what both sides need into a resource"
            " of its own",
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


def _user_inside(stack: AssemblyStack, edge: Reference) -> str:
    child = stack.children.get(edge.source)
    if child is None or not edge.property_path.startswith(_PARAMETERS):
        return ""
    parameter = edge.property_path.removeprefix(_PARAMETERS)
    uses = [r for r in ReferenceMap.of(child).resources if r.target == parameter]
    return f"{child.path_of(uses[0].source)} ({uses[0].property_path})" if uses else ""


def _giver_inside(stack: AssemblyStack, edge: Reference) -> str:
    child = stack.children.get(edge.target)
    if child is None or not edge.attribute.startswith(_OUTPUTS):
        return ""
    output = (child.template.get("Outputs") or {}).get(edge.attribute.removeprefix(_OUTPUTS))
    given = [r.target for r in references_in(output) if r.target in child.resources]
    return child.path_of(given[0]) if given else ""
