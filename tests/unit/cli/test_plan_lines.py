from __future__ import annotations

from typing import Any

import click
import pytest

from preamp.cli.wording import plan_line
from preamp.events import ChangePlanned

STACK = "AWS::CloudFormation::Stack"
QUEUE = "AWS::SQS::Queue"
LONG = "CustomNotifications/CustomNotifications/Publisher/ServiceRole/DefaultPolicy"


def line(*fields: Any, **more: Any) -> str:
    return click.unstyle(plan_line(ChangePlanned(*fields, **more)))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            (("Stack/Queue", QUEUE, "modify", "r", ("VisibilityTimeout",)), {"via": "hotswap"}),
            ["~", "Stack/Queue", "VisibilityTimeout", "hotswap"],
        ),
        ((("Stack/Queue", QUEUE, "add", "new"), {}), ["+", "Stack/Queue", "SQS::Queue"]),
        ((("Old", STACK, "remove", "gone"), {"count": 1}), ["-", "Old", "1", "resource"]),
        ((("", STACK, "add", "new"), {"count": 12}), ["+", "(root", "stack)", "12", "resources"]),
        (
            (("T", "AWS::DynamoDB::Table", "replace", "r", ("KeySchema",)), {}),
            ["±", "T", "replaced:", "KeySchema"],
        ),
        ((("Q", QUEUE, "modify", "metadata changed"), {}), ["~", "Q", "metadata", "changed"]),
    ],
)
def test_a_line_says_what_changes_where_and_how(event: Any, words: list[str]) -> None:
    fields, more = event
    assert line(*fields, **more).split() == words


@pytest.mark.parametrize("via", ["hotswap", "cloudformation"])
def test_a_line_fits_into_80_columns(via: str) -> None:
    many = ("DelaySeconds", "MessageRetentionPeriod", "VisibilityTimeout", "RedrivePolicy")
    shown = line(LONG, QUEUE, "modify", "r", many, via=via)
    assert len(shown) <= 80
    assert "…" in shown
    # the end of a path tells most
    assert "/DefaultPolicy" in shown
