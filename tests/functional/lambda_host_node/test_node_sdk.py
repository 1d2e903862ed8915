"""Fetching the AWS SDK for JavaScript; that it works is for the local tier.

AWS: "Building Lambda functions with Node.js", runtime-included SDK versions.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from preamp.engine.node_sdk.installation import (
    NODE_SDK,
    ensure_node_sdk,
    needs_node_sdk,
    node_sdk_directory,
)
from preamp.events import Event, Notice, StageStarted

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Recorder:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        self.events.append(event)


def test_every_package_is_pinned_and_has_a_checksum() -> None:
    wanted = json.loads(NODE_SDK.packages.read_text())["dependencies"]
    locked = json.loads(NODE_SDK.lock.read_text())["packages"]
    assert locked.pop("")["dependencies"] == wanted
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    for package in locked.values():
        assert package["integrity"].startswith("sha512-")
        # Where packages come from is for the user's own npm settings to say.
        assert "resolved" not in package


def test_a_failure_is_a_notice_that_names_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAMP_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1")
    reporter = Recorder()
    directory = ensure_node_sdk(reporter)
    assert not directory.exists()
    log = directory.with_suffix(".log")
    started, notice = reporter.events
    assert started == StageStarted("AWS SDK for JavaScript")
    assert isinstance(notice, Notice)
    assert str(log) in notice.message
    assert "ECONNREFUSED" in log.read_text()
    assert {path.suffix for path in directory.parent.iterdir()} <= {".log", ".lock"}


def test_what_is_there_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAMP_CACHE_DIR", str(tmp_path))
    node_sdk_directory().mkdir(parents=True)
    reporter = Recorder()
    assert ensure_node_sdk(reporter) == node_sdk_directory()
    assert reporter.events == []


def test_a_template_with_a_node_function_needs_it(tmp_path: Path) -> None:
    template = tmp_path / "a.template.json"
    template.write_text(json.dumps({"Runtime": "python3.13", "Handler": "nodejs.handler"}))
    assert not needs_node_sdk([template])
    template.write_text(json.dumps({"Runtime": "nodejs22.x"}))
    assert needs_node_sdk([template])
    # As the CDK's own providers say it.
    template.write_text(json.dumps({"Mappings": {"Map": {"us-east-1": {"value": "nodejs22.x"}}}}))
    assert needs_node_sdk([template])
