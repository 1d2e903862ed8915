"""What a handler is told, and what it sees of the machine.

AWS: "Using the Lambda context object to retrieve Python function information", "Using Lambda
environment variables", "Using the Lambda runtime API for custom runtimes".
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.functional.lambda_host.host_bench import ARN, Bench, call, request, result

if TYPE_CHECKING:
    import pytest
    from tests.functional.lambda_host.conftest import MakeBench


def test_the_context_says_everything_of_the_invocation(bench: Bench) -> None:
    """AWS: "Using the Lambda context object to retrieve Python function information"."""
    environment = bench.open(
        """
        def handler(event, context):
            return {
                "event": event,
                "id": context.aws_request_id,
                "arn": context.invoked_function_arn,
                "name": context.function_name,
                "version": context.function_version,
                "memory": context.memory_limit_in_mb,
                "group": context.log_group_name,
                "stream": context.log_stream_name,
                "remaining": context.get_remaining_time_in_millis(),
                "custom": context.client_context.custom,
                "app": context.client_context.client.app_title,
                "identity": context.identity.cognito_identity_id,
                "pool": context.identity.cognito_identity_pool_id,
            }
        """,
        version="7",
    )
    asked = request(
        {"a": ["ü", None, 1.5]},
        client_context=json.dumps({"custom": {"k": "v"}, "client": {"app_title": "shop"}}),
        cognito_identity=json.dumps({"cognitoIdentityId": "i", "cognitoIdentityPoolId": "p"}),
    )
    told = json.loads(environment.invoke(asked).payload)
    assert 29_000 < told.pop("remaining") <= 30_000
    assert told == {
        "event": {"a": ["ü", None, 1.5]},
        "id": asked.request_id,
        "arn": f"{ARN}:live",
        "name": "orders",
        "version": "7",
        "memory": "512",
        "group": "/aws/lambda/orders",
        "stream": environment.log_stream,
        "custom": {"k": "v"},
        "app": "shop",
        "identity": "i",
        "pool": "p",
    }
    assert "[7]" in environment.log_stream


def test_without_a_client_there_is_no_client_context(bench: Bench) -> None:
    """AWS: "Using the Lambda context object to retrieve Python function information"."""
    source = "def handler(event, context): return context.client_context is None"
    assert result(bench.open(source)) is True


def test_the_trace_header_carries_the_lineage_of_calls(bench: Bench) -> None:
    """AWS: "Use Lambda recursive loop detection to prevent infinite loops"."""
    source = "import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']"
    environment = bench.open(source)
    assert result(environment).startswith("Root=1-")
    given = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    assert result(environment, trace_id=given) == given
    assert result(environment, trace_id=given, hops=3).rpartition(":")[2] == "3"


def test_a_handler_sees_lambdas_variables_and_nothing_of_the_developers(
    make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS: "Working with Lambda environment variables": defined runtime environment variables."""
    monkeypatch.setenv("DEVELOPERS_SECRET", "s3cr3t")
    monkeypatch.setenv("PYTHONPATH", "/developers")
    bench = make_bench(machine_variables={"PATH": "/usr/bin:/bin"})
    environment = bench.open(
        "import os\ndef handler(event, context): return dict(os.environ)",
        variables={
            "MINE": "yes", "PYTHONHASHSEED": "7", "AWS_REGION": "mars", "_HANDLER": "x.y",
            "AWS_LAMBDA_RUNTIME_API": "elsewhere", "TZ": "CET",
        },
        log_group="/own/group",
    )  # fmt: skip
    seen = result(environment)
    assert "s3cr3t" not in json.dumps(seen)
    assert "/developers" not in json.dumps(seen)
    expected = {
        "MINE": "yes",
        "TZ": "CET",
        "PATH": "/usr/bin:/bin",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "_HANDLER": "app.handler",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "orders",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/own/group",
        "AWS_LAMBDA_LOG_STREAM_NAME": environment.log_stream,
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "LAMBDA_TASK_ROOT": str(environment.spec.code),
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert seen["AWS_LAMBDA_RUNTIME_API"].startswith("127.0.0.1:")


def test_each_environment_has_its_own_place_for_temporary_files(bench: Bench) -> None:
    """AWS: "Configure ephemeral storage for Lambda functions"."""
    source = """
        import tempfile, pathlib
        def handler(event, context):
            place = pathlib.Path(tempfile.gettempdir())
            before = sorted(each.name for each in place.iterdir())
            (place / event).write_text("x")
            return [str(place), before]
        """
    one, other = bench.open(source), bench.open(source)
    place, before = result(one, "first")
    assert before == []
    assert result(one, "second") == [place, ["first"]]
    assert result(other, "third")[1] == []
    bench.host.forget(one)
    assert not Path(place).exists()


def test_only_what_lambda_has_can_be_imported(bench: Bench) -> None:
    """AWS: "Building Lambda functions with Python": runtime-included SDK versions."""
    environment = bench.open(
        """
        import importlib.util, sys
        def handler(event, context):
            return [name for name in event if importlib.util.find_spec(name)]
        """
    )
    asked = ["json", "boto3", "botocore", "pip", "pytest", "ministack", "preamp", "click"]
    assert result(environment, asked) == ["json", "boto3", "botocore"]


def test_a_functions_own_copy_wins_and_later_layers_cover_earlier_ones(
    bench: Bench, tmp_path: Path
) -> None:
    """AWS: "Packaging your layer content", "Adding layers to functions"."""
    layers = []
    for number in (1, 2):
        python = tmp_path / f"layer{number}" / "python"
        (python / "boto3").mkdir(parents=True)
        (python / "boto3" / "__init__.py").write_text(f"origin = 'layer {number}'")
        (python / f"only{number}.py").touch()
        site = python / "lib" / "python3.13" / "site-packages"
        site.mkdir(parents=True)
        (site / f"site{number}.py").touch()
        layers.append(python.parent)
    source = """
        import boto3, only1, only2, site1, site2
        def handler(event, context): return boto3.origin
        """
    assert result(bench.open(source, layers=tuple(layers))) == "layer 2"
    own = {"app.py": source, "boto3.py": "origin = 'own'"}
    assert result(bench.open(own, layers=tuple(layers))) == "own"


def test_a_source_saved_within_the_same_second_is_what_runs_next(bench: Bench) -> None:
    spec = bench.spec("from word import WORD\ndef handler(event, context): return WORD")
    word = spec.code / "word.py"
    for number in (1, 2):
        word.write_text(f"WORD = {number}")
        os.utime(word, (1_700_000_000, 1_700_000_000 + number / 10))
        assert result(bench.host.open(spec)) == number
    assert not [each for each in spec.code.rglob("*") if each.name == "__pycache__"]


def test_modules_of_a_package_can_be_handlers(bench: Bench) -> None:
    """AWS: "Define Lambda function handler in Python"."""
    files = {"pkg/__init__.py": "", "pkg/mod.py": "def run(event, context): return __name__"}
    assert result(bench.open(files, handler="pkg.mod.run")) == "pkg.mod"
    assert result(bench.open(files, handler="pkg/mod.run")) == "pkg.mod"


def test_what_python_programs_may_expect_is_there(bench: Bench) -> None:
    environment = bench.open(
        """
        import os, sys
        def handler(event, context):
            open(os.path.join(os.environ["TMPDIR"], "f"), "w").write("ü")
            return [callable(exit), sys.argv, os.getcwd(), sys.stdout.encoding, __file__]
        """
    )
    code = str(environment.spec.code)
    expected = [True, ["/var/runtime/bootstrap.py"], code, "utf-8", f"{code}/app.py"]
    assert result(environment) == expected


def test_json_logging_is_asked_for_and_lambdas_own_lines_are_json_too(bench: Bench) -> None:
    """AWS: "Configuring JSON and plain text log formats"."""
    environment = bench.open(
        """
        import logging
        def handler(event, context):
            logging.getLogger().info("told")
            logging.getLogger().debug("not told")
        """,
        log_format="JSON",
        application_log_level="INFO",
    )
    outcome = call(environment)
    lines = [json.loads(line) for line in outcome.log.splitlines()]
    assert [line.get("type", line.get("message")) for line in lines] == [
        "platform.start", "told", "platform.report",
    ]  # fmt: skip
    assert lines[1]["requestId"] == lines[0]["record"]["requestId"]
    assert lines[2]["record"]["status"] == "success"
    assert os.environ.get("AWS_LAMBDA_LOG_FORMAT") is None
