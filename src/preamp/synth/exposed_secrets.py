"""Refuses secrets that would leave their stack: as an output, or as a nested stack's parameter.

Whoever may describe the stack can read both. The CDK makes them by itself where a value is used
in another stack than its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.secret_names import FETCHER
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.definition.secret import SecretUses

_NESTED_STACK: Final = "AWS::CloudFormation::Stack"


def refuse_exposed_secrets(assembly: Path, secrets: SecretUses) -> None:
    """Look through the templates of an assembly.

    Args:
        assembly: Its folder.
        secrets: What the backend uses.

    Raises:
        UserError: ``SecretExposedError``.
    """
    if not secrets.fetched:
        return
    for file in sorted(assembly.glob("*.template.json")):
        template = json.loads(file.read_text(encoding="utf-8"))
        for name in _fetched(list(_readable(template))):
            raise UserError(
                "SecretExposedError",
                f"the secret {name!r} would be an output or a parameter of a stack, which whoever "
                "can see the stack can read",
                "call resolve_secret() with a construct of the stack that needs the value, use it "
                "there alone, and keep it out of outputs",
                sites=secrets.sites.get(name, []),
            )


def _readable(template: dict[str, Any]) -> Iterator[object]:
    """The parts of a template that say what is an output or a parameter."""
    yield template.get("Outputs")
    for resource in (template.get("Resources") or {}).values():
        if resource.get("Type") == _NESTED_STACK:
            yield (resource.get("Properties") or {}).get("Parameters")


def _fetched(value: object) -> Iterator[str]:
    """The secrets that a value has in it."""
    match value:
        case {"Fn::GetAtt": [str(resource), str(name)]} if resource == FETCHER:
            yield name
        case dict():
            for inner in value.values():
                yield from _fetched(inner)
        case list():
            for inner in value:
                yield from _fetched(inner)
