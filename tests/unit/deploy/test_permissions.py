"""What a plan changes of who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preamp.contract.site import Site
from preamp.deploy.consent import Consent, Requirement
from preamp.deploy.deployed import DeployedStack, DeployedTemplate
from preamp.deploy.permissions import PermissionChange, permission_changes
from preamp.deploy.plan import PlanKind, plan_creation, plan_update
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit.deploy.conftest import MakeAssembly, Resources

STACK = DeployedStack("arn", "CREATE_COMPLETE")
ROLE = {"Type": "AWS::IAM::Role", "Properties": {}}
SEND = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Q", "Arn"]}}
READ = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
NEVER = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}


def policy(*statements: dict[str, Any], roles: Sequence[str] = ("R",)) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    attached = [{"Ref": role} for role in roles]
    return {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyDocument": document, "Roles": attached},
    }


def changes(
    make_assembly: MakeAssembly, before: Resources, after: Resources
) -> list[tuple[bool, str, bool]]:
    assembly = make_assembly(after)
    plan = plan_update(assembly, STACK, DeployedTemplate({"Resources": before}))
    found = permission_changes(plan, assembly)
    return [(change.added, change.statement, change.widens) for change in found]


def test_a_new_backend_adds_all_it_allows(make_assembly: MakeAssembly) -> None:
    assembly = make_assembly({"R": ROLE, "P": policy(SEND)}, sites={"P": Site("b.py", 2)})
    [change] = permission_changes(plan_creation(assembly, PlanKind.CREATE), assembly)
    assert change == PermissionChange(
        "P",
        "AWS::IAM::Policy",
        added=True,
        statement="allow sqs:SendMessage on Q to R",
        widens=True,
        site=Site("b.py", 2),
    )


def test_statements_that_stay_are_not_told_in_whatever_order(make_assembly: MakeAssembly) -> None:
    found = changes(make_assembly, {"P": policy(SEND, READ)}, {"P": policy(READ, NEVER, SEND)})
    assert found == [(True, "deny s3:Delete* on * to R", False)]


def test_less_denied_is_more_allowed(make_assembly: MakeAssembly) -> None:
    found = changes(make_assembly, {"P": policy(SEND, NEVER)}, {"P": policy(NEVER)})
    assert found == [(False, "allow sqs:SendMessage on Q to R", False)]
    found = changes(make_assembly, {"P": policy(SEND, NEVER)}, {"P": policy(SEND)})
    assert found == [(False, "deny s3:Delete* on * to R", True)]


def test_a_policy_for_one_more_role_widens(make_assembly: MakeAssembly) -> None:
    found = changes(make_assembly, {"P": policy(READ)}, {"P": policy(READ, roles=("R", "S"))})
    assert (True, "allow s3:Get*, s3:List* on * to R, S", True) in found


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (
            {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": ["arn:x:Admin"]}},
            "everything of the policy arn:x:Admin",
        ),
        (
            {
                "Type": "AWS::KMS::Key",
                "Properties": {
                    "KeyPolicy": {
                        "Statement": {
                            "Effect": "Allow",
                            "Action": "kms:*",
                            "Resource": "*",
                            "Principal": {"AWS": "*"},
                            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
                        }
                    }
                },
            },
            'allow kms:* on * to * if {"Bool": {"aws:MultiFactorAuthPresent": "true"}}',
        ),
        (
            {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "Action": "lambda:InvokeFunction",
                    "FunctionName": {"Fn::GetAtt": ["F", "Arn"]},
                    "Principal": "sns.amazonaws.com",
                    "SourceArn": {"Ref": "T"},
                },
            },
            "allow lambda:InvokeFunction on F to sns.amazonaws.com for T",
        ),
        (
            {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {"SecurityGroupIngress": [{"CidrIp": "0.0.0.0/0", "FromPort": 22}]},
            },
            'allow ingress {"CidrIp": "0.0.0.0/0", "FromPort": 22}',
        ),
    ],
)
def test_whatever_allows_something_is_found(
    make_assembly: MakeAssembly, resource: dict[str, Any], told: str
) -> None:
    assert changes(make_assembly, {}, {"X": resource}) == [(True, told, True)]


def change(*, widens: bool) -> PermissionChange:
    return PermissionChange(
        "P", "AWS::IAM::Policy", added=True, statement="allow x on y", widens=widens
    )


@pytest.mark.parametrize(
    ("requirement", "widens", "is_asked"),
    [
        (Requirement.NEVER, True, False),
        (Requirement.BROADENING, False, False),
        (Requirement.BROADENING, True, True),
        (Requirement.ANY_CHANGE, False, True),
    ],
)
def test_who_is_asked_about_what(requirement: Requirement, widens: bool, is_asked: bool) -> None:  # noqa: FBT001
    asked: list[Sequence[PermissionChange]] = []

    def agree(changes: Sequence[PermissionChange]) -> bool:
        asked.append(changes)
        return True

    Consent(requirement, agree).require([change(widens=widens)])
    assert bool(asked) == is_asked
    if not is_asked:
        Consent(requirement).require([change(widens=widens)])
        return
    for nobody in (None, lambda _changes: False):
        with pytest.raises(UserError) as caught:
            Consent(requirement, nobody).require([change(widens=widens)])
        assert caught.value.code == "ApprovalMissingError"
        assert ("--require-approval never" in caught.value.hint) == (nobody is None)
