from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preamp.check import Finding, raise_on_errors
from preamp.check.finding import Mistake, located
from preamp.check.wording import Diagnostic, as_mistake
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.assembly.read import AssemblyStack, CloudAssembly

_SITE = Site("amplify/backend.py", 12)


def _finding(path: str, severity: str = "error", site: Site | None = _SITE) -> Finding:
    return Finding("a-rule", severity, "it is wrong", "mend it", path, "AWS::X::Y", "P", site)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "severity", "text", "path", "message"),
    [
        ("F3002", "FATAL", "Additional ...", "Properties.A.B", "AWS::X::Y has no property A.B"),
        (
            "F3003",
            "FATAL",
            "'Role' is a required property (from extension)",
            "Properties",
            "the required property Role is missing",
        ),
        ("F3012", "FATAL", "'a' is not of type 'integer'", "Properties.N",
         "N must be of type integer, and is 'a'"),
        ("W3030", "WARN", "'c' is not one of ['a', 'b']", "Properties.N",
         "N may not be 'c'; allowed: a, b"),
        ("E9004", "ERROR", "'c' is not one of ['Arn']", "Properties.N.Fn::GetAtt.1",
         "N asks for 'c', and the resource has only: Arn"),
        ("F9999", "FATAL", "something new", "Properties.N.Ref", "N: something new"),
    ],
)  # fmt: skip
def test_a_diagnostic_is_said_in_our_words(
    stack: Callable[..., AssemblyStack],
    rule: str,
    severity: str,
    text: str,
    path: str,
    message: str,
) -> None:
    diagnostic = Diagnostic(rule, severity, text, "R", path)

    mistake = as_mistake(stack({"R": {"Type": "AWS::X::Y"}}), diagnostic)

    assert diagnostic.counts
    assert (mistake.logical_id, mistake.message, mistake.severity) == ("R", message, "error")


def test_an_output_is_recognised_by_the_path(stack: Callable[..., AssemblyStack]) -> None:
    diagnostic = Diagnostic("F6101", "FATAL", "wrong", "", "Outputs/Out/Value.Fn::GetAtt.1")

    mistake = as_mistake(stack({}), diagnostic)

    assert (mistake.logical_id, mistake.property_path) == ("Out", "Value")


@pytest.mark.parametrize(
    ("rule", "severity", "counts"),
    [("W3005", "WARN", False), ("E1018", "ERROR", False), ("W2531", "WARN", True)],
)
def test_advice_counts_only_if_it_is_listed(rule: str, severity: str, *, counts: bool) -> None:
    assert Diagnostic(rule, severity, "", "", "").counts is counts


def test_a_mistake_is_located_in_the_users_code(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    child = stack({"Q": {"Type": "AWS::SQS::Queue"}}, "Child")
    mistake = Mistake(child, "Q", "a-rule", "m", "h", "QueueName")

    finding = located(mistake, assembly(stack({}), {"Child": _SITE}))

    assert (finding.path, finding.site) == ("Child/Q", _SITE)
    assert finding.resource_type == "AWS::SQS::Queue"


def test_metadata_silences_a_rule_for_its_resource(stack: Callable[..., AssemblyStack]) -> None:
    resource = {"Metadata": {"preamp": {"ignore": ["this"]}}}

    def mistake(rule: str) -> Mistake:
        return Mistake(stack({"A": resource}), "A", rule, "m", "h")

    assert mistake("this").silenced
    assert not mistake("that").silenced


def test_warnings_do_not_refuse() -> None:
    raise_on_errors([_finding("A", "warning")])


def test_one_error_is_the_message() -> None:
    with pytest.raises(UserError) as caught:
        raise_on_errors([_finding("Stack/Queue"), _finding("B", "warning")])

    error = caught.value
    assert error.code == "InvalidTemplateError"
    assert error.message == "AWS would refuse Stack/Queue: it is wrong"
    assert error.hint == "mend it"
    assert error.sites == (_SITE,)


def test_many_errors_are_told_one_by_one() -> None:
    with pytest.raises(UserError) as caught:
        raise_on_errors([_finding("A"), _finding("", site=None)])

    assert "2 mistakes" in caught.value.message
    assert caught.value.details == (
        "A (AWS::X::Y), amplify/backend.py:12",
        "  it is wrong [a-rule]",
        "  hint: mend it",
        "the root stack (AWS::X::Y)",
        "  it is wrong [a-rule]",
        "  hint: mend it",
    )
