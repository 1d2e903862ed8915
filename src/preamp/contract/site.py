"""A place in the user's code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Site:
    """The file and line of the user's code that made something.

    Attributes:
        file: Path of the file, relative to the project where it lies inside it.
        line: Line number, from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"
