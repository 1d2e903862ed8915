"""Makes jsii's requests quick to write down.

jsii takes arguments of a call apart with a general converter before it writes them as JSON, which
is a good part of what a call costs, and the most for a class that is new to it. By then nothing is
in them that the writer of JSON, with jsii's own help for objects, could not take as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_APIS: Final = {
    "CreateRequest": "create",
    "GetRequest": "get",
    "SetRequest": "set",
    "StaticGetRequest": "sget",
    "InvokeRequest": "invoke",
    "StaticInvokeRequest": "sinvoke",
}
_TAKEN_APART: Final = frozenset({"objref", "overrides"})


def install(serializer: Any) -> None:  # noqa: ANN401 - a converter of cattrs
    """Let a converter of jsii's leave arguments as they are.

    Args:
        serializer: It turns a request into what is written as JSON.
    """
    from jsii._kernel import types

    for name, api in _APIS.items():
        kind = getattr(types, name)
        members = [field.name for field in kind.__attrs_attrs__]
        serializer.register_unstructure_hook(
            kind, _taking_apart(members, api, serializer.unstructure)
        )


def _taking_apart(
    members: list[str], api: str, further: Callable[[Any], Any]
) -> Callable[[object], dict[str, Any]]:
    def take_apart(request: object) -> dict[str, Any]:
        parts = {}
        for name in members:
            part = getattr(request, name)
            parts[name] = further(part) if name in _TAKEN_APART else part
        parts["api"] = api
        return parts

    return take_apart
