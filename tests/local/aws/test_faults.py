"""What goes wrong at AWS and on the way there, and what is said of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.aws.conftest import EVERYTHING, TAKES_ROLES
from tests.local.aws.faulty_network import Fault, faulty_network
from tests.local.conftest import Recorder
from tests.local.deploy.assembly_writer import AssemblyWriter
from tests.local.engine.local_engine import unique_name

from preamp.assembly.read import read_assembly
from preamp.deploy.account import aws_account
from preamp.deploy.apply import deploy, foresee
from preamp.deploy.bootstrapping import STANDARD
from preamp.deploy.drift import DriftedProperty
from preamp.errors import UserError
from preamp.events import Notice, ResourceChanged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.local.aws.conftest import Account
    from tests.local.aws.faulty_network import FaultyNetwork

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.apply import DeploymentResult, Foreseen
    from preamp.deploy.target import Target

STUBBORN: Final = """
import json, os, urllib.request
def handler(event, context):
    new, old = event["ResourceProperties"], event.get("OldResourceProperties", {})
    if old.get("Value") == "2" and "MENDED" not in os.environ:
        raise RuntimeError("there is no way back from 2")
    answer = {key: event[key] for key in ("RequestId", "StackId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "stubborn"}
    body = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], body, method="PUT")
    urllib.request.urlopen(request)
"""
BROKEN: Final = {
    "Type": "AWS::Lambda::LayerVersionPermission",
    "Properties": {"LayerVersionArn": "arn:nope", "Action": "x", "Principal": "*"},
}


def queue(seconds: int) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}


class Backend:
    """A backend at AWS, deployed through the network of the test."""

    def __init__(self, account: Account, network: FaultyNetwork, folder: Path) -> None:
        self.account = account
        self.network = network
        self.name = unique_name("faults")
        self.recorder = Recorder()
        self._writer = AssemblyWriter(folder / "assembly", self.name)

    def assembly(self, resources: dict[str, Any]) -> CloudAssembly:
        sites = dict.fromkeys(resources, ("backend.py", 3))
        read = read_assembly(self._writer.write(resources, sites=sites))
        return dataclasses.replace(read, bootstrapping=STANDARD)

    def target(self, **changes: Any) -> Target:
        return dataclasses.replace(aws_account(), poll_interval=0.02, attempts=2, **changes)

    def deploy(self, resources: dict[str, Any], **changes: Any) -> DeploymentResult:
        return deploy(self.assembly(resources), self.target(**changes), self.recorder)

    def foresee(self, resources: dict[str, Any], *, drift: bool) -> Foreseen:
        return foresee(self.assembly(resources), self.target(), self.recorder, drift=drift)

    def refused(self, resources: dict[str, Any], **changes: Any) -> UserError:
        with pytest.raises(UserError) as caught:
            self.deploy(resources, **changes)
        return caught.value

    def once_begun(self, fault: Fault) -> None:
        """Spoil what is asked of the events as soon as CloudFormation has begun."""
        self.network.after = {"ExecuteChangeSet": {"DescribeStackEvents": fault}}

    def notices(self) -> list[str]:
        return [event.message for event in self.recorder.events if isinstance(event, Notice)]

    def status(self) -> str:
        described = self.account.client("cloudformation").describe_stacks(StackName=self.name)
        return str(described["Stacks"][0]["StackStatus"])


@pytest.fixture(scope="module")
def network() -> Iterator[FaultyNetwork]:
    with faulty_network() as made:
        yield made


@pytest.fixture
def backend(
    account: Account, network: FaultyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Backend:
    network.mend()
    network.requests.clear()
    for name, value in account.root().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTP_PROXY", network.address)
    monkeypatch.setenv("NO_PROXY", "")
    return Backend(account, network, tmp_path)


def test_cloudformation_is_called_by_one_role_and_acts_in_another(backend: Backend) -> None:
    backend.deploy({"Q": queue(1)})
    requests = {request["Action"]: request for request in backend.network.requests}
    assert "cdk-hnb659fds-deploy-role-" in requests["AssumeRole"]["RoleArn"]
    assert "cdk-hnb659fds-cfn-exec-role-" in requests["CreateChangeSet"]["RoleARN"]
    assert requests["AssumeRole"]["RoleSessionName"].startswith("preamp-")


def test_throttling_is_waited_out(backend: Backend) -> None:
    backend.network.faults = {"CreateChangeSet": Fault("Throttling", times=1)}
    backend.once_begun(Fault("ThrottlingException", times=3))
    backend.deploy({"Q": queue(1)})
    assert backend.network.actions().count("CreateChangeSet") == 2
    assert backend.status() == "CREATE_COMPLETE"


def test_throttling_without_end_is_one_clear_message(backend: Backend) -> None:
    backend.network.faults = {"CreateChangeSet": Fault("Throttling")}
    error = backend.refused({"Q": queue(1)})
    assert error.code == "ThrottledError"
    assert "wait a minute" in error.hint


def test_credentials_that_expire_while_it_runs_leave_it_running(backend: Backend) -> None:
    backend.deploy({"Q": queue(1)})
    backend.once_begun(Fault("ExpiredToken"))
    error = backend.refused({"Q": queue(2)})
    assert error.code == "CredentialsExpiredError"
    assert "sign in again" in error.hint
    assert "goes on" in error.hint
    backend.network.mend()
    assert backend.deploy({"Q": queue(2)}).no_op
    assert backend.status() == "UPDATE_COMPLETE"


def test_a_connection_that_is_lost_for_a_while_is_told_and_found_again(backend: Backend) -> None:
    backend.once_begun(Fault(None, times=4))
    backend.deploy({"Q": queue(1)}, patience=60)
    [told] = backend.notices()
    assert "does not answer; the operation goes on there" in told
    assert backend.status() == "CREATE_COMPLETE"


def test_a_connection_that_is_lost_for_good_leaves_the_deployment_to_aws(
    backend: Backend,
) -> None:
    backend.once_begun(Fault(None))
    error = backend.refused({"Q": queue(1)}, patience=0)
    assert error.code == "TargetUnreachableError"
    assert "the same command waits for it" in error.hint
    backend.network.mend()
    assert backend.deploy({"Q": queue(1)}).no_op
    assert backend.status() == "CREATE_COMPLETE"


def test_a_denied_action_is_named_and_nothing_was_changed(
    backend: Backend, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_roles = {**TAKES_ROLES, "Effect": "Deny"}
    no_change_set = {"Effect": "Deny", "Action": "cloudformation:CreateChangeSet", "Resource": "*"}
    for name, value in account.user(EVERYTHING, no_roles, no_change_set).items():
        monkeypatch.setenv(name, value)
    error = backend.refused({"Q": queue(1)})
    assert error.code == "CredentialsError"
    assert "cloudformation:CreateChangeSet" in error.message
    stacks = backend.account.client("cloudformation").describe_stacks()["Stacks"]
    assert backend.name not in [stack["StackName"] for stack in stacks]


def test_a_stack_whose_rollback_failed_is_rolled_back_before_the_next_deployment(
    backend: Backend, account: Account
) -> None:
    backend.deploy(stubborn("1"))
    failed = backend.refused({**stubborn("2"), "Broken": {**BROKEN, "DependsOn": "Stubborn"}})
    assert failed.code == "DeploymentFailedError"
    assert "Broken" in failed.message
    assert backend.status() == "UPDATE_ROLLBACK_FAILED"

    stuck = backend.refused(stubborn("3"))
    assert stuck.code == "StackStuckError"
    assert "there is no way back from 2" in stuck.message
    assert "--resources-to-skip" in stuck.hint

    cloudformation = account.client("cloudformation")
    found = cloudformation.describe_stack_resource(StackName=backend.name, LogicalResourceId="F")
    account.client("lambda").update_function_configuration(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"],
        Environment={"Variables": {"MENDED": "yes"}},
    )
    backend.recorder.events.clear()
    backend.deploy(stubborn("3"))
    assert backend.status() == "UPDATE_COMPLETE"
    assert "could not be rolled back" in backend.notices()[0]
    rolled_back = [e for e in backend.recorder.events if isinstance(e, ResourceChanged)]
    assert rolled_back[0].action == "rollback"


def stubborn(value: str) -> dict[str, Any]:
    trust = {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ]
    }
    return {
        "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "F": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"ZipFile": STUBBORN},
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Role": {"Fn::GetAtt": ["R", "Arn"]},
            },
        },
        "Stubborn": {
            "Type": "Custom::Stubborn",
            "Properties": {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}, "Value": value},
        },
    }


def test_what_was_changed_by_hand_is_found_and_stays_until_its_property_changes(
    backend: Backend, account: Account
) -> None:
    wanted = {"Q": queue(1), "R": queue(1)}
    backend.deploy(wanted)
    cloudformation, sqs = account.client("cloudformation"), account.client("sqs")

    def url(logical_id: str) -> str:
        found = cloudformation.describe_stack_resource(
            StackName=backend.name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    sqs.set_queue_attributes(QueueUrl=url("Q"), Attributes={"VisibilityTimeout": "77"})
    sqs.delete_queue(QueueUrl=url("R"))
    assert backend.deploy(wanted).no_op
    assert backend.foresee(wanted, drift=False).drifts == ()
    changed, gone = sorted(backend.foresee(wanted, drift=True).drifts, key=lambda each: each.path)
    assert (changed.path, changed.is_gone) == ("Q", False)
    assert changed.properties == (DriftedProperty("VisibilityTimeout", "1", "77"),)
    assert str(changed.site) == "backend.py:3"
    assert (gone.path, gone.is_gone) == ("R", True)

    backend.deploy({"Q": queue(2)})
    attributes = sqs.get_queue_attributes(QueueUrl=url("Q"), AttributeNames=["VisibilityTimeout"])
    assert attributes["Attributes"] == {"VisibilityTimeout": "2"}
