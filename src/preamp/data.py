"""The vocabulary of data models, for `preamp.define_data`.

Amplify Gen 2, "Build a backend", "Data": what ``a`` is there. Loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from preamp.definition.data.custom_types import custom_type
    from preamp.definition.data.enums import Enum
    from preamp.definition.data.fields import field
    from preamp.definition.data.handlers import handler
    from preamp.definition.data.indexes import Index
    from preamp.definition.data.models import Model
    from preamp.definition.data.operations import mutation, query, subscription
    from preamp.definition.data.relations import belongs_to, has_many, has_one
    from preamp.definition.data.routes import AiModel, DataTool, conversation, generation
    from preamp.definition.data.rules import allow
    from preamp.definition.data.scalars import (
        AWSJSON,
        AWSURL,
        ID,
        AWSDate,
        AWSDateTime,
        AWSEmail,
        AWSIPAddress,
        AWSPhone,
        AWSTime,
        AWSTimestamp,
    )
    from preamp.definition.data.schemas import combine, configure, schema
    from preamp.definition.data.validation import (
        ends_with,
        gt,
        gte,
        lt,
        lte,
        matches,
        max_length,
        min_length,
        negative,
        positive,
        starts_with,
    )

__all__ = [
    "AWSJSON",
    "AWSURL",
    "ID",
    "AWSDate",
    "AWSDateTime",
    "AWSEmail",
    "AWSIPAddress",
    "AWSPhone",
    "AWSTime",
    "AWSTimestamp",
    "AiModel",
    "DataTool",
    "Enum",
    "Index",
    "Model",
    "allow",
    "belongs_to",
    "combine",
    "configure",
    "conversation",
    "custom_type",
    "ends_with",
    "field",
    "generation",
    "gt",
    "gte",
    "handler",
    "has_many",
    "has_one",
    "lt",
    "lte",
    "matches",
    "max_length",
    "min_length",
    "mutation",
    "negative",
    "positive",
    "query",
    "schema",
    "starts_with",
    "subscription",
]

_WHERE: Final = {
    "custom_types": ("custom_type",),
    "enums": ("Enum",),
    "fields": ("field",),
    "handlers": ("handler",),
    "indexes": ("Index",),
    "models": ("Model",),
    "operations": ("mutation", "query", "subscription"),
    "relations": ("belongs_to", "has_many", "has_one"),
    "routes": ("AiModel", "DataTool", "conversation", "generation"),
    "rules": ("allow",),
    "scalars": (
        "AWSDate", "AWSDateTime", "AWSEmail", "AWSIPAddress", "AWSJSON", "AWSPhone", "AWSTime",
        "AWSTimestamp", "AWSURL", "ID",
    ),
    "schemas": ("combine", "configure", "schema"),
    "validation": (
        "ends_with", "gt", "gte", "lt", "lte", "matches", "max_length", "min_length", "negative",
        "positive", "starts_with",
    ),
}  # fmt: skip
"""The module of each name."""


if not TYPE_CHECKING:  # which would take any name for one of ours

    def __getattr__(name: str) -> object:
        for module, names in _WHERE.items():
            if name in names:
                return getattr(import_module(f"preamp.definition.data.{module}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
