"""Makes jsii's checks of argument types quick where the answer is plain to see.

Each call of the CDK checks every parameter, given or not, and most are None. jsii's checker takes
15 microseconds to find that None fits an optional parameter; looking takes a fraction of one.
Whatever is not plain goes to jsii's checker, so that errors are jsii's own.
"""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN: Final = (str, bool)


def install() -> None:
    """Do it for this process; does nothing where jsii is not as we know it."""
    from jsii import _type_checking

    load = getattr(_type_checking, "_resolve_check", None)
    if callable(load) and hasattr(_type_checking, "_resolved_check"):
        _type_checking._resolved_check = quick(load())  # noqa: SLF001


def quick(check: Callable[..., Any]) -> Callable[..., Any]:
    """A checker that asks another one only where it has to.

    Args:
        check: Takes ``argname``, ``value`` and ``expected_type``, and raises if they do not fit.
    """
    accepted: dict[int, tuple[Any, frozenset[type]]] = {}

    def check_type(argname: str, value: object, expected_type: Any) -> Any:  # noqa: ANN401
        known = accepted.get(id(expected_type))
        # the type is kept beside its answer, so that its id stays its own
        if known is None or known[0] is not expected_type:
            known = accepted[id(expected_type)] = (expected_type, _accepted(expected_type))
        if type(value) in known[1]:
            return None
        return check(argname=argname, value=value, expected_type=expected_type)

    return check_type


def _accepted(expected_type: Any) -> frozenset[type]:  # noqa: ANN401
    """The classes whose direct instances fit a type, among those that are quick to tell."""
    if typing.get_origin(expected_type) in (typing.Union, types.UnionType):
        return frozenset().union(*map(_accepted, typing.get_args(expected_type)))
    if expected_type is None or expected_type is type(None):
        return frozenset({type(None)})
    return frozenset({expected_type}) if expected_type in _PLAIN else frozenset()
