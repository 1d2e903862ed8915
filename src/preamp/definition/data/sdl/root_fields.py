"""The queries, mutations and subscriptions of an API by their names, of which each is there once.

Models have some of their own: Amplify Gen 2, "Disable Operations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.definition.data.naming import capitalized, type_name
from preamp.definition.data.operations import Operation
from preamp.definition.data.routes import Conversation
from preamp.definition.data.sdl.places import place_at, place_of_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preamp.definition.data.models import Model
    from preamp.definition.data.schemas import SchemaPart
    from preamp.definition.data.sdl.places import Place

_OWN: Final = {
    "Query": {"get": "get", "list": "list"},
    "Mutation": {"create": "create", "update": "update", "delete": "delete"},
    "Subscription": {"onCreate": "onCreate", "onUpdate": "onUpdate", "onDelete": "onDelete"},
}
"""How the names of models' own operations begin, by what disables each."""

_WHOLE: Final = {"Query": "queries", "Mutation": "mutations", "Subscription": "subscriptions"}


def check_root_fields(parts: Iterable[SchemaPart], models: Iterable[type[Model]]) -> None:
    """Refuse two operations of one name, those that models have by themselves included.

    Args:
        parts: The parts of all schemas.
        models: The models among them.

    Raises:
        UserError: ``SchemaNameError``.
    """
    seen: dict[tuple[str, str], tuple[str, Place]] = {}
    for model in models:
        for root, name, place in _of_model(model):
            _enter(seen, root, name, f"the model {type_name(model)}", place)
    for part in parts:
        if isinstance(part, Operation | Conversation):
            root = part.kind if isinstance(part, Operation) else "Mutation"
            place = place_at(part.name, part.site)
            _enter(seen, root, part.name, f"the function {part.name}", place)


def own_operations(model: type[Model]) -> dict[str, str]:
    """What a model's own operations begin with, each with the root type it is a field of."""
    disabled = set(model.__preamp_model__.disabled)
    return {
        start: root
        for root, starts in _OWN.items()
        for option, start in starts.items()
        if option not in disabled and _WHOLE[root] not in disabled
    }


def _of_model(model: type[Model]) -> Iterator[tuple[str, str, Place]]:
    name, place = capitalized(type_name(model)), place_of_class(model)
    for start, root in own_operations(model).items():
        # as Amplify makes the plural of most names
        many = "s" if start == "list" and not name.endswith("s") else ""
        yield root, f"{start}{name}{many}", place
    # two of one model are told where its indexes are checked
    queries = {
        query: index.site
        for index in model.__preamp_model__.indexes
        if (query := getattr(index, "query_field", None))
    }
    for query, site in queries.items():
        yield "Query", query, place_at(name, site)


def _enter(
    seen: dict[tuple[str, str], tuple[str, Place]], root: str, name: str, owner: str, place: Place
) -> None:
    known = seen.setdefault((root, name), (owner, place))
    if known[1] is place:
        return
    message = f"{known[0]} and {owner} both have {root}.{name}"
    hint = "rename one; a model's own are left out by disable_operations"
    raise place.error("SchemaNameError", message, hint, known[1].find())
