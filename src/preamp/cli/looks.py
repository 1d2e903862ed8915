"""What the keys of a session show: logs, mail and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from preamp.cli.wording import mail_lines
from preamp.errors import PreampError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from preamp.cli.function_logs import FunctionLogs
    from preamp.contract.mail import MailSummary

_MAILS: Final = 5


class Looks:
    """Looks into a sandbox while its session runs.

    Args:
        outputs_file: Tells which file the outputs are in.
        write: Shows lines.
        logs: Follows what functions log.
        mail: Reads the e-mails; None where there are none to read.
    """

    def __init__(
        self,
        outputs_file: Callable[[], Path],
        write: Callable[[Iterable[str]], None],
        logs: FunctionLogs,
        mail: Callable[[], Sequence[MailSummary]] | None = None,
    ) -> None:
        self._outputs_file = outputs_file
        self._mail = mail
        self._write = write
        self._logs = logs

    def toggle_logs(self) -> None:
        """Show what functions log from now on, or no more."""
        if self._logs.is_on:
            self._logs.stop()
        else:
            self._logs.start()
        self._write([click.style(f"logs {'on' if self._logs.is_on else 'off'}", dim=True)])

    def show_mail(self) -> None:
        """Show the newest e-mails."""

        def lines() -> Iterable[str]:
            mails = self._mail() if self._mail else ()
            for mail in mails[:_MAILS]:
                yield from mail_lines(mail)
            yield "no e-mails yet" if not mails else "read one with: preamp mail show"

        self._try(lines)

    def show_outputs(self) -> None:
        """Show the outputs file."""

        def lines() -> Iterable[str]:
            path = self._outputs_file()
            try:
                content = path.read_text(encoding="utf-8")
            except OSError:
                yield "there are no outputs yet"
            else:
                yield from content.splitlines()

        self._try(lines)

    def _try(self, lines: Callable[[], Iterable[str]]) -> None:
        try:
            self._write(list(lines()))
        except PreampError as error:
            self._write([error.message])
        except OSError:  # it ended just now: the next look finds it again
            self._write(["the local cloud does not answer right now"])
