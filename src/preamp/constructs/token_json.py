"""JSON text with CDK tokens in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from aws_cdk import Stack

_TEXT_TOKEN: Final = "${Token["  # noqa: S105 - the CDK's mark, no secret
_LIST_TOKEN: Final = "#{Token["  # noqa: S105
# the CDK encodes numbers that are tokens as very negative ones
_LARGEST_NUMBER_TOKEN: Final = -1e280


def to_json(stack: Stack, value: Any) -> str:  # noqa: ANN401 - any JSON
    """The JSON text of a value whose leaves may be tokens; itself a token if any is.

    Only the tokens go through the CDK: the way into Node drops members that are null.

    Args:
        stack: The stack in which the text is used.
        value: What `OutputParts` accepts.
    """
    if isinstance(value, Mapping):
        members = (f"{json.dumps(name)}:{to_json(stack, item)}" for name, item in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple) and not _is_list_token(value):
        return "[" + ",".join(to_json(stack, item) for item in value) + "]"
    return stack.to_json_string(value) if _is_token(value) else json.dumps(value)


def _is_list_token(value: Sequence[object]) -> bool:
    """Whether a list stands for one that is known only at deployment."""
    return len(value) == 1 and isinstance(value[0], str) and value[0].startswith(_LIST_TOKEN)


def _is_token(value: object) -> bool:
    if isinstance(value, str):
        return _TEXT_TOKEN in value
    if isinstance(value, list | tuple):
        return _is_list_token(value)
    if isinstance(value, float):
        return value < _LARGEST_NUMBER_TOKEN
    return hasattr(value, "resolve")
