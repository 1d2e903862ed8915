"""Writes, for the editor, what a function finds in its environment.

Beside a handler in Python, or where Amplify's ``tsconfig.json`` looks for it; only for a handler
that imports it. Written when all is defined, as other resources add variables too.
"""

from __future__ import annotations

import contextlib
import json
import keyword
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_lambda as lambda_

from preamp.constructs.bundled import bundling
from preamp.constructs.function.python import HandlerFunction
from preamp.contract.secret_variables import CONFIG_VARIABLE, RENEWAL_VARIABLE
from preamp.contract.typed_environment import (
    FOLDER,
    LAMBDA_VARIABLES,
    NODE_FOLDER,
    module_name,
)
from preamp.definition.backend import SYNTHESIS
from preamp.definition.function import FunctionDefinition, Handler
from preamp.definition.names import nearest
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from preamp.constructs.function.node import NodeFunction
    from preamp.contract.site import Site
    from preamp.definition.backend import ResourceScope

_OURS: Final = frozenset({CONFIG_VARIABLE, RENEWAL_VARIABLE})
_MADE: Final = "Made by preamp: edits are overwritten."
_PYTHON: Final = '''"""What the function {function} finds in its environment. {made}"""

from preamp.runtime.environment import Environment


class Env(Environment):
    """Its variables."""

{variables}

env = Env()
'''
_TYPESCRIPT: Final = """// What the function {function} finds in its environment. {made}
export const env = process.env as unknown as {{
{variables}
}};
"""


def known_functions(definition: FunctionDefinition, scope: ResourceScope) -> tuple[str, ...]:
    """The names that typed environments can have in the code of a function.

    Args:
        definition: The function, which may be no part of the backend by itself.
        scope: What the backend gives to it.
    """
    every = (definition, *scope.definitions(FunctionDefinition))
    handlers = [each.source for each in every if isinstance(each.source, Handler)]
    return tuple(sorted({_module(each) for each in handlers}))


def type_later(
    definition: FunctionDefinition,
    handler: Handler,
    function: HandlerFunction | NodeFunction,
) -> None:
    """Write the typed environment of a function when all its variables are known.

    Args:
        definition: The function.
        handler: Its handler.
        function: What it is built to.
    """
    synthesis = SYNTHESIS.get()
    if synthesis is None or _module(handler) not in function.typed_environments:
        return

    def write(assembly: Path) -> None:
        names = _variables(function, assembly)
        if isinstance(function, HandlerFunction):
            _check_uses(function, handler, names, definition.site)
            _write_python(handler, names)
        else:
            _write_typescript(synthesis.project, handler, names)

    synthesis.finishing.append(write)


def _module(handler: Handler) -> str:
    return module_name(handler.name) if handler.entry.suffix == ".py" else handler.name


def _variables(function: lambda_.Function, assembly: Path) -> list[str]:
    resource = function.node.default_child
    if not isinstance(resource, lambda_.CfnFunction):
        return []
    template = json.loads((assembly / function.stack.template_file).read_text(encoding="utf-8"))
    properties = template["Resources"][function.stack.get_logical_id(resource)]["Properties"]
    return sorted(set(properties.get("Environment", {}).get("Variables", ())) - _OURS)


def _check_uses(
    function: HandlerFunction, handler: Handler, names: Collection[str], site: Site | None
) -> None:
    own, known = module_name(handler.name), {*names, *LAMBDA_VARIABLES}
    for use in function.environment_uses:
        if use.environment == own and use.variable not in known and use.variable[:2] != "__":
            raise UserError(
                "UnknownEnvironmentVariableError",
                f"the function {handler.name} has no environment variable {use.variable!r}"
                + nearest(use.variable, names),
                "correct the name, or add the variable to the function's environment",
                sites=[use.site, *([site] if site else [])],
            )


def _write_python(handler: Handler, names: Iterable[str]) -> None:
    lines = [f"    {name}: str" for name in names if not keyword.iskeyword(name)]
    text = _PYTHON.format(
        function=handler.name, made=_MADE, variables="\n".join([*lines, ""] if lines else [])
    )
    folder = handler.entry.parent / FOLDER
    _write(folder, f"{module_name(handler.name)}.py", text)


def _write_typescript(project: Path, handler: Handler, names: Iterable[str]) -> None:
    every = dict.fromkeys((*names, *LAMBDA_VARIABLES))
    text = _TYPESCRIPT.format(
        function=handler.name,
        made=_MADE,
        variables="\n".join(f"  {name}: string;" for name in every),
    )
    _write(project / NODE_FOLDER, f"{handler.name}.ts", text)


def _write(folder: Path, name: str, text: str) -> None:
    """Write a file that git and a synthesis pass over, if it is another one."""
    # what cannot be written is missed in the editor alone
    with bundling(), contextlib.suppress(OSError):
        place = folder / name
        if place.is_file() and place.read_text(encoding="utf-8") == text:
            return
        folder.mkdir(parents=True, exist_ok=True)
        ignoring = folder / ".gitignore"
        if not ignoring.exists():
            ignoring.write_text("*\n", encoding="utf-8")
        handle, draft = tempfile.mkstemp(prefix=".", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(draft).chmod(0o644)
        Path(draft).replace(place)
