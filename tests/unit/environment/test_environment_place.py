"""The names of deployments at AWS: those of the official library."""

from __future__ import annotations

from pathlib import Path

import pytest

from preamp.assembly.project import Project
from preamp.environment.place import branch_environment, standalone_environment
from preamp.errors import UserError


def project(name: str = "shop") -> Project:
    return Project(Path("/nowhere"), Path("amplify/backend.py"), name)


def test_a_branch_of_an_app_has_the_official_stack_name() -> None:
    main = branch_environment(project(), "main", "d1a2b3c4e5f6g7")
    assert main.stack_name == "amplify-d1a2b3c4e5f6g7-main-branch-8500a8d617"
    assert main.told == "branch main of the app d1a2b3c4e5f6g7"


def test_a_branch_without_an_app_belongs_to_the_project() -> None:
    dev = branch_environment(project(), "dev", None)
    assert dev.backend_id.kind == "standalone"
    assert dev.stack_name.startswith("amplify-shop-dev-standalone-")
    assert dev.told == "branch dev of shop"


@pytest.mark.parametrize(
    ("name", "identifier", "expected"),
    [
        ("shop", None, "shop"),
        ("@acme/my_shop", None, "my-shop"),
        ("7-up-", None, "up"),
        ("shop", "shop-eu", "shop-eu"),
    ],
)
def test_a_backend_that_stands_alone_is_named_as_by_the_official_command(
    name: str, identifier: str | None, expected: str
) -> None:
    alone = standalone_environment(project(name), identifier)
    assert (alone.backend_id.namespace, alone.backend_id.name) == (expected, "backend")
    assert alone.told == f"backend {expected}"


@pytest.mark.parametrize(("name", "identifier"), [("shop", "7up"), ("shop", "a b"), ("777", None)])
def test_an_impossible_identifier_is_told(name: str, identifier: str | None) -> None:
    with pytest.raises(UserError) as caught:
        standalone_environment(project(name), identifier)
    assert caught.value.code == "InvalidIdentifierError"
    assert "--identifier" in caught.value.hint
