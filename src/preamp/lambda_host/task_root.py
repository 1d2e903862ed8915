"""Paths of a function's code, as they are on Lambda.

On this machine the code lies elsewhere; in traces and messages it is where it is on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

TASK_ROOT: Final = "/var/task"
"""Where a function's code is on AWS."""


def text_as_on_lambda(text: str, code: Path) -> str:
    """A text with the code's directory named as on AWS."""
    return text.replace(str(code), TASK_ROOT) if text else text


def payload_as_on_lambda(payload: bytes, code: Path) -> bytes:
    """A JSON payload with the code's directory named as on AWS."""
    return payload.replace(str(code).encode(), TASK_ROOT.encode())
