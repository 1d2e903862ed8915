"""Notes which files come and go, and what is in those that come."""

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3

S3 = boto3.client("s3")
SQS = boto3.client("sqs")


def handler(event: dict[str, Any], _context: object) -> None:
    for record in event["Records"]:
        key = unquote_plus(record["s3"]["object"]["key"])
        note = {"event": record["eventName"].partition(":")[0], "key": key}
        if note["event"] == "ObjectCreated" and key.startswith("private/"):
            found = S3.get_object(Bucket=os.environ["FILES_BUCKET_NAME"], Key=key)
            note["size"] = len(found["Body"].read())
        SQS.send_message(QueueUrl=os.environ["NOTES"], MessageBody=json.dumps(note))
