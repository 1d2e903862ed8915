"""How AppSync writes the values of its scalars.

AWS AppSync, "Scalar types in GraphQL". What is refused here is what Amplify's construct refuses.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ZONE: Final = r"(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_TIME: Final = re.compile(rf"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?{_ZONE}")
_EMAIL: Final = re.compile(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*")
_URL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")
_PHONE: Final = re.compile(r"\+?\d[\d ().-]+")


def is_value(scalar: str, text: str) -> bool:
    """Whether a text is a value of a scalar; of scalars without a form, every text is one.

    Args:
        scalar: The scalar, such as ``AWSDate``.
        text: The text.
    """
    check = _CHECKS.get(scalar)
    return check is None or check(text)


def _is_date(text: str) -> bool:
    import datetime as dt

    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2024-01-31")


def _is_time(text: str) -> bool:
    return bool(_TIME.fullmatch(text))


def _is_date_time(text: str) -> bool:
    day, _, time = text.partition("T")
    return _is_date(day) and _is_time(time)


def _is_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {
        "AWSDate": _is_date,
        "AWSTime": _is_time,
        "AWSDateTime": _is_date_time,
        "AWSJSON": _is_json,
        "AWSIPAddress": _is_address,
        "AWSEmail": lambda text: bool(_EMAIL.fullmatch(text)),
        "AWSURL": lambda text: bool(_URL.fullmatch(text)),
        "AWSPhone": lambda text: bool(_PHONE.fullmatch(text)),
    }
)

EXAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AWSDate": "2024-01-31",
        "AWSTime": "12:30:00Z",
        "AWSDateTime": "2024-01-31T12:30:00Z",
        "AWSJSON": '{"a": 1}',
        "AWSIPAddress": "203.0.113.1",
        "AWSEmail": "name@example.com",
        "AWSURL": "https://example.com",
        "AWSPhone": "+49 170 1234567",
    }
)
"""A value of each scalar that has a form."""
