"""A message made of what SendEmail is given: headers, a text, an HTML text, or both.

ministack's own composer encodes every text as Base64 and takes a millisecond for it.

RFC 2045: "MIME Part One", RFC 2046: "Multipart Media Type".
"""

from __future__ import annotations

import base64
import re
import secrets
from email import policy
from typing import Final

_PLAIN: Final = re.compile(r"[ -~]{0,900}")
_LONGEST_LINE: Final = 76
_LONGEST_BODY_LINE: Final = 998


def composed(
    source: str,
    to_addrs: list[str],
    cc_addrs: list[str],
    bcc_addrs: list[str],  # noqa: ARG001 - nobody may see them
    subject: str,
    body_text: str,
    body_html: str,
    message_id: str,
) -> str:
    """Compose a message.

    Args:
        source: Who it is from.
        to_addrs: Who it is to.
        cc_addrs: Who gets a copy.
        bcc_addrs: Who gets a copy that nobody knows of.
        subject: Its subject.
        body_text: Its text; empty for none.
        body_html: Its HTML text; empty for none.
        message_id: Its id.
    """
    bodies = [("plain", body_text)] if body_text or not body_html else []
    bodies += [("html", body_html)] if body_html else []
    parts = [_part(subtype, body or "") for subtype, body in bodies]
    headers = [("Message-ID", f"<{message_id}>"), ("Subject", subject or ""), ("From", source)]
    headers += [("To", ", ".join(to_addrs))] if to_addrs else []
    headers += [("Cc", ", ".join(cc_addrs))] if cc_addrs else []
    head = "".join(header_line(name, value) for name, value in headers)
    if len(parts) == 1:
        return f"MIME-Version: 1.0\n{head}{parts[0]}"
    boundary = f"===={secrets.token_hex(12)}=="
    kind = f'Content-Type: multipart/alternative; boundary="{boundary}"\n'
    between = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"MIME-Version: 1.0\n{head}{kind}\n{between}--{boundary}--\n"


def header_line(name: str, value: str) -> str:
    """Write a header, encoded and broken into lines if it has to be.

    Args:
        name: Its name.
        value: Its value.

    Raises:
        ValueError: The value has line breaks, and would be headers of its own.
    """
    if len(name) + len(value) < _LONGEST_LINE and _PLAIN.fullmatch(value):
        return f"{name}: {value}\n"
    text: str = policy.default.fold(*policy.default.header_store_parse(name, value))
    return text


def _part(subtype: str, body: str) -> str:
    encoding, content = "7bit", body
    if not _travels_as_it_is(body):
        encoding, content = "base64", base64.encodebytes(body.encode()).decode()
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\n'
    return f"{kind}Content-Transfer-Encoding: {encoding}\n\n{content}"


def _travels_as_it_is(body: str) -> bool:
    is_plain = body.isascii() and "\r" not in body and "\0" not in body
    return is_plain and all(len(line) <= _LONGEST_BODY_LINE for line in body.split("\n"))
