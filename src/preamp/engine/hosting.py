"""What the engine needs of whoever runs functions; the engine's entry point introduces one.

Knows neither the host nor the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Outcome(Protocol):
    """What came of an invocation."""

    @property
    def payload(self) -> bytes:
        """The result, or the error as AWS words it."""

    @property
    def error(self) -> bool:
        """Whether it is an error."""

    @property
    def streamed(self) -> bool:
        """Whether the result was streamed, and need not be JSON."""

    @property
    def log(self) -> str:
        """The whole text of the invocation, Lambda's own lines included."""

    @property
    def log_stream(self) -> str:
        """Name of the environment's log stream."""

    @property
    def output(self) -> str:
        """Only what the function wrote."""

    @property
    def cold(self) -> bool:
        """Whether the environment was started for it."""

    @property
    def init_ms(self) -> float:
        """Milliseconds its initialization took, 0 if warm."""

    @property
    def duration_ms(self) -> float:
        """Milliseconds it took."""


class Failure(Protocol):
    """What went wrong in an environment."""

    @property
    def payload(self) -> bytes:
        """The error as AWS words it."""


class Environment(Protocol):
    """An execution environment of a function."""

    @property
    def pid(self) -> int | None:
        """Its worker's process; None if there is none."""

    def invoke(self, request: Any, /) -> Outcome:  # noqa: ANN401 - made by `Hosting.request`
        """Run one invocation."""

    def prepare(self) -> Failure | None:
        """Initialize ahead of the first invocation; what went wrong, if anything did."""


class FunctionHost(Protocol):
    """Opens execution environments."""

    limit: int

    def open(self, spec: Any, initialized: Callable[[], None], /) -> Any:  # noqa: ANN401
        """Open an environment; it tells in each invocation when its worker is initialized."""

    def forget(self, environment: Any, /) -> None:  # noqa: ANN401
        """End an environment."""

    def close(self) -> None:
        """Kill every worker."""


@dataclass(frozen=True)
class Hosting:
    """A host, and how it is spoken to.

    Attributes:
        host: Runs functions.
        function: Makes what describes a function, by the names of its attributes.
        request: Makes what describes an invocation, by the names of its attributes.
    """

    host: FunctionHost
    function: Callable[..., Any]
    request: Callable[..., Any]

    def open(self, function: object, initialized: Callable[[], None]) -> Environment:
        """Open an environment of a function."""
        environment: Environment = self.host.open(function, initialized)
        return environment
