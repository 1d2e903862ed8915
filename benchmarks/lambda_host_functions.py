"""The functions that are measured, made through AWS's API alike in every local cloud."""

from __future__ import annotations

import base64
import io
import json
import sys
import zipfile
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from benchmarks.workbench import CommandFailedError

if TYPE_CHECKING:
    from benchmarks.lambda_host_clouds import Cloud

SENDER: Final = "sender@example.com"
NO_OP: Final = "def handler(event, context):\n    return None\n"
# Both do what the example's functions do.
_PUBLISHER: Final = """
import os

import boto3

sns = boto3.client("sns")


def handler(event, context):
    answer = sns.publish(TopicArn=os.environ["TOPIC"], Message=event["subject"])
    print("published", answer["MessageId"])
    return {"messageId": answer["MessageId"]}
"""
_EMAILER: Final = """
import os

import boto3

ses = boto3.client("ses")


def handler(event, context):
    for record in event["Records"]:
        answer = ses.send_email(
            Source=os.environ["SENDER"],
            Destination={"ToAddresses": ["recipient@example.com"]},
            Message={
                "Subject": {"Data": record["Sns"]["Message"]},
                "Body": {"Text": {"Data": "text"}},
            },
        )
        print("sent", answer["MessageId"])
"""
_TRUST: Final = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
_MAY: Final = {"Effect": "Allow", "Action": ["sns:Publish", "ses:SendEmail"], "Resource": "*"}
_MEMORY: Final = 256
_TIMEOUT: Final = 30
_CODE_CHARACTERS: Final = 24


@dataclass(frozen=True)
class Pipeline:
    """Functions and a topic: publisher -> SNS -> emailer -> SES.

    Attributes:
        publisher: Name of the function that publishes the subject it is invoked with.
        emailer: Name of the function that e-mails it.
        topic: ARN of the topic between them.
    """

    publisher: str
    emailer: str
    topic: str


class Functions:
    """Makes functions in one cloud.

    Args:
        cloud: The cloud.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._numbers = count()

    def no_op(self) -> str:
        """Make a function that does nothing; returns its name."""
        return self.create(zipped({"app.py": NO_OP}))

    def create(self, package: bytes, **variables: str) -> str:
        """Make a function from a zip with ``app.handler``; returns its name."""
        name = f"function-{next(self._numbers)}"
        self.cloud.client("lambda").create_function(
            FunctionName=name,
            Runtime=f"python3.{sys.version_info.minor}",
            Handler="app.handler",
            Role=self._role,
            Code={"ZipFile": package},
            MemorySize=_MEMORY,
            Timeout=_TIMEOUT,
            Environment={"Variables": variables},
        )
        return name

    def pipeline(self) -> Pipeline:
        """Make both functions and the topic between them."""
        emailer, topic = self.subscribed_emailer()
        publisher = self.create(zipped({"app.py": _PUBLISHER}), TOPIC=topic)
        return Pipeline(publisher, emailer, topic)

    def subscribed_emailer(self) -> tuple[str, str]:
        """Make an emailer and its topic; returns their name and ARN."""
        self.cloud.client("ses").verify_email_identity(EmailAddress=SENDER)
        emailer = self.create(zipped({"app.py": _EMAILER}), SENDER=SENDER)
        sns = self.cloud.client("sns")
        topic = str(sns.create_topic(Name=f"topic-of-{emailer}")["TopicArn"])
        functions = self.cloud.client("lambda")
        functions.add_permission(
            FunctionName=emailer,
            StatementId="topic",
            Action="lambda:InvokeFunction",
            Principal="sns.amazonaws.com",
            SourceArn=topic,
        )
        arn = functions.get_function(FunctionName=emailer)["Configuration"]["FunctionArn"]
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
        return emailer, topic

    def delete(self, *names: str) -> None:
        """Delete functions, which ends their workers: others may need the memory."""
        for name in names:
            self.cloud.client("lambda").delete_function(FunctionName=name)

    def invoke(self, name: str, payload: object = None) -> object:
        """Call a function; returns what it gave.

        Raises:
            CommandFailedError: The cloud refused, or the function failed.
        """
        try:
            answer = self.cloud.client("lambda").invoke(
                FunctionName=name, Payload=json.dumps(payload)
            )
        except ClientError as error:
            raise CommandFailedError(f"{self.cloud.name}: {error}") from error
        with answer["Payload"] as stream:
            text = stream.read()
        if "FunctionError" in answer:
            raise CommandFailedError(f"{self.cloud.name}: {name} failed: {text!r}")
        result: object = json.loads(text) if text else None
        return result

    def code_of(self, name: str) -> str:
        """What the folder of a function's code is called where preamp unpacks it."""
        made = self.cloud.client("lambda").get_function_configuration(FunctionName=name)
        return base64.b64decode(made["CodeSha256"]).hex()[:_CODE_CHARACTERS]

    @cached_property
    def _role(self) -> str:
        iam = self.cloud.client("iam")
        trust = _policy({**_TRUST, "Action": "sts:AssumeRole"})
        role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName="functions", PolicyName="may", PolicyDocument=_policy(_MAY))
        return str(role["Role"]["Arn"])


def zipped(files: dict[str, str]) -> bytes:
    """A zip of files by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
