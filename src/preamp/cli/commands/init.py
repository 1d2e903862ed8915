"""`preamp init`: a new project, or a backend for an existing one."""

from __future__ import annotations

import json
import shlex
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import click

from preamp.cli.options import json_option
from preamp.scaffold.apply import apply
from preamp.scaffold.gitignore import GITIGNORE
from preamp.scaffold.plan import plan_project
from preamp.scaffold.starter import BACKEND, STARTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.scaffold.plan import ProjectPlan

_DEFAULT: Final = next(iter(STARTERS))
_CHOICES: Final = "; ".join(f"{one.name}: {one.summary}" for one in STARTERS.values())
_WIDTH: Final = 9
_PURPOSES: Final = {
    "tests/test_backend.py": "a first test; run it with pytest",
    "pyproject.toml": "names the dependencies",
    "README.md": "the commands to know",
    "cdk.json": "lets the plain CDK command line work here",
    ".gitignore": "keeps what is made out of git",
    ".vscode/launch.json": "lets VS Code attach to functions",
}
"""What each file is for, in the order in which they are shown."""


@click.command(
    name="init",
    short_help="Start a project, or add a backend to one.",
    epilog="Example: preamp init shop && cd shop && preamp sandbox",
)
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--template",
    type=click.Choice(list(STARTERS)),
    default=_DEFAULT,
    show_default=True,
    help=f"What the backend begins with. {_CHOICES}.",
)
@json_option
def command(*, directory: Path, template: str, as_json: bool) -> None:
    """Make a project in DIR, or add a backend to the one that is there.

    DIR is made if it does not exist; without it, this folder is taken. Existing files are never
    overwritten: they stay, and are listed. If something cannot be written, nothing is.
    """
    plan = plan_project(directory, STARTERS[template])
    apply(plan)
    if as_json:
        click.echo(json.dumps(_facts(plan, directory), indent=2))
        return
    for line in _lines(plan, directory):
        click.echo(line)


def _facts(plan: ProjectPlan, directory: Path) -> dict[str, object]:
    return {
        "directory": str(plan.directory),
        "template": plan.starter.name,
        "written": [str(place) for place in plan.written],
        "changed": [] if plan.ignored is None else [str(GITIGNORE)],
        "kept": [str(one.place) for one in plan.kept],
        "requirements": list(plan.undeclared),
        "next": _next(plan, directory),
    }


def _lines(plan: ProjectPlan, directory: Path) -> Iterator[str]:
    done = "made the project" if plan.is_new else "added a backend to"
    headline = click.style(f"{done} {plan.directory.name}", fg="green", bold=True)
    yield f"{headline} from the template {plan.starter.name}"
    yield from _section("wrote", _shown(list(plan.written)))
    if plan.ignored is not None:
        yield from _section("changed", [(str(GITIGNORE), _PURPOSES[str(GITIGNORE)])])
    yield from _section("kept", [(str(one.place), one.reason) for one in plan.kept])
    if plan.undeclared:
        yield from _section("to add", [(one, "") for one in plan.undeclared])
        yield f"{'':<{_WIDTH}}to the dependencies in {plan.declared_in}"
    yield ""
    yield "The CDK came with preamp: there is nothing more to install. Next:"
    yield ""
    yield f"  {click.style(_next(plan, directory), bold=True)}"


def _next(plan: ProjectPlan, directory: Path) -> str:
    start = "preamp sandbox"
    here = plan.directory == Path.cwd()
    return start if here else f"cd {shlex.quote(str(directory))} && {start}"


def _shown(places: Sequence[PurePosixPath]) -> list[tuple[str, str]]:
    """Each file with what it is for; the backend's as their folder."""
    folder = (f"{BACKEND.parts[0]}/", f"the backend; its definition is {BACKEND.name}")
    names = {str(place) for place in places}
    return [folder, *((name, purpose) for name, purpose in _PURPOSES.items() if name in names)]


def _section(name: str, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(first) for first, _ in rows), default=0)
    for number, (first, second) in enumerate(rows):
        line = f"{name if number == 0 else '':<{_WIDTH}}{first:<{width}}  {second}"
        yield line.rstrip()
