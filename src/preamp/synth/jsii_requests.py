"""Makes jsii's requests quick to write down.

- Of a structure, such as the properties of a construct, jsii asks each property, given or not, and
  most are not. Its Node program makes the same of one that is not there and of one that is null.
- It takes arguments apart with a general converter before it writes them as JSON, the slowest with
  a class that is new to it. By then nothing is in them that the writer of JSON, with jsii's own
  help for objects, could not take as it is.
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
_PLAIN: Final = frozenset({type(None), str, bool, int, float})
_MAPPING: Final = "__jsii_name_mapping__"


def install() -> None:
    """Do it for this process; does nothing where jsii is not as we know it."""
    import jsii

    kernel: Any = jsii._kernel  # noqa: SLF001
    make_reference = getattr(kernel, "_make_reference_for_native", None)
    if callable(make_reference):
        kernel._make_reference_for_native = given_alone(make_reference)  # noqa: SLF001


def given_alone(make_reference: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Something that makes arguments ready to be written, of structures what was given alone.

    Args:
        make_reference: Takes the kernel and any argument.
    """

    def make_quickly(kernel: Any, argument: Any) -> Any:  # noqa: ANN401 - as jsii has it
        kind = type(argument)
        if kind in _PLAIN:
            return argument
        # a subclass may have properties of its own making, which have to be asked
        names, values = kind.__dict__.get(_MAPPING), getattr(argument, "_values", None)
        if not names or type(values) is not dict:
            return make_reference(kernel, argument)
        data = {
            name: make_quickly(kernel, values[ours])
            for ours, name in names.items()
            if ours in values
        }
        return {"$jsii.struct": {"fqn": kind.__jsii_type__, "data": data}}

    return make_quickly


def leave_arguments(serializer: Any) -> None:  # noqa: ANN401 - a converter of cattrs
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
