from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.local.cli.commandline import Project

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The example, deployed."""
    project = Project.of_example(tmp_path_factory.mktemp("example") / "notifications")
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.err
    yield project
    project.run("sandbox", "stop")


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """An empty project."""
    made = Project(tmp_path_factory.mktemp("project") / "app")
    yield made
    made.run("sandbox", "stop")
