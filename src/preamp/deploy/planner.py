"""Making the plan for a stack that runs: what is compared with what, and who makes the changes.

Owns the reading that a plan needs, and the choice between a hotswap and an update. Must not change
anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from preamp.deploy.deployed import DeployedTemplate, StackReader
from preamp.deploy.hotswap.attributes import Region
from preamp.deploy.hotswap.planning import all_addresses, plan_return, plan_swaps
from preamp.deploy.hotswap.state import Hotswapped
from preamp.deploy.hotswap.values import Scope
from preamp.deploy.plan import Plan, PlanKind, is_up_to_date, plan_update
from preamp.deploy.replacement import replacing_properties

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.deploy.deployed import Address, DeployedStack
    from preamp.deploy.hotswap.operation import Swap
    from preamp.deploy.hotswap.state import HotswapState
    from preamp.deploy.plan import Resource
    from preamp.deploy.target import Target


class Planner:
    """Plans the way from one stack, as it is, to an assembly."""

    def __init__(
        self,
        assembly: CloudAssembly,
        target: Target,
        stack: DeployedStack,
        hotswap: HotswapState | None,
    ) -> None:
        """Prepare for planning.

        Args:
            assembly: What shall run.
            target: Where.
            stack: The root stack, at rest.
            hotswap: What was hotswapped; None if nothing ever is.
        """
        cloudformation = target.clients.cloudformation
        self._assembly = assembly
        self._stack = stack
        self._hotswap = hotswap
        self._reader = (
            hotswap.reader(stack, cloudformation) if hotswap else StackReader(cloudformation)
        )
        self._region = Region(target.partition, target.region, target.account, target.url_suffix)

    @property
    def reader(self) -> StackReader:
        """Reads what runs."""
        return self._reader

    def plan(self) -> Plan:
        """Make the plan."""
        known = self._hotswap.read(self._stack) if self._hotswap else Hotswapped()
        root = self._reader.template(self._stack.stack_id)
        if known is not None and not known.touched:
            running = overlaid(DeployedTemplate(root), known.resources)
            if is_up_to_date(self._assembly, self._stack, running.template):
                return Plan(PlanKind.NO_OP)
        base = self._base(known)
        if self._hotswap is None:
            return self._update(base)
        return self._plan_hotswap(base, known)

    def plan_without_hotswap(self) -> Plan:
        """Make a plan without hotswaps, after one has failed: its resources are set back first."""
        known = (self._hotswap.read(self._stack) if self._hotswap else None) or Hotswapped()
        base = self._base(known)
        return replace(self._update(base), returns=self._return(base, known.possible()))

    def _base(self, known: Hotswapped | None) -> DeployedTemplate:
        """Read what CloudFormation believes to run; of all stacks, if nothing else is known."""
        wanted = self._assembly.stack if known is not None else None
        also = [*known.resources, *known.touched] if known is not None else []
        return self._reader.tree(self._stack.stack_id, wanted, also)

    def _update(self, base: DeployedTemplate) -> Plan:
        return plan_update(self._assembly, self._stack, base, replacing_properties)

    def _plan_hotswap(self, base: DeployedTemplate, known: Hotswapped | None) -> Plan:
        update = self._update(base)
        returns: tuple[Swap, ...] = ()
        running = base
        if known is None:
            anything = {address: [None] for address in all_addresses(self._scope(base))}
            returns = self._return(base, anything)
        elif known.touched:
            returns = self._return(base, known.possible())
        else:
            running = overlaid(base, known.resources)
        if not update.changes and running is base:
            return Plan(PlanKind.NO_OP, returns=returns)
        changes = plan_update(self._assembly, self._stack, running, replacing_properties).changes
        wanted = self._scope(_as_tree(self._assembly.stack))
        swaps, rejections = plan_swaps(changes, wanted, self._scope(base))
        if rejections:
            if known is not None and not known.touched:
                returns = self._return(base, known.possible())
            return replace(update, rejections=rejections, returns=returns)
        return Plan(
            PlanKind.HOTSWAP,
            changes,
            swaps=swaps,
            returns=returns,
            remaining={change.address: change.after or {} for change in update.changes},
        )

    def _return(
        self, base: DeployedTemplate, possible: Mapping[Address, Sequence[Resource | None]]
    ) -> tuple[Swap, ...]:
        return tuple(plan_return(possible, self._scope(base)))

    def _scope(self, tree: DeployedTemplate) -> Scope:
        whole = _completed(tree, self._assembly.stack)
        return Scope(whole, self._stack.stack_id, self._region, self._reader)


def overlaid(tree: DeployedTemplate, resources: Mapping[Address, Resource]) -> DeployedTemplate:
    """Return templates with other resources in them.

    Args:
        tree: The templates.
        resources: The other resources, by where they are; what is in a nested template that `tree`
            does not hold is left out.
    """
    own = {address[0]: resource for address, resource in resources.items() if len(address) == 1}
    template = {**tree.template, "Resources": {**tree.resources, **own}} if own else tree.template
    children = {
        logical_id: overlaid(child, _below(logical_id, resources))
        for logical_id, child in tree.children.items()
    }
    return DeployedTemplate(template, children)


def _below(logical_id: str, resources: Mapping[Address, Resource]) -> dict[Address, Resource]:
    return {
        address[1:]: resource
        for address, resource in resources.items()
        if len(address) > 1 and address[0] == logical_id
    }


def _as_tree(stack: AssemblyStack) -> DeployedTemplate:
    children = {logical_id: _as_tree(child) for logical_id, child in stack.children.items()}
    return DeployedTemplate(stack.template, children)


def _completed(tree: DeployedTemplate, stack: AssemblyStack) -> DeployedTemplate:
    """Fill in the nested templates that were not read because they are the assembly's."""
    children = {
        logical_id: _completed(tree.children[logical_id], child)
        if logical_id in tree.children
        else _as_tree(child)
        for logical_id, child in stack.children.items()
        if logical_id in tree.resources
    }
    return DeployedTemplate(tree.template, {**tree.children, **children})
