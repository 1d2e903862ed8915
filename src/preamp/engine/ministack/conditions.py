"""CloudFormation conditions that mean what they say.

ministack understands parameters only, so ``!Equals [!Ref AWS::Region, us-east-1]`` is false and
the resources behind it are silently left out.

AWS: "Condition functions", CloudFormation template reference.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import copy
from typing import Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

_USERS = ("engine", "stacks", "changesets", "handlers")
_PACKAGE = "services.cloudformation"


def conditions() -> Mend:
    """Resolve pseudo parameters, mappings and string functions inside conditions."""
    return Mend(
        name="conditions",
        reference="Condition functions",
        symbols=(
            *(
                Symbol(f"{_PACKAGE}.{user}:_evaluate_conditions", "template params")
                for user in _USERS
            ),
            Symbol(
                f"{_PACKAGE}.engine:_resolve_refs",
                "value resources params conditions mappings stack_name stack_id",
            ),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    def evaluate_conditions(template: dict[str, Any], params: dict[str, Any]) -> dict[str, bool]:
        return Conditions(template, params).evaluate()

    for user in _USERS:
        module(f"{_PACKAGE}.{user}")._evaluate_conditions = evaluate_conditions


class Conditions:
    """The conditions of one template with its parameters.

    Args:
        template: The parsed template.
        params: Its resolved parameters.
    """

    def __init__(self, template: dict[str, Any], params: dict[str, Any]) -> None:
        self._definitions: dict[str, Any] = template.get("Conditions") or {}
        self._mappings = template.get("Mappings") or {}
        self._params = params
        self._known: dict[str, bool] = {}

    def evaluate(self) -> dict[str, bool]:
        """Return the truth of every condition."""
        return {name: self._named(name) for name in self._definitions}

    def _named(self, name: str) -> bool:
        if name not in self._known:
            self._known[name] = self._truth(self._definitions[name])
        return self._known[name]

    def _truth(self, expression: Any) -> bool:  # noqa: ANN401
        match expression:
            case {"Condition": str(name)}:
                return self._named(name)
            case {"Fn::And": list(parts)}:
                return all(self._truth(part) for part in parts)
            case {"Fn::Or": list(parts)}:
                return any(self._truth(part) for part in parts)
            case {"Fn::Not": [part]}:
                return not self._truth(part)
            case {"Fn::Equals": [left, right]}:
                return bool(self._value(left) == self._value(right))
        return bool(self._value(expression) == "true")

    def _value(self, expression: Any) -> Any:  # noqa: ANN401
        resolve = module(f"{_PACKAGE}.engine")._resolve_refs
        value = resolve(
            copy.deepcopy(expression), {}, self._params, self._known, self._mappings, "", ""
        )
        if isinstance(value, bool):
            return str(value).lower()
        return value if isinstance(value, list | dict) else str(value)
