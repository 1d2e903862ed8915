"""`define_function`: a function of the backend, as its options say.

What becomes of it in the CDK is known elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, cast

from preamp.definition.environment import check_environment
from preamp.definition.names import check_resource_name
from preamp.definition.options import check_options, check_whole_number, listed
from preamp.definition.schedule import Schedule, read_schedules
from preamp.definition.site import calling_file, calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from aws_cdk import aws_lambda
    from constructs import Construct

    from preamp.contract.site import Site
    from preamp.definition.backend import ResourceScope
    from preamp.definition.built import BuiltFunction
    from preamp.definition.schedule import FunctionSchedule
    from preamp.definition.secret import Secret

Architecture = Literal["x86_64", "arm64"]
LogLevel = Literal["info", "debug", "warn", "error", "fatal", "trace"]
LogRetention = Literal[
    "1 day", "3 days", "5 days", "1 week", "2 weeks", "1 month", "2 months", "3 months",
    "4 months", "5 months", "6 months", "1 year", "13 months", "18 months", "2 years", "3 years",
    "5 years", "6 years", "7 years", "8 years", "9 years", "10 years", "infinite",
]  # fmt: skip


class BundlingOptions(TypedDict, total=False):
    """How a handler's code is put together.

    Attributes:
        minify: Whether TypeScript and JavaScript are made small; True if left out. Python is taken
            as it stands, so that only False is taken for it.
    """

    minify: bool


class LoggingOptions(TypedDict, total=False):
    """What a function logs, and how long it is kept.

    Attributes:
        format: ``json`` or ``text``.
        level: What is logged at least; with ``json`` only.
        retention: How long logs are kept, such as ``2 weeks``.
    """

    format: Literal["json", "text"]
    level: LogLevel
    retention: LogRetention


class DurableConfig(TypedDict, total=False):
    """A durable function's limits.

    Attributes:
        execution_timeout_seconds: How long an execution may take with all its pauses.
        retention_period_days: How long its history is kept; 14 days if left out.
    """

    execution_timeout_seconds: int
    retention_period_days: int


FORMATS: Final = ("json", "text")
LEVELS: Final[tuple[str, ...]] = ("info", "debug", "warn", "error", "fatal", "trace")
RETENTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1 day": "ONE_DAY",
        "3 days": "THREE_DAYS",
        "5 days": "FIVE_DAYS",
        "1 week": "ONE_WEEK",
        "2 weeks": "TWO_WEEKS",
        "1 month": "ONE_MONTH",
        "2 months": "TWO_MONTHS",
        "3 months": "THREE_MONTHS",
        "4 months": "FOUR_MONTHS",
        "5 months": "FIVE_MONTHS",
        "6 months": "SIX_MONTHS",
        "1 year": "ONE_YEAR",
        "13 months": "THIRTEEN_MONTHS",
        "18 months": "EIGHTEEN_MONTHS",
        "2 years": "TWO_YEARS",
        "3 years": "THREE_YEARS",
        "5 years": "FIVE_YEARS",
        "6 years": "SIX_YEARS",
        "7 years": "SEVEN_YEARS",
        "8 years": "EIGHT_YEARS",
        "9 years": "NINE_YEARS",
        "10 years": "TEN_YEARS",
        "infinite": "INFINITE",
    }
)
"""Amplify's words for how long logs are kept, and the CDK's."""

DEFAULT_GROUP: Final = "function"
DEFAULT_TIMEOUT_SECONDS: Final = 3
DEFAULT_MEMORY_MB: Final = 512
DEFAULT_STORAGE_MB: Final = 512
_DEFAULT_ENTRY: Final = "handler.py"
_AMPLIFYS_ENTRY: Final = "handler.ts"
_DEFAULT_RETENTION_DAYS: Final = 14

_ARCHITECTURES: Final = ("x86_64", "arm64")
_MOST_LAYERS: Final = 5
_LAYER: Final = re.compile(
    r"arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9_-]+:[0-9]+"
    r"|[a-zA-Z0-9_-]+:[0-9]+"
)


@dataclass(frozen=True)
class _Language:
    """What handlers of a language run on, oldest version first."""

    name: str
    runtime: str
    versions: tuple[str, ...]
    default: str
    durable_since: str

    def version(self, given: float | str | None) -> str:
        """A version as it may be said: by itself, or as Lambda's name of it."""
        start, _, end = self.runtime.partition("{}")
        text = self.default if given is None else str(given)
        return text.removeprefix(start).removesuffix(end)

    def durable(self) -> tuple[str, ...]:
        """The versions that durable functions can run on."""
        return self.versions[self.versions.index(self.durable_since) :]


_PYTHON: Final = _Language(
    "Python", "python{}", ("3.10", "3.11", "3.12", "3.13", "3.14"), "3.13", "3.13"
)
_NODE: Final = _Language("Node.js", "nodejs{}.x", ("18", "20", "22", "24"), "22", "22")
_LANGUAGES: Final = MappingProxyType(
    {".py": _PYTHON}
    | dict.fromkeys((".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"), _NODE)
)


@dataclass(frozen=True)
class Durable:
    """A durable function's limits, checked.

    Attributes:
        execution_timeout_seconds: How long an execution may take.
        retention_period_days: How long its history is kept.
    """

    execution_timeout_seconds: int
    retention_period_days: int


@dataclass(frozen=True)
class Handler:
    """The file of a function's handler, and what it runs on.

    Attributes:
        name: The function's name.
        entry: The file, absolute.
        runtime: Lambda's name of the runtime, such as ``python3.13``.
        architecture: Lambda's instruction set.
        durable: Limits, if it is a durable function.
        minify: Whether its code is made small, if it is JavaScript or TypeScript.
    """

    name: str
    entry: Path
    runtime: str
    architecture: Architecture
    durable: Durable | None = None
    minify: bool = True


@dataclass(frozen=True, eq=False)
class FunctionDefinition:
    """A function of the backend.

    Attributes:
        source: The file of its handler, or what makes the function.
        timeout_seconds: How long a run may take; None leaves it to the source.
        memory_mb: Its memory; None leaves it to the source.
        ephemeral_storage_size_mb: The size of its ``/tmp``; None leaves it to the source.
        environment: Its environment variables.
        schedules: When it runs by itself.
        layers: Its layers, as ARN or ``Name:version``, by the module that each one brings.
        logging: What it logs, and for how long.
        resource_group_name: The stack it belongs to.
        site: The line that defines it.
    """

    source: Handler | Callable[[Construct], aws_lambda.Function]
    timeout_seconds: int | None
    memory_mb: int | None
    ephemeral_storage_size_mb: int | None
    environment: Mapping[str, str | Secret]
    schedules: tuple[Schedule, ...]
    layers: Mapping[str, str]
    logging: LoggingOptions
    resource_group_name: str
    site: Site | None = field(repr=False)

    def build(self, scope: ResourceScope) -> BuiltFunction:
        """Make the function."""
        built: BuiltFunction = scope.construct(self)
        return built


def define_function(  # noqa: PLR0913 - Amplify's options
    provider: Callable[[Construct], aws_lambda.Function] | None = None,
    /,
    *,
    name: str | None = None,
    entry: str | Path | None = None,
    timeout_seconds: int | None = None,
    memory_mb: int | None = None,
    ephemeral_storage_size_mb: int | None = None,
    environment: Mapping[str, str | Secret] | None = None,
    runtime: float | str | None = None,
    architecture: Architecture | None = None,
    schedule: FunctionSchedule | Sequence[FunctionSchedule] | None = None,
    layers: Mapping[str, str] | None = None,
    bundling: BundlingOptions | None = None,
    logging: LoggingOptions | None = None,
    durable_config: DurableConfig | None = None,
    resource_group_name: str = DEFAULT_GROUP,
) -> FunctionDefinition:
    """Define a function.

    Amplify Gen 2, "Functions". The handler is a Python file with its neighbours and dependencies,
    bundled as `PythonFunction` bundles it, or a TypeScript or JavaScript file with all that it
    imports, bundled by esbuild; or ``provider`` makes the function, of any runtime.

    Args:
        provider: Makes the function with the CDK, in the stack it is given. The options that are
            given too are applied to it, except those that say what its code is: ``name``,
            ``entry``, ``runtime``, ``architecture``, ``bundling`` and ``durable_config``.
        name: The function's name; if left out the entry's, without its suffix, or else that of the
            folder of the file that makes this call.
        entry: The handler's file, relative to the file that makes this call; ``handler.py`` if left
            out, or ``handler.ts`` where there is that one alone. The handler is the function
            ``handler`` in it.
        timeout_seconds: How long a run may take: 1 to 900, 3 if left out.
        memory_mb: 128 to 10240, 512 if left out.
        ephemeral_storage_size_mb: The size of ``/tmp``: 512 to 10240, 512 if left out.
        environment: Environment variables: texts, tokens and secrets.
        runtime: A version of Python or Node.js, such as ``3.13`` or ``22``, or Lambda's name of it;
            Python 3.13 or Node.js 22 if left out.
        architecture: ``x86_64`` if left out.
        schedule: When it runs by itself: such as ``every 5m`` or ``every day``, a cron expression
            of five or six fields, a dictionary of one of them as ``rate`` or ``cron`` with a
            ``timezone`` and a ``description``, or several of these.
        layers: Up to five layers: an ARN, or ``Name:version`` for one of the same account and
            region, by the module that it brings.
        bundling: ``minify``, which is True for TypeScript and JavaScript if left out.
        logging: ``format``, ``level`` and ``retention``.
        durable_config: Makes it a durable function, with these limits.
        resource_group_name: The stack it belongs to. Triggers of a resource belong to that
            resource's group: ``auth``, ``data`` or ``storage``.

    Returns:
        The definition, for `define_backend` and for other definitions.

    Raises:
        UserError: An option that Lambda or EventBridge Scheduler would refuse; the code says which.
    """
    site = calling_site()
    of_the_code = {
        "name": name,
        "entry": entry,
        "runtime": runtime,
        "architecture": architecture,
        "bundling": bundling,
        "durable_config": durable_config,
    }
    source: Handler | Callable[[Construct], aws_lambda.Function]
    if provider is None:
        handler = _handler(name, entry, runtime, architecture, site)
        source = replace(
            handler,
            durable=_durable(handler, durable_config, site),
            minify=_minify(handler, bundling, site),
        )
    else:
        _check_provider(provider, of_the_code, site)
        source = provider
    _check_sizes(timeout_seconds, memory_mb, ephemeral_storage_size_mb, site)
    check_environment(environment or {}, site)
    check_resource_name(resource_group_name, site)
    return FunctionDefinition(
        source=source,
        timeout_seconds=timeout_seconds,
        memory_mb=memory_mb,
        ephemeral_storage_size_mb=ephemeral_storage_size_mb,
        environment=MappingProxyType(dict(environment or {})),
        schedules=read_schedules(schedule, timeout_seconds, site),
        layers=MappingProxyType(_layers(layers or {}, site)),
        logging=_logging(logging or {}, site),
        resource_group_name=resource_group_name,
        site=site,
    )


def _check_provider(provider: object, of_the_code: Mapping[str, object], site: Site | None) -> None:
    given = [option for option, value in of_the_code.items() if value is not None]
    if callable(provider) and not given:
        return
    if not callable(provider):
        message = f"define_function() was given {provider!r}, which makes no function"
        hint = "give options by name, or something that makes a function: lambda scope: …"
    else:
        message = f"define_function() cannot apply {given[0]} to a function that is made elsewhere"
        hint = f"say the {given[0]} where the function is made, and leave it out here"
    raise UserError("CustomFunctionProviderError", message, hint, sites=[site] if site else [])


def _handler(
    name: str | None,
    entry: str | Path | None,
    runtime: float | str | None,
    architecture: Architecture | None,
    site: Site | None,
) -> Handler:
    from pathlib import Path

    caller = calling_file()
    folder = caller.parent if caller else Path.cwd()
    chosen = name or (Path(entry).stem if entry else folder.name)
    check_resource_name(chosen, site)
    file = (folder / (entry or _default_entry(folder))).resolve()
    language = _LANGUAGES.get(file.suffix)
    if language is None:
        raise UserError(
            "UnsupportedHandlerError",
            f"the handler {file.name} is neither Python, TypeScript nor JavaScript",
            "write it in one of these, or make the function yourself: "
            "define_function(lambda scope: aws_lambda.Function(scope, …))",
            sites=[site] if site else [],
        )
    if architecture not in (None, *_ARCHITECTURES):
        raise UserError(
            "InvalidArchitectureError",
            f"there is no architecture {architecture!r}",
            f"use {listed(_ARCHITECTURES)}",
            sites=[site] if site else [],
        )
    chosen_runtime = _runtime(language, runtime, site)
    return Handler(chosen, file, chosen_runtime, architecture or "x86_64")


def _default_entry(folder: Path) -> str:
    """The handler's file where none is named: Python's, unless there is only Amplify's own."""
    is_amplifys = (folder / _AMPLIFYS_ENTRY).is_file() and not (folder / _DEFAULT_ENTRY).is_file()
    return _AMPLIFYS_ENTRY if is_amplifys else _DEFAULT_ENTRY


def _runtime(language: _Language, given: float | str | None, site: Site | None) -> str:
    version = language.version(given)
    if version in language.versions:
        return language.runtime.format(version)
    ten = ' (a number cannot say 3.10: write "3.10")' if version == "3.1" else ""
    raise UserError(
        "InvalidRuntimeError",
        f"a {language.name} handler cannot run on {given!r}",
        f"use {listed(language.versions)}{ten}",
        sites=[site] if site else [],
    )


def _durable(handler: Handler, given: DurableConfig | None, site: Site | None) -> Durable | None:
    if given is None:
        return None
    known = ("execution_timeout_seconds", "retention_period_days")
    options = check_options(given, known, "durable_config", site)
    seconds = options.get("execution_timeout_seconds")
    code = "InvalidDurableFunctionExecutionTimeoutError"
    check_whole_number(seconds, 1, 31_622_400, code, "execution_timeout_seconds", site)
    days = options.get("retention_period_days", _DEFAULT_RETENTION_DAYS)
    code = "InvalidDurableFunctionRetentionPeriodError"
    check_whole_number(days, 1, 90, code, "retention_period_days", site)
    language = _LANGUAGES[handler.entry.suffix]
    if language.version(handler.runtime) not in language.durable():
        raise UserError(
            "UnsupportedDurableFunctionRuntimeError",
            f"a durable function cannot run on {handler.runtime}",
            f"use {listed(language.durable())}",
            sites=[site] if site else [],
        )
    return Durable(cast("int", seconds), days)


def _minify(handler: Handler, given: BundlingOptions | None, site: Site | None) -> bool:
    minify = check_options(given or {}, ("minify",), "bundling", site).get("minify", True)
    if handler.entry.suffix == ".py" and given and minify:
        raise UserError(
            "InvalidFunctionConfigurationError",
            "bundling cannot minify a Python handler, which is taken as it stands",
            "leave the option out",
            sites=[site] if site else [],
        )
    if not isinstance(minify, bool):
        raise UserError(
            "InvalidFunctionConfigurationError",
            f"minify is {minify!r}",
            "give True or False",
            sites=[site] if site else [],
        )
    return minify


def _check_sizes(
    timeout_seconds: int | None,
    memory_mb: int | None,
    ephemeral_storage_size_mb: int | None,
    site: Site | None,
) -> None:
    for value, least, most, code, option in (
        (timeout_seconds, 1, 900, "InvalidTimeoutError", "timeout_seconds"),
        (memory_mb, 128, 10240, "InvalidMemoryMBError", "memory_mb"),
        (
            ephemeral_storage_size_mb,
            512,
            10240,
            "InvalidEphemeralStorageSizeMBError",
            "ephemeral_storage_size_mb",
        ),
    ):
        if value is not None:
            check_whole_number(value, least, most, code, option, site)


def _layers(given: Mapping[str, Any], site: Site | None) -> dict[str, str]:
    """The layers, each one once."""
    found: dict[str, str] = {}
    for module, layer in given.items():
        if not isinstance(layer, str) or not _LAYER.fullmatch(layer):
            raise UserError(
                "InvalidLayerFormatError",
                f"the layer {layer!r} for {module!r} is neither an ARN nor Name:version",
                "give arn:aws:lambda:<region>:<account>:layer:<name>:<version>, or "
                "<name>:<version> of a layer of your account in the same region",
                sites=[site] if site else [],
            )
        if layer not in found.values():
            found[module] = layer
    if len(found) > _MOST_LAYERS:
        raise UserError(
            "MaximumLayersReachedError",
            f"a function cannot have {len(found)} layers",
            f"take up to {_MOST_LAYERS}: bundle what a layer brings, or put layers together",
            sites=[site] if site else [],
        )
    return found


def _logging(given: LoggingOptions, site: Site | None) -> LoggingOptions:
    check_options(given, ("format", "level", "retention"), "logging", site)
    for option, known in (("format", FORMATS), ("level", LEVELS), ("retention", RETENTIONS)):
        value = given.get(option)
        if value is not None and value not in known:
            raise _wrong_logging(f"logging has no {option} {value!r}", f"use {listed(known)}", site)
    if given.get("level") and given.get("format") != "json":
        hint = "add 'format': 'json', or leave the level to the handler's own logging"
        raise _wrong_logging("a log level needs the format json", hint, site)
    return cast("LoggingOptions", MappingProxyType(dict(given)))


def _wrong_logging(message: str, hint: str, site: Site | None) -> UserError:
    sites = [site] if site else []
    return UserError("InvalidLoggingOptionsError", message, hint, sites=sites)
