"""X-Ray trace headers, and the lineage of calls in them.

AWS: "Tracing header" of the X-Ray developer guide, "Use Lambda recursive loop detection to prevent
infinite loops". AWS's SDKs pass the header on with every call a function makes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from preamp.contract.trace import header_of

if TYPE_CHECKING:
    from preamp.lambda_host.specification import Request


def trace_header(request: Request) -> str:
    """The header of an invocation: the one it came with, or a new one that is not sampled."""
    header = request.trace_id or header_of(request.request_id)
    if not request.hops:
        return header
    function = zlib.crc32(request.invoked_function_arn.encode())
    return f"{header};Lineage=1:{function:08x}:{request.hops}"
