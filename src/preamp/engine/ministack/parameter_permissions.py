"""May this caller read these parameters: each one that a call names is held against its policies.

ministack holds a call that names several parameters, or a path, against the resource ``*``, so that
a policy for just these parameters denies them.

AWS: "Actions, resources, and condition keys for AWS Systems Manager".
"""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from preamp.engine.ministack.ses import json_object
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_ANYTHING: Final = "*"
_SERVICE: Final = "ssm"


def parameter_permissions() -> Mend:
    """Hold a call against every parameter that it names."""
    return Mend(
        name="permission to read parameters",
        reference="Actions, resources, and condition keys for AWS Systems Manager",
        symbols=(
            Symbol(
                "core.iam_actions:extract_resource_arn",
                "service method path headers body query_params region account_id",
            ),
            Symbol(
                "core.iam_evaluator:enforce",
                "access_key_id iam_action service region resource_arn service_context",
            ),
            Symbol(
                "core.iam_actions:access_denied_response",
                "service action principal_arn request_id error_code message headers resource_arn"
                " explicit_deny resource_policy_arn",
            ),
        ),
        apply=_apply,
    )


def named_parameters(body: bytes) -> list[str]:
    """The names or paths that a call for several parameters names."""
    content = json_object(body)
    names = content.get("Names") or [content.get("Path")]
    return [name for name in names if isinstance(name, str) and name]


@dataclass
class _Call:
    """What a call asks for.

    Attributes:
        arns: Every parameter or path it names.
        refused: The one it was refused for.
    """

    arns: tuple[str, ...] = ()
    refused: str | None = None


_Current: TypeAlias = contextvars.ContextVar[_Call | None]


def _apply(_: Tools) -> None:
    current: _Current = contextvars.ContextVar("preamp_parameters", default=None)
    _apply_resources(current)
    _apply_all(current)
    _apply_message(current)


def _apply_resources(current: _Current) -> None:
    actions = module("core.iam_actions")
    upstream: Callable[..., str] = actions.extract_resource_arn

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        found = upstream(service, method, path, headers, body, query_params, region, account_id)
        names = named_parameters(body) if service == _SERVICE and found == _ANYTHING else []
        current.set(_Call(tuple(_arn(name, region, account_id) for name in names)))
        return found

    actions.extract_resource_arn = extract_resource_arn


def _apply_all(current: _Current) -> None:
    evaluator = module("core.iam_evaluator")
    upstream: Callable[..., object] = evaluator.enforce

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = _ANYTHING,
        service_context: dict[str, Any] | None = None,
    ) -> object:
        call = (current.get() if service == _SERVICE else None) or _Call()
        for arn in call.arns or (resource_arn,):
            denied = upstream(access_key_id, iam_action, service, region, arn, service_context)
            if denied is not None:
                call.refused = arn
                return denied
        return None

    evaluator.enforce = enforce


def _apply_message(current: _Current) -> None:
    """Let the refusal name the parameter it is for."""
    actions = module("core.iam_actions")
    upstream: Callable[..., object] = actions.access_denied_response

    def access_denied_response(
        service: str, *arguments: object, resource_arn: str = _ANYTHING, **options: object
    ) -> object:
        call = current.get()
        if service == _SERVICE and call and call.refused:
            resource_arn = call.refused
        return upstream(service, *arguments, resource_arn=resource_arn, **options)

    actions.access_denied_response = access_denied_response


def _arn(name: str, region: str, account_id: str) -> str:
    if name.startswith("arn:"):
        return name
    # A version or label after the name is no part of the resource.
    plain = name.partition(":")[0].strip("/")
    return f"arn:aws:ssm:{region}:{account_id}:parameter/{plain}"
