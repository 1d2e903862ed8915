from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from preamp import FunctionDefinition, UserError, define_function, secret
from preamp.definition.function import Handler


def handler_of(definition: FunctionDefinition) -> Handler:
    assert isinstance(definition.source, Handler)
    return definition.source


def test_a_function_without_options_is_its_folders() -> None:
    handler = handler_of(define_function())
    assert handler.name == "definition"
    assert handler.entry == Path(__file__).resolve().with_name("handler.py")
    assert (handler.runtime, handler.architecture) == ("python3.13", "x86_64")


def test_a_function_is_named_after_its_entry() -> None:
    assert handler_of(define_function(entry="jobs/db_backup.py")).name == "db_backup"
    assert handler_of(define_function(entry="jobs/db_backup.py", name="backup")).name == "backup"


def test_an_absolute_entry_stays_what_it_is(tmp_path: Path) -> None:
    entry = tmp_path / "main.py"
    assert handler_of(define_function(entry=entry)).entry == entry


@pytest.mark.parametrize("given", [3.12, "3.12", "python3.12"])
def test_a_version_of_python_can_be_said_in_three_ways(given: float | str) -> None:
    assert handler_of(define_function(runtime=given)).runtime == "python3.12"


@pytest.mark.parametrize("given", [24, "24", "nodejs24.x"])
@pytest.mark.parametrize(
    "entry", ["main.ts", "main.mts", "main.cts", "main.tsx", "main.js", "main.mjs"]
)
def test_a_javascript_handler_runs_on_node(given: int | str, entry: str) -> None:
    assert handler_of(define_function(entry=entry, runtime=given)).runtime == "nodejs24.x"
    assert handler_of(define_function(entry=entry)).runtime == "nodejs22.x"


def test_a_definition_knows_its_line() -> None:
    site = define_function().site
    assert site is not None
    assert site.file.endswith("test_function.py")


def test_a_layer_that_is_named_twice_is_one() -> None:
    assert define_function(layers={"a": "One:1", "b": "One:1"}).layers == {"a": "One:1"}


def test_a_definition_does_not_change_with_what_it_was_given() -> None:
    environment: dict[str, Any] = {"MODE": "test", "KEY": secret("KEY")}
    definition = define_function(environment=environment)
    environment.clear()
    assert set(definition.environment) == {"MODE", "KEY"}


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("InvalidTimeoutError", {"timeout_seconds": 0}),
        ("InvalidTimeoutError", {"timeout_seconds": 901}),
        ("InvalidTimeoutError", {"timeout_seconds": 1.5}),
        ("InvalidTimeoutError", {"timeout_seconds": True}),
        ("InvalidMemoryMBError", {"memory_mb": 127}),
        ("InvalidMemoryMBError", {"memory_mb": 10241}),
        ("InvalidEphemeralStorageSizeMBError", {"ephemeral_storage_size_mb": 511}),
        ("InvalidEphemeralStorageSizeMBError", {"ephemeral_storage_size_mb": 10241}),
        ("InvalidEnvironmentKeyError", {"environment": {"A": "x"}}),
        ("InvalidEnvironmentKeyError", {"environment": {"_KEY": "x"}}),
        ("InvalidEnvironmentKeyError", {"environment": {"A-KEY": "x"}}),
        ("FunctionReservedEnvironmentVariableError", {"environment": {"AWS_REGION": "x"}}),
        (
            "FunctionReservedEnvironmentVariableError",
            {"environment": {"AMPLIFY_SSM_ENV_CONFIG": "{}"}},
        ),
        ("InvalidFunctionConfigurationError", {"environment": {"COUNT": 5}}),
        ("InvalidFunctionConfigurationError", {"environment": {"COUNT": None}}),
        ("InvalidRuntimeError", {"runtime": 3.8}),
        ("InvalidRuntimeError", {"runtime": 22}),
        ("InvalidRuntimeError", {"runtime": "nodejs22.x"}),
        ("InvalidRuntimeError", {"runtime": 3.13, "entry": "main.mjs"}),
        ("InvalidRuntimeError", {"runtime": 16, "entry": "main.mjs"}),
        ("InvalidArchitectureError", {"architecture": "x86"}),
        ("InvalidLayerFormatError", {"layers": {"sharp": "SharpLayer"}}),
        ("InvalidLayerFormatError", {"layers": {"sharp": "arn:aws:s3:::bucket"}}),
        ("MaximumLayersReachedError", {"layers": {str(n): f"Layer:{n}" for n in range(6)}}),
        ("InvalidLoggingOptionsError", {"logging": {"format": "xml"}}),
        ("InvalidLoggingOptionsError", {"logging": {"format": "json", "level": "warning"}}),
        ("InvalidLoggingOptionsError", {"logging": {"level": "warn"}}),
        ("InvalidLoggingOptionsError", {"logging": {"format": "text", "level": "warn"}}),
        ("InvalidLoggingOptionsError", {"logging": {"retention": "2 days"}}),
        ("UnknownOptionError", {"logging": {"retain": "2 weeks"}}),
        ("UnknownOptionError", {"logging": True}),
        ("UnknownOptionError", {"bundling": {"minified": True}}),
        ("InvalidFunctionConfigurationError", {"bundling": {"minify": True}}),
        ("InvalidFunctionConfigurationError", {"bundling": {"minify": 1}, "entry": "a.ts"}),
        ("InvalidResourceNameError", {"name": "1st"}),
        ("InvalidResourceNameError", {"entry": "1st.py"}),
        ("InvalidResourceNameError", {"resource_group_name": "a/b"}),
        ("UnsupportedHandlerError", {"entry": "handler.rb"}),
        (
            "InvalidDurableFunctionExecutionTimeoutError",
            {"durable_config": {"execution_timeout_seconds": 31_622_401}},
        ),
        ("InvalidDurableFunctionExecutionTimeoutError", {"durable_config": {}}),
        (
            "InvalidDurableFunctionRetentionPeriodError",
            {"durable_config": {"execution_timeout_seconds": 1, "retention_period_days": 91}},
        ),
        (
            "UnsupportedDurableFunctionRuntimeError",
            {"durable_config": {"execution_timeout_seconds": 1}, "runtime": 3.12},
        ),
        (
            "UnsupportedDurableFunctionRuntimeError",
            {
                "durable_config": {"execution_timeout_seconds": 1},
                "runtime": 20,
                "entry": "main.mjs",
            },
        ),
        ("FunctionScheduleInitializationError", {"schedule": "every minute"}),
    ],
)
def test_what_cannot_be_is_refused_at_the_line(code: str, options: dict[str, Any]) -> None:
    with pytest.raises(UserError) as raised:
        define_function(**options)
    assert raised.value.code == code
    assert raised.value.sites[0].file.endswith("test_function.py")


@pytest.mark.parametrize(
    "options",
    [
        {"timeout_seconds": 1, "memory_mb": 128, "ephemeral_storage_size_mb": 512},
        {"timeout_seconds": 900, "memory_mb": 10240, "ephemeral_storage_size_mb": 10240},
        {"environment": {"AB": "", "AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}},
        {"layers": {str(n): f"Layer:{n}" for n in range(5)}},
        {"logging": {"format": "json", "level": "trace", "retention": "infinite"}},
        {"bundling": {"minify": False}},
        {"durable_config": {"execution_timeout_seconds": 31_622_400, "retention_period_days": 90}},
    ],
)
def test_the_ends_of_every_range_are_allowed(options: dict[str, Any]) -> None:
    assert isinstance(define_function(**options), FunctionDefinition)


def test_a_number_that_lost_its_zero_is_explained() -> None:
    with pytest.raises(UserError) as raised:
        define_function(runtime=3.10)
    assert '"3.10"' in raised.value.hint


@pytest.mark.parametrize(
    "options", [{"name": "x"}, {"entry": "x.py"}, {"runtime": 3.13}, {"architecture": "arm64"}]
)
def test_what_the_code_of_a_given_function_is_cannot_be_an_option(options: dict[str, Any]) -> None:
    with pytest.raises(UserError) as raised:
        define_function(lambda _: None, **options)  # type: ignore[arg-type, return-value]
    assert raised.value.code == "CustomFunctionProviderError"
    assert next(iter(options)) in raised.value.message


def test_options_in_the_place_of_a_function_are_explained() -> None:
    with pytest.raises(UserError) as raised:
        define_function({"name": "x"})  # type: ignore[arg-type]
    assert raised.value.code == "CustomFunctionProviderError"
