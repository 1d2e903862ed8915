"""Tells what the machine lacks from what is a defect, where everything else failed to."""

from __future__ import annotations

import errno

from preamp.errors import Fault, PreampError, UserError


def unexpected(error: Exception) -> PreampError:
    """What an exception that nobody expected is told as: what the machine lacks, or a fault.

    Args:
        error: Any exception that is not preamp's own.
    """
    told: PreampError
    file = getattr(error, "filename", None)
    where = f": {file}" if file else ""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        told = UserError(
            "DiskFullError",
            f"no space is left on the disk{where}",
            "free some, then try again; what was there before is as it was",
        )
    elif isinstance(error, PermissionError) or getattr(error, "errno", None) == errno.EROFS:
        told = UserError(
            "FileAccessError",
            f"a file may not be read or written{where}",
            "give yourself access to it, then try again",
        )
    else:
        told = Fault("UnexpectedFault", f"{type(error).__name__}: {error}")
    told.__cause__ = error
    return told
