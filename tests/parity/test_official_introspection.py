"""What frontends read of a schema is what the official generator writes, byte for byte.

`canonical/introspection/` has schemas of kinds that the backends of other tests do not have, and
what the generator of Amplify's command line makes of each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from preamp.constructs.data.introspection.model_introspection import model_introspection
from preamp.errors import UserError

CANONICAL: Final = Path(__file__).with_name("canonical") / "introspection"
CASES: Final = sorted(path.stem for path in CANONICAL.glob("*.graphql"))


def test_there_are_cases() -> None:
    assert len(CASES) == 6


@pytest.mark.parametrize("case", CASES)
def test_the_text_is_the_official_one(case: str) -> None:
    schema = (CANONICAL / f"{case}.graphql").read_text(encoding="utf-8")
    official = (CANONICAL / f"{case}.json").read_text(encoding="utf-8")
    assert model_introspection(schema) == official.rstrip("\n")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("type A @model { b: Missing }", "no type 'Missing'"),
        ("type A @model { k: String @primaryKey }", "A.k is the primary key, but may be null"),
        (
            'type A @model { b: [B] @hasMany(references: ["aId"]) } type B @model { aId: ID }',
            "A.b cannot be @hasMany: B has no @belongsTo by aId",
        ),
        (
            'type A @model { b: [B] @hasMany(references: ["x"]) } type B @model { a: ID }',
            "B has no field x",
        ),
        ("type A @model { b: B @hasMany } type B @model { a: ID }", "its type is no list"),
        ("type A @model { b: [B] @hasOne } type B @model { a: ID }", "its type is a list"),
        ("type A @model { b: B @belongsTo } type B @model { a: ID }", "no @hasOne or @hasMany"),
        ("type A @model { b: [Int] @hasMany }", "Int is no model"),
        (
            (
                'type A @model { b: [B] @hasMany(indexName: "i", fields: ["id"]) } '
                "type B @model { a: ID }"
            ),
            "B has no index i",
        ),
        ('type A @model { b: [A] @manyToMany(relationName: "r") }', "the relation R has 1 side"),
    ],
)
def test_what_the_official_generator_refuses_is_refused(schema: str, words: str) -> None:
    with pytest.raises(UserError) as raised:
        model_introspection(schema)
    assert raised.value.code == "InvalidSchemaError"
    assert words in raised.value.message
    assert raised.value.hint
