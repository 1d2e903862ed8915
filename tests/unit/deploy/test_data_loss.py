from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.unit.deploy.conftest import nested_stack

from preamp.contract.site import Site
from preamp.deploy.approval import FixedApproval
from preamp.deploy.data_loss import DataGuard, find_risks
from preamp.deploy.deployed import DeployedStack, DeployedTemplate
from preamp.deploy.plan import plan_update
from preamp.errors import UserError
from preamp.events import Event, Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit.deploy.conftest import MakeAssembly, Resources

    from preamp.deploy.approval import DataRisk
    from preamp.deploy.plan import Plan

STACK = DeployedStack("root", "CREATE_COMPLETE")


def of_type(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


def table(key: str = "id", **more: Any) -> dict[str, Any]:
    schema = [{"AttributeName": key, "KeyType": "HASH"}]
    return {**of_type("AWS::DynamoDB::Table", KeySchema=schema), **more}


BUCKET = of_type("AWS::S3::Bucket")
KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
OTHER = {"Q": of_type("AWS::SNS::Topic")}


class Services:
    """Services that hold as many things as they are told; every call is noted."""

    def __init__(self, number: int = 3, *, more: bool = False, error: str | None = None) -> None:
        self.number, self.more, self.error = number, more, error
        self.asked: list[str] = []

    @property
    def s3(self) -> Services:
        return self

    def client(self, _service: str) -> Services:
        return self

    def _note(self, name: str) -> None:
        self.asked.append(name)
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": ""}}, "Count")

    def scan(self, TableName: str, **_more: Any) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self._note(TableName)
        return {"Count": self.number, **({"LastEvaluatedKey": {}} if self.more else {})}

    def list_object_versions(self, Bucket: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        self._note(Bucket)
        return {"Versions": [{}] * self.number, "IsTruncated": self.more}

    def list_users(self, UserPoolId: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        self._note(UserPoolId)
        return {"Users": [{}] * self.number}

    def get_queue_attributes(self, QueueUrl: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        self._note(QueueUrl)
        return {"Attributes": {"ApproximateNumberOfMessages": str(self.number)}}


class Reader:
    """Every resource exists, but those that are called Absent."""

    def physical_ids(self, stack: str) -> dict[str, str]:
        names = ("Table", "Bucket", "Pool", "Queue", "Stream", "Child", "Inner", "Renamed")
        return {name: f"{stack}-{name}" for name in names}


class Planned:
    def __init__(self, make_assembly: MakeAssembly) -> None:
        self._make = make_assembly

    def __call__(
        self,
        before: Resources,
        after: Resources,
        inner: tuple[Resources, Resources] | None = None,
        **more: Any,
    ) -> Plan:
        children = {"Child": DeployedTemplate({"Resources": inner[0]})} if inner else {}
        nested = {"Child": inner[1]} if inner and "Child" in after else None
        assembly = self._make({**OTHER, **after}, nested, **more)
        running = DeployedTemplate({"Resources": {**OTHER, **before}}, children)
        return plan_update(assembly, STACK, running)


@pytest.fixture
def planned(make_assembly: MakeAssembly) -> Planned:
    return Planned(make_assembly)


def risks(plan: Plan, services: Services | None = None) -> list[DataRisk]:
    return find_risks(plan, "root", Reader(), services or Services())  # type: ignore[arg-type]


def told(plan: Plan, services: Services | None = None) -> list[str]:
    return [str(risk) for risk in risks(plan, services)]


@pytest.mark.parametrize(
    ("resource", "name", "line"),
    [
        (table(), "Table", "table Table: 3 items; it is removed"),
        (BUCKET, "Bucket", "bucket Bucket: 3 objects; it is removed"),
        (
            of_type("AWS::Cognito::UserPool"),
            "Pool",
            "user pool Pool: 3 users; it is removed",
        ),
        (
            of_type("Custom::AmplifyDynamoDBTable"),
            "Table",
            "table Table: 3 items; it is removed",
        ),
        (
            of_type("AWS::Kinesis::Stream"),
            "Stream",
            "stream Stream: stateful, contents unknown; it is removed",
        ),
    ],
)
def test_what_is_removed_is_told_with_what_it_holds(
    planned: Planned, resource: dict[str, Any], name: str, line: str
) -> None:
    assert told(planned({name: resource}, {})) == [line]


def test_what_is_empty_is_no_risk(planned: Planned) -> None:
    assert told(planned({"Table": table()}, {}), Services(0)) == []


def test_what_does_not_exist_is_no_risk(planned: Planned) -> None:
    assert told(planned({"Absent": table()}, {})) == []
    assert told(planned({"Table": table()}, {}), Services(error="ResourceNotFoundException")) == []


def test_what_may_not_be_asked_is_a_risk(planned: Planned) -> None:
    (line,) = told(planned({"Table": table()}, {}), Services(error="AccessDeniedException"))
    assert "contents unknown" in line


def test_one_is_not_many_and_a_full_answer_is_not_all(planned: Planned) -> None:
    plan = planned({"Table": table()}, {})
    assert told(plan, Services(1)) == ["table Table: 1 item; it is removed"]
    (line,) = told(plan, Services(100, more=True))
    assert "100 items or more" in line


def test_logs_and_topics_hold_nothing(planned: Planned) -> None:
    assert told(planned({"Table": of_type("AWS::Logs::LogGroup")}, {})) == []


def test_only_what_is_in_question_is_counted(planned: Planned) -> None:
    services = Services()
    before = {"Table": table(), "Bucket": BUCKET, "Pool": of_type("AWS::Cognito::UserPool")}
    changed = of_type("AWS::Cognito::UserPool", UserPoolName="x")
    told(planned(before, {"Table": table(), "Bucket": BUCKET, "Pool": changed}), services)
    assert services.asked == []
    told(planned(before, {"Bucket": BUCKET, "Pool": changed}), services)
    assert services.asked == ["root-Table"]


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate", "Snapshot"])
def test_what_a_policy_keeps_is_not_lost(planned: Planned, policy: str) -> None:
    kept = table(DeletionPolicy=policy)
    assert told(planned({"Table": kept}, {})) == []


def test_a_policy_that_is_not_deployed_yet_keeps_nothing(planned: Planned) -> None:
    before = {"Table": table("id")}
    assert told(planned(before, {"Table": table("other", **KEPT)})) == [
        "table Table: 3 items; it is replaced by an empty one, as KeySchema changes"
    ]


def test_a_database_has_a_snapshot_if_nothing_else_is_said(planned: Planned) -> None:
    cluster = of_type("AWS::RDS::DBCluster")
    assert told(planned({"Table": cluster}, {})) == []
    assert len(told(planned({"Table": {**cluster, "DeletionPolicy": "Delete"}}, {}))) == 1
    assert told(planned({"Table": of_type("AWS::RDS::DBInstance")}, {})) == []
    member = of_type("AWS::RDS::DBInstance", DBClusterIdentifier="c")
    assert len(told(planned({"Table": member}, {}))) == 1


def amplify_table(key: str, **more: Any) -> dict[str, Any]:
    schema = [{"attributeName": key, "keyType": "HASH"}]
    return of_type("Custom::AmplifyDynamoDBTable", keySchema=schema, **more)


def typed(kind: str, letters: tuple[str, str] = ("A", "A")) -> dict[str, Any]:
    name, type_ = f"{letters[0]}ttributeName", f"{letters[1]}ttributeType"
    return {f"{letters[0]}ttributeDefinitions": [{name: "id", type_: kind}]}


@pytest.mark.parametrize(
    ("before", "after", "property_name"),
    [
        (table("a"), table("b"), "KeySchema"),
        (
            of_type("AWS::DynamoDB::Table", LocalSecondaryIndexes=[1]),
            of_type("AWS::DynamoDB::Table", LocalSecondaryIndexes=[2]),
            "LocalSecondaryIndexes",
        ),
        (
            of_type("AWS::DynamoDB::Table", **typed("S")),
            of_type("AWS::DynamoDB::Table", **typed("N")),
            "AttributeDefinitions",
        ),
        (
            of_type("AWS::S3::Bucket", BucketName="a"),
            of_type("AWS::S3::Bucket", BucketName="b"),
            "BucketName",
        ),
        (amplify_table("a"), amplify_table("b"), "keySchema"),
        (
            amplify_table("a", globalSecondaryIndexes=[1], replaceTableUponGsiUpdate=True),
            amplify_table("a", globalSecondaryIndexes=[2], replaceTableUponGsiUpdate=True),
            "globalSecondaryIndexes",
        ),
        (table(), of_type("AWS::S3::Bucket"), "Type"),
    ],
)
def test_what_is_replaced_is_told_with_the_property_that_does_it(
    planned: Planned, before: dict[str, Any], after: dict[str, Any], property_name: str
) -> None:
    (risk,) = risks(planned({"Table": before}, {"Table": after}))
    assert (risk.action, property_name in risk.properties) == ("replace", True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (table(), {**table(), "Metadata": {"x": 1}}),
        (
            of_type("AWS::DynamoDB::Table", **typed("S")),
            of_type(
                "AWS::DynamoDB::Table",
                AttributeDefinitions=[
                    {"AttributeName": "id", "AttributeType": "S"},
                    {"AttributeName": "more", "AttributeType": "N"},
                ],
            ),
        ),
        (
            amplify_table("a", globalSecondaryIndexes=[1]),
            amplify_table("a", globalSecondaryIndexes=[2]),
        ),
        (table("a", **KEPT), table("b", **KEPT)),
        (
            of_type("AWS::Cognito::UserPool"),
            of_type("AWS::Cognito::UserPool", MfaConfiguration="ON"),
        ),
    ],
)
def test_what_is_changed_in_place_is_no_risk(
    planned: Planned, before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert told(planned({"Table": before}, {"Table": after})) == []


def test_another_logical_id_is_a_removal(planned: Planned) -> None:
    (risk,) = risks(planned({"Table": table()}, {"Renamed": table()}))
    assert (risk.path, risk.physical_id, risk.action) == ("Table", "root-Table", "remove")


def test_another_condition_may_remove(planned: Planned) -> None:
    (risk,) = risks(planned({"Table": table()}, {"Table": table(Condition="C")}))
    assert (risk.action, risk.properties) == ("remove", ("Condition",))


def test_a_nested_stack_that_goes_takes_its_data_along(planned: Planned) -> None:
    (risk,) = risks(planned({"Child": nested_stack("u")}, {}, ({"Inner": table()}, {})))
    assert (risk.path, risk.physical_id) == ("Child/Inner", "root-Child-Inner")


def test_a_nested_stack_that_is_kept_keeps_its_data(planned: Planned) -> None:
    kept = {**nested_stack("u"), "DeletionPolicy": "Retain"}
    assert told(planned({"Child": kept}, {}, ({"Inner": table()}, {}))) == []


class Listening:
    """Hears and decides."""

    def __init__(self, *, allowed: bool) -> None:
        self.allowed = allowed
        self.heard: list[Any] = []

    def report(self, event: Event) -> None:
        assert isinstance(event, Notice)
        self.heard.append(event.message)

    def approve(self, asked: Sequence[DataRisk]) -> bool:
        self.heard.append([risk.path for risk in asked])
        return self.allowed

    def save(self) -> str:
        self.heard.append("saved")
        return "get it back"

    def carry_out(self, plan: Plan) -> None:
        guard = DataGuard(self, self.save, self)
        with guard.watching(plan, "root", Reader(), Services()):  # type: ignore[arg-type]
            self.heard.append("deployed")


def test_what_is_approved_is_saved_first_and_the_way_back_told_last(planned: Planned) -> None:
    listening = Listening(allowed=True)
    listening.carry_out(planned({"Table": table()}, {}))
    assert listening.heard == [["Table"], "saved", "deployed", "get it back"]


def test_the_way_back_is_told_after_a_failure_too(planned: Planned) -> None:
    listening = Listening(allowed=True)
    guard = DataGuard(listening, listening.save, listening)
    plan = planned({"Table": table()}, {})
    with (
        pytest.raises(ZeroDivisionError),
        guard.watching(plan, "root", Reader(), Services()),  # type: ignore[arg-type]
    ):
        raise ZeroDivisionError
    assert listening.heard == [["Table"], "saved", "get it back"]


def test_without_a_risk_nobody_is_asked(planned: Planned) -> None:
    listening = Listening(allowed=False)
    listening.carry_out(planned({"Table": table()}, {"Table": table()}))
    assert listening.heard == ["deployed"]


def test_messages_on_their_way_are_mentioned_and_need_no_approval(planned: Planned) -> None:
    listening = Listening(allowed=False)
    listening.carry_out(planned({"Queue": of_type("AWS::SQS::Queue")}, {}))
    assert listening.heard == [
        "queue Queue: 3 messages; it is removed",
        "deployed",
    ]


@pytest.mark.parametrize("approval", [None, FixedApproval(allowed=False)])
def test_what_is_not_approved_is_an_error_that_tells_each(
    planned: Planned, approval: FixedApproval | None
) -> None:
    site = Site("amplify/backend.py", 12)
    before = {"Table": table("a"), "Bucket": BUCKET}
    plan = planned(before, {"Table": table("b")}, sites={"Table": site})
    guard = DataGuard(approval, None, Listening(allowed=True))
    with (
        pytest.raises(UserError) as caught,
        guard.watching(plan, "root", Reader(), Services()),  # type: ignore[arg-type]
    ):
        pytest.fail("it was let through")
    assert caught.value.code == "DataLossError"
    assert caught.value.message.splitlines() == [
        "the deployment would lose data",
        "table Table: 3 items; it is replaced by an empty one, as KeySchema changes",
        "bucket Bucket: 3 objects; it is removed",
    ]
    assert caught.value.sites == (site,)
    assert "--allow-data-loss" in caught.value.hint
    assert "leave KeySchema of Table as before" in caught.value.hint
