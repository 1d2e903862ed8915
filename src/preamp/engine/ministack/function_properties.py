"""Properties of functions in stacks that ministack drops: dead letters, concurrency, VPC, files.

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
_KEPT: Final = {
    "DeadLetterConfig": "DeadLetterConfig",
    "FileSystemConfigs": "FileSystemConfigs",
    "KmsKeyArn": "KMSKeyArn",
    "VpcConfig": "VpcConfig",
}
"""Property of the template -> field of the function's configuration."""

Provisioned = tuple[str, dict[str, str]]


def function_properties() -> Mend:
    """Keep every property of a function that its template sets."""
    return Mend(
        name="function properties",
        reference="AWS::Lambda::Function",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol(f"{_PROVISIONERS}:_lambda_create", "logical_id props stack_name"),
            Symbol(
                f"{_PROVISIONERS}:_lambda_update",
                "physical_id old_props new_props stack_name logical_id",
            ),
            Symbol("services.lambda_svc:_functions"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    handler = module(_PROVISIONERS)._RESOURCE_HANDLERS[_TYPE]
    handler["create"] = _keeping(handler["create"], position=1)
    handler["update"] = _keeping(handler["update"], position=2)


def _keeping(upstream: Callable[..., Provisioned], position: int) -> Callable[..., Provisioned]:
    def provision(*arguments: Any, **more: Any) -> Provisioned:  # noqa: ANN401
        name, attributes = upstream(*arguments, **more)
        _keep(name, arguments[position])
        return name, attributes

    return provision


def _keep(name: str, properties: dict[str, Any]) -> None:
    function = module("services.lambda_svc")._functions[name]
    for in_template, in_configuration in _KEPT.items():
        if in_template in properties:
            function["config"][in_configuration] = properties[in_template]
        else:
            function["config"].pop(in_configuration, None)
    reserved = properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
