"""A state machine does with its role what its tasks say, and fails where the role may not.

Checked are tasks that invoke a function, send to a queue, publish to a topic, put events, read and
write items of a table, and start an execution. AWS: "Handling errors in Step Functions workflows",
"How Step Functions generates IAM policies for integrated services".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import role_calls
from preamp.engine.ministack.role_calls import RoleCalls
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_INTEGRATION: Final = "arn:aws:states:::"
_ERROR: Final = "States.Permissions"

Task = dict[str, Any]


def state_machine_roles() -> Mend:
    """Hold what tasks call against the policies of the machine's role."""
    return Mend(
        name="roles of state machines",
        reference="Handling errors in Step Functions workflows",
        symbols=(
            Symbol("services.stepfunctions:_run_execution", "exec_arn"),
            Symbol("services.stepfunctions:_invoke_resource", "resource input_data"),
            Symbol(
                "services.stepfunctions:_invoke_with_callback",
                "resource input_data token state_def",
            ),
            Symbol("services.stepfunctions:_extract_lambda_ref", "resource"),
            Symbol("services.stepfunctions:_ExecutionError", "error cause"),
            Symbol("services.stepfunctions:_executions"),
            Symbol("services.stepfunctions:_state_machines"),
            Symbol("services.lambda_svc:_get_func_record_for_ref", "function_ref"),
            *role_calls.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    machines = module("services.stepfunctions")
    running: contextvars.ContextVar[str] = contextvars.ContextVar("preamp_machine", default="")
    _remember_role(machines, running)
    roles = RoleCalls(tools)

    def check(resource: str, content: object) -> None:
        role = running.get()
        for action, arn in _calls(machines, resource, content) if role else ():
            refusal = roles.refusal(role, "StepFunctions", action, arn)
            if refusal is not None:
                raise machines._ExecutionError(_ERROR, refusal)

    _check_tasks(machines, check)


def _remember_role(machines: Upstream, running: contextvars.ContextVar[str]) -> None:
    upstream: Callable[[str], None] = machines._run_execution

    def run_execution(exec_arn: str) -> None:
        execution = machines._executions.get(exec_arn) or {}
        machine = machines._state_machines.get(execution.get("stateMachineArn")) or {}
        # Branches and maps run in threads with copies of this one's context.
        token = running.set(machine.get("roleArn", ""))
        try:
            upstream(exec_arn)
        finally:
            running.reset(token)

    machines._run_execution = run_execution


def _check_tasks(machines: Upstream, check: Callable[[str, object], None]) -> None:
    invoke: Callable[..., object] = machines._invoke_resource
    invoke_with_callback: Callable[..., object] = machines._invoke_with_callback

    def invoke_resource(resource: str, input_data: object) -> object:
        check(resource, input_data)
        return invoke(resource, input_data)

    def invoke_resource_with_callback(
        resource: str, input_data: object, token: str, state_def: Task
    ) -> object:
        check(resource.replace(".waitForTaskToken", ""), input_data)
        return invoke_with_callback(resource, input_data, token, state_def)

    machines._invoke_resource = invoke_resource
    machines._invoke_with_callback = invoke_resource_with_callback


def _calls(machines: Upstream, resource: str, content: object) -> Iterator[tuple[str, str]]:
    """The calls a task makes, as far as they are checked: action and ARN."""
    task: Task = content if isinstance(content, dict) else {}
    integration = resource.removeprefix(_INTEGRATION)
    function = machines._extract_lambda_ref(resource)
    if integration.startswith("lambda:invoke"):
        function = task.get("FunctionName")
    if function:
        _, config, _ = module("services.lambda_svc")._get_func_record_for_ref(function)
        if config is not None:
            yield "lambda:InvokeFunction", config["FunctionArn"]
    elif integration == resource:
        return
    elif integration.startswith("states:startExecution"):
        yield "states:StartExecution", str(task.get("StateMachineArn", ""))
    else:
        yield from _integrated(integration, task)


def _integrated(integration: str, task: Task) -> Iterator[tuple[str, str]]:
    responses = module("core.responses")
    owner = f"{responses.get_region()}:{responses.get_account_id()}"
    service, _, operation = integration.partition(":")
    match service, operation.partition(".")[0]:
        case "sqs", "sendMessage":
            name = str(task.get("QueueUrl", "")).rpartition("/")[2]
            yield "sqs:SendMessage", f"arn:aws:sqs:{owner}:{name}"
        case "sns", "publish" if task.get("TopicArn"):
            yield "sns:Publish", str(task["TopicArn"])
        case "events", "putEvents":
            buses = {entry.get("EventBusName", "default") for entry in task.get("Entries") or ()}
            for bus in sorted(buses):
                is_arn = bus.startswith("arn:")
                arn = bus if is_arn else f"arn:aws:events:{owner}:event-bus/{bus}"
                yield "events:PutEvents", arn
        case "dynamodb", ("getItem" | "putItem" | "updateItem" | "deleteItem") as name:
            table = str(task.get("TableName", ""))
            arn = table if table.startswith("arn:") else f"arn:aws:dynamodb:{owner}:table/{table}"
            yield f"dynamodb:{name[0].upper()}{name[1:]}", arn
