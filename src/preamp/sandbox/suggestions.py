"""Writes the line of Python that allows a call, in the words of the code it is added to.

A construct that grants is asked to grant; anything else becomes a statement with the narrowest
resource. "Permissions and the AWS CDK"; "Grants" of the AWS CDK developer guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from preamp.contract.site import Site
from preamp.sandbox.expressions import Scope
from preamp.sandbox.functions import FUNCTION
from preamp.sandbox.grants import GRANTABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.sandbox.expressions import Expressions
    from preamp.sandbox.resources import DeployedResource

POLICY_METHODS: Final = {
    FUNCTION: "add_to_role_policy",
    "AWS::StepFunctions::StateMachine": "add_to_role_policy",
    "AWS::IAM::Role": "add_to_policy",
}
"""How a statement is given to what may be granted to, by its type."""

_LOG_GROUP: Final = "AWS::Logs::LogGroup"
_DYNAMODB: Final = "AWS::DynamoDB::"
_RESOURCE: Final = 5


@dataclass(frozen=True)
class Suggestion:
    """What to add to a definition.

    Attributes:
        code: Lines of Python.
        after: The line to add it after, if that is known.
        needs: Imports that it needs and the file does not have.
        notes: Where that is made which has no name there; one sentence each.
    """

    code: str
    after: Site | None
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Names:
    """What a line can call the constructs it is about.

    Attributes:
        scope: Where the line belongs.
        grantee: The code for the caller.
        resource: The code for the resource; empty if it is none of the backend's.
        end: The last line of what the names need; 0 if that is unknown.
        notes: Where that is made which has no name there.
    """

    scope: Scope
    grantee: str
    resource: str = ""
    end: int = 0
    notes: tuple[str, ...] = ()

    @property
    def after(self) -> Site | None:
        """The line to add something after."""
        return Site(self.scope.file, self.end) if self.end else None


class Suggestions:
    """Suggests what to add to one definition.

    Args:
        sites: The line that made each construct, by its path.
        expressions: Names constructs.
    """

    def __init__(self, sites: Mapping[str, Site], expressions: Expressions) -> None:
        self._sites = sites
        self._expressions = expressions

    def suggest(
        self, action: str, arn: str, grantee: DeployedResource, on: DeployedResource | None
    ) -> Suggestion:
        """Suggest what allows a call.

        Args:
            action: The call, such as ``sns:Publish``.
            arn: What it is made on.
            grantee: The user's construct that makes it; of a type in `POLICY_METHODS`.
            on: The resource, if it is one of the backend's.
        """
        grantable = GRANTABLES.get(on.resource_type) if on else None
        if on is None or grantable is None:
            return self._statement(action, _arn_code(arn), grantee, self._alone(grantee.path))
        names = self._expressions_of(grantee.path, on.path)
        attribute = grantable.cfn_arn
        if not self._expressions.is_cfn(on.path):
            method = grantable.method_for(action)
            if method:
                return _granting(f"{names.resource}.{method}({names.grantee})", names)
            if grantable.grants_any:
                return _granting(f'{names.resource}.grant({names.grantee}, "{action}")', names)
            attribute = grantable.arn
        if not attribute:
            return self._statement(action, _arn_code(arn), grantee, self._alone(grantee.path))
        resource, part = f"{names.resource}.{attribute}", _part_within(arn, on)
        code = f'f"{{{resource}}}{part}"' if part else resource
        return self._statement(action, code, grantee, names)

    def _statement(
        self, action: str, arn: str, grantee: DeployedResource, names: _Names
    ) -> Suggestion:
        file = names.scope.file
        iam = self._expressions.imported(file, "aws_iam")
        needs = () if iam else ("from aws_cdk import aws_iam as iam",)
        if "{Aws." in arn and not self._expressions.imported(file, "Aws"):
            needs = ("from aws_cdk import Aws", *needs)
        code = (
            f"{names.grantee}.{POLICY_METHODS[grantee.resource_type]}(\n"
            f"    {iam or 'iam'}.PolicyStatement(\n"
            f'        actions=["{action}"],\n'
            f"        resources=[{arn}],\n"
            "    )\n)"
        )
        return Suggestion(code, names.after, needs, names.notes)

    def _alone(self, grantee: str) -> _Names:
        binding = self._expressions.binding(grantee)
        if binding:
            return _Names(binding.scope, binding.name, end=binding.end)
        site = self._sites[grantee]
        return _Names(Scope(site.file), _snake(grantee), notes=(_made_at(_snake(grantee), site),))

    def _expressions_of(self, grantee: str, resource: str) -> _Names:
        common = self._expressions.common(resource, grantee)
        if common:
            scope, of_resource, of_grantee = common
            end = max(of_resource.end, of_grantee.end)
            return _Names(scope, of_grantee.text, of_resource.text, end)
        names, notes = [], []
        for path in (grantee, resource):
            binding = self._expressions.binding(path)
            names.append(binding.name.rpartition(".")[2] if binding else _snake(path))
            site = self._nearest_site(path)
            notes += [_made_at(names[-1], site)] if site else []
        return _Names(Scope(self._sites[grantee].file), names[0], names[1], notes=tuple(notes))

    def _nearest_site(self, path: str) -> Site | None:
        while path and path not in self._sites:
            path = path.rpartition("/")[0]
        return self._sites.get(path)


def _granting(code: str, names: _Names) -> Suggestion:
    return Suggestion(code, names.after, notes=names.notes)


def _made_at(name: str, site: Site) -> str:
    return f"{name} is made at {site}"


def _part_within(arn: str, resource: DeployedResource) -> str:
    """What a call was made on within a resource, as a policy should name it."""
    inner = arn.partition(resource.arn_name)[2]
    if not inner or resource.resource_type == _LOG_GROUP:
        # A log group's ARN of the CDK's covers its streams.
        return ""
    if resource.resource_type.startswith(_DYNAMODB):
        # What follows says what it is, as in `/index/by-owner`.
        return f"/{inner[1:].partition('/')[0]}/*"
    return f"{inner[0]}*"


def _arn_code(arn: str) -> str:
    """The code of an ARN, good for every account and region if it names them."""
    parts = arn.split(":", _RESOURCE)
    if len(parts) <= _RESOURCE or not (parts[3] or parts[4]):
        return f'"{arn}"'
    region = "{Aws.REGION}" if parts[3] else ""
    account = "{Aws.ACCOUNT_ID}" if parts[4] else ""
    return f'f"arn:{{Aws.PARTITION}}:{parts[2]}:{region}:{account}:{parts[5]}"'


def _snake(path: str) -> str:
    """A construct's id as Python would name it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", path.rpartition("/")[2])
    return words.strip("_").lower()
