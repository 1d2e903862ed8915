"""What a plan changes of who may do what: statements of policies, and rules of networks.

Owns what counts as a widening. Statements are compared resource by resource, as the templates have
them: a reference stays a reference. AWS CDK, "Protecting your application from unintended changes"
(``--require-approval``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.references import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.assembly.read import CloudAssembly
    from preamp.contract.site import Site
    from preamp.deploy.plan import Change, Plan, Resource

_STATEMENT: Final = "Statement"
_ATTACHED: Final = ("Roles", "Users", "Groups")
_MANAGED: Final = "ManagedPolicyArns"
_PERMISSION: Final = "AWS::Lambda::Permission"
_RULES: Final = ("SecurityGroupIngress", "SecurityGroupEgress")
_RULE_TYPES: Final = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")


@dataclass(frozen=True)
class PermissionChange:
    """A statement that comes or goes.

    Attributes:
        path: Construct path of the resource that has it.
        resource_type: CloudFormation's type.
        added: Whether it comes.
        statement: What it says, for people.
        widens: Whether more is allowed afterwards.
        site: The user's line that made the resource.
    """

    path: str
    resource_type: str
    added: bool
    statement: str
    widens: bool
    site: Site | None = None


@dataclass(frozen=True)
class _Grant:
    effect: str
    text: str


def permission_changes(plan: Plan, assembly: CloudAssembly) -> tuple[PermissionChange, ...]:
    """Find what a plan changes of permissions.

    Args:
        plan: The plan.
        assembly: What shall run, which knows the paths of what templates refer to.

    Returns:
        A change for each statement, in the order of the plan.
    """
    return tuple(change for planned in plan.changes for change in _of_resource(planned, assembly))


def _of_resource(change: Change, assembly: CloudAssembly) -> Iterator[PermissionChange]:
    names = Names.around(assembly.stack, change.address)
    before = Counter(_grants(change.before or {}, names))
    after = Counter(_grants(change.after or {}, names))
    for grant, added in [(g, True) for g in after - before] + [(g, False) for g in before - after]:
        yield PermissionChange(
            change.path,
            change.resource_type,
            added,
            grant.text,
            widens=added == (grant.effect != "Deny"),
            site=change.site,
        )


def _grants(resource: Resource, names: Names) -> Iterator[_Grant]:
    resource_type = str(resource.get("Type"))
    properties: Mapping[str, Any] = resource.get("Properties") or {}
    to = [names.text(each) for key in _ATTACHED for each in properties.get(key) or []]
    for statement in _statements(properties):
        yield _grant(statement, names, to)
    for policy in properties.get(_MANAGED) or []:
        yield _Grant("Allow", f"everything of the policy {names.text(policy)}")
    if resource_type == _PERMISSION:
        yield _invocation(properties, names)
    if resource_type in _RULE_TYPES:
        yield _rule(resource_type.rpartition("::")[2], properties, names)
    for key in _RULES:
        for rule in properties.get(key) or []:
            yield _rule(key, rule, names)


def _statements(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - parts of a template
    """Find the statements of all policies in a value, wherever properties keep them."""
    if isinstance(value, list):
        for each in value:
            yield from _statements(each)
    elif isinstance(value, dict):
        found = value.get(_STATEMENT)
        if found is not None:
            listed = found if isinstance(found, list) else [found]
            yield from (each for each in listed if isinstance(each, dict))
        for key, each in value.items():
            if key != _STATEMENT:
                yield from _statements(each)


def _grant(statement: Mapping[str, Any], names: Names, to: list[str]) -> _Grant:
    effect = str(statement.get("Effect", "Allow"))
    parts = [effect.lower()]
    for key, words in (("Action", ""), ("NotAction", "everything but ")):
        if key in statement:
            parts.append(words + _listed(statement[key], names))
    for key, words in (("Resource", "on "), ("NotResource", "on everything but ")):
        if key in statement:
            parts.append(words + _listed(statement[key], names))
    for key, words in (("Principal", "to "), ("NotPrincipal", "to everybody but ")):
        if key in statement:
            parts.append(words + _principals(statement[key], names))
    if to:
        parts.append(f"to {', '.join(to)}")
    if statement.get("Condition"):
        parts.append(f"if {names.text(statement['Condition'])}")
    return _Grant(effect, " ".join(parts))


def _invocation(properties: Mapping[str, Any], names: Names) -> _Grant:
    text = names.text
    source = f" for {text(properties['SourceArn'])}" if "SourceArn" in properties else ""
    action, function = text(properties.get("Action")), text(properties.get("FunctionName"))
    told = f"allow {action} on {function} to {text(properties.get('Principal'))}{source}"
    return _Grant("Allow", told)


def _rule(key: str, rule: Mapping[str, Any], names: Names) -> _Grant:
    direction = key.removeprefix("SecurityGroup").lower()
    return _Grant("Allow", f"allow {direction} {names.text(rule)}")


def _principals(value: Any, names: Names) -> str:  # noqa: ANN401 - parts of a template
    if isinstance(value, dict) and not any(key.startswith("Fn::") for key in value):
        return ", ".join(_listed(each, names) for each in value.values())
    return _listed(value, names)


def _listed(value: Any, names: Names) -> str:  # noqa: ANN401 - parts of a template
    values = value if isinstance(value, list) else [value]
    return ", ".join(sorted(names.text(each) for each in values))
