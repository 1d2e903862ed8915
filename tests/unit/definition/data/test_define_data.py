"""What `define_data` takes, and what it refuses at once."""

from __future__ import annotations

from typing import Any, Final

import pytest

from preamp import UserError, define_data, define_function
from preamp.definition.data.modes import DEFAULT_API_KEY

TEXT: Final = "type Note @model { text: String }"
FUNCTION: Final = define_function(entry="main.py")


def refused(**options: Any) -> UserError:
    with pytest.raises(UserError) as raised:
        define_data(**{"schema": TEXT, **options})
    (site,) = raised.value.sites
    assert site.file.endswith("test_define_data.py")
    assert raised.value.hint
    return raised.value


def modes(**given: Any) -> UserError:
    return refused(authorization_modes=given)


def test_a_text_is_enough() -> None:
    definition = define_data(schema=TEXT)
    assert definition.name == "amplifyData"
    assert definition.modes is None
    assert definition.logging is None
    assert [schema.sdl for schema in definition.schemas()] == [TEXT]


def test_ways_in_have_amplifys_defaults() -> None:
    definition = define_data(
        schema=TEXT,
        authorization_modes={
            "default_authorization_mode": "apiKey",
            "api_key_authorization_mode": {"description": "for tests"},
            "lambda_authorization_mode": {"function": FUNCTION},
        },
    )
    assert definition.modes
    assert definition.modes.api_key
    assert definition.modes.api_key.expires_in_days == DEFAULT_API_KEY.expires_in_days == 7
    assert definition.modes.authorizer
    assert definition.modes.authorizer.seconds == 60


def test_logging_says_what_it_leaves_out() -> None:
    definition = define_data(schema=TEXT, logging={"retention": "2 weeks"})
    assert definition.logging
    assert definition.logging.exclude_verbose_content
    assert definition.logging.field_log_level == "none"
    assert (
        define_data(schema=TEXT, logging={}).logging
        == define_data(schema=TEXT, logging=True).logging
    )


@pytest.mark.parametrize("schema", ["", "  ", [], 3, None])
def test_a_schema_is_text_or_models(schema: Any) -> None:
    assert refused(schema=schema).code == "InvalidSchemaError"


def test_options_have_values_they_can_have() -> None:
    for options, code, words in (
        ({"name": "3"}, "InvalidResourceNameError", "'3'"),
        ({"functions": {"f": "main"}}, "DefineDataConfigurationError", "'main'"),
        ({"logging": {"level": "all"}}, "UnknownOptionError", "'level'"),
        ({"logging": {"retention": "9 days"}}, "DefineDataConfigurationError", "'9 days'"),
        ({"logging": {"field_log_level": "warn"}}, "DefineDataConfigurationError", "'warn'"),
    ):
        error = refused(**options)
        assert error.code == code
        assert words in error.message


def test_ways_in_are_checked() -> None:
    oidc = {
        "oidc_provider_name": "name",
        "oidc_issuer_url": "https://id.example.com",
        "token_expiry_from_auth_in_seconds": 60,
        "token_expire_from_issue_in_seconds": 60,
    }
    for given, code, words in (
        ({"default_authorization_mode": "key"}, "DefineDataConfigurationError", "'key'"),
        ({"default": "apiKey"}, "UnknownOptionError", "'default'"),
        ({"api_key_authorization_mode": {"days": 3}}, "UnknownOptionError", "'days'"),
        (
            {"api_key_authorization_mode": {"expires_in_days": 1}},
            "DefineDataConfigurationError",
            "expires_in_days is 1",
        ),
        (
            {"lambda_authorization_mode": {"function": "main"}},
            "DefineDataConfigurationError",
            "'main'",
        ),
        (
            {
                "lambda_authorization_mode": {
                    "function": FUNCTION,
                    "time_to_live_in_seconds": 4000,
                }
            },
            "DefineDataConfigurationError",
            "time_to_live_in_seconds is 4000",
        ),
        (
            {"oidc_authorization_mode": {**oidc, "oidc_issuer_url": ""}},
            "DefineDataConfigurationError",
            "oidc_issuer_url",
        ),
        (
            {"oidc_authorization_mode": {**oidc, "token_expiry_from_auth_in_seconds": 0}},
            "DefineDataConfigurationError",
            "token_expiry_from_auth_in_seconds is 0",
        ),
    ):
        error = modes(**given)
        assert error.code == code
        assert words in error.message


def test_a_branch_has_one_mapping_of_tables() -> None:
    mapping = {"branch_name": "main", "model_name_to_table_name_mapping": {"Note": "t"}}
    error = refused(migrated_amplify_gen1_dynamo_db_table_mappings=[mapping, mapping])
    assert error.code == "DefineDataConfigurationError"
    assert "'main'" in error.message
