"""Queues that tests wait at, and handlers that tell them what they were called with."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from tests.local.engine.local_engine import Functions, policy, unique_name

ECHO = "def handler(event, context): return event\n"
FAILS = "def handler(event, context): raise RuntimeError('always')\n"

REPORTS = """
import hashlib, hmac, http.client, json, os, time
from urllib.parse import urlsplit

def sqs(operation, **content):
    # What boto3 would do, without the third of a second it takes to be imported.
    host, region = urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc, os.environ["AWS_REGION"]
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    body = json.dumps(content).encode()
    headers = {
        "host": host,
        "x-amz-date": stamp,
        "x-amz-security-token": os.environ["AWS_SESSION_TOKEN"],
        "x-amz-target": "AmazonSQS." + operation,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\\n" for name, value in headers.items())
    digest = hashlib.sha256(body).hexdigest()
    request = f"POST\\n/\\n\\n{lines}\\n{names}\\n{digest}"
    parts = stamp[:8], region, "sqs", "aws4_request"
    scope = "/".join(parts)
    text = f"AWS4-HMAC-SHA256\\n{stamp}\\n{scope}\\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in parts:
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    who = os.environ["AWS_ACCESS_KEY_ID"]
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={who}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    headers["content-type"] = "application/x-amz-json-1.0"
    connection = http.client.HTTPConnection(host)
    connection.request("POST", "/", body, headers)
    answer = json.loads(connection.getresponse().read() or b"{}")
    connection.close()
    assert "__type" not in answer, answer
    return answer

def report(content):
    sqs("SendMessage", QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(content))
"""
"""What a handler begins with that reports to the queue in its environment."""

REPORTS_EVENT = REPORTS + "def handler(event, context): report(event)\n"


@dataclass(frozen=True)
class Queue:
    """An SQS queue."""

    url: str
    arn: str
    sqs: Any

    def messages(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait for as many messages and return them; they are deleted."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            answer = self.sqs.receive_message(
                QueueUrl=self.url,
                WaitTimeSeconds=20,
                MaxNumberOfMessages=min(10, count - len(found)),
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
            )
            received = answer.get("Messages", [])
            assert received, f"only {len(found)} of {count} messages arrived"
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(received)
            ]
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)
            found += received
        return found

    def bodies(self, count: int = 1) -> list[Any]:
        """Wait for as many messages and return what is in them."""
        return [json.loads(message["Body"]) for message in self.messages(count)]

    def is_empty(self) -> bool:
        """Tell whether no message is in it, in sight or in work."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return set(answer["Attributes"].values()) == {"0"}

    def await_empty(self) -> None:
        """Wait until no message is in it; nothing tells us but asking."""
        until = time.monotonic() + 20
        while not self.is_empty():
            assert time.monotonic() < until, "messages are left"

    def send(self, *contents: Any) -> None:
        """Send messages."""
        for start in range(0, len(contents), 10):
            entries = [
                {"Id": str(number), "MessageBody": json.dumps(content)}
                for number, content in enumerate(contents[start : start + 10])
            ]
            self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def reporting(self) -> dict[str, Any]:
        """The environment of a handler that reports here."""
        return {"Variables": {"QUEUE": self.url}}


def make_queue(sqs: Any, **attributes: Any) -> Queue:
    """Make a queue that SNS and EventBridge may send to."""
    name = unique_name("queue")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    names = ["QueueArn"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]["QueueArn"]
    services = {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}
    allow = {"Effect": "Allow", "Principal": services, "Action": "sqs:*", "Resource": arn}
    texts = {key: str(value) for key, value in attributes.items()}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(allow), **texts})
    return Queue(url, arn, sqs)


def permit(client: Any, function: str, service: str, source: str, **more: Any) -> None:
    """Let a service call a function for one of its resources."""
    client("lambda").add_permission(
        FunctionName=function,
        StatementId=unique_name("permit"),
        Action="lambda:InvokeFunction",
        Principal=f"{service}.amazonaws.com",
        SourceArn=source,
        **more,
    )


def subscribed_topic(client: Any, functions: Functions, function: str) -> str:
    """Make a topic that hands its messages to a function; return its ARN."""
    topic = client("sns").create_topic(Name=unique_name("topic"))["TopicArn"]
    permit(client, function, "sns", topic)
    arn = functions.arn(function)
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    return str(topic)


def rule_for(client: Any, function: str, arn: str, **target: Any) -> str:
    """Make a rule that hands events of its own name to a function; return the name."""
    name = unique_name("rule")
    rule = client("events").put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    permit(client, function, "events", rule["RuleArn"])
    client("events").put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn, **target}])
    return name


def put_event(client: Any, source: str, **detail: Any) -> None:
    """Put an event on the default bus."""
    entry = {"Source": source, "DetailType": "test", "Detail": json.dumps(detail)}
    client("events").put_events(Entries=[entry])
