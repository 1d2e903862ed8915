"""What the host is told and what it answers: functions, requests, outcomes and settings as data.

Owns no behaviour, and knows neither processes nor the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LogFormat = Literal["Text", "JSON"]


@dataclass(frozen=True)
class FunctionSpec:
    """One version of a function, as an execution environment needs it.

    Attributes:
        name: The function's name.
        arn: Its ARN, without a qualifier.
        version: ``$LATEST`` or a number.
        runtime: Lambda's name of it, for example ``python3.13``.
        handler: What to call, in the runtime's own words.
        code: Directory of the unpacked package, read-only.
        layers: Directories of the unpacked layers; a later one covers an earlier one.
        timeout: Seconds an invocation may take.
        memory_mb: Megabytes the process may use.
        architecture: ``x86_64`` or ``arm64``.
        variables: The function's own environment variables.
        log_group: Name of its log group.
        log_format: How its log is written.
        application_log_level: Lowest level of its own records, None for all.
        system_log_level: Lowest level of Lambda's records, None for all.
        region: Where it runs.
        account: Whose it is.
        endpoint: Where its AWS clients find the services.
        credentials: Gives the variables of its role's credentials; called at each start.
    """

    name: str
    arn: str
    version: str
    runtime: str
    handler: str
    code: Path
    region: str
    account: str
    endpoint: str
    credentials: Callable[[], Mapping[str, str]]
    layers: tuple[Path, ...] = ()
    timeout: float = 3.0
    memory_mb: int = 128
    architecture: str = "x86_64"
    variables: Mapping[str, str] = field(default_factory=dict)
    log_group: str = ""
    log_format: LogFormat = "Text"
    application_log_level: str | None = None
    system_log_level: str | None = None


@dataclass(frozen=True)
class Request:
    """One invocation.

    Attributes:
        payload: The event, as JSON.
        request_id: Unlike any other.
        invoked_function_arn: The ARN that was called, with its qualifier.
        trace_id: An X-Ray trace header; None makes a new one.
        client_context: What a mobile client told of itself, as JSON.
        cognito_identity: Whom Cognito authenticated, as JSON.
        hops: How many functions in a row called each other up to this one, so that a loop can be
            found; 0 if nobody counts.
    """

    payload: bytes
    request_id: str
    invoked_function_arn: str
    trace_id: str | None = None
    client_context: str | None = None
    cognito_identity: str | None = None
    hops: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of an invocation.

    Attributes:
        payload: The result, or the error as AWS words it.
        error: Whether it is an error ("Unhandled").
        log: The whole text of the invocation, Lambda's own lines included.
        output: Only what the function wrote, its initialization included.
        cold: Whether the environment was started for it.
        init_ms: Milliseconds its initialization took, 0 if warm.
        duration_ms: Milliseconds the invocation took.
        max_memory_mb: The most memory the environment ever used, 0 if unknown.
        died: Whether the environment's process is gone.
        log_stream: Name of the environment's log stream.
        streamed: Whether the result was streamed, and need not be JSON.
    """

    payload: bytes
    error: bool
    log: str
    output: str
    cold: bool
    init_ms: float
    duration_ms: float
    max_memory_mb: int
    died: bool
    log_stream: str
    streamed: bool = False


@dataclass(frozen=True)
class HostSettings:
    """What a host works with.

    Attributes:
        temporary: Directory for what dies with the host; it must exist.
        cache: The user's cache, for what handlers find beside their own code.
        uv: The program that installs into it; None if there is none.
        uv_variables: Environment variables it runs with.
        machine_variables: Environment variables every function gets from this machine.
        node: The Node.js program; None if there is none.
        node_sdk: Where the AWS SDK for JavaScript is, or will be; None if nowhere.
        limit: Most environments at a time; None for what this machine's memory allows.
        idle_seconds: An environment unused for so long is stopped.
        init_seconds: How long an initialization may take; AWS's ten, unless for tests.
    """

    temporary: Path
    cache: Path
    uv: Path | None = None
    uv_variables: Mapping[str, str] = field(default_factory=dict)
    machine_variables: Mapping[str, str] = field(default_factory=dict)
    node: Path | None = None
    node_sdk: Path | None = None
    limit: int | None = None
    idle_seconds: float = 600.0
    init_seconds: float = 10.0


@dataclass(frozen=True)
class Standby:
    """A process that has everything of a worker loaded but its function, and copies itself.

    Attributes:
        argv: Its program and arguments.
        arguments: What each copy gets as those of the worker's program.
    """

    argv: tuple[str, ...]
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """How a worker is started.

    Attributes:
        argv: The program and its arguments.
        env: The runtime's own environment variables; the function's win over them.
        standby: What the worker may be a copy of instead; None for nothing.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    standby: Standby | None = None


@dataclass(frozen=True)
class DebugPort:
    """Where a worker waits for a debugger before it loads its function.

    Attributes:
        number: The port, on this machine alone.
        library: Where Python's debugger can be imported from; None if it was not installed.
    """

    number: int
    library: Path | None = None


class RuntimeUnavailableError(Exception):
    """A runtime cannot run on this machine; the text says why and what to do."""
