"""Computing values of templates as CloudFormation does, as far as what runs is known.

Owns the functions of templates. What it cannot compute for certain it rejects; it never guesses.
Defined by the AWS CloudFormation user guide, "Intrinsic function reference" and "Pseudo parameters
reference".
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from preamp.assembly.read import NESTED_STACK
from preamp.deploy.hotswap.attributes import attribute_of
from preamp.deploy.hotswap.operation import text
from preamp.deploy.hotswap.rejection import RejectedError, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preamp.deploy.deployed import DeployedTemplate, StackValues
    from preamp.deploy.hotswap.attributes import Region

_DYNAMIC: Final = "{{resolve:"
_VARIABLE: Final = re.compile(r"\$\{(!?)([^}]*)\}")
_OUTPUTS: Final = "Outputs."
_LOOKED_UP: Final = ("AWS::SSM::", "List<AWS::")
_LISTS: Final = ("CommaDelimitedList", "List<")
_COMPUTED: Final = (Rejection.FUNCTION, Rejection.REFERENCE)
_NOTHING: Final = object()


class RunningStacks(Protocol):
    """What is known of stacks that run."""

    def physical_ids(self, stack: str, /) -> Mapping[str, str]:
        """What the resources of a stack are called at the target, by logical id."""

    def values(self, stack: str, /) -> StackValues:
        """What CloudFormation has computed for a stack."""


@dataclass(frozen=True)
class Scope:
    """One stack, as the place in which a value is computed.

    Attributes:
        tree: Its template, with all nested ones.
        stack_id: Its ARN.
        region: Where it is.
        running: Tells what is known of a stack, given its ARN.
        parent: The stack around it.
        logical_id: What it is called in there.
    """

    tree: DeployedTemplate
    stack_id: str
    region: Region
    running: RunningStacks
    parent: Scope | None = None
    logical_id: str = ""

    def child(self, logical_id: str) -> Scope:
        """Return the scope of a nested stack.

        Args:
            logical_id: What it is called here.

        Raises:
            RejectedError: It does not exist, or its template is not known.
        """
        tree = self.tree.children.get(logical_id)
        if tree is None:
            raise RejectedError(Rejection.REFERENCE, logical_id)
        stack_id = self.physical_id(logical_id)
        return Scope(tree, stack_id, self.region, self.running, self, logical_id)

    def physical_id(self, logical_id: str) -> str:
        """Return what a resource is called at the target.

        Raises:
            RejectedError: It is not there.
        """
        found = self.running.physical_ids(self.stack_id).get(logical_id)
        if found is None:
            raise RejectedError(Rejection.NOT_THERE, logical_id)
        return found

    def resolve(self, value: Any) -> Any:  # noqa: ANN401 - whatever a template holds
        """Compute a value.

        Args:
            value: A part of the template.

        Returns:
            The same without functions and references.

        Raises:
            RejectedError: It cannot be computed for certain.
        """
        resolved = self._resolve(value)
        if resolved is _NOTHING:
            raise RejectedError(Rejection.VALUE, "AWS::NoValue")
        return resolved

    def _resolve(self, value: Any) -> Any:  # noqa: ANN401 - see resolve
        if isinstance(value, str):
            return _literal(value)
        if isinstance(value, list):
            return [found for v in value if (found := self._resolve(v)) is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._apply(name, argument)
        found = {key: self._resolve(inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not _NOTHING}

    def _apply(self, name: str, argument: Any) -> Any:  # noqa: ANN401 - see resolve
        function = _FUNCTIONS.get(name)
        if function is None:
            raise RejectedError(Rejection.FUNCTION, name)
        try:
            return function(self, argument)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
            raise RejectedError(Rejection.VALUE, name) from error

    def reference(self, name: str) -> Any:  # noqa: ANN401 - see resolve
        """Compute a ``Ref``."""
        pseudo = self._pseudo(name)
        if pseudo is not None:
            return pseudo
        if name in (self.tree.template.get("Parameters") or {}):
            return self._parameter(name)
        return self.physical_id(name)

    def attribute(self, logical_id: str, name: str) -> Any:  # noqa: ANN401 - see resolve
        """Compute a ``Fn::GetAtt``."""
        resource = self.tree.resources.get(logical_id) or {}
        if resource.get("Type") == NESTED_STACK and name.startswith(_OUTPUTS):
            return self.child(logical_id).output(name.removeprefix(_OUTPUTS))
        found = attribute_of(resource, name, self.physical_id(logical_id), self.region)
        if found is None:
            raise RejectedError(Rejection.REFERENCE, f"{logical_id}.{name}")
        return found

    def output(self, name: str) -> Any:  # noqa: ANN401 - see resolve
        """Compute an output of the stack, or take what CloudFormation has computed.

        A hotswap changes neither outputs nor what they are made of, so that is as good.
        """
        declared = (self.tree.template.get("Outputs") or {})[name]
        try:
            return self.resolve(declared["Value"])
        except RejectedError as error:
            computed = self.running.values(self.stack_id).outputs
            if name not in computed or error.reason not in _COMPUTED:
                raise
            return _literal(computed[name])

    def _pseudo(self, name: str) -> Any:  # noqa: ANN401 - see resolve
        values = {
            "AWS::AccountId": self.region.account,
            "AWS::NoValue": _NOTHING,
            "AWS::Partition": self.region.partition,
            "AWS::Region": self.region.region,
            "AWS::StackId": self.stack_id,
            "AWS::StackName": self.stack_id.split("/")[1] if "/" in self.stack_id else None,
            "AWS::URLSuffix": self.region.url_suffix,
        }
        return values.get(name)

    def _parameter(self, name: str) -> Any:  # noqa: ANN401 - see resolve
        declared = self.tree.template["Parameters"][name]
        kind = str(declared.get("Type", ""))
        if kind.startswith(_LOOKED_UP):
            raise RejectedError(Rejection.DYNAMIC_REFERENCE, name)
        if kind.startswith(_LISTS):
            raise RejectedError(Rejection.VALUE, name)
        given = self._given()
        if self.parent is not None and name in given:
            return self._given_value(self.parent, given[name], name)
        if "Default" in declared:
            return declared["Default"]
        raise RejectedError(Rejection.REFERENCE, name)

    def _given_value(self, parent: Scope, value: Any, name: str) -> Any:  # noqa: ANN401 - see resolve
        try:
            return parent.resolve(value)
        except RejectedError as error:
            # What a stack is given does not change in a hotswap either.
            computed = self.running.values(self.stack_id).parameters
            is_masked = self.tree.template["Parameters"][name].get("NoEcho")
            if name not in computed or is_masked or error.reason not in _COMPUTED:
                raise
            return _literal(computed[name])

    def _given(self) -> Mapping[str, Any]:
        """Return the parameters that the stack around gives."""
        if self.parent is None:
            return {}
        resource = self.parent.tree.resources.get(self.logical_id) or {}
        return (resource.get("Properties") or {}).get("Parameters") or {}


def _literal(value: str) -> str:
    """Return text that is no reference to something CloudFormation looks up."""
    if _DYNAMIC in value:
        raise RejectedError(Rejection.DYNAMIC_REFERENCE, _DYNAMIC)
    return value


def _ref(scope: Scope, argument: Any) -> Any:  # noqa: ANN401 - see Scope.resolve
    return scope.reference(argument)


def _get_att(scope: Scope, argument: Any) -> Any:  # noqa: ANN401 - see Scope.resolve
    logical_id, name = argument if isinstance(argument, list) else argument.split(".", 1)
    return scope.attribute(logical_id, scope.resolve(name))


def _join(scope: Scope, argument: Any) -> str:  # noqa: ANN401 - see Scope.resolve
    separator, parts = argument
    return _literal(str(separator).join(text(part) for part in scope.resolve(parts)))


def _split(scope: Scope, argument: Any) -> list[str]:  # noqa: ANN401 - see Scope.resolve
    separator, whole = argument
    return text(scope.resolve(whole)).split(separator)


def _select(scope: Scope, argument: Any) -> Any:  # noqa: ANN401 - see Scope.resolve
    index, values = argument
    number = int(scope.resolve(index))
    if number < 0:
        raise IndexError(number)
    return scope.resolve(values)[number]


def _substitute(scope: Scope, argument: Any) -> str:  # noqa: ANN401 - see Scope.resolve
    template, given = argument if isinstance(argument, list) else (argument, {})

    def value_of(found: re.Match[str]) -> str:
        literal, name = found.groups()
        if literal:
            return f"${{{name}}}"
        if name in given:
            return text(scope.resolve(given[name]))
        logical_id, dot, attribute = name.strip().partition(".")
        if dot:
            return text(scope.attribute(logical_id, attribute))
        return text(scope.reference(name.strip()))

    return _literal(_VARIABLE.sub(value_of, template))


def _find_in_map(scope: Scope, argument: Any) -> Any:  # noqa: ANN401 - see Scope.resolve
    name, first, second = (scope.resolve(part) for part in argument)
    return scope.resolve(scope.tree.template["Mappings"][name][first][second])


def _base64(scope: Scope, argument: Any) -> str:  # noqa: ANN401 - see Scope.resolve
    return base64.b64encode(text(scope.resolve(argument)).encode()).decode()


_FUNCTIONS: Final[Mapping[str, Callable[[Scope, Any], Any]]] = {
    "Ref": _ref,
    "Fn::Base64": _base64,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _substitute,
}
