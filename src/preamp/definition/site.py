"""Finds the line of the user's code that is being executed."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from preamp.contract.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

T = TypeVar("T")

# without pathlib and sysconfig, which are a third of what `import preamp` costs
_PREAMP: Final = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
_KEPT: Final = 10_000
_STANDARD_LIBRARY: Final = os.path.dirname(os.__file__)  # noqa: PTH120


@lru_cache(maxsize=_KEPT)
def is_user_code(filename: str) -> bool:
    """Whether a file is the user's own: not installed, not preamp's, not the interpreter's."""
    if filename.startswith("<") or "site-packages" in filename or "dist-packages" in filename:
        return False
    return not filename.startswith((_PREAMP, _STANDARD_LIBRARY))


def standing_in(site: Site | None, do: Callable[[], T]) -> T:  # noqa: ARG001 - read off the frame
    """Do something that an earlier line of the user's code asked for.

    Args:
        site: That line, which `calling_site` finds meanwhile; None leaves it to the stack.
        do: What it asked for.
    """
    return do()


def calling_site(making: object = None) -> Site | None:
    """The innermost line of the user's code on the stack, or None where there is none.

    Args:
        making: An object under construction; its own constructors do not count, so that the
            line is the one that makes it.
    """
    for frame in _frames(sys._getframe(1)):  # noqa: SLF001 - the documented way to read frames
        if frame.f_code is standing_in.__code__ and frame.f_locals["site"]:
            site: Site = frame.f_locals["site"]
            return site
        if is_user_code(frame.f_code.co_filename) and not _constructs(frame, making):
            return site_at(frame.f_code.co_filename, frame.f_lineno)
    return None


def calling_file() -> Path | None:
    """The file that holds `calling_site()`, as an absolute path."""
    from pathlib import Path

    for frame in _frames(sys._getframe(1)):  # noqa: SLF001
        if is_user_code(frame.f_code.co_filename):
            return Path(frame.f_code.co_filename).resolve()
    return None


def site_at(filename: str, line: int) -> Site:
    """A site whose file is named relative to the working directory where that is shorter."""
    return Site(_shown(filename, os.getcwd()), line)  # noqa: PTH109 - for every construct


@lru_cache(maxsize=_KEPT)
def _shown(filename: str, here: str) -> str:
    from pathlib import Path

    path = Path(filename)
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _constructs(frame: FrameType, made: object) -> bool:
    """Whether a frame is in the constructor of an object."""
    if made is None or frame.f_code.co_name != "__init__":
        return False
    first = frame.f_code.co_varnames[0]
    return frame.f_locals.get(first) is made


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
