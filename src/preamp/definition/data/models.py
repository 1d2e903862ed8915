"""Models: what the API keeps items of, in a table of its own each.

Amplify Gen 2, "Data modeling".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal, get_args

from preamp.definition.options import check_choice
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preamp.contract.site import Site
    from preamp.definition.data.indexes import Index
    from preamp.definition.data.rules import Rule

Disabled = Literal[
    "queries", "mutations", "subscriptions", "list", "get", "create", "update", "delete",
    "onCreate", "onUpdate", "onDelete",
]  # fmt: skip
Mutation = Literal["create", "update", "delete"]

OPTIONS: Final = "__preamp_model__"
"""The attribute of a model's class that holds its options."""

_CODE: Final = "SchemaModelError"
_DISABLED: Final[tuple[str, ...]] = get_args(Disabled)
_MUTATIONS: Final[tuple[str, ...]] = get_args(Mutation)


@dataclass(frozen=True, eq=False)
class ModelOptions:
    """What was said of a model beyond its fields.

    Attributes:
        authorization: Who may use it; None leaves that to the schema.
        indexes: Its secondary indexes.
        identifier: The fields that tell its items apart.
        disabled: What the API shall not offer.
        site: The line of its class.
    """

    authorization: Sequence[Rule] | None = None
    indexes: Sequence[Index] = ()
    identifier: Sequence[str] = ("id",)
    disabled: Sequence[Disabled] = ()
    site: Site | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class ModelMutations:
    """Some of a model's own mutations, for subscriptions.

    Attributes:
        model: The model.
        operations: Which mutations.
        site: The line that names them.
    """

    model: type[Model]
    operations: tuple[Mutation, ...]
    site: Site | None = field(default=None, repr=False)


class Model:
    """A kind of items that the API keeps; derive a class for each.

    Amplify Gen 2, "Data modeling": ``a.model``. Annotations are the fields' types, ``| None``
    means that a field may be missing, and what is assigned is its default::

        class Todo(Model, authorization=[allow.owner()]):
            content: str
            done: bool = False
            due: AWSDate | None

    Options stand behind `Model`, and a class that derives from a model has its options and fields
    too:

    - ``authorization``: who may use it; left out, whom the schema allows.
    - ``identifier``: the fields that tell items apart; left out, ``id``, which is made for each.
    - ``indexes``: secondary indexes, each an `Index`.
    - ``disable_operations``: what the API shall not offer.
    """

    __preamp_model__: ClassVar[ModelOptions] = ModelOptions()

    def __init_subclass__(
        cls,
        *,
        authorization: Sequence[Rule] | None = None,
        identifier: list[str] | None = None,
        indexes: Sequence[Index] | None = None,
        disable_operations: Sequence[Disabled] | None = None,
    ) -> None:
        super().__init_subclass__()
        site = calling_site()
        _check_lists(
            {
                "identifier": identifier,
                "indexes": indexes,
                "disable_operations": disable_operations,
            },
            site,
        )
        for disabled in disable_operations or ():
            check_choice(disabled, _DISABLED, _CODE, "disable_operations", site)
        before = cls.__preamp_model__
        cls.__preamp_model__ = ModelOptions(
            before.authorization if authorization is None else authorization,
            before.indexes if indexes is None else tuple(indexes),
            before.identifier if identifier is None else tuple(identifier),
            before.disabled if disable_operations is None else tuple(disable_operations),
            site,
        )

    @classmethod
    def mutations(cls, operations: Mutation | Sequence[Mutation]) -> ModelMutations:
        """Name some of the model's own mutations, for `subscription`.

        Args:
            operations: Of ``"create"``, ``"update"`` and ``"delete"``.

        Raises:
            UserError: ``SchemaOperationError``.
        """
        site = calling_site()
        code = "SchemaOperationError"
        chosen = (operations,) if isinstance(operations, str) else tuple(operations)
        for operation in chosen:
            check_choice(operation, _MUTATIONS, code, "a mutation of a model", site)
        if not chosen:
            message = f"{cls.__name__}.mutations() names no mutation"
            hint = 'name some, such as ["create", "update"]'
            raise UserError(code, message, hint, sites=[site] if site else [])
        return ModelMutations(cls, chosen, site)


def _check_lists(options: Mapping[str, object], site: Site | None) -> None:
    for name, given in options.items():
        if given is not None and not isinstance(given, list | tuple):
            message = f"{name} is {given!r}, which is no list"
            hint = f"put it into brackets: {name}=[{given!r}]"
            raise UserError(_CODE, message, hint, sites=[site] if site else [])
