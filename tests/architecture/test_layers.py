"""Who may import whom: the table of docs/ARCHITECTURE.md, held against the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import preamp

ROOT = Path(preamp.__file__).parent
EVERYONE = {"errors", "events", "contract"}
ALLOWED: dict[str, set[str]] = {
    "contract": set(),
    "definition": set(),
    "npm": set(),
    "bundling": {"npm"},
    "outputs": set(),
    "client_code": {"npm", "outputs"},
    "runtime": set(),
    "assembly": set(),
    "constructs": {"definition", "bundling", "npm"},
    "synth": {"definition", "constructs"},
    "deploy": {"assembly"},
    "check": {"assembly"},
    "engine": {"npm"},
    "lambda_host": set(),
    "sandbox": {
        "assembly",
        "bundling",
        "check",
        "client_code",
        "deploy",
        "engine",
        "environment",
        "lambda_host",
        "outputs",
    },
    "environment": {"assembly", "check", "deploy", "outputs"},
    "scaffold": {"assembly"},
    "cli": {
        "assembly",
        "check",
        "client_code",
        "deploy",
        "environment",
        "outputs",
        "sandbox",
        "scaffold",
    },
}
ENTRY_POINT = ROOT / "engine" / "server.py"
INTRODUCED = {"lambda_host"}
"""Whom the engine's entry point introduces to it, and nobody else in it may know."""
CDK = {"aws_cdk", "constructs", "jsii"}
CDK_USERS = {"constructs", "synth"}
STARTERS = ROOT / "scaffold" / "starters"
"""What `preamp init` writes: code of a user's project, which keeps a project's rules."""
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc"}


def modules(package: str = "") -> list[Path]:
    found = (ROOT / package).rglob("*.py")
    return sorted(path for path in found if not path.is_relative_to(STARTERS))


def imported(path: Path) -> set[str]:
    """Absolute names a module imports, those for type checkers included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


def for_type_checkers(path: Path) -> set[str]:
    """Names imported only under ``if TYPE_CHECKING``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in ast.walk(node):
                if isinstance(inner, ast.ImportFrom):
                    found.add(inner.module or "")
    return found


def test_every_package_has_a_row() -> None:
    packages = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()}
    assert packages == set(ALLOWED)


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_imports_only_what_it_may(package: str) -> None:
    allowed = ALLOWED[package] | EVERYONE | {package}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in sorted(imported(path))
        if name.startswith("preamp.")
        and name.split(".")[1] not in allowed | (INTRODUCED if path == ENTRY_POINT else set())
    ]
    assert wrong == []


@pytest.mark.parametrize("package", sorted(set(ALLOWED) - CDK_USERS))
def test_the_cdk_stays_on_its_side(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in sorted(imported(path) - for_type_checkers(path))
        if name.split(".")[0] in CDK
    ]
    assert wrong == []


def test_the_emulator_is_named_in_one_package_only() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules()
        if "ministack" not in path.parent.parts
        and any(name.split(".")[0] == "ministack" for name in imported(path))
    ]
    assert wrong == []


def test_imports_have_no_circle() -> None:
    graph = {
        module: {name for name in names if name in graph_names}
        for graph_names in [{dotted(path) for path in modules()}]
        for module, names in (
            (dotted(path), imported(path) - for_type_checkers(path)) for path in modules()
        )
    }
    assert circle(graph) == []


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle(graph: dict[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return []
        for name in sorted(graph[module]):
            found = visit(name, [*trail, module])
            if found:
                return found
        done.add(module)
        return []

    for module in sorted(graph):
        found = visit(module, [])
        if found:
            return found
    return []


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [path.name for path in ROOT.rglob("*") if path.stem in FORBIDDEN_NAMES]
    assert wrong == []
