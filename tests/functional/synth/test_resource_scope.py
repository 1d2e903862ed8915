"""Resources that need each other: what a definition is given to build itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.synthesis import synthesize

from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

RESOURCES = """
from dataclasses import dataclass
from aws_cdk import aws_sns as sns, aws_sqs as sqs
from preamp import ResourceScope, define_backend

@dataclass(frozen=True)
class Topic:
    name: str
    def build(self, scope: ResourceScope) -> sns.Topic:
        return sns.Topic(scope.stack("topics"), self.name)

@dataclass(frozen=True)
class Jobs:
    topic: Topic
    def build(self, scope: ResourceScope) -> sqs.Queue:
        scope.built(self.topic)
        queue = sqs.Queue(scope.stack("jobs"), "Queue")
        scope.after_all(lambda: scope.add_output_entry("Test", "1", {
            "jobsQueue": queue.queue_name,
            "topicNames": ",".join(each.name for each in scope.definitions(Topic)),
        }))
        return queue
"""
NEEDING_EACH_OTHER = """
class Left:
    other = None
    def build(self, scope):
        return scope.built(self.other)

left, right = Left(), Left()
left.other, right.other = right, left
define_backend(left=left)
"""


LISTED = """
class Named:
    def __init__(self, name):
        self.name = name
    def build(self, scope):
        topic = sns.Topic(scope.stack("topics"), self.name)
        scope.append_output_entry("Test", "1", {"names": topic.topic_name, "kinds": "topic"})

define_backend(first=Named("First"), second=Named("Second"))
"""


def project(folder: Path, text: str) -> Path:
    (folder / "amplify").mkdir(parents=True)
    (folder / "amplify" / "backend.py").write_text(RESOURCES + text, encoding="utf-8")
    return folder


def template(assembly: Path, name: str) -> dict[str, object]:
    file = next(assembly.glob(f"*{name}*.template.json"))
    found: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return found


def test_a_resource_builds_what_it_needs_and_once(tmp_path: Path) -> None:
    text = 'topic = Topic("News")\ndefine_backend(jobs=Jobs(topic), topic=topic)\n'
    synthesize(project(tmp_path / "project", text), tmp_path / "out")
    assert len(dict(template(tmp_path / "out", "topics")["Resources"])) == 1  # type: ignore[call-overload]


def test_what_is_only_needed_need_not_be_given_to_the_backend(tmp_path: Path) -> None:
    text = 'define_backend(jobs=Jobs(Topic("News")))\n'
    synthesize(project(tmp_path / "project", text), tmp_path / "out")
    assert "News" in str(template(tmp_path / "out", "topics"))


def test_what_comes_after_all_sees_every_definition(tmp_path: Path) -> None:
    text = 'define_backend(jobs=Jobs(Topic("A")), b=Topic("B"), c=Topic("C"))\n'
    synthesize(project(tmp_path / "project", text), tmp_path / "out")
    outputs = str(template(tmp_path / "out", "sandbox-"))
    assert "'topicNames': {'Value': 'B,C'}" in outputs
    assert "jobsQueue" in outputs


def test_resources_that_need_each_other_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        synthesize(project(tmp_path / "project", NEEDING_EACH_OTHER), tmp_path / "out")
    assert raised.value.code == "ResourceCycleError"


def test_what_every_resource_of_a_kind_appends_to_is_one_output(tmp_path: Path) -> None:
    synthesize(project(tmp_path / "project", LISTED), tmp_path / "out")
    root = template(tmp_path / "out", "sandbox-")
    assert root["Metadata"]["Test"]["stackOutputs"] == ["names", "kinds"]  # type: ignore[index]
    outputs: dict[str, dict[str, object]] = root["Outputs"]  # type: ignore[assignment]
    assert outputs["kinds"]["Value"] == '["topic","topic"]'
    first, second = (str(outputs["names"]["Value"]).find(f"topics{one}") for one in ("First", "S"))
    assert 0 < first < second
