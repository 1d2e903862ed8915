"""What answers custom operations.

Amplify Gen 2, "Add custom queries and mutations" and "Connect to an external SQL database".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from preamp.definition.function import FunctionDefinition
from preamp.definition.site import calling_file, calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.contract.site import Site
    from preamp.definition.data.models import Model

_CODE: Final = "SchemaOperationError"


@dataclass(frozen=True)
class Handler:
    """What answers an operation, or one step of it.

    Attributes:
        site: The line that says it.
    """

    site: Site | None = field(compare=False, repr=False)


@dataclass(frozen=True)
class FunctionHandler(Handler):
    """A function.

    Attributes:
        function: The function, or its name in the ``functions`` of `define_data`.
    """

    function: FunctionDefinition | str


@dataclass(frozen=True)
class AsyncFunctionHandler(FunctionHandler):
    """A function that runs on after the operation was answered."""


@dataclass(frozen=True)
class ResolverHandler(Handler):
    """A resolver in JavaScript.

    Attributes:
        data_source: The model whose table it uses, or the name of a data source; None for none.
        entry: Its file as the definition has it.
        path: Its file.
    """

    data_source: type[Model] | str | None
    entry: str
    path: Path


@dataclass(frozen=True)
class InlineSqlHandler(Handler):
    """An SQL statement.

    Attributes:
        statement: The statement.
    """

    statement: str


@dataclass(frozen=True)
class SqlReferenceHandler(Handler):
    """An SQL statement in a file.

    Attributes:
        entry: The file as the definition has it.
        path: The file.
    """

    entry: str
    path: Path


class Handlers:
    """Makes what answers custom operations; use it as `handler`."""

    def function(self, function: FunctionDefinition | str) -> FunctionHandler:
        """Have a function answer.

        Args:
            function: What `define_function` returned, or its name in the ``functions`` of
                `define_data`.

        Raises:
            UserError: ``SchemaOperationError``.
        """
        return FunctionHandler(*_function(function))

    def async_function(self, function: FunctionDefinition | str) -> AsyncFunctionHandler:
        """Have a function run, and answer at once that it was started.

        Amplify's ``handler.function(…).async()``. Lambda runs it again when it fails.

        Args:
            function: What `define_function` returned.

        Raises:
            UserError: ``SchemaOperationError``.
        """
        return AsyncFunctionHandler(*_function(function))

    def custom(
        self, *, entry: str, data_source: type[Model] | str | None = None
    ) -> ResolverHandler:
        """Have a resolver in JavaScript answer, inside AppSync.

        Args:
            entry: Its file, relative to the one that calls this.
            data_source: The model whose table it uses, or the name of a data source that the
                backend adds; left out, none.

        Raises:
            UserError: ``EntryNotFoundError``.
        """
        return ResolverHandler(calling_site(), data_source, entry, _file(entry))

    def inline_sql(self, statement: str) -> InlineSqlHandler:
        """Have an SQL statement answer.

        Args:
            statement: The statement, with the operation's arguments as ``:name``.
        """
        return InlineSqlHandler(calling_site(), statement)

    def sql_reference(self, entry: str) -> SqlReferenceHandler:
        """Have an SQL statement in a file answer.

        Args:
            entry: The file, relative to the one that calls this.

        Raises:
            UserError: ``EntryNotFoundError``.
        """
        return SqlReferenceHandler(calling_site(), entry, _file(entry))


handler: Final = Handlers()
"""Makes what answers custom operations: functions, resolvers, SQL.

Amplify Gen 2, "Add custom queries and mutations". A list of functions, or of resolvers, is a
pipeline: what one answers is given to the next.
"""


def _function(function: Any) -> tuple[Site | None, FunctionDefinition | str]:  # noqa: ANN401 - checked here
    site = calling_site()
    if isinstance(function, FunctionDefinition | str):
        return site, function
    message = f"a handler was given {function!r}, which is no function of the backend"
    hint = "give what define_function() returns"
    raise UserError(_CODE, message, hint, sites=[site] if site else [])


def _file(entry: str) -> Path:
    from pathlib import Path

    site = calling_site()
    here = calling_file()
    path = (here.parent if here else Path.cwd()) / entry
    if path.is_file():
        return path
    message = f"there is no file {entry} beside {here.name if here else 'the definition'}"
    hint = "name the file relative to the one that names it"
    raise UserError("EntryNotFoundError", message, hint, sites=[site] if site else [])
