"""Which dependencies a handler declares, and where; the first of four places that has any wins.

An explicit list; PEP 723 metadata in the entry; then, from the entry's folder upwards, the nearest
folder with a ``requirements.txt`` or else a ``pyproject.toml`` that has a ``[project]`` table. The
project's own folder is not looked in: what it declares is what the definition needs, not what a
function needs. It reads declarations; it resolves nothing.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from preamp.bundling.declaration import Dependencies, malformed, parse, read_text
from preamp.bundling.entry import shown
from preamp.bundling.requirements_file import read_requirements_file
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.bundling.entry import Entry
    from preamp.bundling.request import BundleRequest

_OPENS: Final = re.compile(r"# /// ([a-zA-Z0-9-]+)\s*")
_AT_LINE: Final = re.compile(r"\(at line (\d+)")
_DEFINITION_ONLY: Final = re.compile(r"aws-cdk(-.*)?|constructs|jsii|preamp")


def find_dependencies(entry: Entry, request: BundleRequest) -> Dependencies:
    """Find what a handler declares; empty if it declares nothing.

    Raises:
        UserError: A declaration is malformed, contradicts the runtime or asks for the CDK.
    """
    found = _find(entry, request)
    for declared in found.requirements:
        if _DEFINITION_ONLY.fullmatch(declared.name):
            raise UserError(
                "DependencyNotForLambdaError",
                f"{declared.name} is a dependency of the handler"
                f" {shown(request.entry, request)}, and cannot be used in Lambda",
                "declare the handler's own dependencies, in # /// script metadata in its file"
                " or in a requirements.txt beside it",
                sites=tuple(dict.fromkeys((*declared.sites, *request.sites))),
            )
    return found


def inline_metadata(source: bytes) -> tuple[str, ...]:
    """The text of each ``# /// script`` block of a file, well formed or not."""
    lines = _lines(source)
    return tuple(
        "\n".join(lines[first : len(lines) if last is None else last])
        for first, last in _script_blocks(lines)
    )


def _find(entry: Entry, request: BundleRequest) -> Dependencies:
    if request.dependencies is not None:
        given = tuple(parse(text, request.site) for text in request.dependencies)
        return Dependencies(given)
    if (inline := _read_inline_metadata(request)) is not None:
        return inline
    for folder in _folders(entry, request):
        if (file := folder / "requirements.txt").is_file():
            return read_requirements_file(file, request)
        if (file := folder / "pyproject.toml").is_file() and (
            found := _read_pyproject(file, request)
        ) is not None:
            return found
    return Dependencies(())


def _folders(entry: Entry, request: BundleRequest) -> Iterator[Path]:
    folder = request.entry.parent
    while folder != request.project:
        yield folder
        if folder in (entry.root, folder.parent):
            return
        folder = folder.parent


def _read_inline_metadata(request: BundleRequest) -> Dependencies | None:
    lines = _lines(request.entry.read_bytes())
    blocks = list(_script_blocks(lines))
    if not blocks:
        return None
    file = shown(request.entry, request)
    if len(blocks) > 1:
        raise malformed(
            "a second # /// script block", "keep one block", Site(file, blocks[1][0] + 1)
        )
    first, last = blocks[0]
    if last is None:
        raise malformed(
            "the # /// script block is not closed", "end it with # ///", Site(file, first + 1)
        )
    text = "\n".join(line[2:] for line in lines[first + 1 : last])
    table = _load_toml(text, file, first + 1)
    opening = Site(file, first + 1)
    _check_python(table, opening, request)
    return _read_list(table.get("dependencies", []), lines[:last], opening, first)


def _lines(source: bytes) -> list[str]:
    return source.decode("utf-8", "replace").splitlines()


def _script_blocks(lines: list[str]) -> Iterator[tuple[int, int | None]]:
    index = 0
    while index < len(lines):
        opened = _OPENS.fullmatch(lines[index])
        if opened is None:
            index += 1
            continue
        first, index = index, index + 1
        closed = None
        while index < len(lines) and (lines[index] == "#" or lines[index].startswith("# ")):
            # The last such line closes: the block may hold the same text.
            closed = index if lines[index].rstrip() == "# ///" else closed
            index += 1
        if opened[1] == "script":
            yield first, closed
        index = index if closed is None else closed + 1


def _read_pyproject(file: Path, request: BundleRequest) -> Dependencies | None:
    name = shown(file, request)
    text = read_text(file, Site(name, 1))
    project = _load_toml(text, name, 0).get("project")
    if project is None:
        return None
    lines = text.splitlines()
    opening = Site(name, _line_of("[project]", lines, 0))
    if not isinstance(project, dict):
        raise malformed("project is not a table", "write [project]", opening)
    _check_python(project, opening, request)
    return _read_list(project.get("dependencies", []), lines, opening, opening.line - 1)


def _load_toml(text: str, file: str, lines_before: int) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.search(str(error))
        last = text.count("\n") + 1
        line = lines_before + (int(match[1]) if match else last)
        reason = str(error).partition(" (at")[0]
        raise malformed(
            f"not valid TOML: {reason[:1].lower()}{reason[1:]}", "mend the line", Site(file, line)
        ) from error


def _read_list(found: object, lines: list[str], opening: Site, first: int) -> Dependencies:
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise malformed(
            "dependencies is not a list of strings", 'write dependencies = ["name"]', opening
        )
    read = (
        parse(text, Site(opening.file, _line_of(text, lines, first))) for text in map(str, found)
    )
    return Dependencies(tuple(read))


def _line_of(text: str, lines: list[str], first: int) -> int:
    """The line, from 1, that holds a text; the first line if it is written some other way."""
    for index in range(first, len(lines)):
        if text in lines[index]:
            return index + 1
    return first + 1


def _check_python(table: dict[str, Any], site: Site, request: BundleRequest) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    wanted = table.get("requires-python", "")
    major, minor = request.python_version
    try:
        # Any patch release of the runtime's version may satisfy it.
        fits = _may_contain(SpecifierSet(str(wanted)), f"{major}.{minor}")
    except InvalidSpecifier as error:
        raise malformed(
            f"requires-python {wanted!r} is not a version range", 'write ">=3.13"', site
        ) from error
    if not fits:
        raise UserError(
            "DependencyPythonError",
            f"{site.file} requires Python {wanted}, and the function runs on {request.runtime}",
            "choose another runtime for the function, or widen requires-python",
            sites=(site, *request.sites),
        )


def _may_contain(range_: Any, version: str) -> bool:  # noqa: ANN401 - imported where it is used
    return any(range_.contains(f"{version}.{patch}") for patch in range(100))
