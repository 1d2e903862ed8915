"""Types of models in Python: what is required, what may be missing, and names that Python has."""

from __future__ import annotations

from typing import Any

from preamp.client_code.python_types import python_types
from preamp.constructs.data.introspection.model_introspection import model_introspection

SCHEMA = """
enum Mood { good bad }
type Place { lat: Float! name: String }
type Team @model { name: String! members: [Member] @hasMany(references: ["teamId"]) }
type Member @model {
  mail: AWSEmail! @primaryKey(sortKeyFields: ["since"])
  since: Int!
  moods: [Mood!]!
  tags: [String]
  from: Place
  teamId: ID
  team: Team @belongsTo(references: ["teamId"])
}
input Search { text: String! moods: [Mood] }
"""


def types() -> dict[str, Any]:
    import json

    scope: dict[str, Any] = {}
    text = python_types(json.loads(model_introspection(SCHEMA)))
    exec(compile(text, "models.py", "exec"), scope)  # noqa: S102 - what was generated
    return scope


def test_rows_have_what_the_api_gives() -> None:
    made = types()
    assert made["Mood"].__args__ == ("good", "bad")
    member = made["Member"].__annotations__
    told = {name: getattr(kind, "__forward_arg__", kind) for name, kind in member.items()}
    assert told["since"] == "int"
    assert told["moods"] == "list[Mood]"
    assert told["tags"] == "list[str | None] | None"
    assert told["from"] == "Place | None"
    assert told["team"] == "NotRequired[Team | None]"
    assert told["createdAt"] == "str | None"


def test_inputs_take_what_is_not_made_by_the_api() -> None:
    made = types()
    create = made["CreateMemberInput"].__annotations__
    assert "createdAt" not in create
    assert "team" not in create
    assert set(made["DeleteMemberInput"].__annotations__) == {"mail", "since"}
    told = {
        name: getattr(kind, "__forward_arg__", kind)
        for name, kind in made["UpdateMemberInput"].__annotations__.items()
    }
    assert told["mail"] == "str"
    assert told["moods"] == "NotRequired[list[Mood]]"
    assert made["CreateTeamInput"].__annotations__["id"].__forward_arg__ == "NotRequired[str]"
    search = made["Search"].__annotations__
    assert search["text"].__forward_arg__ == "str"
    assert search["moods"].__forward_arg__ == "NotRequired[list[Mood | None] | None]"
