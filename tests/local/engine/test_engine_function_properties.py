"""A function in a stack has every property its template sets, also after an update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.local.engine.test_engine_stacks import function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local.engine.local_engine import Stacks

_ROLE: dict[str, Any] = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
}
_SOURCE = "def handler(event, context):\n    return 1\n"


def template(**properties: Any) -> dict[str, Any]:
    resources = {
        "Role": _ROLE,
        "Letters": {"Type": "AWS::SQS::Queue"},
        "Fn": function(_SOURCE, **properties),
    }
    return {"Resources": resources}


def test_dead_letters_and_concurrency_are_kept_changed_and_removed(
    stacks: Stacks, client: Callable[..., Any], unique: Callable[[str], str]
) -> None:
    letters = {"TargetArn": {"Fn::GetAtt": ["Letters", "Arn"]}}
    name = unique("function-properties")
    stacks.create(name, template(DeadLetterConfig=letters, ReservedConcurrentExecutions=3))
    function_name = stacks.physical_id(name, "Fn")
    found = client("lambda").get_function(FunctionName=function_name)
    assert found["Configuration"]["DeadLetterConfig"]["TargetArn"].startswith("arn:aws:sqs:")
    assert found["Concurrency"]["ReservedConcurrentExecutions"] == 3

    stacks.update(name, template(ReservedConcurrentExecutions=5))
    changed = client("lambda").get_function(FunctionName=function_name)
    assert "DeadLetterConfig" not in changed["Configuration"]
    assert changed["Concurrency"]["ReservedConcurrentExecutions"] == 5

    stacks.update(name, template(Timeout=9))
    removed = client("lambda").get_function(FunctionName=function_name)
    assert "Concurrency" not in removed
