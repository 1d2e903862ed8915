"""Functions that the user's own code makes, and what of their definitions is applied to them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from tests.synthesis import synthesize

from preamp.errors import UserError

PAGE: Final = Path(__file__).parents[3] / "docs" / "functions.md"
SNIPPET: Final = re.compile(
    r"^```(?:python|ts)\n(?:(?:#|//) in (?P<file>\S+)\n)?(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
INLINE: Final = """
from aws_cdk import aws_lambda as lambda_
from preamp import define_backend, define_function, secret
from preamp.constructs import PythonFunction

def inline(scope, name="inline"):
    return lambda_.Function(
        scope, name, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_12,
        code=lambda_.Code.from_inline("def handler(event, context): return event"),
        environment={"GREETING": "hello", "MODE": "made"},
    )
"""
NODE: Final = {
    "main.mjs": 'export { name as handler } from "./greeting.mjs";',
    "greeting.mjs": "export const name = async () => 'greeting';",
    "typed.ts": "export const handler = async (): Promise<string> => 'a long result';",
    "handler.ts": "export const handler = async () => 1;",
    "resource.py": "from preamp import define_function\ntyped = define_function(runtime=24)\n",
}
GIVEN: Final = """
from amplify.node.resource import typed

given = define_function(
    inline,
    timeout_seconds=20,
    memory_mb=256,
    ephemeral_storage_size_mb=1024,
    environment={"MODE": "defined", "KEY": secret("KEY")},
    schedule="every day",
    layers={"lib": "Lib:1"},
    logging={"format": "json", "level": "debug", "retention": "1 week"},
    resource_group_name="jobs",
)
left = define_function(lambda scope: inline(scope, "left"))
python = define_function(
    lambda scope: PythonFunction(
        scope, "python", entry="main.py", environment={"OWN": secret("OWN")}
    ),
    environment={"KEY": secret("KEY")},
)
node = define_function(entry="node/main.mjs", memory_mb=256, environment={"KEY": secret("KEY")})
plain = define_function(entry="node/typed.ts", bundling={"minify": False})
backend = define_backend(
    given=given, left=left, python=python, node=node, plain=plain, typed=typed, **one_option_each
)
backend[left].add_parameter("BUCKET", "/amplify/reference/BUCKET")
for each in (left, node, python):
    backend[each].add_environment("LATE", "yes")
    backend[each].add_environment("LATE_KEY", secret("LATE_KEY"))
"""

ONE_OPTION: Final[list[tuple[str, str, object]]] = [
    ("timeout_seconds=20", "Timeout", 20),
    ("memory_mb=256", "MemorySize", 256),
    ("ephemeral_storage_size_mb=1024", "EphemeralStorage.Size", 1024),
    ('environment={"MODE": "defined"}', "Environment.Variables.MODE", "defined"),
    ('environment={"NEW": "one"}', "Environment.Variables.NEW", "one"),
    ('environment={"KEY": secret("KEY")}', "Environment.Variables.KEY", "<value will be resolved "),
    ('layers={"lib": "Lib:1"}', "Layers.0", ":layer:Lib:1"),
    ('logging={"format": "json"}', "LoggingConfig.LogFormat", "JSON"),
    ('logging={"format": "json", "level": "warn"}', "LoggingConfig.ApplicationLogLevel", "WARN"),
    ('logging={"retention": "1 week"}', "LoggingConfig.LogGroup", "loggroup"),
    ('schedule="every 5m"', "schedule.ScheduleExpression", "cron(*/5 * * * ? *)"),
    ('schedule="0 9 ? * 2 *"', "schedule.ScheduleExpression", "cron(0 9 ? * 2 *)"),
    (
        'schedule={"rate": "every day", "timezone": "Europe/Paris"}',
        "schedule.ScheduleExpressionTimezone",
        "Europe/Paris",
    ),
    (
        'schedule={"cron": "30 4 * * ?", "timezone": "Asia/Tokyo", "description": "nightly"}',
        "schedule.Description",
        "nightly",
    ),
]
"""Options of a function that is made elsewhere, each alone: where it shows, and how."""


def with_one_option_each() -> str:
    made = [
        f"one{number}=define_function(lambda scope: inline(scope, 'one{number}x'), {option})"
        for number, (option, _, _) in enumerate(ONE_OPTION)
    ]
    return f"one_option_each = dict({', '.join(made)})\n"


def project(folder: Path, text: str) -> Path:
    (folder / "amplify").mkdir(parents=True)
    (folder / "amplify" / "main.py").write_text("def handler(event, context): return event\n")
    (folder / "amplify" / "backend.py").write_text(INLINE + text, encoding="utf-8")
    (folder / "amplify" / "node").mkdir()
    for name, code in NODE.items():
        (folder / "amplify" / "node" / name).write_text(code, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly of the backend above."""
    folder = tmp_path_factory.mktemp("functions")
    text = with_one_option_each() + GIVEN
    synthesize(project(folder / "project", text), folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def resources(assembly: Path) -> dict[str, dict[str, Any]]:
    """The resources of all stacks, by logical id."""
    templates = [json.loads(file.read_text()) for file in assembly.glob("*.template.json")]
    return {name: each for one in templates for name, each in one["Resources"].items()}


def of_kind(resources: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    """The properties of the one resource of a kind whose logical id begins so."""
    (found,) = (
        each["Properties"]
        for logical_id, each in resources.items()
        if each["Type"] == kind and logical_id.startswith(name)
    )
    properties: dict[str, Any] = found
    return properties


def variables(resources: dict[str, Any], name: str) -> dict[str, Any]:
    function = of_kind(resources, "AWS::Lambda::Function", name)
    found: dict[str, Any] = function["Environment"]["Variables"]
    return found


def test_every_option_that_is_given_is_applied(resources: dict[str, Any]) -> None:
    function = of_kind(resources, "AWS::Lambda::Function", "inline")
    assert function["Timeout"] == 20
    assert function["MemorySize"] == 256
    assert function["EphemeralStorage"] == {"Size": 1024}
    assert ":layer:Lib:1" in str(function["Layers"])
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert function["LoggingConfig"]["ApplicationLogLevel"] == "DEBUG"
    assert "inlineloggroup" in str(function["LoggingConfig"]["LogGroup"])
    assert {"Key": "amplify:friendly-name", "Value": "inline"} in function["Tags"]
    schedule = of_kind(resources, "AWS::Scheduler::Schedule", "inline")
    assert schedule["ScheduleExpression"] == "cron(0 0 * * ? *)"
    assert of_kind(resources, "AWS::Logs::LogGroup", "inline")["RetentionInDays"] == 7


@pytest.mark.parametrize("number", range(len(ONE_OPTION)), ids=lambda number: ONE_OPTION[number][0])
def test_an_option_alone_is_applied(resources: dict[str, Any], number: int) -> None:
    _, path, expected = ONE_OPTION[number]
    function = of_kind(resources, "AWS::Lambda::Function", f"one{number}x")
    if path.startswith("schedule."):
        function = {"schedule": of_kind(resources, "AWS::Scheduler::Schedule", f"one{number}x")}
    found: Any = function
    for part in path.split("."):
        found = found[int(part) if part.isdigit() else part]
    assert found == expected or str(expected) in str(found)
    untouched = {"Timeout", "MemorySize", "EphemeralStorage", "Layers", "LoggingConfig"}
    assert function.keys() & untouched <= {path.partition(".")[0]}


def test_variables_are_added_to_those_it_has(resources: dict[str, Any]) -> None:
    found = variables(resources, "inline")
    assert (found["GREETING"], found["MODE"]) == ("hello", "defined")
    assert json.loads(found["AMPLIFY_SSM_ENV_CONFIG"])["KEY"]["path"].endswith("/KEY")
    policy = of_kind(resources, "AWS::IAM::Policy", "inlineServiceRole")
    assert "ssm:GetParameters" in str(policy["PolicyDocument"])


def test_what_is_left_out_stays_as_it_was_made(resources: dict[str, Any]) -> None:
    function = of_kind(resources, "AWS::Lambda::Function", "left")
    assert function.keys().isdisjoint({"Timeout", "MemorySize", "EphemeralStorage", "Layers"})


def test_secrets_of_a_python_function_are_those_of_both(resources: dict[str, Any]) -> None:
    found = variables(resources, "python")
    assert json.loads(found["AMPLIFY_SSM_ENV_CONFIG"]).keys() == {"OWN", "KEY", "LATE_KEY"}


def test_a_variable_can_hold_a_parameter_that_is_no_secret(resources: dict[str, Any]) -> None:
    config = json.loads(variables(resources, "left")["AMPLIFY_SSM_ENV_CONFIG"])
    assert config["BUCKET"] == {"path": "/amplify/reference/BUCKET"}
    policy = of_kind(resources, "AWS::IAM::Policy", "leftServiceRole")
    assert ":parameter/amplify/reference/BUCKET" in str(policy["PolicyDocument"])


def test_a_javascript_handler_comes_with_what_it_imports(
    resources: dict[str, Any], assembly: Path
) -> None:
    function = of_kind(resources, "AWS::Lambda::Function", "main")
    assert (function["Handler"], function["Runtime"]) == ("index.handler", "nodejs22.x")
    assert (function["Timeout"], function["MemorySize"]) == (3, 256)
    codes = [file.read_text() for file in assembly.glob("asset.*/index.mjs")]
    assert sum("greeting" in code for code in codes) == 1
    assert len([code for code in codes if "var handler = async () => " in code]) == 1


def test_a_secret_of_a_javascript_handler_is_read_by_its_bundle(resources: dict[str, Any]) -> None:
    found = variables(resources, "main")
    assert found["KEY"].startswith("<value will be resolved")
    assert json.loads(found["AMPLIFY_SSM_ENV_CONFIG"])["KEY"]["path"].endswith("/KEY")
    policy = of_kind(resources, "AWS::IAM::Policy", "mainlambdaServiceRole")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "ssm:GetParameters"
    assert all("KEY" in str(each) for each in statement["Resource"])
    assert len(statement["Resource"]) == 4


@pytest.mark.parametrize("name", ["left", "main", "python"])
def test_variables_are_added_after_it_was_made(resources: dict[str, Any], name: str) -> None:
    found = variables(resources, name)
    assert found["LATE"] == "yes"
    assert json.loads(found["AMPLIFY_SSM_ENV_CONFIG"])["LATE_KEY"]["path"].endswith("/LATE_KEY")


def test_the_entry_is_amplifys_own_where_there_is_no_other(resources: dict[str, Any]) -> None:
    function = of_kind(resources, "AWS::Lambda::Function", "node")
    assert (function["Handler"], function["Runtime"]) == ("index.handler", "nodejs24.x")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("define_function(lambda scope: inline(scope).current_version)", "CustomFunctionProvider"),
        ("define_function(lambda scope: None)", "CustomFunctionProvider"),
        ('define_function(name="one", entry="main.py")', "FunctionNameTaken"),
        ('define_function(entry="mian.py")', "EntryNotFound"),
        ('define_function(entry="node/mian.mjs")', "EntryNotFound"),
        ('define_function(entry="node/resource.rb")', "UnsupportedHandler"),
        (
            'define_function(entry="main.py", bundling={"minify": True})',
            "InvalidFunctionConfiguration",
        ),
    ],
)
def test_what_only_shows_when_it_is_made_is_told_at_the_definition(
    text: str, code: str, tmp_path: Path
) -> None:
    lines = f"one = define_function(name='one', entry='main.py')\ntwo = {text}\n"
    (tmp_path / "project").mkdir()
    place = project(tmp_path / "project", lines + "define_backend(\n    one=one, two=two,\n)\n")
    with pytest.raises(UserError) as raised:
        synthesize(place, tmp_path / "out")
    assert raised.value.code == f"{code}Error"
    source = (place / "amplify" / "backend.py").read_text(encoding="utf-8").splitlines()
    assert source[raised.value.sites[0].line - 1].startswith("two = ")


def test_the_page_about_functions_works_as_it_stands(tmp_path: Path) -> None:
    files = {"amplify/report.py": "def handler(event, context): ...\n"}
    before = ["from preamp import define_function"]
    after: list[str] = []
    for found in SNIPPET.finditer(PAGE.read_text(encoding="utf-8")):
        if found["file"]:
            files[found["file"]] = found["text"]
        else:
            (after if "backend[" in found["text"] else before).append(found["text"])
    given = "say_hello=say_hello, report=report, resize=resize, hello=hello"
    backend = files["amplify/backend.py"].replace("say_hello=say_hello", given)
    files["amplify/backend.py"] = "\n".join(
        ["from preamp import define_function", *before, backend, *after]
    )
    files["amplify/functions/resize/dist/index.js"] = "exports.handler = async () => 1;\n"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    synthesize(tmp_path, tmp_path / "out")
    templates = [json.loads(file.read_text()) for file in tmp_path.glob("out/*.template.json")]
    kinds = [each["Type"] for one in templates for each in one["Resources"].values()]
    assert kinds.count("AWS::Lambda::Function") == 4
    assert kinds.count("AWS::Scheduler::Schedule") == 3
