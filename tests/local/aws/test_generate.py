"""`preamp generate` for a backend at AWS: by its stack or branch, with rights to read it alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.aws.conftest import Account
from tests.local.cli.commandline import Project
from tests.local.engine.local_engine import Stacks
from tests.local.outputs.backends import DATA, models_template, template

from preamp.constructs.data.introspection.model_introspection import model_introspection
from preamp.contract.identity import BackendId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.local.cli.commandline import Answer

    from preamp.engine.protocol import EngineConnection

BRANCH: Final = BackendId("d1read", "main", "branch")
BY_STACK: Final = ("--stack", BRANCH.stack_name)
BY_BRANCH: Final = ("--app-id", "d1read", "--branch", "main")
MODELS_BUCKET: Final = "read-models"
MODELS_KEY: Final = "modelIntrospectionSchema.json"
CODEGEN_BUCKET: Final = "read-codegen"
CODEGEN_KEY: Final = "model-schema.graphql"
MODELS: Final = "type Todo @model { content: String! }\n"
API: Final = """
type Todo { id: ID! content: String! }
type Query { getTodo(id: ID!): Todo }
"""
OUTPUTS_TAKE: Final = (
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplateSummary",
    "cloudformation:ListStackResources",
    "s3:GetObject",
)
CODE_TAKES: Final = "appsync:GetIntrospectionSchema"


@dataclass(frozen=True)
class Reader:
    """Somebody who has neither the project nor any right but to read."""

    project: Project
    variables: dict[str, str]

    def generate(self, *words: str) -> Answer:
        return self.project.run("generate", *words, **self.variables)

    def text(self, file: str) -> str:
        return (self.project.folder / file).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def account(engine: EngineConnection) -> Iterator[Account]:
    """An account with the branch's backend: an API, and what Amplify keeps of it in buckets."""
    found = Account(engine, engine.region)
    s3 = found.client("s3")
    stacks = Stacks(found.client("cloudformation"), s3)
    codegen = {"amplifyApiModelSchemaS3Uri": f"s3://{CODEGEN_BUCKET}/{CODEGEN_KEY}"}
    root = template({"GraphQL": {**DATA, **codegen}})
    root["Outputs"]["awsAppsyncApiId"] = {"Value": {"Fn::GetAtt": ["Api", "ApiId"]}}
    root["Resources"] |= {**_api(), "data": stacks.nested(models_template(MODELS_BUCKET))}
    made = stacks.create(BRANCH.stack_name, root)
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons(BRANCH.stack_name)
    s3.create_bucket(Bucket=CODEGEN_BUCKET)
    kept = {(MODELS_BUCKET, MODELS_KEY): model_introspection(MODELS)}
    kept[CODEGEN_BUCKET, CODEGEN_KEY] = MODELS
    for (bucket, key), text in kept.items():
        s3.put_object(Bucket=bucket, Key=key, Body=text)
    yield found
    for bucket, key in kept:
        s3.delete_object(Bucket=bucket, Key=key)
    s3.delete_bucket(Bucket=CODEGEN_BUCKET)
    stacks.delete(BRANCH.stack_name)


def _api() -> dict[str, Any]:
    api = {"Name": "todos", "AuthenticationType": "API_KEY"}
    schema = {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "Definition": API}
    return {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": api},
        "Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": schema},
    }


@pytest.fixture
def reader(account: Account, tmp_path: Path) -> Reader:
    return _reader(account, tmp_path, *OUTPUTS_TAKE, CODE_TAKES)


def _reader(account: Account, folder: Path, *actions: str) -> Reader:
    may = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return Reader(Project(folder), account.user(may))


@pytest.mark.parametrize("named", [BY_STACK, BY_BRANCH])
def test_outputs_are_those_of_the_deployed_api(reader: Reader, named: tuple[str, ...]) -> None:
    written = reader.generate("outputs", *named)
    assert written.status == 0, written.err
    data = json.loads(reader.text("amplify_outputs.json"))["data"]
    assert data["url"] == DATA["awsAppsyncApiEndpoint"]
    assert list(data["model_introspection"]["models"]) == ["Todo"]


@pytest.mark.parametrize("named", [BY_STACK, BY_BRANCH])
def test_types_in_python_are_those_of_the_models(reader: Reader, named: tuple[str, ...]) -> None:
    written = reader.generate("models", *named)
    assert (written.status, written.out) == (0, "wrote models.py\n"), written.err
    assert "class Todo(TypedDict):\n" in reader.text("models.py")


@pytest.mark.parametrize("named", [BY_STACK, BY_BRANCH])
def test_statements_are_of_the_api_that_answers(reader: Reader, named: tuple[str, ...]) -> None:
    written = reader.generate("graphql-client-code", *named)
    assert written.status == 0, written.err
    assert "export const getTodo" in reader.text("queries.ts")


def test_classes_are_made_of_the_models_schema(reader: Reader) -> None:
    words = ("--format", "modelgen", "--model-target", "dart")
    written = reader.generate("graphql-client-code", *BY_STACK, *words)
    assert written.status == 0, written.err
    assert "class Todo extends" in reader.text("Todo.dart")


def test_whoever_may_read_the_outputs_alone_is_told_what_code_takes(
    account: Account, tmp_path: Path
) -> None:
    reader = _reader(account, tmp_path, *OUTPUTS_TAKE)
    assert reader.generate("outputs", *BY_STACK).status == 0
    refused = reader.generate("graphql-client-code", *BY_STACK)
    assert refused.status == 1
    assert "error [CredentialsError]" in refused.err
    assert CODE_TAKES in refused.err.partition("hint: ")[2]
