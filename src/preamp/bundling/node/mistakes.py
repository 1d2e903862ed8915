"""What esbuild refuses, told in the user's lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preamp.bundling.node.request import NodeRequest

WRAPPER: Final = "preamp-entry.mjs"
"""What esbuild calls the file that names the handler."""

_UNRESOLVED: Final = re.compile(r'Could not resolve "(?P<name>[^"]+)"')
_PACKAGE: Final = re.compile(r"(?:@[^/]+/)?[^./][^/]*")


def refused(errors: Sequence[Mapping[str, Any]], request: NodeRequest) -> UserError:
    """The error of a bundling that failed.

    Args:
        errors: esbuild's messages, at least one.
        request: What was asked.
    """
    first = errors[0]
    if Path((first.get("location") or {}).get("file", "")).name == WRAPPER:
        return _no_handler(request)
    sites = [site for error in errors if (site := _site(error))]
    return UserError(
        "HandlerBundlingError",
        _said(first),
        _hint(first),
        sites=[*sites, *request.sites],
        details=[line for error in errors for line in _details(error, among=len(errors))],
    )


def missing(request: NodeRequest) -> UserError:
    """The error of an entry that is not there."""
    import difflib

    folder = request.entry.parent
    known = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    close = difflib.get_close_matches(request.entry.name, known, n=1)
    return UserError(
        "EntryNotFoundError",
        f"there is no file {request.shown(request.entry)}",
        f'did you mean "{close[0]}"?'
        if close
        else "name the handler's file, relative to the file that defines the function",
        sites=request.sites,
    )


def _no_handler(request: NodeRequest) -> UserError:
    shown = request.shown(request.entry)
    return UserError(
        "HandlerNotFoundError",
        f'{shown} does not export "handler"',
        "export it: export const handler = async (event) => { … }",
        sites=(Site(shown, 1), *request.sites),
    )


def _said(error: Mapping[str, Any]) -> str:
    text = str(error["text"])
    return text[:1].lower() + text[1:]


def _hint(error: Mapping[str, Any]) -> str:
    if error.get("pluginName") == "environment":
        return "name a function of define_function()"
    found = _UNRESOLVED.search(str(error["text"]))
    if found is None:
        return "mend the line; esbuild's message says what it expects"
    package = _PACKAGE.match(found["name"])
    if package is None or Path(found["name"]).is_absolute():
        return "create the file, or correct the import"
    return f"install the package: npm install {package[0]}; or correct the import"


def _site(error: Mapping[str, Any]) -> Site | None:
    location = error.get("location")
    return Site(location["file"], location["line"]) if location else None


def _details(error: Mapping[str, Any], among: int) -> list[str]:
    location = error.get("location")
    told = [f"{_site(error)}: {error['text']}"] if among > 1 else []
    if location and location.get("lineText"):
        # esbuild counts bytes
        before = location["lineText"].encode()[: location["column"]].decode(errors="replace")
        pointer = "".join("\t" if each == "\t" else " " for each in before) + "^"
        told += [location["lineText"], pointer]
    return told
