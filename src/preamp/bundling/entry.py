"""The entry file: that it is there, that it parses, that it defines the handler, what it is called.

It decides the import root and the entry's dotted name; it does not follow imports.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.bundling.finder import Finder, Module, SearchRoot
from preamp.bundling.imports import ModuleText, read_module
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.bundling.request import BundleRequest

_PREAMP: Final = Path(__file__).parents[1]
_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True)
class Entry:
    """The entry under the name it will be imported by, and where its imports are looked up.

    Attributes:
        module: The entry file and its name in the bundle.
        text: What the file imports and defines.
        root: The folder that absolute imports of the project start from.
        finder: Looks modules up as the bundled handler will.
    """

    module: Module
    text: ModuleText
    root: Path
    finder: Finder


def read_entry(request: BundleRequest) -> Entry:
    """Read the entry file and check that it is one.

    Raises:
        UserError: It is missing, does not parse, cannot be imported by its name or does not define
            the handler.
    """
    file = request.entry
    if not file.is_file():
        raise _missing(request)
    _check_file_name(request)
    text = read_source(file, request)
    _check_handler(request, text)
    root = _find_root(request)
    dotted = any(each.level for each in text.imports) and file.parent != root
    if dotted or file.is_relative_to(_PREAMP):
        parts = file.relative_to(root).with_suffix("").parts
    else:
        parts = (file.stem,)
    return Entry(Module(".".join(parts), file), text, root, _finder(request, root))


def read_source(file: Path, request: BundleRequest) -> ModuleText:
    """Read one file of the user's source.

    Raises:
        UserError: It is not Python.
    """
    try:
        return read_module(file.read_bytes())
    except SyntaxError as error:
        site = Site(shown(file, request), error.lineno or 1)
        raise UserError(
            "EntrySyntaxError",
            f"{site.file} is not valid Python: {error.msg}",
            "mend the line; syntax newer than the Python that runs preamp is not understood either",
            sites=(site, *request.sites),
            details=[] if error.text is None else [error.text.strip()],
        ) from error


def shown(file: Path, request: BundleRequest) -> str:
    """A path as people see it: relative to the project where it lies inside."""
    if file.is_relative_to(request.project):
        return file.relative_to(request.project).as_posix()
    return file.as_posix()


def is_installed(file: Path, request: BundleRequest) -> bool:
    """Whether a file is not the project's own, but lies in a package that it uses."""
    outside = not file.is_relative_to(request.project)
    return outside or bool(_INSTALLED.intersection(file.relative_to(request.project).parts))


def near(name: str, known: list[str] | tuple[str, ...]) -> str:
    """A question that suggests the nearest of the known names, or nothing."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else ""


def _missing(request: BundleRequest) -> UserError:
    folder = request.entry.parent
    known = sorted(file.name for file in folder.glob("*.py")) if folder.is_dir() else []
    return UserError(
        "EntryNotFoundError",
        f"there is no file {shown(request.entry, request)}",
        near(request.entry.name, known)
        or "name the handler's file, relative to the file that defines the function",
        sites=request.sites,
    )


def _check_file_name(request: BundleRequest) -> None:
    file = request.entry
    if file.suffix == ".py" and "." not in file.stem and file.stem != "__init__":
        return
    raise UserError(
        "EntryNameError",
        f"{shown(file, request)} cannot be imported by its name",
        "call the file something like handler.py: one dot, and not __init__.py",
        sites=request.sites,
    )


def _check_handler(request: BundleRequest, text: ModuleText) -> None:
    if request.handler in text.names or text.open_ended:
        return
    raise UserError(
        "HandlerNotFoundError",
        f'{shown(request.entry, request)} does not define "{request.handler}"',
        near(request.handler, text.names)
        or f"define it: def {request.handler}(event, context): ...",
        sites=(Site(shown(request.entry, request), 1), *request.sites),
    )


def _find_root(request: BundleRequest) -> Path:
    folder = request.entry.parent
    if request.source_root is not None:
        return _given_root(request, request.source_root)
    if is_installed(request.entry, request):
        return _above_package(folder)
    within = [folder, *folder.parents]
    within = within[: within.index(request.project)]
    packages = [each for each in within if (each / "__init__.py").is_file()]
    return packages[-1].parent if packages else request.project


def _given_root(request: BundleRequest, root: Path) -> Path:
    if request.entry.is_relative_to(root):
        return root
    raise UserError(
        "EntryNotFoundError",
        f"{shown(request.entry, request)} is not below the source root {shown(root, request)}",
        "name a source root above the entry",
        sites=request.sites,
    )


def _above_package(folder: Path) -> Path:
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def _finder(request: BundleRequest, root: Path) -> Finder:
    folder = request.entry.parent
    own = SearchRoot(_PREAMP.parent, only="preamp")
    if folder == root:
        return Finder((own, SearchRoot(folder)))
    # An installed package lies among others: only itself is its source, the others are
    # dependencies like any.
    installed = is_installed(request.entry, request)
    top = request.entry.relative_to(root).parts[0] if installed else None
    above = SearchRoot(root, only=top, yields_to_stdlib=True)
    return Finder((own, SearchRoot(folder), above))
