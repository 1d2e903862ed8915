"""What exceptions that nobody expected are told as."""

from __future__ import annotations

import errno
import os

import pytest

from preamp.contract.unexpected import unexpected


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "DiskFullError"),
        (errno.EDQUOT, "DiskFullError"),
        (errno.EACCES, "FileAccessError"),
        (errno.EROFS, "FileAccessError"),
        (errno.EIO, "UnexpectedFault"),
    ],
)
def test_what_the_machine_lacks_is_no_defect(number: int, code: str) -> None:
    error = OSError(number, os.strerror(number), "amplify_outputs.json")
    told = unexpected(error)
    assert told.code == code
    assert "amplify_outputs.json" in told.message
    assert told.__cause__ is error


def test_what_nobody_thought_of_is_a_fault() -> None:
    told = unexpected(ZeroDivisionError("division by zero"))
    assert (told.code, told.message) == ("UnexpectedFault", "ZeroDivisionError: division by zero")
