"""A backend of functions on the local cloud: environment, secrets, layers, logs and schedules."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from tests.local.cli.commandline import Project
from tests.local.cli.test_example import client

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET: Final = "never-in-a-template"
MISSPELT: Final = "the function has no environment variable 'GREETNG'; did you mean 'GREETING'?"
BACKEND: Final = """
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_nodejs as nodejs
from aws_cdk import aws_sqs as sqs

from preamp import define_backend, define_function, secret

worker = define_function(
    name="worker",
    entry="worker.py",
    timeout_seconds=30,
    environment={"GREETING": "hello", "API_KEY": secret("API_KEY")},
    layers={"greeting": "Greeting:1"},
    schedule={"rate": "every day", "timezone": "Europe/Paris"},
    logging={"format": "json", "level": "info", "retention": "1 week"},
)
given = define_function(
    lambda scope: lambda_.Function(
        scope,
        "given",
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        code=lambda_.Code.from_inline(
            "import os\\ndef handler(event, context): return os.environ['GREETING']"
        ),
    ),
    environment={"GREETING": "bonjour"},
    memory_mb=256,
    resource_group_name="jobs",
)
node = define_function(
    entry="node/main.ts", environment={"GREETING": "hej", "API_KEY": secret("API_KEY")}
)
typed = define_function(
    lambda scope: nodejs.NodejsFunction(
        scope, "typed", entry="amplify/node/typed.ts", runtime=lambda_.Runtime.NODEJS_22_X
    ),
    environment={"GREETING": "ciao"},
    schedule={"cron": "0 5 * * ?", "timezone": "Asia/Tokyo"},
)
old = define_function(
    name="old",
    entry="node/old.cjs",
    runtime=24,
    bundling={"minify": False},
    environment={"API_KEY": secret("API_KEY")},
    durable_config={"execution_timeout_seconds": 60},
    logging={"format": "text"},
)
backend = define_backend(worker=worker, given=given, node=node, typed=typed, old=old)
backend[old].add_parameter("PLAIN", "/app/plain")
queue = sqs.Queue(backend.create_stack("queues"), "Queue")
backend[worker].add_environment("QUEUE_URL", queue.queue_url)
queue.grant_send_messages(backend[worker].resources.lambda_)
backend.add_output(custom={"queue": queue.queue_url})
"""
WORKER: Final = """
import json
import os

import boto3
import greeting

from .amplify_env.worker import env

AT_IMPORT = env.API_KEY

def wrong():
    try:
        return getattr(env, "GREETNG")
    except AttributeError as error:
        return str(error)

def handler(event, context):
    if event.get("scheduled"):
        boto3.client("sqs").send_message(
            QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(event)
        )
    return [greeting.NAME, env.GREETING, AT_IMPORT, wrong()]
"""
NODE: Final = """
import { env } from "$amplify/env/main";
import { SSMClient } from "@aws-sdk/client-ssm";
import { name } from "./greeting";

const atImport: string = env.API_KEY;
export const handler = async (): Promise<string[]> => [name, atImport, typeof SSMClient];
"""


OLD: Final = """
const { around } = require("quotes");
exports.handler = (event, context) =>
  Promise.resolve(around(`${process.env.API_KEY} ${process.env.PLAIN}`));
"""
TYPED: Final = "export const handler = async () => process.env.GREETING as string;"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("functions") / "app")
    project.write("amplify/backend.py", BACKEND)
    project.write("amplify/worker.py", WORKER)
    project.write("amplify/node/main.ts", NODE)
    project.write("amplify/node/greeting.ts", "export const name = process.env.GREETING as string;")
    project.write("amplify/node/typed.ts", TYPED)
    project.write("amplify/node/old.cjs", OLD)
    project.write("package-lock.json", "{}")
    project.write("node_modules/quotes/index.js", "exports.around = (text) => `<${text}>`;")
    answer = project.run("sandbox", "secret", "set", "API_KEY", stdin=SECRET + "\n")
    assert answer.status == 0, answer.err
    client(project, "ssm").put_parameter(Name="/app/plain", Value="plain", Type="String")
    client(project, "lambda").publish_layer_version(
        LayerName="Greeting", Content={"ZipFile": packed("python/greeting.py", "NAME = 'layer'")}
    )
    answer = project.run("sandbox", "--once")
    assert answer.status == 0, answer.err
    yield project
    project.run("sandbox", "stop")


def packed(name: str, text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, text)
    return content.getvalue()


def test_a_function_has_its_variables_secrets_and_layers(deployed: Project) -> None:
    answer = deployed.run("invoke", "function/worker-lambda")
    assert answer.json == ["layer", "hello", SECRET, MISSPELT], answer.err


def test_a_typescript_handler_has_its_secrets_before_it_is_loaded(deployed: Project) -> None:
    answer = deployed.run("invoke", "function/main-lambda")
    assert answer.json == ["hej", SECRET, "function"], answer.err
    functions = client(deployed, "lambda").list_functions()["Functions"]
    (node,) = (each for each in functions if "mainlambda" in each["FunctionName"].replace("-", ""))
    assert SECRET not in json.dumps(node, default=str)


def test_a_commonjs_handler_has_its_packages_secrets_and_parameters(deployed: Project) -> None:
    assert deployed.run("invoke", "function/old-lambda").json == f"<{SECRET} plain>"


def test_options_are_applied_to_the_cdks_own_function_for_node(deployed: Project) -> None:
    assert deployed.run("invoke", "function/typed").json == "ciao"
    schedules = client(deployed, "scheduler")
    names = [each["Name"] for each in schedules.list_schedules()["Schedules"]]
    zones = {schedules.get_schedule(Name=name)["ScheduleExpressionTimezone"] for name in names}
    assert zones == {"Europe/Paris", "Asia/Tokyo"}


def test_options_are_applied_to_a_function_that_was_given(deployed: Project) -> None:
    assert deployed.run("invoke", "jobs/given").json == "bonjour"
    functions = client(deployed, "lambda").list_functions()["Functions"]
    (given,) = (each for each in functions if "given" in each["FunctionName"])
    assert (given["MemorySize"], given["Environment"]["Variables"]["GREETING"]) == (256, "bonjour")


def test_a_schedule_calls_its_function_with_the_role_it_was_given(deployed: Project) -> None:
    """Nobody waits for midnight: another schedule, due now, has the target and role of this one."""
    schedules = client(deployed, "scheduler")
    every = schedules.list_schedules()["Schedules"]
    (schedule,) = (
        schedules.get_schedule(Name=each["Name"]) for each in every if "worker" in each["Name"]
    )
    assert schedule["ScheduleExpression"] == "cron(0 0 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Paris"
    schedules.create_schedule(
        Name="due",
        ScheduleExpression=f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={**schedule["Target"], "Input": '{"scheduled": true}'},
    )
    outputs = json.loads((deployed.folder / "amplify_outputs.json").read_text(encoding="utf-8"))
    messages = client(deployed, "sqs").receive_message(
        QueueUrl=outputs["custom"]["queue"], WaitTimeSeconds=20
    )["Messages"]
    assert [json.loads(each["Body"]) for each in messages] == [{"scheduled": True}]


def test_the_backend_says_which_functions_it_has(deployed: Project) -> None:
    stacks = client(deployed, "cloudformation").describe_stacks()["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for one in stacks for each in one["Outputs"]}
    functions = client(deployed, "lambda").list_functions()["Functions"]
    names = {each["FunctionName"] for each in functions}
    assert set(json.loads(outputs["definedFunctions"])) <= names
    assert len(json.loads(outputs["definedFunctions"])) == 5


def test_logs_are_kept_for_as_long_as_is_said(deployed: Project) -> None:
    groups = client(deployed, "logs").describe_log_groups()["logGroups"]
    assert [each["retentionInDays"] for each in groups if "retentionInDays" in each] == [7]
