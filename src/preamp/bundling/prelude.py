"""An entry of our own in a bundle: calls a function of `preamp.runtime`, then imports the handler.

It is Python source made from two names, so that neither the function's variables nor its handler
setting have to say what the other one is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.bundling.sources import SourceFile
from preamp.contract.local_code import OWN_ENTRIES

if TYPE_CHECKING:
    from preamp.bundling.entry import Entry
    from preamp.bundling.finder import Module
    from preamp.bundling.request import BundleRequest

_SOURCE: Final = '''"""Calls what must be done first, then imports the handler. Made by preamp."""
from {module} import {function}

{function}()

from {handler_module} import {handler}
'''


def prelude_modules(entry: Entry, request: BundleRequest) -> list[Module]:
    """The modules of preamp that the entry of our own needs; none if there is no such entry."""
    if request.call_first is None:
        return []
    module = request.call_first.rpartition(".")[0]
    return [each for each in entry.finder.prefixes(module) if each.name != "preamp"]


def prelude(entry: Entry, request: BundleRequest) -> tuple[str, list[SourceFile]]:
    """What Lambda is to call, and the entry of our own if there is one."""
    name = entry.module.name
    if request.call_first is None:
        return f"{name}.{request.handler}", []
    module, _, function = request.call_first.rpartition(".")
    source = _SOURCE.format(
        module=module, function=function, handler_module=name, handler=request.handler
    )
    place = f"{OWN_ENTRIES}/{entry.module.bundle_path}"
    made = SourceFile(place, None, source.encode(), executable=False)
    return f"{OWN_ENTRIES}.{name}.{request.handler}", [made]
