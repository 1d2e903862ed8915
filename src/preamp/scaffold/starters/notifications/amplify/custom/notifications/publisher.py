"""Handler: publishes the message it is invoked with to the topic."""

import os
from typing import Any

import boto3

from .messages import Message

sns = boto3.client("sns")


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """Publish ``{"recipient": …, "subject": …, "body": …}``; return its id."""
    message = Message.from_event(event)
    topic = os.environ["SNS_TOPIC_ARN"]
    response = sns.publish(TopicArn=topic, Message=message.to_json())
    print("published", response["MessageId"])
    return {"messageId": response["MessageId"]}
