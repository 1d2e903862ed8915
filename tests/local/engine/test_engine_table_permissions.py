"""Calls about the tags of a table are held against that table.

AWS: "Actions, resources, and condition keys for Amazon DynamoDB".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]
_HANDLER = """
    import boto3

    def handler(event, context):
        tags = boto3.client("dynamodb").list_tags_of_resource(ResourceArn=event)
        return tags["Tags"]
"""


def test_a_role_may_read_the_tags_of_its_table_alone(
    functions: Functions, client: ClientFactory, unique: Callable[[str], str]
) -> None:
    dynamodb = client("dynamodb")
    own, other = (
        dynamodb.create_table(
            TableName=unique(name),
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": "whose", "Value": name}],
        )["TableDescription"]["TableArn"]
        for name in ("own", "other")
    )
    allowed = {"Effect": "Allow", "Action": "dynamodb:ListTagsOfResource", "Resource": own}
    name = functions.create(_HANDLER, Timeout=20, Statements=[allowed])
    found, _ = functions.invoke(name, own)
    assert found == [{"Key": "whose", "Value": "own"}]
    refused, answer = functions.invoke(name, other)
    assert answer["FunctionError"] == "Unhandled"
    assert "not authorized to perform: dynamodb:ListTagsOfResource" in refused["errorMessage"]
