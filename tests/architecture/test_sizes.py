"""The tail of the sizes: no function over a screen, no module over what one can hold in mind."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import preamp

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(preamp.__file__).parent
LONGEST_FUNCTION = 60
LONGEST_MODULE = 600
MEDIAN = 10
NINETIETH = 30
PARAMETERS = 12
LONGER: dict[str, str] = {}
"""Functions that may be longer or take more, each with the reason."""


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.name}", node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_fit_on_a_screen() -> None:
    long = {name for name, node in functions() if length(node) > LONGEST_FUNCTION}
    assert long == set(LONGER)


def test_most_functions_are_short() -> None:
    lengths = sorted(length(node) for _, node in functions())
    assert statistics.median(lengths) <= MEDIAN
    assert lengths[len(lengths) * 9 // 10] <= NINETIETH


def test_modules_can_be_held_in_mind() -> None:
    long = [
        path.name
        for path in ROOT.rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE
    ]
    assert long == []


def test_constructors_take_few_parameters() -> None:
    many = [
        name
        for name, node in functions()
        if node.name == "__init__"
        and len(node.args.args) + len(node.args.kwonlyargs) - 1 > PARAMETERS
    ]
    assert many == []
