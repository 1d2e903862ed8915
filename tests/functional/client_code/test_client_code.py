"""Amplify's generator, run as the command line runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.parity.test_official_schemas import schema_of_project
from tests.synthesis import Recorder

from preamp.client_code.generator import generate
from preamp.client_code.python_types import python_types
from preamp.client_code.requests import introspection, model_classes, statements
from preamp.constructs.data.introspection.model_introspection import model_introspection
from preamp.definition.data.transform import schemas_of
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

MODELS: Final = """
type Post @model @auth(rules: [{allow: owner}]) {
  title: String!
  comments: [Comment] @hasMany(references: ["postId"])
}
type Comment @model @auth(rules: [{allow: owner}]) {
  postId: ID
  post: Post @belongsTo(references: ["postId"])
}
"""
API: Final = """
type Post { id: ID! title: String! next: Post }
type Query { getPost(id: ID!): Post }
type Mutation { createPost(title: String!): Post }
"""


def test_statements_and_types_in_typescript_are_what_is_asked_for_usually() -> None:
    files = generate(API, statements(), Recorder())
    assert set(files) == {"queries.ts", "mutations.ts", "API.ts"}
    assert 'import * as APITypes from "./API";' in files["queries.ts"]
    assert "export type GetPostQuery" in files["API.ts"]


def test_options_are_those_of_the_generator() -> None:
    request = statements("graphql", "swift", max_depth=1, typename_introspection=False)
    files = generate(API, request, Recorder())
    assert set(files) == {"queries.graphql", "mutations.graphql", "API.swift"}
    assert "__typename" not in files["queries.graphql"]
    assert files["queries.graphql"].count("next") == 0
    plain = generate(API, statements("javascript"), Recorder())
    assert set(plain) == {"queries.js", "mutations.js"}


def test_classes_of_models_for_each_language() -> None:
    files = generate(MODELS, model_classes("dart", addTimestampFields=False), Recorder())
    assert {"ModelProvider.dart", "Post.dart", "Comment.dart"} <= set(files)
    assert "createdAt" not in files["Post.dart"]
    assert "Post.swift" in generate(MODELS, model_classes("swift"), Recorder())


def test_the_description_of_the_models_is_ours() -> None:
    files = generate(MODELS, introspection(), Recorder())
    assert files == {"model-introspection.json": model_introspection(MODELS)}


def test_what_the_generator_refuses_is_told() -> None:
    with pytest.raises(UserError) as raised:
        generate("type Query { a: Nothing }", statements(), Recorder())
    assert raised.value.code == "ClientCodeError"
    assert "Nothing" in raised.value.message


@pytest.mark.parametrize("project", ["data_types", "data_relations", "data_operations"])
def test_types_in_python_are_strict_and_formatted(project: str, tmp_path: Path) -> None:
    sdl = "\n".join(each.sdl for each in schemas_of(schema_of_project(project)))
    told: dict[str, Any] = json.loads(model_introspection(sdl))
    (tmp_path / "models.py").write_text(python_types(told), encoding="utf-8")
    use = "import models\n" + "".join(
        f"def f{number}(row: models.{name}, new: models.Create{name}Input) -> None: ...\n"
        for number, name in enumerate(told["models"])
    )
    (tmp_path / "use.py").write_text(use, encoding="utf-8")
    for command in (
        ["mypy", "--strict", "models.py", "use.py"],
        ["ruff", "format", "--isolated", "--check", "models.py"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    subprocess.run([sys.executable, "use.py"], cwd=tmp_path, check=True)
