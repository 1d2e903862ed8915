"""Relations between models: what one model has of another.

Amplify Gen 2, "Modeling relationships". Both sides say the relation, with the same fields: those
of the model that belongs to the other, which hold the other's identifier.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site
    from preamp.definition.data.models import Model
    from preamp.definition.data.rules import Rule

M = TypeVar("M", bound="Model")
Kind = Literal["hasOne", "hasMany", "belongsTo"]


@dataclass(frozen=True, eq=False)
class Relation:
    """One side of a relation.

    Attributes:
        kind: Which side.
        references: The fields that hold the identifier, as Python names them.
        authorization: Who may follow the relation, if that differs from the model.
        site: The line that says it.
    """

    kind: Kind
    references: tuple[str, ...]
    authorization: Sequence[Rule] | None
    site: Site | None = field(repr=False)


def has_one(references: str | list[str], *, authorization: Sequence[Rule] | None = None) -> M:  # type: ignore[type-var]
    """One item of another model belongs to this one.

    Args:
        references: The field of the other model that holds this one's identifier; several where
            the identifier has several fields.
        authorization: Who may follow the relation; left out, those who may read the model.
    """
    return cast("M", _relation("hasOne", references, authorization))


def has_many(
    references: str | list[str], *, authorization: Sequence[Rule] | None = None
) -> list[M]:
    """Any number of items of another model belong to this one.

    Args:
        references: The field of the other model that holds this one's identifier; several where
            the identifier has several fields.
        authorization: Who may follow the relation; left out, those who may read the model.
    """
    return cast("list[M]", _relation("hasMany", references, authorization))


def belongs_to(references: str | list[str], *, authorization: Sequence[Rule] | None = None) -> M:  # type: ignore[type-var]
    """This item belongs to one of another model, which says `has_one` or `has_many`.

    Args:
        references: The field of this model that holds the other's identifier; several where the
            identifier has several fields.
        authorization: Who may follow the relation; left out, those who may read the model.
    """
    return cast("M", _relation("belongsTo", references, authorization))


def _relation(kind: Kind, references: str | list[str], authorization: Sequence[Rule] | None) -> Any:  # noqa: ANN401 - stands for items of a model
    given = (references,) if isinstance(references, str) else tuple(references)
    return Relation(kind, given, authorization, calling_site())
