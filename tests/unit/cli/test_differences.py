"""How `preamp diff` reads, for people and for scripts."""

from __future__ import annotations

import click

from preamp.cli.differences import difference_facts, difference_lines
from preamp.contract.site import Site
from preamp.deploy.apply import Foreseen
from preamp.deploy.approval import DataRisk
from preamp.deploy.drift import Drift, DriftedProperty
from preamp.deploy.permissions import PermissionChange
from preamp.deploy.plan import Action, Change, Plan, PlanKind, Reason

SITE = Site("amplify/backend.py", 7)
QUEUE = Change(
    "Orders/Queue",
    "AWS::SQS::Queue",
    Action.MODIFY,
    Reason.PROPERTY_CHANGED,
    properties=("DelaySeconds", "VisibilityTimeout"),
    site=SITE,
    before={"Properties": {"VisibilityTimeout": 30}},
    after={"Properties": {"VisibilityTimeout": {"Ref": "Seconds"}, "DelaySeconds": 5}},
)
FORESEEN = Foreseen(
    Plan(PlanKind.UPDATE, (QUEUE,)),
    (
        PermissionChange(
            "Orders/Policy",
            "AWS::IAM::Policy",
            added=True,
            statement="allow sqs:* on *",
            widens=True,
            site=SITE,
        ),
    ),
    (DataRisk("Orders/Table", "AWS::DynamoDB::Table", "table", "t1", "remove", "2 items"),),
    (
        Drift(
            "Orders/Topic",
            "AWS::SNS::Topic",
            is_gone=False,
            properties=(DriftedProperty("DisplayName", "Shop", ""),),
        ),
        Drift("Orders/Old", "AWS::SQS::Queue", is_gone=True, site=SITE),
    ),
)


def lines(foreseen: Foreseen) -> list[str]:
    return [click.unstyle(line) for line in difference_lines(foreseen)]


def test_people_see_values_permissions_data_and_what_was_changed_by_hand() -> None:
    assert lines(FORESEEN) == [
        "~ Orders/Queue                              DelaySeconds, VisibilityTimeout",
        "    DelaySeconds",
        "      + 5",
        "    VisibilityTimeout",
        "      - 30",
        '      + {"Ref": "Seconds"}',
        "permissions:",
        "  + Orders/Policy (amplify/backend.py:7)",
        "    allow sqs:* on *",
        "data would be lost:",
        "  table Orders/Table: 2 items",
        "    removed",
        "changed by hand:",
        "  Orders/Topic",
        "    DisplayName",
        "      - Shop",
        "  Orders/Old (amplify/backend.py:7): deleted",
        "1 change",
    ]


def test_nothing_is_said_in_three_words() -> None:
    assert lines(Foreseen(Plan(PlanKind.NO_OP))) == ["nothing would change"]


def test_scripts_get_the_same_as_data() -> None:
    facts = difference_facts(FORESEEN, "amplify-shop")
    assert (facts["stack"], facts["kind"]) == ("amplify-shop", "update")
    [change] = facts["changes"]
    assert change["properties"]["VisibilityTimeout"] == {"before": 30, "after": {"Ref": "Seconds"}}
    assert change["site"] == "amplify/backend.py:7"
    assert facts["permissions"][0]["widens"] is True
    assert facts["data"][0]["fate"] == "removed"
    assert [each["path"] for each in facts["drift"]] == ["Orders/Topic", "Orders/Old"]
