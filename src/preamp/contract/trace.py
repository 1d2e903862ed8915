"""The trace header of an invocation, made so that it names the invocation.

AWS's SDKs pass the header on with every call a function makes. So the engine can tell in which
invocation a call was made. AWS: "Tracing header" of the X-Ray developer guide.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Final

_ROOT_DIGITS: Final = 24
_REQUEST_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OURS: Final = re.compile(
    r"Root=1-[0-9a-f]{8}-([0-9a-f]{8})([0-9a-f]{4})(4[0-9a-f]{3})([0-9a-f]{4})([0-9a-f]{4})"
    r";Parent=([0-9a-f]{8})[0-9a-f]{8};Sampled=0"
)


def header_of(request_id: str) -> str:
    """Make the header of an invocation that came with none; it is not sampled.

    Args:
        request_id: Lambda's id of the invocation.
    """
    is_known = _REQUEST_ID.fullmatch(request_id)
    digits = request_id.replace("-", "") if is_known else secrets.token_hex(16)
    root, rest = digits[:_ROOT_DIGITS], digits[_ROOT_DIGITS:]
    return f"Root=1-{int(time.time()):08x}-{root};Parent={rest}{secrets.token_hex(4)};Sampled=0"


def request_of(header: str) -> str:
    """Return the id of the invocation a header is of; empty if it does not tell.

    Args:
        header: What came with a call; a lineage may stand behind it.
    """
    found = _OURS.match(header)
    return "{}-{}-{}-{}-{}{}".format(*found.groups()) if found else ""
