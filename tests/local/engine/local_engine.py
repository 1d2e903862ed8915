"""Small stacks and functions to try the engine with."""

from __future__ import annotations

import io
import itertools
import json
import textwrap
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from tests.local.conftest import aws_client

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
ASSETS = "cdk-hnb659fds-assets-000000000000-us-east-1"
"""The staging bucket of the bootstrapped account."""

_FINAL = ("COMPLETE", "FAILED")


class Aws:
    """Clients for one connection, closed together."""

    def __init__(self, connection: EngineConnection) -> None:
        self._connection = connection
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str, **options: Any) -> Any:
        """Make a client, or return the one made before."""
        if service not in self._clients:
            self._clients[service] = aws_client(self._connection, service, **options)
        return self._clients[service]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients.values():
            client.close()


class Stacks:
    """Deploys templates and remembers the stacks, to delete them after the test."""

    def __init__(self, cloudformation: Any, s3: Any) -> None:
        self._cloudformation = cloudformation
        self._s3 = s3
        self.names: list[str] = []

    def create(self, name: str, template: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Create a stack and wait; return its description, however it ended."""
        self.names.append(name)
        self._cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            **options,
        )
        return self._final(name)

    def update(self, name: str, template: dict[str, Any]) -> dict[str, Any]:
        """Update a stack and wait; return its description, however it ended."""
        self._cloudformation.update_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
        return self._final(name)

    def delete(self, name: str) -> dict[str, Any]:
        """Delete a stack and wait; return its description, however it ended."""
        stack_id = self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self._cloudformation.delete_stack(StackName=name)
        return self._final(stack_id)

    def nested(self, template: dict[str, Any], **parameters: Any) -> dict[str, Any]:
        """Upload a template; return the nested stack resource that uses it."""
        body = json.dumps(template)
        key = f"{hash(body) & 0xFFFFFFFF:x}.json"
        self._s3.put_object(Bucket=ASSETS, Key=key, Body=body)
        url = f"https://s3.us-east-1.amazonaws.com/{ASSETS}/{key}"
        properties: dict[str, Any] = {"TemplateURL": url}
        if parameters:
            properties["Parameters"] = parameters
        return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}

    def reasons(self, name: str) -> dict[str, str]:
        """Return the reason of every failure of a stack, by logical id."""
        events = self._cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return {
            event["LogicalResourceId"]: event.get("ResourceStatusReason", "")
            for event in events
            if event["ResourceStatus"].endswith("_FAILED")
        }

    def physical_id(self, name: str, logical_id: str) -> str:
        """Return a resource's physical id."""
        found = self._cloudformation.describe_stack_resource(
            StackName=name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def _final(self, name: str) -> dict[str, Any]:
        # Describing is the waiting: the engine works between two answers.
        while True:
            stack: dict[str, Any]
            (stack,) = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
            status = stack["StackStatus"]
            if status.endswith(_FINAL) and "CLEANUP" not in status:
                return stack


_numbers = itertools.count()


def unique_name(prefix: str) -> str:
    """Make a name no other test uses."""
    return f"{prefix}-{next(_numbers)}"


def package(source: str, name: str = "app.py") -> bytes:
    """Zip a handler's source."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, textwrap.dedent(source))
    return buffer.getvalue()


class Functions:
    """Creates Lambda functions with a role that may do anything, or what is told."""

    def __init__(self, client: ClientFactory) -> None:
        self._lambda = client("lambda")
        self._iam = client("iam")

    def create(self, source: str, **options: Any) -> str:
        """Create a function from source; return its name."""
        name = unique_name("function")
        self._lambda.create_function(
            FunctionName=name,
            Runtime=options.pop("Runtime", "python3.13"),
            Handler="app.handler",
            Role=self._role(name, options.pop("Statements", None)),
            Code={"ZipFile": package(source)},
            **options,
        )
        return name

    def arn(self, name: str) -> str:
        """Return a function's ARN."""
        return str(self._lambda.get_function(FunctionName=name)["Configuration"]["FunctionArn"])

    def invoke(self, name: str, payload: Any = None, **options: Any) -> tuple[Any, dict[str, Any]]:
        """Invoke a function; return what it gave and the whole answer."""
        answer = self._lambda.invoke(FunctionName=name, Payload=json.dumps(payload), **options)
        with answer["Payload"] as stream:
            text = stream.read()
        return json.loads(text) if text else None, answer

    def _role(self, name: str, statements: list[dict[str, Any]] | None) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        role = self._iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=policy({**trust, "Action": "sts:AssumeRole"})
        )
        everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        allowed = everything if statements is None else statements
        if allowed:
            self._iam.put_role_policy(
                RoleName=name, PolicyName="may", PolicyDocument=policy(*allowed)
            )
        return str(role["Role"]["Arn"])


def make_role(client: ClientFactory, service: str, *may: str) -> str:
    """Make a role for a service that may make some calls; return its ARN."""
    name = unique_name("role")
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    role = client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=policy({**trust, "Action": "sts:AssumeRole"})
    )
    if may:
        document = policy({"Effect": "Allow", "Action": list(may), "Resource": "*"})
        client("iam").put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document)
    return str(role["Role"]["Arn"])


def policy(*statements: dict[str, Any]) -> str:
    """Write a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
