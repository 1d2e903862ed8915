"""How we take hold of ministack: its modules by name, what a mend is, and the check before any.

Knows no mend in particular.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from preamp.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from preamp.engine.activity import ActivityFeed
    from preamp.engine.durability import Keeper
    from preamp.engine.hosting import Hosting
    from preamp.engine.mail import MailStore
    from preamp.engine.pending import PendingWork
    from preamp.engine.setup import Setup

VERSION: Final = "1.5.33"
"""The only release our mends are made for."""

VALUE: Final = "value"
"""Stands where the parameters would, for a symbol that is no callable."""


Upstream: TypeAlias = Any
"""One of its modules. They are not installed where we are type-checked, and we assign to them."""


def module(name: str) -> Upstream:
    """Import one of its modules, by the name below the package (``services.sns``)."""
    return import_module(f"ministack.{name}")


@dataclass(frozen=True)
class Symbol:
    """A name of ministack's that a mend replaces or leans on.

    Attributes:
        path: Module below the package and name in it, ``services.sns:_deliver_to_lambda``.
        parameters: The names of its parameters, spaced; `VALUE` if it is no callable.
    """

    path: str
    parameters: str = VALUE

    def problem(self) -> str | None:
        """Say what is different upstream; None if nothing is."""
        module_name, _, name = self.path.partition(":")
        try:
            found: object = module(module_name)
            for part in name.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError) as error:
            return f"{self.path}: {error}"
        if self.parameters == VALUE:
            return None
        actual = " ".join(inspect.signature(found).parameters) if callable(found) else VALUE
        if actual == self.parameters:
            return None
        return f"{self.path}: expected ({self.parameters}), found ({actual})"


@dataclass(frozen=True)
class Tools:
    """What mends are given to work with.

    Attributes:
        setup: The engine's settings, with the port it has.
        mail: Where accepted messages go.
        hosting: Runs functions.
        activity: Hears what happens.
        keeper: Keeps what changes.
        pending: Remembers what was accepted and is not done.
    """

    setup: Setup
    mail: MailStore
    hosting: Hosting
    activity: ActivityFeed
    keeper: Keeper
    pending: PendingWork


@dataclass(frozen=True)
class Mend:
    """One correction of the emulator, applied from outside.

    Attributes:
        name: What it mends, in a few words.
        reference: The AWS page that says what is right, by its title.
        symbols: Every upstream name it touches.
        apply: Puts it in place; called once, before the emulator serves.
    """

    name: str
    reference: str
    symbols: tuple[Symbol, ...]
    apply: Callable[[Tools], None]


def check(mends: Iterable[Mend]) -> None:
    """Make sure ministack is the one our mends were made for.

    Raises:
        Fault: ``EngineMendFault``, with every symbol that differs.
    """
    found = metadata.version("ministack")
    problems = [] if found == VERSION else [f"ministack {found} instead of {VERSION}"]
    problems += [
        f"{mend.name}: {problem}"
        for mend in mends
        for problem in (symbol.problem() for symbol in mend.symbols)
        if problem is not None
    ]
    if problems:
        raise Fault(
            "EngineMendFault",
            "the emulator is not the one preamp mends, so it was not started",
            details=problems,
        )
