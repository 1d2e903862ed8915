"""How events read."""

from __future__ import annotations

import click
import pytest

from preamp.cli.wording import denial_lines, session_line
from preamp.contract.site import Site
from preamp.events import MistakeFound, PermissionDenied, RoundStarted

PATH = "CustomNotifications/CustomNotifications"


def denial(**details: str | int) -> PermissionDenied:
    """A denied call."""
    known = {
        "time": 0.0,
        "caller": f"{PATH}/Publisher",
        "action": "sns:Publish",
        "resource": f"{PATH}/NotificationTopic",
        "role": f"{PATH}/Publisher/ServiceRole",
        "reason": "not allowed",
        "site": Site("amplify/custom/notifications/resource.py", 38),
    }
    return PermissionDenied(**{**known, **details})  # type: ignore[arg-type]


def read(event: PermissionDenied) -> list[str]:
    """Its lines without colours."""
    return click.unstyle(denial_lines(event)).splitlines()


def test_a_denied_call_is_told_with_what_to_add() -> None:
    lines = read(denial(add="self.topic.grant_publish(self.publisher)", after="resource.py:43"))
    called = lines.pop(3)
    assert lines == [
        "denied  CustomNotifications/Publisher may not sns:Publish",
        "        on CustomNotifications/NotificationTopic",
        "        no policy of its role ServiceRole allows it",
        "add     self.topic.grant_publish(self.publisher)",
        "        after resource.py:43",
    ]
    assert called.endswith(", amplify/custom/notifications/resource.py:38")
    assert max(len(line) for line in [*lines, called]) <= 80


def test_a_statement_keeps_its_form_and_tells_its_imports() -> None:
    lines = read(denial(add="f(\n    x\n)", needs="import y", note="x is made at a.py:1"))
    assert lines[4:] == [
        "add     f(",
        "            x",
        "        )",
        "        with import y",
        "        x is made at a.py:1",
    ]


def test_a_call_on_nothing_in_particular_names_nothing() -> None:
    lines = read(denial(resource="*", note="see there"))
    assert lines[1] == "        no policy of its role ServiceRole allows it"
    assert lines[3:] == ["        see there"]


def test_a_repeated_call_is_told_with_its_number() -> None:
    assert read(denial(count=12))[0].endswith("may not sns:Publish (12 times)")


@pytest.mark.parametrize(
    ("reason", "policy", "text"),
    [
        ("denied", "Stack/Limits", "Stack/Limits denies it to its role {role} (statement Never)"),
        ("denied", "", "a policy denies it to its role {role} (statement Never)"),
        ("denied by resource", "", "the policy of the resource does not let role {role}"),
        ("limited", "limit", "its role {role} is limited by limit"),
    ],
)
def test_what_forbids_is_named(reason: str, policy: str, text: str) -> None:
    lines = read(denial(reason=reason, policy=policy, statement="Never"))
    assert lines[2].strip().startswith(text.format(role="ServiceRole"))
    assert len(lines) == 4


def test_a_mistake_found_beside_the_deployment_is_told_like_an_error() -> None:
    message, hint = "visibility timeout 999999 is too long", "at most 43200"
    site = Site("amplify/backend.py", 7)
    event = MistakeFound("value", "error", "Jobs/Queue", "AWS::SQS::Queue", message, hint, site)
    assert click.unstyle(session_line(event) or "").splitlines() == [
        f"error: AWS would refuse Jobs/Queue (AWS::SQS::Queue): {message} [value]",
        "  at amplify/backend.py:7",
        f"hint: {hint}",
    ]
    warning = MistakeFound("validator-unavailable", "warning", "", "", "not checked", "install it")
    assert click.unstyle(session_line(warning) or "").splitlines() == [
        "warning: the root stack: not checked [validator-unavailable]",
        "hint: install it",
    ]


def test_a_secret_that_was_set_is_told_as_that() -> None:
    record, own = ".preamp/me/secrets.json", "amplify/secrets.json"
    line = click.unstyle(session_line(RoundStarted((record, own))) or "")
    assert line.endswith("saved a secret, amplify/secrets.json")
