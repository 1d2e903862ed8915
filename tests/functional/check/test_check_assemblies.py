"""Each class of defect, in templates that the real CDK wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preamp.check import Finding, Validator, raise_on_errors
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.assembly.read import CloudAssembly

DEFECTS = {
    "UnknownProperty/It": ("unknown-property", "Bogus"),
    "UnknownInside/It": ("unknown-property", "VersioningConfiguration.Foo"),
    "MissingRole/It": ("missing-property", ""),
    "MissingHandler/It": ("missing-property", "Code"),
    "MissingCode/It": ("missing-code", "Code"),
    "WrongType/It": ("wrong-type", "VisibilityTimeout"),
    "OutOfRange/It": ("value-out-of-range", "VisibilityTimeout"),
    "WrongEnum/It": ("value-not-allowed", "Architectures.0"),
    "UnknownRuntime/It": ("value-not-allowed", "Runtime"),
    "RetiredRuntime/It": ("retired-runtime", "Runtime"),
    "UndefinedRef/It": ("undefined-reference", "QueueName"),
    "UndefinedGetAtt/It": ("undefined-reference", "QueueName"),
    "UndefinedSub/It": ("undefined-reference", "QueueName"),
    "UndefinedDependsOn/It": ("undefined-reference", "DependsOn"),
    "UndefinedInOutput/Out": ("undefined-reference", "Value"),
    "UnknownAttribute/It": ("unknown-attribute", "QueueName"),
    "UnknownType/It": ("unknown-type", ""),
    "EmptyTrust/It": ("trust-policy", "AssumeRolePolicyDocument"),
    "NoStatement/It": ("trust-policy", "AssumeRolePolicyDocument"),
    "NoPrincipal/It": ("trust-policy", "AssumeRolePolicyDocument.Statement.0"),
    "SecondOwner/It": ("duplicate-name", "QueueName"),
}


@pytest.mark.parametrize("path", DEFECTS)
def test_a_defect_is_found_once_and_at_its_place(found: list[Finding], path: str) -> None:
    at_path = [finding for finding in found if finding.path == path]

    assert [(f.rule, f.property_path, f.severity) for f in at_path] == [(*DEFECTS[path], "error")]


def test_nothing_else_is_found_but_two_circles(found: list[Finding]) -> None:
    others = [finding for finding in found if finding.path not in DEFECTS]

    assert [finding.rule for finding in others] == ["circular-dependency"] * 2


def test_circles_tell_their_edges(found: list[Finding]) -> None:
    told = " | ".join(f.message for f in found if f.rule == "circular-dependency")

    assert "Circle/It (QueueName) needs Circle/Other" in told
    assert "Circle/Other (TopicName) needs Circle/It" in told
    assert "Role (Description) needs CircleInside/Function" in told
    assert "CircleInside/Function (Role) needs Role" in told


def test_a_finding_names_the_resource_type(found: list[Finding]) -> None:
    types = {finding.path: finding.resource_type for finding in found}

    assert types["MissingRole/It"] == "AWS::Lambda::Function"


def test_the_findings_refuse_the_deployment(found: list[Finding]) -> None:
    with pytest.raises(UserError) as caught:
        raise_on_errors(found)

    assert caught.value.code == "InvalidTemplateError"
    assert "  AWS::SQS::Queue has no property Bogus [unknown-property]" in caught.value.details


def test_a_good_assembly_has_no_findings(node: Path, cache: Path, good: CloudAssembly) -> None:
    with Validator(node=node, cache=cache) as validator:
        assert validator.check(good) == []
