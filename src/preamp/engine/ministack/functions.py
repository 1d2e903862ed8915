"""Lambda functions in stacks: no function without its code, no process without its function.

AWS: "AWS::Lambda::Function", CloudFormation template reference.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PROVISIONERS: Final = "services.cloudformation.provisioners"
_TYPE: Final = "AWS::Lambda::Function"
_CODE_PROPERTIES: Final = {
    "AWS::Lambda::Function": "Code",
    "AWS::Lambda::LayerVersion": "Content",
}


def missing_code() -> Mend:
    """Fail a function or layer whose package is not in S3, instead of making an empty one."""
    return Mend(
        name="missing code",
        reference="AWS::Lambda::Function Code",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol(f"{_PROVISIONERS}:_lambda_create", "logical_id props stack_name"),
            Symbol("services.s3:_get_object_data", "bucket_name key version_id"),
        ),
        apply=_apply_missing_code,
    )


def deleted_functions() -> Mend:
    """End a function's processes when its stack deletes it."""
    return Mend(
        name="deleted functions",
        reference="Using the Lambda execution environment lifecycle",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol(f"{_PROVISIONERS}:_lambda_delete", "physical_id props"),
            Symbol("core.lambda_runtime:invalidate_worker", "func_name qualifier account region"),
        ),
        apply=_apply_deleted_functions,
    )


def _apply_missing_code(_: Tools) -> None:
    handlers = module(_PROVISIONERS)._RESOURCE_HANDLERS
    for resource_type, code_property in _CODE_PROPERTIES.items():
        handler = handlers[resource_type]
        handler["create"] = _checking(handler["create"], code_property, position=1)


def _checking(
    upstream: Callable[..., tuple[str, dict[str, str]]], code_property: str, position: int
) -> Callable[..., tuple[str, dict[str, str]]]:
    def checked(*arguments: Any) -> tuple[str, dict[str, str]]:  # noqa: ANN401
        _require_package(arguments[position].get(code_property) or {})
        return upstream(*arguments)

    return checked


def _require_package(code: dict[str, Any]) -> None:
    bucket, key = code.get("S3Bucket"), code.get("S3Key")
    if not bucket or not key:
        return
    s3 = module("services.s3")
    if bucket not in s3._buckets:
        problem = "NoSuchBucket. S3 Error Message: The specified bucket does not exist"
    elif s3._get_object_data(bucket, key, version_id=code.get("S3ObjectVersion")) is None:
        problem = "NoSuchKey. S3 Error Message: The specified key does not exist."
    else:
        return
    raise ValueError(
        f"Error occurred while GetObject. S3 Error Code: {problem} (s3://{bucket}/{key})"
    )


def _apply_deleted_functions(_: Tools) -> None:
    runtime, responses = module("core.lambda_runtime"), module("core.responses")
    handler = module(_PROVISIONERS)._RESOURCE_HANDLERS[_TYPE]
    upstream: Callable[[str, dict[str, Any]], None] = handler["delete"]

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        upstream(physical_id, props)
        runtime.invalidate_worker(
            physical_id, account=responses.get_account_id(), region=responses.get_region()
        )

    handler["delete"] = delete
