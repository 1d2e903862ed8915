"""What a deployment is going to do, decided before anything is done.

Owns the comparison of what runs with what the assembly wants. Pure: it is given both and calls
nobody. `diff`, dry runs and the console show the very plan that a deployment executes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.deployed import DeployedTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.contract.site import Site
    from preamp.deploy.deployed import Address, DeployedStack
    from preamp.deploy.hotswap.operation import Swap
    from preamp.deploy.hotswap.rejection import Rejected

Resource: TypeAlias = "Mapping[str, Any]"
"""A resource of a template."""

Replacing: TypeAlias = "Callable[[str, Resource, Resource], frozenset[str]]"
"""Tells which changed properties only a new resource can take on, given a resource type and the
properties before and after."""

_CODE: Final = "Code"
_NO_NAMES: Final[tuple[str, ...]] = ()
_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy")
_CDK_PATH: Final = "aws:cdk:path"


class PlanKind(StrEnum):
    """What has to be done with the root stack."""

    NO_OP = "no-op"
    CREATE = "create"
    HOTSWAP = "hotswap"
    """Every change can be made by a call to the service of the resource."""
    UPDATE = "update"
    RECREATE = "recreate"
    """A stack that never came to be is in the way: it is deleted, then created."""


class Action(StrEnum):
    """What happens to one resource."""

    ADD = "add"
    MODIFY = "modify"
    REMOVE = "remove"
    REPLACE = "replace"


class Reason(StrEnum):
    """Why a resource is acted on."""

    NEW = "new"
    GONE = "gone"
    TYPE_CHANGED = "type changed"
    IMMUTABLE_PROPERTY_CHANGED = "a property changed that only a new resource can have"
    CODE_CHANGED = "code changed"
    PROPERTY_CHANGED = "a property changed"
    NESTED_TEMPLATE_CHANGED = "something in it changed"
    POLICY_CHANGED = "a policy of its life changed"
    DEPENDENCY_CHANGED = "its dependencies or condition changed"
    METADATA_CHANGED = "metadata changed"
    TAGS_CHANGED = "stack tags changed"
    TEMPLATE_CHANGED = "its outputs or parameters changed"


@dataclass(frozen=True)
class Change:
    """One resource that will change.

    Attributes:
        path: Construct path below the root stack; empty for the root stack itself.
        resource_type: CloudFormation's type.
        action: What happens to it.
        reason: Why.
        properties: Names of the top-level properties that differ.
        site: The user's line that made it.
        address: Where it is in the templates.
        before: The resource as it runs; None if it is new.
        after: The resource as it shall be; None if it goes.
    """

    path: str
    resource_type: str
    action: Action
    reason: Reason
    properties: tuple[str, ...] = ()
    site: Site | None = None
    address: Address = field(default=(), repr=False)
    before: Resource | None = field(default=None, repr=False)
    after: Resource | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Plan:
    """What a deployment will do.

    Attributes:
        kind: What has to be done with the root stack.
        changes: Resources that will change, in the order of the templates; a resource that
            CloudFormation changes only because another one does is not among them.
        swaps: For a hotswap: how each change is made.
        rejections: Why it is no hotswap, if one was looked for.
        returns: What is set back to what CloudFormation knows before anything else: resources that
            were hotswapped and that CloudFormation is now to update, or may have been.
        remaining: For a hotswap: resources that run differently from CloudFormation's templates
            afterwards, as they shall be.
    """

    kind: PlanKind
    changes: tuple[Change, ...] = ()
    swaps: tuple[Swap, ...] = ()
    rejections: tuple[Rejected, ...] = ()
    returns: tuple[Swap, ...] = ()
    remaining: Mapping[Address, Resource] = field(default_factory=dict)

    @property
    def own_changes(self) -> tuple[Change, ...]:
        """The changes without those of stacks that change only by what is in them."""
        return tuple(
            change for change in self.changes if change.reason is not Reason.NESTED_TEMPLATE_CHANGED
        )


def is_up_to_date(
    assembly: CloudAssembly, stack: DeployedStack, template: Mapping[str, Any]
) -> bool:
    """Tell whether what runs is what the assembly wants.

    Nested templates and code are named in the root template by the hash of their content, so
    the root template alone tells whether anything differs.

    Args:
        assembly: What shall run.
        stack: The root stack as it is.
        template: The template it runs.
    """
    return assembly.stack.template == template and dict(assembly.tags) == dict(stack.tags)


def plan_creation(assembly: CloudAssembly, kind: PlanKind) -> Plan:
    """Plan for a stack that is not there: everything is new.

    Args:
        assembly: What shall run.
        kind: `PlanKind.CREATE` or `PlanKind.RECREATE`.
    """
    nothing = DeployedTemplate({})
    changes = _Comparison(assembly, _nothing_replaces).stack(nothing, assembly.stack)
    return Plan(kind, tuple(changes))


def plan_update(
    assembly: CloudAssembly,
    stack: DeployedStack,
    running: DeployedTemplate,
    replacing: Replacing | None = None,
) -> Plan:
    """Plan the way from what runs to what the assembly wants.

    Args:
        assembly: What shall run.
        stack: The root stack as it is.
        running: Its template and the nested ones that differ.
        replacing: Tells the properties whose change replaces a resource; without it, such a change
            is shown as a modification.
    """
    comparison = _Comparison(assembly, replacing or _nothing_replaces)
    changes = list(comparison.stack(running, assembly.stack))
    if dict(stack.tags) != dict(assembly.tags):
        changes.append(Change("", NESTED_STACK, Action.MODIFY, Reason.TAGS_CHANGED))
    return Plan(PlanKind.UPDATE, tuple(changes))


def _nothing_replaces(_resource_type: str, _before: Resource, _after: Resource) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class _Comparison:
    assembly: CloudAssembly
    replacing: Replacing

    def stack(
        self, old: DeployedTemplate, new: AssemblyStack, around: Address = ()
    ) -> Iterator[Change]:
        before = old.resources
        for logical_id, resource in new.resources.items():
            address = (*around, logical_id)
            yield from self._resource(address, new, before.get(logical_id), resource)
            child = new.children.get(logical_id)
            if child is None:
                continue
            running = old.children.get(logical_id)
            if running is not None:
                yield from self.stack(running, child, address)
            elif logical_id not in before:
                yield from self.stack(DeployedTemplate({}), child, address)
        for logical_id, resource in before.items():
            if logical_id not in new.resources:
                yield from self._removed((*around, logical_id), new.path, resource, old)
        if old.template and _frame(old.template) != _frame(new.template):
            change = Change(new.path, NESTED_STACK, Action.MODIFY, Reason.TEMPLATE_CHANGED)
            yield self._placed(change)

    def _resource(
        self, address: Address, stack: AssemblyStack, old: Resource | None, new: Resource
    ) -> Iterator[Change]:
        if old == new:
            return
        if old is None:
            names, action, reason = _NO_NAMES, Action.ADD, Reason.NEW
        else:
            names, action, reason = self._difference(old, new)
        path, kind = stack.path_of(address[-1]), str(new.get("Type", ""))
        yield self._placed(Change(path, kind, action, reason, names, None, address, old, new))

    def _difference(self, old: Resource, new: Resource) -> tuple[tuple[str, ...], Action, Reason]:
        before, after = old.get("Properties") or {}, new.get("Properties") or {}
        names, resource_type = differing(before, after), str(new.get("Type", ""))
        if old.get("Type") != resource_type:
            return names, Action.REPLACE, Reason.TYPE_CHANGED
        if self.replacing(resource_type, before, after):
            return names, Action.REPLACE, Reason.IMMUTABLE_PROPERTY_CHANGED
        return names, Action.MODIFY, _reason(resource_type, names, old, new)

    def _removed(
        self, address: Address, parent: str, resource: Resource, old: DeployedTemplate
    ) -> Iterator[Change]:
        path, kind = _path_of_removed(parent, address[-1], resource), str(resource.get("Type", ""))
        gone = Change(path, kind, Action.REMOVE, Reason.GONE, address=address, before=resource)
        yield self._placed(gone)
        child = old.children.get(address[-1])
        if child is None:
            return
        for inner_id, inner in child.resources.items():
            yield from self._removed((*address, inner_id), path, inner, child)

    def _placed(self, change: Change) -> Change:
        return replace(change, site=self.assembly.site_of(change.path))


def _reason(resource_type: str, names: tuple[str, ...], old: Resource, new: Resource) -> Reason:
    if resource_type == NESTED_STACK and names == ("TemplateURL",):
        return Reason.NESTED_TEMPLATE_CHANGED
    if names == (_CODE,):
        return Reason.CODE_CHANGED
    if names:
        return Reason.PROPERTY_CHANGED
    if any(old.get(policy) != new.get(policy) for policy in _POLICIES):
        return Reason.POLICY_CHANGED
    if old.get("Metadata") != new.get("Metadata"):
        return Reason.METADATA_CHANGED
    return Reason.DEPENDENCY_CHANGED


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names under which two objects hold different things, sorted.

    Args:
        old: One of them.
        new: The other one.
    """
    return tuple(sorted(key for key in {*old, *new} if old.get(key) != new.get(key)))


def _frame(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template holds beside its resources."""
    return {key: value for key, value in template.items() if key != "Resources" and value}


def _path_of_removed(parent: str, logical_id: str, resource: Mapping[str, Any]) -> str:
    recorded = (resource.get("Metadata") or {}).get(_CDK_PATH)
    if recorded:
        path = str(recorded).partition("/")[2]
        return path.removesuffix("/Resource").removesuffix("/Default")
    return "/".join(filter(None, (parent, logical_id)))
