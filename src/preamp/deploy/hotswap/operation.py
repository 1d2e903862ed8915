"""What a hotswap consists of: calls to services, as data.

Owns the form in which the files of the resource types say what to call. Must not call anyone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from preamp.deploy.hotswap.rejection import RejectedError, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REQUIRED: Final = object()
"""Instead of a default: without the property, what the service does is not known for certain."""


@dataclass(frozen=True)
class Settling:
    """How to wait until a call has taken effect.

    Attributes:
        waiter: botocore's name of the waiter.
        arguments: What it is asked with.
        key: Key of the call's answer that tells whether there is anything to wait for.
        busy: The value of that key if there is.
    """

    waiter: str
    arguments: Mapping[str, Any]
    key: str
    busy: str


@dataclass(frozen=True)
class Call:
    """One call to a service.

    Attributes:
        service: botocore's name of the service.
        operation: Name of the client's method.
        arguments: What it is given.
        settling: How to wait for its effect; None if that is immediate.
    """

    service: str
    operation: str
    arguments: Mapping[str, Any]
    settling: Settling | None = None


@dataclass(frozen=True)
class Swap:
    """One resource, changed in place.

    Attributes:
        path: Construct path below the root stack.
        resource_type: CloudFormation's type.
        address: Where it is in the templates.
        calls: What is called, in this order; none if the change has no effect on what runs.
    """

    path: str
    resource_type: str
    address: tuple[str, ...]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Wanted:
    """A resource as it shall be.

    Attributes:
        physical_id: What it is called at the target.
        names: Properties to be set.
        properties: All its properties, as the template has them.
        defaults: What stands for a property that is not there.
        resolve: Computes a template's value; raises `RejectedError`.
    """

    physical_id: str
    names: frozenset[str]
    properties: Mapping[str, Any]
    defaults: Mapping[str, Any]
    resolve: Callable[[Any], Any]

    def value(self, name: str) -> Any:  # noqa: ANN401 - whatever the template holds
        """Return the value of a property, resolved, or its default.

        Args:
            name: The property.

        Raises:
            RejectedError: It cannot be resolved, or is missing and has no default.
        """
        if name in self.properties:
            return self.resolve(self.properties[name])
        default = self.defaults.get(name, REQUIRED)
        if default is REQUIRED:
            raise RejectedError(Rejection.NO_DEFAULT, name)
        return default

    def integer(self, name: str) -> int:
        """Return a property that is a whole number; templates may write it as text."""
        value = self.value(name)
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise RejectedError(Rejection.VALUE, name) from error

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a property that is an object."""
        value = self.value(name)
        if not isinstance(value, dict):
            raise RejectedError(Rejection.VALUE, name)
        return value


ToCalls: TypeAlias = "Callable[[Wanted], Sequence[Call]]"


@dataclass(frozen=True)
class Swapper:
    """How resources of one type are changed in place.

    Attributes:
        service: botocore's name of the service that is called.
        defaults: The properties that can be set, each with what it is without being set, or
            `REQUIRED`.
        calls: Makes the calls that set `Wanted.names`.
        altered: Attributes (``Fn::GetAtt``) whose values such a change may alter.
    """

    service: str
    defaults: Mapping[str, Any]
    calls: ToCalls
    altered: frozenset[str] = field(default_factory=frozenset)


def text(value: object) -> str:
    """Return a template's scalar as CloudFormation hands it to a service that wants text.

    Args:
        value: Text, a number or a truth value.

    Raises:
        RejectedError: It is none of these.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise RejectedError(Rejection.VALUE)


def document_text(value: object) -> str:
    """Return a template's object as JSON text, and a scalar as `text` does.

    Args:
        value: An object or a scalar.

    Raises:
        RejectedError: It is a list, or nothing.
    """
    return json.dumps(value) if isinstance(value, dict) else text(value)
