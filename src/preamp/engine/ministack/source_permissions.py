"""A function is mapped to a queue or stream only if its role may read it, as Lambda checks.

AWS: "Using Lambda with Amazon SQS" (execution role permissions), "CreateEventSourceMapping".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import role_calls
from preamp.engine.ministack.role_calls import RoleCalls
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PROVISIONERS: Final = "services.cloudformation.provisioners"
_TYPE: Final = "AWS::Lambda::EventSourceMapping"
_READING: Final = {
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream"),
}
_MESSAGES: Final = {
    "sqs": "The provided execution role does not have permissions to call {call} on SQS",
    "dynamodb": "Cannot access stream {arn}. Please ensure the role can perform the GetRecords, "
    "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
    "kinesis": "Cannot access stream {arn}. Please ensure the role can perform the GetRecords, "
    "GetShardIterator, DescribeStream, ListShards Actions on your stream in IAM.",
}


def source_permissions() -> Mend:
    """Refuse a mapping to what the function's role may not read."""
    return Mend(
        name="permission to read an event source",
        reference="CreateEventSourceMapping",
        symbols=(
            Symbol("services.lambda_svc:_create_esm", "data"),
            Symbol("services.lambda_svc:_get_func_record_for_ref", "function_ref"),
            Symbol("core.responses:error_response_json"),
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol(f"{_PROVISIONERS}:_lambda_esm_create", "logical_id props stack_name"),
            *role_calls.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    service, responses = module("services.lambda_svc"), module("core.responses")
    handlers = module(_PROVISIONERS)._RESOURCE_HANDLERS[_TYPE]
    roles = RoleCalls(tools)
    create_by_call: Callable[[dict[str, Any]], object] = service._create_esm
    create_by_stack: Callable[..., object] = handlers["create"]

    def create_esm(data: dict[str, Any]) -> object:
        refusal = _refusal(roles, data)
        if refusal is None:
            return create_by_call(data)
        return responses.error_response_json("InvalidParameterValueException", refusal, 400)

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> object:
        refusal = _refusal(roles, props)
        if refusal is not None:
            message = f"Invalid request provided: {refusal} (Service: Lambda, Status Code: 400)"
            raise ValueError(message)
        return create_by_stack(logical_id, props, stack_name)

    service._create_esm = create_esm
    handlers["create"] = create


def _refusal(roles: RoleCalls, mapping: dict[str, Any]) -> str | None:
    """Say why a mapping cannot be made, None if it can or something else is wrong with it."""
    source = str(mapping.get("EventSourceArn") or "")
    service = source.split(":")[2] if source.count(":") > 1 else ""
    name = str(mapping.get("FunctionName") or "")
    _, config, _ = module("services.lambda_svc")._get_func_record_for_ref(name)
    if config is None:
        return None
    for call in _READING.get(service, ()):
        session, action = config["FunctionName"], f"{service}:{call}"
        if roles.refusal(config.get("Role", ""), session, action, source) is not None:
            return _MESSAGES[service].format(call=call, arn=source)
    return None
