"""Runs a session of the sandbox in this terminal, or looks on at the one that runs elsewhere."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import click

from preamp.cli.approving import KeyQuestion
from preamp.cli.function_logs import FunctionLogs
from preamp.cli.keys import Keys
from preamp.cli.looks import Looks
from preamp.cli.render import JsonLines, PlainLines
from preamp.cli.screen import SessionScreen
from preamp.errors import PreampError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preamp.cli.function_logs import LogOptions
    from preamp.deploy.approval import Approval
    from preamp.events import Event
    from preamp.sandbox.cloud import CloudSandbox
    from preamp.sandbox.control import SandboxControl
    from preamp.sandbox.feed import Screen
    from preamp.sandbox.rounds import SessionOptions
    from preamp.sandbox.session import SessionClient

_INTERRUPTED: Final = 130
Sandbox: TypeAlias = "SandboxControl | CloudSandbox"


class _Steered(Protocol):
    """What keys can do to a session."""

    def redeploy(self) -> None:
        """Deploy again."""

    def stop(self) -> None:
        """End it."""


def run_session(
    sandbox: Sandbox, options: SessionOptions, log_options: LogOptions, *, as_json: bool
) -> None:
    """Deploy, watch and redeploy until told to stop; attach if another terminal does.

    Args:
        sandbox: Which sandbox.
        options: How the session is run.
        log_options: What is shown of functions' logs.
        as_json: Whether everything is written as JSON lines.
    """
    running = sandbox.running(options)
    if running is not None:
        _look_on(sandbox, running, log_options, as_json=as_json)
        return
    with (
        _screen(sandbox.keys, as_json=as_json) as screen,
        _logs(sandbox, screen, log_options) as logs,
        Keys() as keys,
        sandbox.hold(_Noticed(screen, logs), options, _approval(screen, keys, options)) as daemon,
        until_interrupted(keys, daemon.stop),
    ):
        keys.bind(_bindings(sandbox.keys, _looks(sandbox, screen, logs), daemon))
        daemon.run()


def _approval(screen: Screen, keys: Keys, options: SessionOptions) -> Approval:
    """Who decides about data at risk: whoever can press a key, and else the option."""
    from preamp.deploy.approval import FixedApproval

    if isinstance(screen, SessionScreen) and keys.there and not options.allow_data_loss:
        return KeyQuestion(screen.write, keys)
    return FixedApproval(options.allow_data_loss)


def _look_on(
    sandbox: Sandbox, running: SessionClient, log_options: LogOptions, *, as_json: bool
) -> None:
    state = running.state()
    with _screen(sandbox.keys, as_json=as_json) as screen:
        if isinstance(screen, SessionScreen):
            pid = state.pid if state else "elsewhere"
            screen.write([f"looking on at process {pid}, which runs it; q leaves, it goes on"])
        with (
            _logs(sandbox, screen, log_options) as logs,
            Keys() as keys,
            suppress(KeyboardInterrupt),
        ):
            looks = _looks(sandbox, screen, logs)
            keys.bind(_bindings(sandbox.keys, looks, _Attached(running)))
            shown = _Noticed(screen, logs)
            for item in running.follow():
                _show(shown, item)


def _show(screen: Screen, item: Event | PreampError) -> None:
    if isinstance(item, PreampError):
        screen.fail(item)
    else:
        screen.report(item)


class _Noticed:
    """A screen that lets the logs know."""

    def __init__(self, screen: Screen, logs: FunctionLogs) -> None:
        self._screen = screen
        self._logs = logs

    def report(self, event: Event) -> None:
        self._screen.report(event)
        self._logs.notice(event)

    def fail(self, error: PreampError) -> None:
        self._screen.fail(error)


class _Attached:
    """Keys of a terminal that only looks on."""

    def __init__(self, running: SessionClient) -> None:
        self._running = running

    def redeploy(self) -> None:
        self._running.redeploy()

    def stop(self) -> None:
        # as Ctrl-C does: it ends the wait of the main thread
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _screen(keys: str, *, as_json: bool) -> Iterator[Screen]:
    if as_json:
        yield JsonLines(sys.stdout)
    elif sys.stderr.isatty():
        screen = SessionScreen(keys if sys.stdin.isatty() else "")
        try:
            yield screen
        finally:
            screen.close()
    else:
        yield PlainLines()


@contextmanager
def _logs(sandbox: Sandbox, screen: Screen, options: LogOptions) -> Iterator[FunctionLogs]:
    logs = FunctionLogs(sandbox, screen, options)
    if options.stream:
        logs.start()
    try:
        yield logs
    finally:
        logs.stop()


def _looks(sandbox: Sandbox, screen: Screen, logs: FunctionLogs) -> Looks | None:
    if not isinstance(screen, SessionScreen):
        return None
    from preamp.sandbox.control import SandboxControl

    mail = sandbox.mail if isinstance(sandbox, SandboxControl) else None
    return Looks(sandbox.outputs_file, screen.write, logs, mail)


def _bindings(keys: str, looks: Looks | None, steered: _Steered) -> dict[str, Callable[[], None]]:
    if looks is None:
        return {}
    bindings = {
        "l": looks.toggle_logs,
        "m": looks.show_mail,
        "o": looks.show_outputs,
        "r": steered.redeploy,
        "q": steered.stop,
    }
    return {key: bindings[key] for key in keys}


@contextmanager
def until_interrupted(keys: Keys, stop: Callable[[], None]) -> Iterator[None]:
    """Stop in order at the first interrupt or at the terminal's end; leave at the second.

    Args:
        keys: Are waited for no longer, and give the terminal back when we leave.
        stop: Lets the body come to its end.
    """
    asked = False

    def interrupted(number: int, frame: object) -> None:
        del number, frame
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        click.echo("stopping; once more to leave at once", err=True)
        keys.give_up()
        stop()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupted) for number in numbers}
    try:
        yield
    except KeyboardInterrupt:
        # a deployment that runs goes on in the local cloud, which outlives us
        keys.restore()
        sys.stderr.flush()
        os._exit(_INTERRUPTED)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
