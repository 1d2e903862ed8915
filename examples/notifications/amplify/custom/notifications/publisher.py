"""Handler: publishes the message it is invoked with to the topic."""

import os
from typing import Any

import boto3

from .messages import Message

sns = boto3.client("sns")


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """Publish ``{"recipient": …, "subject": …, "body": …}``; returns the message's id."""
    message = Message.from_event(event)
    response = sns.publish(TopicArn=os.environ["SNS_TOPIC_ARN"], Message=message.to_json())
    print("published", response["MessageId"])
    return {"messageId": response["MessageId"]}
