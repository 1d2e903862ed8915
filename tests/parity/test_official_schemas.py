"""The same schemas as with the official library: their GraphQL and what belongs to it.

`canonical/schemas/` holds what the official library makes of each: definitions of GraphQL by their
names, printed by one printer, functions, resolvers and SQL statements.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.parity.graphql_text import definitions
from tests.synthesis import PROJECTS

from preamp.data import Model, allow, schema
from preamp.definition.data.transform import schemas_of

if TYPE_CHECKING:
    from preamp.definition.data.schema import Schema
    from preamp.definition.data.schemas import CombinedSchemas, SchemaParts

CANONICAL: Final = Path(__file__).with_name("canonical") / "schemas"
CASES: Final = {
    "10-data-types": "data_types",
    "11-data-relations": "data_relations",
    "12-data-auth": "data_auth",
    "13-data-custom-ops": "data_operations",
    "14-data-combined": "data_combined",
}


def schema_of_project(name: str) -> SchemaParts | CombinedSchemas:
    """What the module of a project's models has put together."""
    package = f"{name}_amplify"
    folder = PROJECTS / name / "amplify"
    spec = importlib.util.spec_from_loader(package, loader=None, is_package=True)
    assert spec
    root = importlib.util.module_from_spec(spec)
    root.__path__ = [str(folder)]
    sys.modules[package] = root
    found: SchemaParts | CombinedSchemas
    found = importlib.import_module(f"{package}.data.models").api
    return found


def described(made: Schema, folder: Path) -> dict[str, Any]:
    """A schema in the form of the recordings."""

    def place(path: Path) -> str:
        return path.relative_to(folder).as_posix()

    return {
        "definitions": definitions(made.sdl),
        "functions": list(made.functions),
        "resolvers": [
            {
                "typeName": each.type_name,
                "fieldName": each.field_name,
                "handlers": [
                    {"dataSource": step.data_source, "entry": place(step.path)}
                    for step in each.steps
                ],
            }
            for each in made.resolvers
        ],
        "statements": [
            {"typeName": each.type_name, "fieldName": each.field_name}
            | ({"entry": place(each.path)} if each.path else {})
            for each in made.sql_statements
        ],
        "access": list(made.access),
    }


def official(case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CANONICAL / f"{case}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_schema_in_python_is_the_official_one(case: str) -> None:
    project = CASES[case]
    folder = PROJECTS / project / "amplify" / "data"
    made = [described(each, folder) for each in schemas_of(schema_of_project(project))]
    assert made == official(case)


def test_so_is_that_of_the_first_page() -> None:
    class Todo(Model, authorization=[allow.owner(), allow.public_api_key()]):
        content: str | None

    made = [described(each, PROJECTS) for each in schemas_of(schema([Todo]))]
    assert made == official("02-seed")


def test_every_recording_is_compared() -> None:
    assert {file.stem for file in CANONICAL.iterdir()} == {*CASES, "02-seed"}
