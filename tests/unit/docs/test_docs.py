"""What the pages say, held against the code: snippets, commands, links and tables."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import click
import pytest
from tests.architecture.test_layers import ALLOWED

from preamp.cli.main import preamp

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "notifications"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LONGEST_README = 150

FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
FROM_THE_EXAMPLE = re.compile(r"# (?:examples/notifications/)?(?P<path>amplify/\S+\.py)\n")
COMMAND = re.compile(r"(?:^|[\s(])preamp(?P<words>(?: +[^|&;#)\s`]+)+)")
EVERYWHERE = {"--help", "-h", "--debug"}


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def snippets(*languages: str) -> list[Snippet]:
    return [
        Snippet(page, text.count("\n", 0, found.start()) + 1, found["language"], found["text"])
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for found in FENCE.finditer(text)
        if found["language"] in languages
    ]


def python_of(snippet: Snippet) -> str:
    """Its code, from the margin; a class or function that is cut off ends with `...`."""
    marked = FROM_THE_EXAMPLE.match(snippet.text)
    code = dedent(snippet.text[marked.end() :] if marked else snippet.text)
    last = code.rstrip().splitlines()[-1]
    margin = last[: len(last) - len(last.lstrip())]
    return f"{code}{margin}    ...\n" if last.endswith(":") else code


@pytest.mark.parametrize("snippet", snippets("python"), ids=str)
def test_python_snippets_are_python(snippet: Snippet) -> None:
    ast.parse(python_of(snippet))


@pytest.mark.parametrize(
    "snippet", [s for s in snippets("python") if FROM_THE_EXAMPLE.match(s.text)], ids=str
)
def test_snippets_of_the_example_are_in_it(snippet: Snippet) -> None:
    marked = FROM_THE_EXAMPLE.match(snippet.text)
    assert marked
    source = (EXAMPLE / marked["path"]).read_text(encoding="utf-8")
    assert snippet.text[marked.end() :].strip("\n") in source


def test_there_are_snippets_of_the_example_on_both_pages_about_it() -> None:
    pages = {s.page.name for s in snippets("python") if FROM_THE_EXAMPLE.match(s.text)}
    assert {"README.md", "custom-resources.md"} <= pages


def commands() -> Iterator[tuple[str, str]]:
    """Every command line of preamp that a page mentions, with its page."""
    for snippet in snippets("sh", "json"):
        for line in snippet.text.replace("\\\n", " ").splitlines():
            for found in COMMAND.finditer(line.replace('"', " ").replace("'", " ")):
                yield snippet.page.name, found["words"]
    for page in PAGES:
        for span in CODE_SPAN.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            for found in COMMAND.finditer(span):
                yield page.name, found["words"]


@pytest.mark.parametrize(("page", "words"), sorted(set(commands())))
def test_commands_exist_with_their_options(page: str, words: str) -> None:
    assert misfit(preamp, shlex.split(words)) is None, page


def misfit(command: click.Command, words: list[str]) -> str | None:
    """The first word that a command does not know; None if it knows all."""
    options = {
        name: option
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }
    arguments = sum(isinstance(one, click.Argument) for one in command.params)
    rest = iter(words)
    for word in rest:
        if word.startswith("-") and word != "-":
            if word not in options and word not in EVERYWHERE:
                return word
            # an event is JSON, whose spaces tell nothing here: the rest of the line is its
            if word in options and not options[word].is_flag and next(rest, "").startswith("{"):
                return None
        elif isinstance(command, click.Group):
            inner = command.get_command(click.Context(command), word)
            return word if inner is None else misfit(inner, list(rest))
        elif arguments == 0:
            return word
        else:
            arguments -= 1
    return None


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("sandbox --once --identifier me", None),
        ("mail show --wait 10 --save-attachments downloads", None),
        ("sandbox --twice", "--twice"),
        ("sandbox begin", "begin"),
        ("sandbox --identifier me --twice", "--twice"),
        ("invoke Path --evnt {}", "--evnt"),
        ("info more", "more"),
        ("logs One --identifier me Two", "Two"),
        ("--version", None),
    ],
)
def test_unknown_words_are_found(words: str, wrong: str | None) -> None:
    assert misfit(preamp, words.split()) == wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [found["target"].partition("#")[0] for found in LINK.finditer(text)]
    files = [target for target in targets if target and "://" not in target]
    assert [target for target in files if not (page.parent / target).exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = {ROOT / "README.md"}, [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        for found in LINK.finditer(page.read_text(encoding="utf-8")):
            target = (page.parent / found["target"].partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert set(PAGES) <= reached


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < LONGEST_README


def test_the_import_table_is_the_one_that_is_tested() -> None:
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = page.partition("## Who may import whom")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    assert {package: set(re.findall(r"`(\w+)`", cell)) for package, cell in rows} == ALLOWED


def requirements() -> set[str]:
    """Names of everything that is installed on purpose."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = ROOT / "src" / "preamp" / "engine" / "requirements.txt"
    lines = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
        *pinned.read_text(encoding="utf-8").splitlines(),
    ]
    found = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return {name[0] for name in found if name}


def test_every_dependency_is_explained_and_no_other() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`[^|]*) \|", page, re.MULTILINE)
    assert {name for cell in cells for name in CODE_SPAN.findall(cell)} == requirements()
