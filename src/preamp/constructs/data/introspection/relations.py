"""Relations between models: which fields of which model they are kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from preamp.constructs.data.introspection.document import ID, Connection, Directive, Field
from preamp.constructs.data.introspection.keys import INDEX, KEY, PRIMARY_KEY
from preamp.constructs.data.introspection.names import camel
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.constructs.data.introspection.document import Model

HAS_ONE: Final = "hasOne"
HAS_MANY: Final = "hasMany"
BELONGS_TO: Final = "belongsTo"


def connect(models: Mapping[str, Model]) -> None:
    """Find out what the fields of models have to do with other models.

    Fields that relations are kept in are added where the schema does not name them; a field of a
    model's type that says nothing of a relation is left out.

    Raises:
        UserError: ``InvalidSchemaError``.
    """
    for model in models.values():
        for field in tuple(model.fields):
            directive = field.directive(HAS_ONE, HAS_MANY, BELONGS_TO)
            if directive is None:
                continue
            other = models.get(field.type)
            if other is None:
                _refuse(model, field, directive, f"{field.type} is no model")
            field.connection = _Relation(model, field, directive, other).connection()
        model.fields = [
            field for field in model.fields if field.connection or field.type not in models
        ]


class _Relation:
    def __init__(self, model: Model, field: Field, directive: Directive, other: Model) -> None:
        self._model = model
        self._field = field
        self._directive = directive
        self._other = other
        self._fields: list[str] = _listed(directive, "fields")
        self._references: list[str] = _listed(directive, "references")
        if self._fields and self._references:
            self._refuse("it has both 'fields' and 'references'")

    def connection(self) -> Connection:
        if self._directive.name == HAS_MANY:
            return self._has_many()
        if self._field.is_list:
            self._refuse("its type is a list")
        return self._has_one() if self._directive.name == HAS_ONE else self._belongs_to()

    def _has_one(self) -> Connection:
        back = _belongs_to_field(self._model, self._other)
        if back is not None and back.is_list:
            self._refuse(f"the type of {self._other.name}.{back.name} is a list")
        if self._references:
            return Connection("HAS_ONE", self._referred(), [])
        own = self._fields or [
            camel(self._model.name, self._field.name, each.name)
            for each in self._other.key_fields()
        ]
        self._add_targets(own)
        associated = [each.name for each in self._other.key_fields()]
        return Connection("HAS_ONE", associated, own)

    def _has_many(self) -> Connection:
        if not self._field.is_list:
            self._refuse("its type is no list")
        if self._references:
            associated = self._referred()
        elif self._fields:
            associated = [self._indexed()]
        else:
            associated = self._keys_in_other()
        if not (self._is_told_by_other() or self._directive.arguments.get("indexName")):
            name = f"gsi-{self._model.name}.{self._field.name}"
            self._other.directives.append(Directive(KEY, {"name": name, "fields": associated}))
        return Connection("HAS_MANY", associated)

    def _belongs_to(self) -> Connection:
        others = list(self._owning_fields())
        if not others:
            self._refuse(f"{self._other.name} has no @hasOne or @hasMany of {self._model.name}")
        if self._references and not any(
            _listed(directive, "references") == self._references for _, directive in others
        ):
            told = ", ".join(self._references)
            self._refuse(f"{self._other.name} has no @hasOne or @hasMany by {told}")
        targets = [*self._fields, *self._references]
        if not targets:
            first = others[0][0]
            owner = (
                (self._other.name, first.name)
                if first.is_list
                else (
                    self._model.name,
                    self._field.name,
                )
            )
            targets = [camel(*owner, each.name) for each in self._other.key_fields()]
        self._add_targets(targets)
        return Connection("BELONGS_TO", target_names=targets)

    def _referred(self) -> list[str]:
        """The references, if the other model tells of them as well."""
        told = any(
            _listed(directive, "references") == self._references
            for field in self._other.fields
            for directive in field.directives
        )
        missing = [name for name in self._references if self._other.find(name) is None]
        if missing:
            self._refuse(f"{self._other.name} has no field {missing[0]}")
        if not told:
            told_by = ", ".join(self._references)
            self._refuse(f"{self._other.name} has no @belongsTo by {told_by}")
        return list(self._references)

    def _indexed(self) -> str:
        """The other model's field that an index, or its key, leads to."""
        name = self._directive.arguments.get("indexName")
        wanted = [
            field.name
            for field in self._other.fields
            for each in field.directives
            if (each.name == INDEX and each.arguments.get("name") == name)
            or (not name and each.name == PRIMARY_KEY)
        ]
        if name and not wanted:
            self._refuse(f"{self._other.name} has no index {name}")
        back = _belongs_to_field(self._model, self._other)
        found = wanted[0] if wanted else back.name if back else ID
        for field in self._other.fields:
            told = field.directive(BELONGS_TO)
            if field.type == self._model.name and told and _listed(told, "fields")[:1] == [found]:
                return field.name
        if self._other.find(found) is None:
            self._refuse(f"{self._other.name} has no field {found}")
        return found

    def _keys_in_other(self) -> list[str]:
        """Fields of the other model for this one's key, which are added to it."""
        names = []
        for each in self._model.key_fields():
            name = camel(self._model.name, self._field.name, each.name)
            self._other.add(Field(name, each.type))
            names.append(name)
        return names

    def _is_told_by_other(self) -> bool:
        """Whether the other model has a field that says where it belongs."""
        back = next((each for each in self._other.fields if each.type == self._model.name), None)
        return back is not None and back.directive(BELONGS_TO) is not None

    def _owning_fields(self) -> Iterator[tuple[Field, Directive]]:
        for field in self._other.fields:
            for directive in field.directives:
                wanted = HAS_MANY if field.is_list else HAS_ONE
                if field.type == self._model.name and directive.name == wanted:
                    yield field, directive

    def _add_targets(self, names: list[str]) -> None:
        for name, each in zip(names, self._other.key_fields(), strict=False):
            self._model.add(Field(name, each.type, is_nullable=self._field.is_nullable))

    def _refuse(self, why: str) -> NoReturn:
        _refuse(self._model, self._field, self._directive, why)


def _belongs_to_field(model: Model, other: Model) -> Field | None:
    """The field of another model that says that it belongs to a model."""
    return next(
        (each for each in other.fields if each.type == model.name and each.directive(BELONGS_TO)),
        None,
    )


def _listed(directive: Directive, name: str) -> list[str]:
    given = directive.arguments.get(name) or []
    return [given] if isinstance(given, str) else list(given)


def _refuse(model: Model, field: Field, directive: Directive, why: str) -> NoReturn:
    raise UserError(
        "InvalidSchemaError",
        f"{model.name}.{field.name} cannot be @{directive.name}: {why}",
        "mend the relation, on both of its sides",
    )
