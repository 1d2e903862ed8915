"""The snippets of Amplify's pages about functions, as our page has them, make one backend."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.synthesis import synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = Path(__file__).parents[3] / "docs" / "functions-by-page.md"
SNIPPET: Final = re.compile(
    r"^```(?:python|ts|text)\n(?:#|//) in (?P<file>\S+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
DEFINED: Final = re.compile(r"^(\w+) = define_function\(", re.MULTILINE)
BACKEND: Final = "amplify/backend.py"


def files_of_page() -> dict[str, str]:
    """The files of the page's snippets; pieces of one file follow each other."""
    files: dict[str, str] = {}
    for found in SNIPPET.finditer(PAGE.read_text(encoding="utf-8")):
        files[found["file"]] = files.get(found["file"], "") + found["text"]
    return files


def functions(files: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The names of all functions, each with the module that defines it."""
    for file, text in files.items():
        module = file.removeprefix("amplify/").removesuffix(".py").replace("/", ".")
        yield from ((name, module) for name in DEFINED.findall(text))


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The resources of the backend that the page's snippets make."""
    folder = tmp_path_factory.mktemp("pages")
    files = files_of_page()
    every = dict(functions(files))
    imports = [f"from .{module} import {name}" for name, module in every.items()]
    given = ", ".join(f"{name}={name}" for name in every)
    files[BACKEND] = "\n".join([*imports, files[BACKEND].replace("say_hello=say_hello", given)])
    files["amplify/functions/in_go/build/bootstrap"] = "#!/bin/sh\n"
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    synthesize(folder, folder / "out")
    templates = [json.loads(file.read_text()) for file in folder.glob("out/*.template.json")]
    return [each for one in templates for each in one["Resources"].values()]


def count(resources: list[dict[str, Any]], kind: str) -> int:
    return sum(each["Type"] == kind for each in resources)


def test_every_function_of_the_page_is_made(resources: list[dict[str, Any]]) -> None:
    expected = len(dict(functions(files_of_page())))
    assert expected == 13
    assert count(resources, "AWS::Lambda::Function") == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("AWS::Scheduler::Schedule", 8),
        ("AWS::Lambda::EventSourceMapping", 2),
        ("AWS::Lambda::LayerVersion", 1),
        ("AWS::Logs::LogGroup", 1),
        ("AWS::SNS::Topic", 1),
    ],
)
def test_so_is_what_belongs_to_them(
    resources: list[dict[str, Any]], kind: str, expected: int
) -> None:
    assert count(resources, kind) == expected
