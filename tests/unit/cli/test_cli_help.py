"""The help of every command, as a narrow terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from preamp.cli.main import preamp

if TYPE_CHECKING:
    from collections.abc import Iterator

NARROW = 80


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, (*words, name))


@pytest.mark.parametrize("words", list(commands(preamp)), ids=" ".join)
def test_help_has_an_example_and_cuts_nothing_off(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(preamp, [*words, "--help"], terminal_width=NARROW)
    assert shown.exit_code == 0
    assert "Example: " in shown.output or "Start with: " in shown.output
    _, *lines = shown.output.splitlines()  # after the usage, which has dots of its own
    assert [line for line in lines if line.endswith("...")] == []
    assert [line for line in lines if len(line) > NARROW] == []
