"""Nested stacks that are stacks.

ministack deploys them with a second, weaker engine: an update loses the attributes of unchanged
resources, a failed creation leaves resources behind, dynamic references stay literal, exports
are not registered, and a failed deletion is not told. Here a nested stack goes through the same
engine as any other.

AWS: "Split a template into reusable pieces using nested stacks".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import asyncio
import contextvars
import copy
import secrets
import string
from typing import Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

_PACKAGE: Final = "services.cloudformation"
_TYPE: Final = "AWS::CloudFormation::Stack"
_SUFFIX_LENGTH: Final = 13
_NAME_LENGTH: Final = 128
_KEPT_FOR_ROLLBACK: Final = (
    "_resources", "_template", "_template_body", "_resolved_params", "_conditions", "Parameters",
    "Tags", "Outputs",
)  # fmt: skip


def nested_stacks() -> Mend:
    """Deploy and delete nested stacks with the engine of top-level stacks."""
    return Mend(
        name="nested stacks",
        reference="Split a template into reusable pieces using nested stacks",
        symbols=(
            Symbol(f"{_PACKAGE}.provisioners:_RESOURCE_HANDLERS"),
            Symbol(f"{_PACKAGE}.provisioners:_cr_stack_id", "stack_name"),
            Symbol(f"{_PACKAGE}.provisioners:_nested_stack_lookup_name", "physical_id_or_arn"),
            Symbol(
                f"{_PACKAGE}.provisioners:_check_nested_stack_capabilities",
                "parent_stack_name template",
            ),
            Symbol(f"{_PACKAGE}.provisioners:_inherited_capabilities", "parent_stack_name"),
            Symbol(f"{_PACKAGE}.provisioners:_tag_map", "tags"),
            Symbol(f"{_PACKAGE}.provisioners:_NAME_SEED"),
            Symbol(f"{_PACKAGE}.provisioners:_RETAIN_REPLACED"),
            Symbol(f"{_PACKAGE}.provisioners:_DEFERRED_PREDECESSOR_DELETES"),
            Symbol(
                f"{_PACKAGE}.stacks:_deploy_stack_async",
                "stack_name stack_id template param_values disable_rollback tags is_update"
                " previous_stack retain_except_on_create imports",
            ),
            Symbol(
                f"{_PACKAGE}.stacks:_delete_stack_async",
                "stack_name stack_id retain_resources force",
            ),
            Symbol(
                f"{_PACKAGE}.stacks:_add_event",
                "stack_id stack_name logical_id resource_type status reason physical_id"
                " detailed_status",
            ),
            Symbol(f"{_PACKAGE}.engine:_parse_template", "template_body"),
            Symbol(
                f"{_PACKAGE}.engine:_resolve_parameters",
                "template provided_params previous_params",
            ),
            Symbol(f"{_PACKAGE}.helpers:_resolve_template", "params"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    handlers = module(f"{_PACKAGE}.provisioners")._RESOURCE_HANDLERS
    handlers[_TYPE] = {**handlers[_TYPE], "create": _create, "update": _update, "delete": _delete}


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, str]]:
    return _deploy(_child_name(stack_name, logical_id), props, stack_name, previous=None)


def _update(
    physical_id: str,
    old_props: dict[str, Any],  # noqa: ARG001 - upstream's parameters
    new_props: dict[str, Any],
    stack_name: str,
) -> tuple[str, dict[str, str]]:
    name = module(f"{_PACKAGE}.provisioners")._nested_stack_lookup_name(physical_id)
    return _deploy(name, new_props, stack_name, previous=_stacks().get(name))


def _delete(physical_id: str, props: dict[str, Any]) -> None:  # noqa: ARG001 - upstream's parameters
    name = module(f"{_PACKAGE}.provisioners")._nested_stack_lookup_name(physical_id)
    child = _stacks().get(name)
    if child is None or child["StackStatus"] == "DELETE_COMPLETE":
        return
    _run("_delete_stack_async", name, child["StackId"])
    if child["StackStatus"] != "DELETE_COMPLETE":
        reason = child.get("StackStatusReason", "")
        raise ValueError(
            f"Embedded stack {child['StackId']} was not successfully deleted: {reason}"
        )


def _child_name(parent: str, logical_id: str) -> str:
    alphabet = string.ascii_uppercase + string.digits
    suffix = "".join(secrets.choice(alphabet) for _ in range(_SUFFIX_LENGTH))
    return f"{parent}-{logical_id}"[: _NAME_LENGTH - _SUFFIX_LENGTH - 1] + f"-{suffix}"


def _deploy(
    name: str, props: dict[str, Any], parent: str, previous: dict[str, Any] | None
) -> tuple[str, dict[str, str]]:
    snapshot = _snapshot(previous)
    child = _record(name, props, parent, previous)
    stack_id, action = child["StackId"], "CREATE" if previous is None else "UPDATE"
    _stacks()[name] = child
    module(_PACKAGE)._stack_events.setdefault(stack_id, [])
    child["StackStatus"] = f"{action}_IN_PROGRESS"
    module(f"{_PACKAGE}.stacks")._add_event(
        stack_id, name, name, _TYPE, child["StackStatus"], physical_id=stack_id
    )
    first_event = len(module(_PACKAGE)._stack_events[stack_id])
    _run(
        "_deploy_stack_async", name, stack_id, child["_template"], child["_resolved_params"],
        child["DisableRollback"], child["Tags"], previous is not None, snapshot,
    )  # fmt: skip
    if child["StackStatus"] != f"{action}_COMPLETE":
        _fail(name, child, action.lower(), first_event)
    outputs = {f"Outputs.{o['OutputKey']}": o["OutputValue"] for o in child["Outputs"]}
    return stack_id, outputs


def _snapshot(previous: dict[str, Any] | None) -> dict[str, Any] | None:
    if previous is None:
        return None
    return {key: copy.deepcopy(previous[key]) for key in _KEPT_FOR_ROLLBACK if key in previous}


def _record(
    name: str, props: dict[str, Any], parent: str, previous: dict[str, Any] | None
) -> dict[str, Any]:
    provisioners, engine = module(f"{_PACKAGE}.provisioners"), module(f"{_PACKAGE}.engine")
    responses = module("core.responses")
    body = _template_body(props)
    template = engine._parse_template(body)
    provisioners._check_nested_stack_capabilities(parent, template)
    params = engine._resolve_parameters(template, _parameters(props))
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    parent_id = provisioners._cr_stack_id(parent)
    known = previous or {
        "StackId": f"arn:aws:cloudformation:{place}:stack/{name}/{responses.new_uuid()}",
        "CreationTime": responses.now_iso(),
        "Outputs": [],
        "_resources": {},
    }
    tags = provisioners._tag_map(props.get("Tags")).items()
    return {
        **known,
        "StackName": name,
        "StackStatusReason": "",
        "LastUpdatedTime": responses.now_iso(),
        "Description": template.get("Description", ""),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value["Value"], "NoEcho": value["NoEcho"]}
            for key, value in params.items()
        ],
        "Tags": [{"Key": k, "Value": v} for k, v in tags if not k.startswith("aws:")],
        "DisableRollback": bool((_stacks().get(parent) or {}).get("DisableRollback")),
        "Capabilities": provisioners._inherited_capabilities(parent),
        "ParentId": parent_id,
        "RootId": (_stacks().get(parent) or {}).get("RootId") or parent_id,
        "_parent_stack_name": parent,
        "_template": template,
        "_template_body": body,
        "_resolved_params": params,
        "_conditions": engine._evaluate_conditions(template, params),
    }


def _template_body(props: dict[str, Any]) -> str:
    url = props.get("TemplateURL")
    if not url:
        raise ValueError("[/Properties/TemplateURL] a nested stack needs the URL of its template")
    body, error = module(f"{_PACKAGE}.helpers")._resolve_template({"TemplateURL": [url]})
    if error is not None or not body:
        raise ValueError(f"S3 error: the template {url} cannot be read")
    return str(body)


def _parameters(props: dict[str, Any]) -> list[dict[str, str]]:
    given = props.get("Parameters") or {}
    if any(isinstance(value, list) for value in given.values()):
        raise ValueError(
            "Value of property Parameters must be an object with String (or simple type) properties"
        )
    return [
        {"Key": key, "Value": "" if value is None else str(value)} for key, value in given.items()
    ]


def _run(function: str, *arguments: object) -> None:
    """Run one of the engine's coroutines to its end, in this worker thread.

    What the parent's engine has set for the resource it is at must not reach into the child's.
    """
    stacks, provisioners = module(f"{_PACKAGE}.stacks"), module(f"{_PACKAGE}.provisioners")

    def isolated() -> None:
        provisioners._NAME_SEED.set("")
        provisioners._RETAIN_REPLACED.set(False)
        provisioners._DEFERRED_PREDECESSOR_DELETES.set(None)
        asyncio.run(getattr(stacks, function)(*arguments))

    contextvars.copy_context().run(isolated)


def _fail(name: str, child: dict[str, Any], action: str, first_event: int) -> None:
    stack_id = child["StackId"]
    events = module(_PACKAGE)._stack_events[stack_id][first_event:]
    failed = [
        event["LogicalResourceId"]
        for event in events
        if event["ResourceStatus"] == f"{action.upper()}_FAILED"
        and event["LogicalResourceId"] != name
    ]
    if child["StackStatus"] == "ROLLBACK_COMPLETE":
        # The parent never owned it, so nobody else would remove it.
        _run("_delete_stack_async", name, stack_id)
    names = f"The following resource(s) failed to {action}: [{', '.join(failed)}]."
    reason = names if failed else child.get("StackStatusReason", "")
    raise ValueError(f"Embedded stack {stack_id} was not successfully {action}d: {reason}")


def _stacks() -> Any:  # noqa: ANN401
    return module(_PACKAGE)._stacks
