"""Known differences from AWS: when one of these fails, a row of the gaps can go."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from preamp.engine.gaps import GAPS

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions, Stacks

ClientFactory = Callable[..., Any]
Unique = Callable[[str], str]


@pytest.mark.parametrize("test", sorted({gap.test for gap in GAPS if gap.test}))
def test_the_test_of_a_gap_exists(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((Path(__file__).parents[3] / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_an_unknown_property_is_accepted(stacks: Stacks, unique: Unique) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"Bogus": 1}}
    stack = stacks.create(unique("gap"), {"Resources": {"Queue": queue}})
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_a_layer_that_is_not_there_is_passed_over(functions: Functions) -> None:
    layer = "arn:aws:lambda:us-east-1:094274105915:layer:Foreign:1"
    name = functions.create("def handler(event, context): return event", Layers=[layer])
    assert functions.invoke(name, "here")[0] == "here"


def test_ses_accepts_unverified_recipients(client: ClientFactory) -> None:
    client("ses").verify_email_identity(EmailAddress="gap@example.com")
    answer = client("ses").send_email(
        Source="gap@example.com",
        Destination={"ToAddresses": ["stranger@example.org"]},
        Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
    )
    assert answer["MessageId"]
