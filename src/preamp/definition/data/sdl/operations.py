"""Custom operations as fields of GraphQL's root types, with what answers them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from preamp.definition.data.custom_types import is_custom_type
from preamp.definition.data.handlers import (
    AsyncFunctionHandler,
    FunctionHandler,
    Handler,
    InlineSqlHandler,
    ResolverHandler,
    SqlReferenceHandler,
)
from preamp.definition.data.models import Model, ModelMutations
from preamp.definition.data.naming import capitalized, type_name
from preamp.definition.data.operations import HandledOperation, Mutation, Subscription
from preamp.definition.data.routes import Generation
from preamp.definition.data.rules import CODE
from preamp.definition.data.schema import Resolver, ResolverStep, SqlStatement
from preamp.definition.data.sdl.annotations import TypeUse
from preamp.definition.data.sdl.authorization import (
    auth_directive,
    check_operation_rules,
    check_rules,
    native_directives,
)
from preamp.definition.data.sdl.catalogue import ASYNC_ANSWER
from preamp.definition.data.sdl.directives import directive, text, texts
from preamp.definition.data.sdl.places import Place, place_at
from preamp.definition.data.sdl.reading import OPERATION, read_parameters, read_return_type
from preamp.definition.data.sdl.root_fields import own_operations
from preamp.definition.data.sdl.routes import generation_directive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.definition.data.operations import Operation
    from preamp.definition.data.rules import Rule
    from preamp.definition.data.sdl.catalogue import Catalogue
    from preamp.definition.data.sdl.inputs import Inputs
    from preamp.definition.data.sdl.types import Types
    from preamp.definition.function import FunctionDefinition

_NO_DATA_SOURCE: Final = "NONE_DS"
_SQL: Final = (InlineSqlHandler, SqlReferenceHandler)


@dataclass(frozen=True)
class WrittenOperation:
    """An operation as GraphQL, and what answers it.

    Attributes:
        text: The field of the root type.
        rules: Who may call it.
        answer: What it answers; None for the type of asynchronous functions.
        functions: The functions by their names in the text.
        resolver: The resolver in JavaScript, if that is what answers it.
        statement: The SQL statement, if that is what answers it.
    """

    text: str
    rules: tuple[Rule, ...]
    answer: TypeUse | None
    functions: dict[str, FunctionDefinition] = field(default_factory=dict)
    resolver: Resolver | None = None
    statement: SqlStatement | None = None


class Operations:
    """Writes the operations of a schema.

    Args:
        catalogue: What the schemas of the API name.
        types: Where the types of answers are gathered.
        inputs: Where the types of arguments are gathered.
        schema_rules: The rules of the schema, for operations without their own.
        sql: Whether the schema has an SQL database.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        types: Types,
        inputs: Inputs,
        schema_rules: Sequence[Rule],
        *,
        sql: bool,
    ) -> None:
        self._catalogue = catalogue
        self._types = types
        self._inputs = inputs
        self._schema_rules = tuple(schema_rules)
        self._sql = sql

    def write(self, operation: Operation) -> WrittenOperation:
        """An operation as GraphQL, and what answers it.

        Raises:
            UserError: What is wrong with it.
        """
        place = place_at(operation.name, operation.site)
        handlers = operation.handlers if isinstance(operation, HandledOperation) else ()
        self._check_handlers(operation, handlers, place)
        answer = self._answer(operation, handlers, place)
        resolver = self._resolver(operation, handlers, place)
        rules = self._rules(operation, place, answer, resolver=resolver is not None)
        parts = [
            f"{operation.name}{self._arguments(operation)}:",
            self._answer_text(operation, answer, place),
            *self._directives(operation, handlers),
            native_directives(rules) if resolver else auth_directive(rules),
        ]
        shown = " ".join(part for part in parts if part)
        functions = _functions(operation.name, handlers)
        statement = _statement(operation, handlers)
        return WrittenOperation(shown, rules, answer, functions, resolver, statement)

    def _rules(
        self, operation: Operation, place: Place, answer: TypeUse | None, *, resolver: bool
    ) -> tuple[Rule, ...]:
        rules = check_rules(operation.authorization, place) or self._schema_rules
        if not rules and not isinstance(operation, Generation):
            message = f"nobody may call {operation.name}: neither it nor the schema has rules"
            hint = "add authorization=[allow.authenticated()]"
            raise place.error(CODE, message, hint)
        structure = answer is None or (
            isinstance(answer.named, type) and is_custom_type(answer.named)
        )
        check_operation_rules(rules, place, resolver=resolver, structure=structure)
        return rules

    def _arguments(self, operation: Operation) -> str:
        parameters = read_parameters(operation, self._catalogue.classes).values()
        shown = [
            f"{each.name}: {self._inputs.text(each.type, operation.name, each.name, each.place)}"
            for each in parameters
        ]
        return f"({', '.join(shown)})" if shown else ""

    def _answer(
        self, operation: Operation, handlers: Sequence[Handler], place: Place
    ) -> TypeUse | None:
        """What an operation answers; None for what asynchronous functions answer."""
        answer = read_return_type(operation, self._catalogue.classes)
        started = bool(handlers) and isinstance(handlers[-1], AsyncFunctionHandler)
        if isinstance(operation, Subscription):
            if answer is not None:
                message = f"the subscription {operation.name} says what it answers"
                hint = "annotate its return type as None: it gets what its mutations answer"
                raise place.error(OPERATION, message, hint)
            return self._source_answer(operation, place)
        if started and answer is not None:
            message = f"{operation.name} answers before its function has run"
            hint = "annotate its return type as None, or use handler.function()"
            raise place.error(OPERATION, message, hint)
        if answer is None and not started:
            message = f"{operation.name} answers nothing"
            hint = "annotate its return type with what the API gives, such as bool"
            raise place.error(OPERATION, message, hint)
        return answer

    def _answer_text(self, operation: Operation, answer: TypeUse | None, place: Place) -> str:
        if answer is None:
            return ASYNC_ANSWER
        if isinstance(answer.named, type) and issubclass(answer.named, Model):
            self._catalogue.model(answer.named, place)
            if isinstance(operation, Generation):
                message = f"{operation.name} has the model {answer.named.__name__} generated"
                hint = "generate a class with @custom_type, and create items of it"
                raise place.error("SchemaRouteError", message, hint)
        owner = operation.name
        if isinstance(operation, Subscription) and isinstance(operation.sources[0], Mutation):
            owner = operation.sources[0].name
        return self._types.text(answer, owner, "ReturnType", place)

    def _source_answer(self, subscription: Subscription, place: Place) -> TypeUse | None:
        """What the mutations of a subscription answer, which is the same for all of them."""
        answers: list[TypeUse | None] = []
        sources: Sequence[object] = subscription.sources
        for source in sources:
            if isinstance(source, ModelMutations):
                answers.append(TypeUse(self._source_model(source, place), required=False))
            elif isinstance(source, Mutation):
                self._catalogue.check_operation(source, place)
                answers.append(read_return_type(source, self._catalogue.classes))
            else:
                message = f"{subscription.name} is for {getattr(source, 'name', source)!r}"
                hint = 'name mutations, or a model\'s own: Post.mutations(["create"])'
                raise place.error(OPERATION, message, hint)
        if not answers:
            message = f"{subscription.name} is for no mutation"
            raise place.error(OPERATION, message, "name some with for_=")
        if len({answer.named if answer else None for answer in answers}) > 1:
            message = f"the mutations of {subscription.name} answer different types"
            raise place.error(OPERATION, message, "make a subscription for each type")
        return answers[0]

    def _source_model(self, source: ModelMutations, place: Place) -> type[Model]:
        self._catalogue.model(source.model, place)
        own = own_operations(source.model)
        missing = [operation for operation in source.operations if operation not in own]
        if missing:
            of = f"{missing[0]} of {source.model.__name__}"
            message = f"{place.label} is for {of}, which is disabled"
            raise place.error(OPERATION, message, "leave it out of either", source.site)
        return source.model

    def _check_handlers(
        self, operation: Operation, handlers: Sequence[Handler], place: Place
    ) -> None:
        if isinstance(operation, Generation):
            return
        given: Sequence[object] = handlers
        for each in given:
            if not isinstance(each, Handler):
                message = f"{operation.name} has the handler {each!r}"
                hint = "use handler.function(…), handler.custom(…) or handler.inline_sql(…)"
                raise place.error(OPERATION, message, hint)
        if not handlers:
            raise place.error(OPERATION, f"nothing answers {operation.name}", "add a handler")
        _check_alike(operation, handlers, place)
        if isinstance(handlers[0], _SQL) and not self._sql:
            message = f"{operation.name} is answered by SQL, and its schema has no SQL database"
            hint = "put it into the schema of configure(database=…)"
            raise place.error(OPERATION, message, hint, handlers[0].site)
        if isinstance(handlers[0], _SQL) and isinstance(operation, Subscription):
            message = f"the subscription {operation.name} is answered by SQL"
            raise place.error(OPERATION, message, "use handler.custom(…)", handlers[0].site)

    def _resolver(
        self, operation: Operation, handlers: Sequence[Handler], place: Place
    ) -> Resolver | None:
        steps = [
            ResolverStep(self._data_source(each, place), each.path, each.site)
            for each in handlers
            if isinstance(each, ResolverHandler)
        ]
        return Resolver(operation.kind, operation.name, tuple(steps)) if steps else None

    def _data_source(self, handler: ResolverHandler, place: Place) -> str:
        given = handler.data_source
        if given is None or isinstance(given, str):
            return given or _NO_DATA_SOURCE
        model = self._catalogue.model(given, place)
        if model.sql:
            message = f"{place.label} uses the table of {model.name}, which is in an SQL database"
            raise place.error(OPERATION, message, "use handler.inline_sql(…)", handler.site)
        return f"{model.name}Table"

    def _directives(self, operation: Operation, handlers: Sequence[Handler]) -> list[str]:
        found = [
            _function_directive(each, _function_name(operation.name, number))
            for number, each in enumerate(handlers)
            if isinstance(each, FunctionHandler)
        ]
        for each in handlers:
            if isinstance(each, InlineSqlHandler):
                found.append(directive("sql", [("statement", text(each.statement))]))
            if isinstance(each, SqlReferenceHandler):
                found.append(directive("sql", [("reference", text(each.entry))]))
        if isinstance(operation, Subscription):
            found.append(directive("aws_subscribe", [("mutations", texts(_sources(operation)))]))
        if isinstance(operation, Generation):
            found.append(generation_directive(operation))
        return found


def _check_alike(operation: Operation, handlers: Sequence[Handler], place: Place) -> None:
    kinds = {FunctionHandler if isinstance(h, FunctionHandler) else type(h) for h in handlers}
    if len(kinds) == 1 and not (len(handlers) > 1 and isinstance(handlers[0], _SQL)):
        return
    message = f"the handlers of {operation.name} are of different kinds"
    hint = "make all of them functions, or all of them resolvers"
    if len(kinds) == 1:
        message, hint = f"{operation.name} has several SQL statements", "keep one"
    raise place.error(OPERATION, message, hint, *(each.site for each in handlers))


def _function_name(operation: str, number: int) -> str:
    return f"Fn{capitalized(operation)}{number + 1 if number else ''}"


def _function_directive(handler: FunctionHandler, name: str) -> str:
    given = handler.function if isinstance(handler.function, str) else name
    event = "Event" if isinstance(handler, AsyncFunctionHandler) else None
    return directive("function", [("name", text(given)), ("invocationType", event)])


def _functions(operation: str, handlers: Sequence[Handler]) -> dict[str, FunctionDefinition]:
    return {
        _function_name(operation, number): each.function
        for number, each in enumerate(handlers)
        if isinstance(each, FunctionHandler) and not isinstance(each.function, str)
    }


def _statement(operation: Operation, handlers: Sequence[Handler]) -> SqlStatement | None:
    for each in handlers:
        if isinstance(each, InlineSqlHandler):
            return SqlStatement(operation.kind, operation.name)
        if isinstance(each, SqlReferenceHandler):
            return SqlStatement(operation.kind, operation.name, each.entry, each.path)
    return None


def _sources(subscription: Subscription) -> list[str]:
    found = []
    for source in subscription.sources:
        if isinstance(source, ModelMutations):
            name = capitalized(type_name(source.model))
            found += [f"{operation}{name}" for operation in source.operations]
        else:
            found.append(source.name)
    return found
