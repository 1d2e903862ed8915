"""Secondary indexes of models.

Amplify Gen 2, "Customize secondary indexes".
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Final, Literal

from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from preamp.contract.site import Site

NAMED_BY_FIELDS: Final = ""
"""Stands for a query that is named by the index's fields."""


@dataclass(frozen=True)
class Index:
    """Another way to find items of a model, with a query of its own.

    Attributes:
        field: The field whose value is asked for.
        sort_keys: Fields that items are sorted by and may be narrowed with.
        name: The index's name in the database; left out, made of its fields.
        query_field: The query's name; left out, made of the fields, such as
            ``listCustomerByRegion``; None for no query.
        projection: What the index holds of each item: everything, only keys, or keys and the
            fields in a list.
    """

    field: str
    _: KW_ONLY
    sort_keys: list[str] = attribute(default_factory=list)
    name: str | None = None
    query_field: str | None = NAMED_BY_FIELDS
    projection: Literal["ALL", "KEYS_ONLY"] | list[str] = "ALL"
    site: Site | None = attribute(default_factory=calling_site, compare=False, repr=False)
