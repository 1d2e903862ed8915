"""The scalar types of data models, as annotations.

Type checkers see the Python type of the values; the schema is made of the GraphQL type.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Scalar:
    """Says which GraphQL type an annotation stands for.

    Attributes:
        name: The GraphQL type, such as ``AWSDate``.
    """

    name: str


ID = Annotated[str, Scalar("ID")]
"""A unique identifier."""

AWSDate = Annotated[str, Scalar("AWSDate")]
"""A day, as ``2024-01-31``."""

AWSTime = Annotated[str, Scalar("AWSTime")]
"""A time of day, as ``12:30:24.500Z``."""

AWSDateTime = Annotated[str, Scalar("AWSDateTime")]
"""A point in time, as ``2024-01-31T12:30:24.500Z``."""

AWSTimestamp = Annotated[int, Scalar("AWSTimestamp")]
"""A point in time, as seconds since 1970-01-01T00:00Z."""

AWSEmail = Annotated[str, Scalar("AWSEmail")]
"""An e-mail address."""

AWSJSON = Annotated[Any, Scalar("AWSJSON")]
"""Any JSON; travels as text."""

AWSPhone = Annotated[str, Scalar("AWSPhone")]
"""A telephone number, as ``+491701234567``."""

AWSURL = Annotated[str, Scalar("AWSURL")]
"""An address on the web with its scheme."""

AWSIPAddress = Annotated[str, Scalar("AWSIPAddress")]
"""An address of IPv4 or IPv6."""

BUILT_IN: Final[Mapping[type, str]] = MappingProxyType(
    {str: "String", int: "Int", float: "Float", bool: "Boolean"}
)
"""Python's own types and what they are in GraphQL."""

NUMBERS: Final = frozenset({"Int", "Float", "AWSTimestamp"})
"""The GraphQL types whose values are numbers."""

TEXTS: Final = frozenset(
    {"ID", "String", "AWSDate", "AWSTime", "AWSDateTime", "AWSEmail", "AWSPhone", "AWSURL",
     "AWSIPAddress"}
)  # fmt: skip
"""The GraphQL types whose values are texts."""

SCALARS: Final = TEXTS | NUMBERS | {"Boolean", "AWSJSON"}
"""Every scalar that a schema has from the beginning."""
