"""What a check says: a mistake in a template, and the same told in terms of the user's code.

Owns the way from a logical id to a construct path and a line. Must not know any rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from preamp.assembly.read import AssemblyStack, CloudAssembly
    from preamp.contract.site import Site

Severity = Literal["error", "warning"]

METADATA_KEY: Final = "preamp"
"""Key of a resource's metadata under which ``{"ignore": [rule, ...]}`` silences rules for it."""


@dataclass(frozen=True)
class Mistake:
    """Something wrong at one place of one template.

    Attributes:
        stack: The template it is in.
        logical_id: The resource, output or parameter; empty if it is the template as a whole.
        rule: Stable name of the rule.
        message: What is wrong, with the offending value.
        hint: What to change.
        property_path: Property in the resource, dotted, for example ``Environment.Variables``.
        severity: Whether AWS would refuse it.
    """

    stack: AssemblyStack
    logical_id: str
    rule: str
    message: str
    hint: str
    property_path: str = ""
    severity: Severity = "error"

    @property
    def resource(self) -> dict[str, Any]:
        """The resource in the template; empty if it is none."""
        found = self.stack.resources.get(self.logical_id)
        return found if isinstance(found, dict) else {}

    @property
    def silenced(self) -> bool:
        """Whether the resource's metadata tells us to be silent about this rule."""
        ours = (self.resource.get("Metadata") or {}).get(METADATA_KEY)
        return isinstance(ours, dict) and self.rule in (ours.get("ignore") or ())


@dataclass(frozen=True)
class Finding:
    """A mistake, told in terms of the user's backend.

    Attributes:
        rule: Stable name of the rule.
        severity: ``error`` if AWS would refuse the deployment.
        message: What is wrong, with the offending value.
        hint: What to change.
        path: Construct path below the root stack; empty for the root stack itself.
        resource_type: CloudFormation's type; empty if it is no resource.
        property_path: Property in the resource, dotted; empty if it is the whole resource.
        site: The user's line that made it.
    """

    rule: str
    severity: Severity
    message: str
    hint: str
    path: str
    resource_type: str
    property_path: str
    site: Site | None


def located(mistake: Mistake, assembly: CloudAssembly) -> Finding:
    """Tell a mistake in terms of the user's backend."""
    stack = mistake.stack
    path = stack.path_of(mistake.logical_id) if mistake.logical_id else stack.path
    return Finding(
        rule=mistake.rule,
        severity=mistake.severity,
        message=mistake.message,
        hint=mistake.hint,
        path=path,
        resource_type=str(mistake.resource.get("Type", "")),
        property_path=mistake.property_path,
        site=assembly.site_of(path),
    )
