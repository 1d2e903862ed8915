"""APIs that combine options of data, and what only shows when they are built."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest
from tests.synthesis import synthesize

from preamp.constructs.data.library import FILE_VARIABLE
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

START: Final = """from preamp import define_auth, define_backend, define_data, define_function
from preamp.data import Index, Model, allow, field, schema
"""
EVERYTHING: Final = """
clerk = define_function(name="clerk", entry="main.py")
judge = define_function(name="judge", entry="main.py", resource_group_name="data")
auth = define_auth(login_with={"email": True}, groups=["staff"])

class Order(
    Model,
    identifier=["shop", "number"],
    indexes=[Index("buyer", sort_keys=["number"], query_field="ordersOf")],
    authorization=[allow.owner(), allow.group("staff"), allow.custom()],
):
    shop: str
    number: int
    buyer: str

data = define_data(
    schema=schema([Order], authorization=[allow.resource(clerk).to(["query", "mutate"])]),
    name="my orders",
    authorization_modes={
        "default_authorization_mode": "identityPool",
        "lambda_authorization_mode": {"function": judge},
    },
    logging={"field_log_level": "info", "retention": "2 weeks"},
)
backend = define_backend(auth=auth, data=data, clerk=clerk)
assert backend.data.api_key is None
assert backend[data].graphql_url
assert list(backend[data].resources.tables) == ["Order"]
assert "data" in backend[data].stack.node.path
"""


def made(folder: Path, source: str) -> str:
    """All templates of a backend as one text."""
    for name, text in (("backend.py", source), ("main.py", "def handler(event, context): ...\n")):
        (folder / "amplify").mkdir(exist_ok=True)
        (folder / "amplify" / name).write_text(text, encoding="utf-8")
    synthesize(folder, folder / "cdk.out")
    files = sorted((folder / "cdk.out").glob("*.template.json"))
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return json.dumps([each["Resources"] for each in found])


def test_an_api_with_a_name_of_its_own_and_functions_that_may_use_it(tmp_path: Path) -> None:
    text = made(tmp_path, START + EVERYTHING)
    assert '"AuthenticationType": "AWS_IAM"' in text
    assert '"AWS_LAMBDA"' in text
    assert '"API_KEY"' not in text
    assert '"FieldLogLevel": "INFO"' in text
    assert '"RetentionInDays": 14' in text
    # the client that Amplify has for functions looks for the first
    for variable in ("AMPLIFY_DATAMY_ORDERS_GRAPHQL_ENDPOINT", "MY_ORDERS_GRAPHQL_ENDPOINT"):
        assert f'"{variable}": "<value will be resolved during runtime>"' in text
    allowed = re.findall(r"/types/(\w+)/\*", text)
    assert {"Query", "Mutation"} <= set(allowed)


def test_without_auth_and_words_there_is_a_key_for_a_week(tmp_path: Path) -> None:
    source = (
        "class Note(Model, authorization=[allow.public_api_key()]):\n    text: str | None\n"
        "define_backend(data=define_data(schema=[Note]))\n"
    )
    text = made(tmp_path, START + source)
    assert '"AuthenticationType": "API_KEY"' in text
    (expires,) = re.findall(r'"Expires": (\d+)', text)
    assert int(expires) % 3600 == 0


@pytest.mark.parametrize(
    ("source", "code", "words", "line"),
    [
        (
            'define_backend(data=define_data(schema="type Note @model { text: Txt }"))\n',
            "InvalidSchemaError",
            "no type 'Txt'",
            3,
        ),
        (
            'define_backend(data=define_data(schema="type Note @model {\\n  text String }"))\n',
            "InvalidSchemaError",
            "line 2 of it, 'text String }'",
            3,
        ),
        (
            (
                'data = define_data(schema="type Note @model { text: String @nonsense(a: 1) }",\n'
                '    authorization_modes={"default_authorization_mode": "apiKey"})\n'
                "define_backend(data=data)\n"
            ),
            "SchemaRefusedError",
            "nonsense",
            3,
        ),
        (
            (
                'data = define_data(schema="type Note @model { text: String }",\n'
                '    authorization_modes={"default_authorization_mode": "userPool"})\n'
                "define_backend(data=data)\n"
            ),
            "DefineDataConfigurationError",
            "the default authorization mode is 'userPool', for which nothing is there",
            3,
        ),
        (
            (
                'data = define_data(schema="type Note @model { text: String }",\n'
                '    authorization_modes={"default_authorization_mode": "oidc"})\n'
                "define_backend(data=data)\n"
            ),
            "DefineDataConfigurationError",
            "'oidc'",
            3,
        ),
        (
            (
                'judge = define_function(name="judge", entry="main.py")\n'
                'data = define_data(schema="type Note @model { text: String }",\n'
                '    authorization_modes={"api_key_authorization_mode": {},\n'
                '        "lambda_authorization_mode": {"function": judge}})\n'
                "define_backend(data=data)\n"
            ),
            "DefineDataConfigurationError",
            "several ways in",
            4,
        ),
        (
            (
                'data = define_data(schema="type Note @model { text: String }",\n'
                "    migrated_amplify_gen1_dynamo_db_table_mappings=[\n"
                '        {"branch_name": "sandbox",\n'
                '         "model_name_to_table_name_mapping": {"Nota": "t"}}])\n'
                "define_backend(data=data)\n"
            ),
            "DefineDataConfigurationError",
            "the schema has no model 'Nota'",
            3,
        ),
    ],
)
def test_mistakes_are_told_at_their_lines(
    tmp_path: Path, source: str, code: str, words: str, line: int
) -> None:
    with pytest.raises(UserError) as caught:
        made(tmp_path, START + source)
    assert caught.value.code == code
    assert words in caught.value.message
    assert [site.line for site in caught.value.sites] == [line]


@pytest.mark.parametrize(
    ("rule", "modes", "words", "hint"),
    [
        (
            "allow.group('staff')",
            "{'default_authorization_mode': 'apiKey'}",
            "users and groups",
            "define_auth",
        ),
        (
            "allow.public_api_key()",
            "{'default_authorization_mode': 'identityPool'}",
            "callers with the API's key",
            "api_key_authorization_mode",
        ),
        (
            "allow.custom()",
            "{'default_authorization_mode': 'apiKey'}",
            "callers whom a function lets in",
            "lambda_authorization_mode",
        ),
    ],
)
def test_a_rule_about_callers_whom_the_api_cannot_know(
    tmp_path: Path, rule: str, modes: str, words: str, hint: str
) -> None:
    source = (
        f"class Note(Model, authorization=[{rule}]):\n    text: str | None\n"
        f"data = define_data(schema=[Note], authorization_modes={modes})\n"
        "define_backend(data=data)\n"
    )
    with pytest.raises(UserError) as caught:
        made(tmp_path, START + source)
    assert caught.value.code == "SchemaAuthorizationError"
    assert f"a rule is about {words}" in caught.value.message
    assert hint in caught.value.hint
    assert [site.line for site in caught.value.sites] == [3, 5]


def test_two_definitions_of_data_are_one_too_many(tmp_path: Path) -> None:
    source = (
        'TEXT = "type Note @model @auth(rules: [{allow: public}]) { text: String }"\n'
        "define_backend(one=define_data(schema=TEXT), two=define_data(schema=TEXT))\n"
    )
    with pytest.raises(UserError) as caught:
        made(tmp_path, START + source)
    assert caught.value.code == "MultipleSingletonResourcesError"


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "GraphqlConstructMissingError"), (b"else", "GraphqlConstructDamagedError")],
)
def test_a_file_that_is_not_the_construct_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, code: str
) -> None:
    file = tmp_path / "construct.tgz"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    source = 'define_backend(data=define_data(schema="type Note @model { text: String }"))\n'
    with pytest.raises(UserError) as caught:
        made(tmp_path, START + source)
    assert caught.value.code == code
    assert str(file) in caught.value.message
    assert "npm pack @aws-amplify/graphql-api-construct@" in caught.value.hint


def test_without_a_registry_the_construct_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    source = 'define_backend(data=define_data(schema="type Note @model { text: String }"))\n'
    with pytest.raises(UserError) as caught:
        made(tmp_path, START + source)
    assert caught.value.code == "GraphqlConstructMissingError"
    assert "ECONNREFUSED" in caught.value.message
    assert FILE_VARIABLE in caught.value.hint
