"""Handler: e-mails each message of the topic to its recipient."""

import json
import os
from typing import Any

import boto3

from .messages import Message

ses = boto3.client("ses")


def handler(event: dict[str, Any], context: object) -> None:
    """Send one e-mail per record; SNS delivers one record at a time.

    An exception lets Lambda try twice more and then puts the event into the dead-letter queue.
    """
    for record in event["Records"]:
        message = Message.from_event(json.loads(record["Sns"]["Message"]))
        response = ses.send_email(
            Source=os.environ["SOURCE_ADDRESS"],
            Destination={"ToAddresses": [message.recipient]},
            Message={
                "Subject": {"Data": message.subject},
                "Body": {"Text": {"Data": message.body}},
            },
        )
        # the id alone: addresses and texts are personal data and do not belong in logs
        print("sent", response["MessageId"])
