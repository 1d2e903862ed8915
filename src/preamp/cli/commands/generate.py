"""`preamp generate`: what frontends need of a deployed backend."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from preamp.cli import wiring
from preamp.cli.environments import AccountOptions, account_options
from preamp.cli.options import form_options, identifier_option, json_option
from preamp.cli.render import Silence, reporter_for
from preamp.client_code.requests import (
    FORMATS,
    MODEL_TARGETS,
    STATEMENT_TARGETS,
    TYPE_TARGETS,
    CodeRequest,
    introspection,
    model_classes,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from preamp.outputs.writing import OutputsForm

Command = TypeVar("Command", bound="Callable[..., None]")

_MODEL_OPTIONS: Final = {
    "model-generate-index-rules": ("generateIndexRules", "Tell iOS models of their indexes."),
    "model-emit-auth-provider": ("emitAuthProvider", "Tell iOS models who may use them."),
    "model-respect-primary-key-attributes-on-connection-field": (
        "respectPrimaryKeyAttributesOnConnectionField",
        "Let relations go by primary keys, and not by an id.",
    ),
    "model-generate-models-for-lazy-load-and-custom-selection-set": (
        "generateModelsForLazyLoadAndCustomSelectionSet",
        "Load what is related when it is asked for.",
    ),
    "model-add-timestamp-fields": ("addTimestampFields", "Add the times of rows."),
    "model-handle-list-nullability-transparently": (
        "handleListNullabilityTransparently",
        "Tell lists that may be missing from those of what may be missing.",
    ),
}
"""Options of classes of models: what the generator calls each, and what it is for."""


@dataclass(frozen=True)
class _Backend:
    """Which deployed backend is meant.

    Attributes:
        stack: Its root stack at AWS; None for the sandbox on this machine.
        account: Whose credentials it is read with, and where.
        identifier: Which sandbox.
        told: What to call the stack, for people.
    """

    stack: str | None
    account: AccountOptions
    identifier: str | None
    told: str


@click.group(
    name="generate",
    short_help="Files that frontends need.",
    epilog="Example: preamp generate outputs --format dart --out-dir lib",
)
def command() -> None:
    """Write files that frontends need, from what is deployed."""


def _backend_options(function: Callable[..., None]) -> Callable[..., None]:
    """Options that say which backend is meant; the command gets it as ``backend``."""

    @click.option("--stack", metavar="NAME", help="Root stack of a backend at AWS, or its ARN.")
    @click.option("--app-id", metavar="ID", help="Amplify app at AWS; goes with --branch.")
    @click.option("--branch", metavar="NAME", help="Branch of that app.")
    @account_options
    @identifier_option
    @wraps(function)
    def with_backend(**options: Any) -> None:  # noqa: ANN401 - whatever the command has
        names = ("stack", "app_id", "branch", "account", "identifier")
        function(backend=_read_backend(**{each: options.pop(each) for each in names}), **options)

    return with_backend


@command.command(
    short_help="Write the outputs file.",
    epilog="Example: preamp generate outputs --app-id d1a2b3c4 --branch main",
)
@_backend_options
@form_options
@click.option(
    "--out-dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    default=".",
    help="Folder of the file; the working directory by default.",
)
@json_option
def outputs(*, backend: _Backend, form: OutputsForm, directory: Path, as_json: bool) -> None:
    """Write the outputs file of a backend, from what its stack says.

    Without --stack or --branch that is the sandbox on this machine.
    """
    if backend.stack is None:
        sandbox = wiring.sandbox(backend.identifier, Silence())
        files = sandbox.generate_outputs(directory, form)
    else:
        from preamp.outputs.deployed import generate_outputs

        files = generate_outputs(
            backend.stack,
            directory,
            form,
            profile=backend.account.profile,
            region=backend.account.region,
            told=backend.told,
        )
    _tell(files, as_json=as_json)


def _model_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of `_MODEL_OPTIONS`, which the command gets as ``rules``."""

    @wraps(function)
    def with_rules(**options: Any) -> None:  # noqa: ANN401 - whatever the command has
        rules = {
            told: options.pop(name.replace("-", "_")) for name, (told, _) in _MODEL_OPTIONS.items()
        }
        function(rules=rules, **options)

    decorated: Callable[..., None] = with_rules
    for name, (_, described) in reversed(_MODEL_OPTIONS.items()):
        decorated = _switch(name, name.replace("-", "_"), f"modelgen: {described}")(decorated)
    return decorated


def _switch(name: str, parameter: str, described: str) -> Callable[[Command], Command]:
    """An option that is on, off with ``no-`` before it, or left to the generator."""

    def decorate(function: Command) -> Command:
        on = click.option(
            f"--{name}", parameter, flag_value=True, type=bool, default=None, help=described
        )
        off = click.option(
            f"--no-{name}", parameter, flag_value=False, type=bool, default=None, hidden=True
        )
        return on(off(function))

    return decorate


@command.command(
    name="graphql-client-code",
    short_help="Write code for clients of the API.",
    epilog="Example: preamp generate graphql-client-code --out src/graphql",
)
@_backend_options
@click.option(
    "--out",
    "directory",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    default=".",
    help="Folder of the files; the working directory by default.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="Statements and types, classes of models, or what is told of them.",
)
@click.option(
    "--statement-target",
    type=click.Choice(STATEMENT_TARGETS),
    default="typescript",
    show_default=True,
    help="graphql-codegen: language of the statements.",
)
@click.option(
    "--type-target",
    type=click.Choice(TYPE_TARGETS),
    help="graphql-codegen: language of the types; that of the statements by default.",
)
@click.option(
    "--statement-max-depth",
    "max_depth",
    type=click.IntRange(min=1),
    help="graphql-codegen: how deep statements go into relations; 2 by default.",
)
@_switch(
    "statement-typename-introspection",
    "typename_introspection",
    "graphql-codegen: ask for __typename.",
)
@_switch(
    "type-multiple-swift-files",
    "multiple_swift_files",
    "graphql-codegen: a file for each model in Swift.",
)
@click.option(
    "--model-target",
    type=click.Choice(MODEL_TARGETS),
    default="typescript",
    show_default=True,
    help="modelgen: language of the classes.",
)
@_model_options
@json_option
def graphql_client_code(
    *,
    backend: _Backend,
    directory: Path,
    kind: str,
    statement_target: Any,  # noqa: ANN401 - a choice
    type_target: Any,  # noqa: ANN401
    model_target: Any,  # noqa: ANN401
    rules: Mapping[str, bool | None],
    as_json: bool,
    **depth: Any,  # noqa: ANN401
) -> None:
    """Write code for the clients of a backend's GraphQL API, with Amplify's own generator.

    Without --stack or --branch that is the backend of the sandbox on this machine.
    """
    from preamp.client_code.generator import generate
    from preamp.client_code.writing import write_files

    if kind == "modelgen":
        request = model_classes(model_target, **rules)
    elif kind == "introspection":
        request = introspection()
    else:
        request = statements(statement_target, type_target, **depth)
    with reporter_for(as_json=as_json, quiet=as_json) as reporter:
        files = generate(_schema(backend, request), request, reporter)
    _tell(write_files(directory, files), as_json=as_json)


@command.command(
    short_help="Write the models' types in Python.",
    epilog="Example: preamp generate models --out amplify/functions/todo_types.py",
)
@_backend_options
@click.option(
    "--out",
    "file",
    type=click.Path(dir_okay=False, path_type=Path, resolve_path=True),
    default="models.py",
    help="The file; models.py in the working directory by default.",
)
@json_option
def models(*, backend: _Backend, file: Path, as_json: bool) -> None:
    """Write types of the API's models in Python, for functions and clients.

    Without --stack or --branch that is the backend of the sandbox on this machine.
    """
    from preamp.client_code.python_types import python_types
    from preamp.client_code.writing import write_files

    told: Any = _told_of_models(backend)
    _tell(write_files(file.parent, {file.name: python_types(told)}), as_json=as_json)


def _schema(backend: _Backend, request: CodeRequest) -> str:
    of_models = request.takes_models
    if backend.stack is None:
        return wiring.sandbox(backend.identifier, Silence()).read_schema(of_models=of_models)
    from preamp.client_code.deployed_schemas import read_schema
    from preamp.outputs.deployed import aws_client_factory, refusals_explained

    with refusals_explained():
        client = aws_client_factory(backend.account.profile, backend.account.region)
        return read_schema(client, backend.stack, of_models=of_models)


def _told_of_models(backend: _Backend) -> object:
    if backend.stack is None:
        return wiring.sandbox(backend.identifier, Silence()).read_models()
    from preamp.outputs.deployed import aws_clients, refusals_explained
    from preamp.outputs.models import read_models

    with refusals_explained():
        clients = aws_clients(backend.account.profile, backend.account.region)
        return read_models(clients.cloudformation, clients.s3, backend.stack)


def _read_backend(
    *,
    stack: str | None,
    app_id: str | None,
    branch: str | None,
    identifier: str | None,
    account: AccountOptions,
) -> _Backend:
    """Which backend options mean, and none that do not go together."""
    _check(stack=stack, app_id=app_id, branch=branch, identifier=identifier, account=account)
    if app_id and branch:
        from preamp.contract.identity import BackendId

        named = BackendId(app_id, branch, "branch").stack_name
        told = f"{named}, of the branch {branch} of the app {app_id}"
        return _Backend(named, account, None, told)
    return _Backend(stack, account, identifier, stack or "")


def _check(
    *,
    stack: str | None,
    app_id: str | None,
    branch: str | None,
    identifier: str | None,
    account: AccountOptions,
) -> None:
    """Refuse options that do not go together."""
    if stack and (app_id or branch):
        raise click.UsageError("name a backend by --stack, or by --app-id and --branch")
    if bool(app_id) != bool(branch):
        raise click.UsageError("--app-id and --branch go together")
    at_aws = stack or branch
    if at_aws and identifier:
        raise click.UsageError("--identifier names a sandbox on this machine, not a stack at AWS")
    if account != AccountOptions() and not at_aws:
        raise click.UsageError(
            "--profile and --region go with --stack, or with --app-id and --branch"
        )


def _tell(files: Iterable[Path], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"files": [str(path) for path in files]}))
        return
    for path in files:
        click.echo(f"wrote {os.path.relpath(path)}")
