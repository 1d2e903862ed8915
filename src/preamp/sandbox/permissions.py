"""Explains a denied call in the words of the definition: who called what, and what allows it.

Works on data alone: the denial, the assembly, what is deployed, and the user's source. AWS: "Policy
evaluation logic" of the IAM user guide.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from preamp.events import PermissionDenied
from preamp.sandbox.expressions import Expressions
from preamp.sandbox.functions import FUNCTION
from preamp.sandbox.grants import GRANTABLES
from preamp.sandbox.suggestions import POLICY_METHODS, Suggestions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from preamp.assembly.read import CloudAssembly
    from preamp.contract.activity import CallDenied
    from preamp.sandbox.resources import DeployedResource

_ROLE: Final = "AWS::IAM::Role"
_POLICIES: Final = frozenset({"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"})
_SDK_CALLS: Final = "AWS679f53fac002430cb0da5b7982bd2287"
"""The CDK's name of the one function that makes the calls of every AwsCustomResource."""
_OF_SDK_CALLS: Final = "an AwsCustomResource calls with it: allow the call in that one's policy="
_NEEDS_KEY_POLICY: Final = "kms:"
_QUIET_SECONDS: Final = 10.0


class Permissions:
    """What a sandbox's roles were denied, explained.

    Args:
        assembly: What was deployed.
        resources: What is deployed.
        read: Gives a file's text by the name sites have for it; None if there is none.
    """

    def __init__(
        self,
        assembly: CloudAssembly,
        resources: Sequence[DeployedResource],
        read: Callable[[str], str | None],
    ) -> None:
        self._assembly = assembly
        self._resources = resources
        expressions = Expressions(assembly.sites, read)
        self._expressions = expressions
        self._suggestions = Suggestions(assembly.sites, expressions)
        self._stacks = {stack.path for stack in assembly.stack.tree()}

    def explain(self, denial: CallDenied) -> PermissionDenied:
        """Explain a denied call, with what to add if adding something helps.

        Args:
            denial: The call.
        """
        role = self._find(_ROLE, denial.role)
        caller = self._find(FUNCTION, denial.function) or role
        on = self._resource(denial.resource)
        explained = PermissionDenied(
            time=denial.time,
            caller=caller.path if caller else denial.function or denial.principal,
            action=denial.action,
            resource=on.path if on else denial.resource,
            role=role.path if role else denial.role,
            reason=denial.reason,
            policy=self._policy(denial.policy),
            statement=denial.statement,
            request_id=denial.request_id,
            site=self._assembly.site_of(caller.path) if caller else None,
        )
        grantee = self._grantee(caller, role) if caller else None
        if not _is_missing(denial):
            return explained
        if grantee is None:
            is_theirs = _SDK_CALLS in explained.caller.split("/")
            return replace(explained, note=_OF_SDK_CALLS if is_theirs else "")
        found = self._suggestions.suggest(denial.action, denial.resource, grantee, on)
        return replace(
            explained,
            add=found.code,
            needs="\n".join(found.needs),
            after=str(found.after or ""),
            note="\n".join(found.notes),
        )

    def _find(self, kind: str, physical_id: str) -> DeployedResource | None:
        found = (one for one in self._resources if one.resource_type == kind)
        return next((one for one in found if one.physical_id == physical_id), None)

    def _resource(self, arn: str) -> DeployedResource | None:
        """The resource a call was made on; of several that an ARN may mean, one that we know."""
        found = [one for one in self._resources if one.is_meant_by(arn)]
        known = (one for one in found if one.resource_type in GRANTABLES)
        return next(known, found[0] if found else None)

    def _policy(self, name: str) -> str:
        for stack in self._assembly.stack.tree():
            for logical_id, resource in stack.resources.items():
                properties = resource.get("Properties") or {}
                names = (properties.get("PolicyName"), properties.get("ManagedPolicyName"))
                if name and resource["Type"] in _POLICIES and name in names:
                    return stack.path_of(logical_id)
        return name

    def _grantee(
        self, caller: DeployedResource, role: DeployedResource | None
    ) -> DeployedResource | None:
        """The user's construct that a permission is given to; None if it is not in their code."""
        if role and self._expressions.is_cfn(caller.path):
            # Such a function cannot be granted to, but a role that was made for it can.
            is_theirs = role.path in self._assembly.sites
            return role if is_theirs and not self._expressions.is_cfn(role.path) else None
        path = caller.path
        while path and path not in self._stacks:
            if path in self._assembly.sites:
                made = (one for one in self._resources if one.path == path)
                return next((one for one in made if one.resource_type in POLICY_METHODS), None)
            path = path.rpartition("/")[0]
        return None


class Repetitions:
    """Tells the first of a call's denials from its repetitions, which a loop makes by the hundred.

    The first is shown, then the tenth, the hundredth and so on with their number, and the first
    after ten seconds of silence.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], tuple[int, float]] = {}

    def shown(self, denial: PermissionDenied) -> PermissionDenied | None:
        """Return the denial as it is to be shown, None if it is not.

        Args:
            denial: What was denied now.
        """
        key = _sameness(denial)
        count, last = self._seen.get(key, (0, denial.time))
        count = 1 if denial.time - last > _QUIET_SECONDS else count + 1
        self._seen[key] = (count, denial.time)
        is_shown = count == 10 ** (len(str(count)) - 1)
        return replace(denial, count=count) if is_shown else None


def collapsed(denials: Iterable[PermissionDenied]) -> tuple[PermissionDenied, ...]:
    """Return each denied call once, as it was last, with how often it happened.

    Args:
        denials: The oldest first.
    """
    found: dict[tuple[str, ...], PermissionDenied] = {}
    for denial in denials:
        before = found.pop(_sameness(denial), None)
        found[_sameness(denial)] = replace(denial, count=before.count + 1 if before else 1)
    return tuple(found.values())


def _sameness(denial: PermissionDenied) -> tuple[str, ...]:
    """What is the same if a call is made again."""
    return (denial.caller, denial.role, denial.action, denial.resource, denial.reason)


def _is_missing(denial: CallDenied) -> bool:
    """Whether a statement that allows the call is all that is missing."""
    if denial.reason == "not allowed":
        return True
    # A key's own policy must allow it too, and the construct's methods see to both.
    is_key = denial.action.startswith(_NEEDS_KEY_POLICY)
    return is_key and denial.reason == "denied by resource" and not denial.statement
