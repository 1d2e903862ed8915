"""`preamp deploy`, `diff`, `destroy` and `pipeline-deploy`, on an account that was bootstrapped.

The tests of a file run in their order: they are one life of one backend.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are a package of their own
from tests.local.aws.conftest import TAKES_ROLES
from tests.local.cli.commandline import ROOT, Project, environment

from preamp.contract.identity import BackendId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.amplify_service import AmplifyService
    from tests.local.aws.conftest import Account
    from tests.local.cli.commandline import Answer

BACKEND: Final = """
from aws_cdk import aws_dynamodb as dynamodb, aws_iam as iam, aws_sqs as sqs
from preamp import define_backend

backend = define_backend()
stack = backend.create_stack("Orders")
queue = sqs.Queue(stack, "Queue")
key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
table = dynamodb.Table(
    stack, "Table", partition_key=key, removal_policy=None
)
role = iam.Role(stack, "Shipping", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
queue.grant_send_messages(role)
backend.add_output(custom={"queue": queue.queue_name, "table": table.table_name})
"""
BACKEND_FILE: Final = "amplify/backend.py"
BRANCH: Final = BackendId("d1orders", "main", "branch")
OF_BRANCH: Final = ("--branch", "main", "--app-id", "d1orders")


SERVICES: Final = {
    ".github/workflows/deploy.yml": {"GITHUB_REF_NAME": "main", "GITHUB_BASE_REF": "main"},
    "amplify.yml": {"AWS_BRANCH": "main", "AWS_APP_ID": "d1orders"},
    ".gitlab-ci.yml": {"CI_COMMIT_BRANCH": "main"},
}
"""The variables by which each service names the branch, by the file of its recipe."""


def recipes() -> dict[str, list[str]]:
    """The commands of preamp in each recipe of the page about pipelines."""
    page = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", page, re.DOTALL)
    return {
        file: [text for text in texts(yaml.safe_load(block)) if "bin/preamp " in text]
        for file, block in blocks
    }


def texts(value: Any) -> Iterator[str]:
    """All texts in a structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


class Pipeline:
    """Runs commands for the branch, as a user who may do nothing but take the roles."""

    def __init__(self, project: Project, variables: dict[str, str]) -> None:
        self.project = project
        self.variables = variables

    def line(self, beginning: str) -> str:
        """The last place in the backend's file that begins like this."""
        lines = (self.project.folder / BACKEND_FILE).read_text().splitlines()
        found = [number for number, line in enumerate(lines, 1) if line.startswith(beginning)]
        return f"{BACKEND_FILE}:{found[-1]}"

    def shell(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a recipe, in a checkout whose environment is installed."""
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self.project.folder,
            env={**environment(), **self.variables, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *words: str, **more: str) -> Answer:
        return self.project.run(*words, **{**self.variables, **more})


@pytest.fixture(scope="module")
def pipeline(
    account: Account, amplify: AmplifyService, tmp_path_factory: pytest.TempPathFactory
) -> Pipeline:
    amplify.add(BRANCH.namespace, BRANCH.name)
    project = Project(tmp_path_factory.mktemp("orders") / "shop")
    project.write(BACKEND_FILE, BACKEND)
    (project.folder / ".venv").symlink_to(sys.prefix)
    variables = {**account.user(TAKES_ROLES), "AWS_ENDPOINT_URL_AMPLIFY": amplify.endpoint}
    return Pipeline(project, {**variables, "CI": ""})


def test_an_account_that_nobody_prepared_is_told_before_the_synthesis(pipeline: Pipeline) -> None:
    refused = pipeline.run("deploy", *OF_BRANCH, "--region", "eu-north-1")
    assert refused.status == 1
    assert "error [BootstrapMissingError]" in refused.err
    assert "npx aws-cdk bootstrap aws://000000000000/eu-north-1" in refused.err
    assert f"(AWS at {pipeline.variables['AWS_ENDPOINT_URL']})" in refused.err
    assert "synthesized" not in refused.err


def test_a_first_deployment_is_approved_by_somebody(pipeline: Pipeline) -> None:
    refused = pipeline.run("deploy", *OF_BRANCH)
    assert refused.status == 1
    assert "error [ApprovalMissingError]" in refused.err
    assert "allow sqs:GetQueueAttributes" in refused.err
    assert pipeline.line("role = ") in refused.err
    assert "--require-approval never" in refused.err


def test_the_recipes_for_pipelines_deploy_a_branch_in_ci_alone(
    pipeline: Pipeline, account: Account, amplify: AmplifyService
) -> None:
    refused = pipeline.run("pipeline-deploy", *OF_BRANCH)
    assert refused.status == 1
    assert "RunningPipelineDeployNotInCiError" in refused.err
    assert "preamp deploy" in refused.err

    for service, given in SERVICES.items():
        for command in recipes()[service]:
            done = pipeline.shell(command, **given, CI="true", APP_ID=BRANCH.namespace)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "permissions:" in done.stdout or BRANCH.stack_name in done.stdout
    outputs = json.loads((pipeline.project.folder / "amplify_outputs.json").read_text())
    assert outputs["custom"]["queue"].startswith("amplify-d1orders-main")
    stack = account.client("cloudformation").describe_stacks(StackName=BRANCH.stack_name)
    linked = amplify.branches["/apps/d1orders/branches/main"]["backend"]
    assert linked == {"stackArn": stack["Stacks"][0]["StackId"]}


def test_what_functions_at_aws_logged_is_shown_by_path_and_by_logical_id(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    linker = "AmplifyBranchLinker/CustomResourceLambda"
    logged = pipeline.run("logs", linker, *OF_BRANCH, "--json")
    lines = [json.loads(line) for line in logged.out.splitlines()]
    assert {line["path"] for line in lines} == {linker}
    assert any(line["text"].startswith("REPORT RequestId") for line in lines)

    elsewhere = Pipeline(Project(tmp_path), pipeline.variables)
    of_stack = ("--stack", BRANCH.stack_name, "--filter", "REPORT")
    shown = elsewhere.run("logs", "AmplifyBranchLinkerCustomResourceLambda", *of_stack)
    assert "REPORT RequestId" in shown.out
    absent = elsewhere.run("logs", "--stack", "nowhere")
    assert "error [StackMissingError]: there is no stack nowhere" in absent.err


def test_a_comparison_shows_changes_permissions_and_data_and_ends_with_a_status(
    pipeline: Pipeline, account: Account
) -> None:
    outputs = json.loads((pipeline.project.folder / "amplify_outputs.json").read_text())
    item = {"id": {"S": "1"}}
    account.client("dynamodb").put_item(TableName=outputs["custom"]["table"], Item=item)
    project = pipeline.project
    project.replace(BACKEND_FILE, 'name="id"', 'name="sku"')
    project.replace(BACKEND_FILE, "removal_policy=None", "removal_policy=RemovalPolicy.DESTROY")
    project.replace(BACKEND_FILE, "import aws_dyn", "import RemovalPolicy, aws_dyn")
    project.replace(BACKEND_FILE, "grant_send", "grant_consume")
    shown = pipeline.run("diff", *OF_BRANCH, "--json")
    assert shown.status == 4, shown.out + shown.err
    found = shown.json
    table = next(c for c in found["changes"] if c["type"] == "AWS::DynamoDB::Table")
    assert table["action"] == "replace"
    assert table["site"].startswith("amplify/backend.py:")
    statements = [
        (each["change"], each["statement"], each["widens"]) for each in found["permissions"]
    ]
    assert ("add", True) in [(c, w) for c, s, w in statements if "sqs:ReceiveMessage" in s]
    assert ("remove", False) in [(c, w) for c, s, w in statements if "sqs:SendMessage" in s]


def test_data_is_lost_only_if_that_is_said(pipeline: Pipeline) -> None:
    kept = pipeline.run("deploy", *OF_BRANCH, "--require-approval", "never")
    assert kept.status == 1
    assert "DataLossError" in kept.err
    assert "1 item" in kept.err
    words = ("--require-approval", "never", "--allow-data-loss")
    lost = pipeline.run("deploy", *OF_BRANCH, *words)
    assert lost.status == 0, lost.out + lost.err
    assert "branch main of the app d1orders" in lost.out
    same = pipeline.run("diff", *OF_BRANCH)
    assert (same.status, same.out) == (0, "nothing would change\n")


def test_a_failed_resource_is_rolled_back_and_told_with_its_line(pipeline: Pipeline) -> None:
    broken = (
        "\nfrom aws_cdk import CustomResource\n"
        'CustomResource(stack, "Broken", service_token="arn:aws:lambda:eu-west-1:000000000000:'
        'function:absent")\n'
    )
    pipeline.project.write(
        BACKEND_FILE, (pipeline.project.folder / BACKEND_FILE).read_text() + broken
    )
    failed = pipeline.run("deploy", *OF_BRANCH)
    assert failed.status == 1
    assert "error [DeploymentFailedError]: Orders/Broken" in failed.err
    assert f"at {pipeline.line('CustomResource(')}" in failed.err
    assert "the backend is as it was before" in failed.err


def test_a_branch_is_deleted_only_without_its_protection(
    pipeline: Pipeline, account: Account, amplify: AmplifyService
) -> None:
    unasked = pipeline.run("destroy", *OF_BRANCH)
    assert "NotConfirmedError" in unasked.err
    protected = pipeline.run("destroy", *OF_BRANCH, "--yes")
    assert protected.status == 1
    assert "StackProtectedError" in protected.err
    account.client("cloudformation").update_termination_protection(
        StackName=BRANCH.stack_name, EnableTerminationProtection=False
    )
    gone = pipeline.run("destroy", *OF_BRANCH, "--yes")
    assert (gone.status, gone.out) == (0, f"deleted {BRANCH.stack_name}\n")
    assert amplify.branches["/apps/d1orders/branches/main"]["backend"] == {}
    again = pipeline.run("destroy", *OF_BRANCH, "--yes")
    assert again.out == f"there is no {BRANCH.stack_name}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("deploy", "--branch", "main", "--identifier", "shop"), "not by both"),
        (("deploy", "--app-id", "d1"), "--app-id goes with --branch"),
        (("diff", "--branch", ""), "must not be empty"),
        (("destroy",), "name what is deleted"),
        (("pipeline-deploy", "--branch", "main"), "--app-id"),
        (("logs", "--stack", "a", "--branch", "main"), "by --stack or by --branch"),
        (("logs", "--region", "eu-west-1"), "go with --stack, --branch"),
    ],
)
def test_options_that_name_nothing_are_refused(
    pipeline: Pipeline, words: tuple[str, ...], told: str
) -> None:
    refused = pipeline.run(*words)
    assert refused.status == 2
    assert told in refused.err
