"""Variables in policies, such as ``${cognito-identity.amazonaws.com:sub}``, stand for their values.

ministack compares them as they are written, so that a rule for a user's own folder never holds.

AWS: "IAM policy elements: Variables and tags".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

_VARIABLE: Final = re.compile(r"\$\{\s*([^},]*?)\s*(?:,\s*'([^']*)'\s*)?\}")
_ITSELF: Final = {"*", "?", "$"}


class UnknownVariableError(Exception):
    """A variable has no value; its statement says nothing then."""


def policy_variables() -> Mend:
    """Put values in the place of variables before a statement is compared."""
    return Mend(
        name="variables in policies",
        reference="IAM policy elements: Variables and tags",
        symbols=(
            Symbol("core.iam_evaluator:_first_match", "ctx stmts effect"),
            Symbol("core.iam_evaluator:_resolve_condition_key", "key ctx"),
            Symbol("core.iam_evaluator:ParsedStatement"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    evaluator = module("core.iam_evaluator")
    upstream: Callable[[Any, list[Any], str], Any] = evaluator._first_match

    def first_match(ctx: Any, stmts: list[Any], effect: str) -> Any:  # noqa: ANN401 - upstream's
        filled = [_filled(evaluator, statement, ctx) for statement in stmts]
        return upstream(ctx, [each for each in filled if each is not None], effect)

    evaluator._first_match = first_match


def _filled(evaluator: Upstream, statement: Any, context: Any) -> Any:  # noqa: ANN401 - upstream's
    texts = (*statement.resources, *statement.not_resources, str(statement.conditions))
    if not any("${" in text for text in texts):
        return statement

    def value_of(name: str) -> Any:  # noqa: ANN401 - upstream's
        return evaluator._resolve_condition_key(name, context)

    try:
        return replace(
            statement,
            resources=filled(statement.resources, value_of),
            not_resources=filled(statement.not_resources, value_of),
            conditions=filled(statement.conditions, value_of),
        )
    except UnknownVariableError:
        return None


def filled(content: Any, value_of: Callable[[str], Any]) -> Any:  # noqa: ANN401 - parts of a policy
    """Put values in the place of variables, in texts however deep.

    Args:
        content: A part of a policy.
        value_of: Gives the value of a variable, None if it has none.
    """
    if isinstance(content, dict):
        return {key: filled(value, value_of) for key, value in content.items()}
    if isinstance(content, list):
        return [filled(each, value_of) for each in content]
    if not isinstance(content, str):
        return content

    def replaced(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if name in _ITSELF:
            return name
        value = value_of(name)
        if isinstance(value, str):
            return value
        if default is None:
            raise UnknownVariableError
        return str(default)

    return _VARIABLE.sub(replaced, content)
