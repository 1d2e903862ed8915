"""A policy for one sender allows that sender, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]
_MAY = "may-send@example.com"
_IDENTITY = "arn:aws:ses:us-east-1:000000000000:identity/"
_HANDLER = """
    import boto3

    def handler(event, context):
        sender, to = event["from"], {"ToAddresses": ["jo@example.org"]}
        text = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}
        if event["how"] == "v1":
            boto3.client("ses").send_email(Source=sender, Destination=to, Message=text)
        elif event["how"] == "v1 raw":
            raw = f"From: {sender}\\nTo: jo@example.org\\nSubject: s\\n\\nb".encode()
            boto3.client("ses").send_raw_email(RawMessage={"Data": raw})
        else:
            boto3.client("sesv2").send_email(
                FromEmailAddress=sender, Destination=to, Content={"Simple": text}
            )
"""


@pytest.fixture
def sender(functions: Functions, client: ClientFactory) -> str:
    """A function that may send from one address, by its identity and by a condition."""
    for address in (_MAY, "other@example.com", "box@whole.example"):
        client("ses").verify_email_identity(EmailAddress=address)
    client("ses").verify_domain_identity(Domain="domain.example")
    statements = [
        {
            "Effect": "Allow",
            "Action": ["ses:SendEmail", "ses:SendRawEmail"],
            "Resource": [f"{_IDENTITY}{_MAY}", f"{_IDENTITY}domain.example"],
            "Condition": {"StringLike": {"ses:FromAddress": ["may-send@*", "*@domain.example"]}},
        }
    ]
    return functions.create(_HANDLER, Timeout=20, Statements=statements)


@pytest.mark.parametrize("how", ["v1", "v1 raw", "v2"])
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (_MAY, True),
        (f"Shop <{_MAY}>", True),
        ("any@domain.example", True),
        ("other@example.com", False),
    ],
)
def test_a_policy_for_a_sender_is_for_that_sender(
    sender: str, functions: Functions, address: str, how: str, *, allowed: bool
) -> None:
    result, answer = functions.invoke(sender, {"from": address, "how": how})
    assert ("FunctionError" not in answer) is allowed, result
    if not allowed:
        assert "not authorized to perform: ses:Send" in result["errorMessage"]
