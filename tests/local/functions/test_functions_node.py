"""Node.js functions on the real engine: errors, role credentials, AWS SDK, timeouts.

AWS: "Building Lambda functions with Node.js", "Lambda function handler errors in Node.js".
"""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.conftest import Recorder
from tests.local.engine.local_engine import policy, unique_name

from preamp.contract.node import node_binary
from preamp.engine.client import EngineClient
from preamp.engine.node_sdk.installation import NODE_SDK, ensure_node_sdk
from preamp.events import StageFinished

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]

_EVERYTHING = ({"Effect": "Allow", "Action": "*", "Resource": "*"},)


def zipped(files: dict[str, str]) -> bytes:
    """Zip a package."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


class NodeFunctions:
    """Creates Node.js functions with a role that may do anything, or what is told."""

    def __init__(self, client: ClientFactory) -> None:
        self._lambda = client("lambda")
        self._iam = client("iam")

    def create(
        self,
        files: dict[str, str] | str,
        *,
        statements: tuple[dict[str, Any], ...] = _EVERYTHING,
        **options: Any,
    ) -> str:
        """Create a function, of one CommonJS file if that is given; return its name."""
        name = unique_name("node")
        named = {"index.js": files} if isinstance(files, str) else files
        settings = {"Runtime": "nodejs22.x", "Handler": "index.handler", "MemorySize": 256}
        self._lambda.create_function(
            FunctionName=name,
            Role=self._role(name, statements),
            Code={"ZipFile": zipped(named)},
            **{"Timeout": 10, **settings, **options},
        )
        return name

    def layer(self, files: dict[str, str]) -> str:
        """Publish a layer; return the ARN of its version."""
        name = unique_name("layer")
        answer = self._lambda.publish_layer_version(
            LayerName=name, Content={"ZipFile": zipped(files)}
        )
        return str(answer["LayerVersionArn"])

    def invoke(self, name: str, payload: Any = None) -> tuple[Any, dict[str, Any]]:
        """Invoke a function; return what it gave and the whole answer."""
        answer = self._lambda.invoke(FunctionName=name, Payload=json.dumps(payload), LogType="Tail")
        with answer["Payload"] as stream:
            return json.loads(stream.read()), answer

    def _role(self, name: str, statements: tuple[dict[str, Any], ...]) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
        role = self._iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=policy({**trust, "Action": "sts:AssumeRole"})
        )
        if statements:
            self._iam.put_role_policy(
                RoleName=name, PolicyName="may", PolicyDocument=policy(*statements)
            )
        return str(role["Role"]["Arn"])


@pytest.fixture(scope="module")
def sdk() -> Path:
    """The AWS SDK, fetched if it was not there."""
    reporter = Recorder()
    directory = ensure_node_sdk(reporter)
    assert directory.is_dir(), reporter.events
    assert all(isinstance(event, StageFinished) for event in reporter.events[1:])
    return directory


@pytest.fixture
def node(client: ClientFactory, sdk: Path) -> NodeFunctions:
    """Create and invoke Node.js functions."""
    assert sdk.is_dir()
    return NodeFunctions(client)


def test_every_kept_client_can_be_required_and_imported(sdk: Path) -> None:
    names = list(json.loads(NODE_SDK.packages.read_text())["dependencies"])
    program = f"""
        const {{ createRequire }} = await import("node:module");
        const require = createRequire({json.dumps(str(sdk / "x.js"))});
        for (const name of {json.dumps(names)}) {{
          const file = require.resolve(name);
          const counts = [Object.keys(require(name)), Object.keys(await import(file))];
          if (counts.some((keys) => keys.length < 1)) throw new Error(name);
        }}"""
    done = subprocess.run(
        [node_binary(), "--input-type=module", "-e", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("runtime", ["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"])
def test_every_runtime_runs(node: NodeFunctions, runtime: str) -> None:
    source = "exports.handler = async (event) => [event, process.env.AWS_EXECUTION_ENV];"
    name = node.create(source, Runtime=runtime)
    assert node.invoke(name, {"a": "ü"})[0] == [{"a": "ü"}, f"AWS_Lambda_{runtime}"]


def test_an_error_comes_back_as_aws_words_it(node: NodeFunctions) -> None:
    name = node.create("exports.handler = async () => { throw new RangeError('too far'); };")
    error, answer = node.invoke(name)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (error["errorType"], error["errorMessage"]) == ("RangeError", "too far")
    assert error["trace"][1].endswith("(/var/task/index.js:1:39)")


def test_the_log_has_awss_lines(node: NodeFunctions, client: ClientFactory) -> None:
    name = node.create("""
        exports.handler = async (event, context) => {
          console.warn("a %s", "b"); return context.awsRequestId; };""")
    request_id, _ = node.invoke(name)
    events = client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    first, warning, *rest = (event["message"].rstrip() for event in events)
    assert first == f"START RequestId: {request_id} Version: $LATEST"
    assert warning.endswith(f"\t{request_id}\tWARN\ta b")
    assert [line.split()[:3] for line in rest] == [
        ["END", "RequestId:", request_id],
        ["REPORT", "RequestId:", request_id],
    ]


@pytest.mark.parametrize(
    ("source", "options", "error_type", "message"),
    [
        ("require('no-such-module')", {}, "Runtime.ImportModuleError", "no-such-module"),
        ("exports.other = 1", {}, "Runtime.HandlerNotFound", "index.handler is undefined"),
        ("const = 1", {}, "Runtime.UserCodeSyntaxError", "Unexpected token '='"),
        ("exports.handler = () => process.exit(7)", {}, "Runtime.ExitError", "exit status 7"),
        ("exports.handler = () => { for (;;); }", {"Timeout": 1}, "Sandbox.Timedout",
         "Task timed out after 1.00 seconds"),
        (("exports.handler = async () => { Promise.reject(new Error('lost'));"
         "await new Promise((done) => setTimeout(done, 5000)); }"), {},
         "Runtime.UnhandledPromiseRejection", "Error: lost"),
        ("exports.handler = (event, context, callback) => {}", {"Runtime": "nodejs24.x"},
         "Runtime.CallbackHandlerDeprecated", "Node.js 24"),
    ],
)  # fmt: skip
def test_a_function_that_cannot_run_says_why(
    node: NodeFunctions, source: str, options: dict[str, Any], error_type: str, message: str
) -> None:
    error, answer = node.invoke(node.create(source, **options))
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == error_type
    assert message in error["errorMessage"]


def test_the_call_after_an_uncaught_error_is_not_its_victim(node: NodeFunctions) -> None:
    """AWS: "Understanding the Lambda execution environment lifecycle", failures during invoke."""
    name = node.create("""
        exports.handler = async (event) => {
          if (event === "fail") setTimeout(() => { throw new Error("late"); }, 1);
          if (event === "fail") await new Promise((done) => setTimeout(done, 5000));
          return process.pid; };""")
    processes = set()
    for _ in range(5):
        assert node.invoke(name, "fail")[0]["errorMessage"] == "late"
        process, answer = node.invoke(name)
        assert "FunctionError" not in answer, process
        processes.add(process)
    assert len(processes) == 5


def test_a_layer_and_the_sdk_are_there_for_require_and_import(node: NodeFunctions) -> None:
    layer = node.layer({"nodejs/node_modules/greeting/index.js": "exports.word = 'hello';"})
    sources = {
        "index.mjs": "import { word } from 'greeting';"
        "import { S3Client } from '@aws-sdk/client-s3';"
        "export const handler = async () => [word, typeof S3Client];",
        "common.js": "const { word } = require('greeting');"
        "const { S3Client } = require('@aws-sdk/client-s3');"
        "exports.handler = async () => [word, typeof S3Client];",
    }
    for handler in ("index.handler", "common.handler"):
        name = node.create(sources, Layers=[layer], Handler=handler)
        assert node.invoke(name)[0] == ["hello", "function"]


def test_the_sdk_reaches_the_local_cloud_as_the_functions_role(
    node: NodeFunctions, client: ClientFactory
) -> None:
    """AWS: "Defining Lambda function permissions with an execution role"."""
    bucket = unique_name("node-bucket")
    client("s3").create_bucket(Bucket=bucket)
    queue = client("sqs").create_queue(QueueName=unique_name("node-queue"))["QueueUrl"]
    queue_arn = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = queue_arn["Attributes"]["QueueArn"]
    client("sqs").set_queue_attributes(
        QueueUrl=queue,
        Attributes={
            "Policy": policy(
                {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": arn}
            )
        },
    )
    topic = client("sns").create_topic(Name=unique_name("node-topic"))["TopicArn"]
    client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    name = node.create({"index.mjs": """
        import { S3Client, PutObjectCommand } from "@aws-sdk/client-s3";
        import { SNSClient, PublishCommand } from "@aws-sdk/client-sns";
        import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
        export const handler = async ({ bucket, topic }) => {
          await new S3Client({}).send(
            new PutObjectCommand({ Bucket: bucket, Key: "a/ü", Body: "written" }));
          await new SNSClient({}).send(
            new PublishCommand({ TopicArn: topic, Message: "published" }));
          return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;
        };"""})  # fmt: skip
    caller, answer = node.invoke(name, {"bucket": bucket, "topic": topic})
    assert "FunctionError" not in answer, caller
    assert f":assumed-role/{name}/" in caller
    with client("s3").get_object(Bucket=bucket, Key="a/ü")["Body"] as body:
        assert body.read() == b"written"
    (message,) = client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
    assert message["Body"] == "published"


def test_what_the_role_may_not_do_is_denied(node: NodeFunctions, client: ClientFactory) -> None:
    """AWS: "Defining Lambda function permissions with an execution role"."""
    bucket = unique_name("node-bucket")
    client("s3").create_bucket(Bucket=bucket)
    source = """
        const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
        exports.handler = async (bucket) => new S3Client({}).send(
          new PutObjectCommand({ Bucket: bucket, Key: "k", Body: "b" }));"""
    error, answer = node.invoke(node.create(source, statements=()), bucket)
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "AccessDenied"
    assert "s3:PutObject" in error["errorMessage"]


def test_a_functions_own_copy_of_a_client_wins(node: NodeFunctions) -> None:
    name = node.create(
        {
            "index.js": "exports.handler = async () => require('@aws-sdk/client-s3').own;",
            "node_modules/@aws-sdk/client-s3/index.js": "exports.own = 'own';",
        }
    )
    assert node.invoke(name)[0] == "own"


def test_a_client_that_is_not_kept_says_what_to_do(node: NodeFunctions) -> None:
    error, _ = node.invoke(node.create("require('@aws-sdk/client-ivschat');"))
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert "is not among the clients that preamp keeps" in error["errorMessage"]


def test_a_denied_call_is_told_with_its_invocation(
    node: NodeFunctions, engine: EngineConnection
) -> None:
    source = """
        const { SQSClient, CreateQueueCommand } = require("@aws-sdk/client-sqs");
        exports.handler = async () =>
          new SQSClient({}).send(new CreateQueueCommand({ QueueName: "mine" }));"""
    name = node.create(source, statements=())
    error, answer = node.invoke(name)
    assert error["errorType"] == "AccessDenied"
    (denial,) = (one for one in EngineClient(engine).denials() if one.function == name)
    assert denial.action == "sqs:CreateQueue"
    assert denial.request_id == answer["ResponseMetadata"]["RequestId"]
