"""Reading the output entries of a deployed backend.

Owns the way from a root stack's ``Metadata`` and ``Outputs`` to `OutputEntry`. Must not know
what becomes of an entry, nor how the stack was deployed: any stack that carries entries will do,
also one that Amplify's own tools deployed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from preamp.contract.entries import KINDS, METADATA_PREFIX, EntryKind, OutputEntry
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudformation import CloudFormationClient


def read_entries(cloudformation: CloudFormationClient, stack_name: str) -> tuple[OutputEntry, ...]:
    """Read the entries of a deployed root stack.

    Args:
        cloudformation: Client of the account and region it is in.
        stack_name: Name or ARN of the root stack.

    Returns:
        The entries known to us, in the order of `KINDS`.

    Raises:
        UserError: ``StackMissingError``, ``StackBusyError`` while it is being changed,
            ``NotABackendError`` if it carries no entries, or as `collect_entries`.
    """
    outputs = _read_outputs(cloudformation, stack_name)
    summary = cloudformation.get_template_summary(StackName=stack_name)
    return collect_entries(stack_name, json.loads(summary.get("Metadata") or "{}"), outputs)


def collect_entries(
    stack_name: str, metadata: Mapping[str, Any], outputs: Mapping[str, str]
) -> tuple[OutputEntry, ...]:
    """Put entries together from what is already known of a root stack.

    Args:
        stack_name: Its name, for messages.
        metadata: ``Metadata`` of its template.
        outputs: Its outputs by name.

    Returns:
        The entries known to us, in the order of `KINDS`.

    Raises:
        UserError: ``NotABackendError`` if there are none, ``OutputEntryError`` if one is not as
            its version says.
    """
    if not any(key.startswith(METADATA_PREFIX) for key in metadata):
        raise UserError(
            "NotABackendError",
            f"the stack {stack_name} carries no Amplify outputs",
            "name the root stack of a backend; its nested stacks carry none",
        )
    return tuple(
        _entry(stack_name, kind, metadata[kind.key], outputs)
        for kind in KINDS.values()
        if kind.key in metadata
    )


def _entry(
    stack_name: str, kind: EntryKind, declared: Mapping[str, Any], outputs: Mapping[str, str]
) -> OutputEntry:
    version = declared.get("version")
    if version != kind.version:
        raise _broken(stack_name, kind, f"has the version {version!r}, not {kind.version!r}")
    names: list[str] = declared.get("stackOutputs") or []
    payload = {name: outputs[name] for name in names if outputs.get(name)}
    absent = [name for name in kind.required if name not in payload]
    if absent:
        raise _broken(stack_name, kind, f"lacks {', '.join(absent)}")
    return OutputEntry(kind, payload)


def _broken(stack_name: str, kind: EntryKind, what: str) -> UserError:
    return UserError(
        "OutputEntryError",
        f"the output entry {kind.key} of the stack {stack_name} {what}",
        "deploy the backend again with this version of preamp",
    )


def _read_outputs(cloudformation: CloudFormationClient, stack_name: str) -> dict[str, str]:
    from botocore.exceptions import ClientError

    try:
        stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in error.response.get("Error", {}).get("Message", ""):
            raise
        raise UserError(
            "StackMissingError",
            f"there is no stack {stack_name}",
            "deploy the backend first, or look whether the region is the right one",
        ) from error
    if stack["StackStatus"].endswith("_IN_PROGRESS"):
        raise UserError(
            "StackBusyError",
            f"the stack {stack_name} is being changed ({stack['StackStatus']})",
            "run the command again when the deployment has ended",
        )
    return {
        output["OutputKey"]: output.get("OutputValue", "")
        for output in stack.get("Outputs", [])
        if "OutputKey" in output
    }
