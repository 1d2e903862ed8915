"""How events read: one line for each that people are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from preamp.events import Notice, ResourceChanged, StageFinished

_NOTICEABLE: Final = 0.05
_DONE: Final = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "rollback": "rolled back",
}
_STAGES: Final = {
    "assets": "published assets",
    "check": "checked",
    "delete": "deleted everything",
    "deploy": "deployed",
    "engine": "started the local cloud",
    "engine environment": "installed the local cloud",
    "python runtime": "installed what Python functions find on AWS",
    "synth": "synthesized",
}


def stage_line(event: StageFinished) -> str:
    """One finished stage."""
    text = _STAGES.get(event.stage, event.stage)
    about = f": {event.summary}" if event.summary else ""
    return f"{click.style('✓', fg='green')} {text}{about}{_time(event.seconds)}"


def resource_line(event: ResourceChanged, *, under: str = "") -> str:
    """One resource whose change ended.

    Args:
        event: The change.
        under: The start of the path that the reader has seen already.
    """
    failed = event.progress == "failed"
    mark = click.style("✗", fg="red") if failed else click.style("✓", fg="green")
    word = f"{event.action} failed" if failed else _DONE.get(event.action, event.action)
    name = event.path.removeprefix(f"{under}/") or "(root stack)"
    kind = click.style(event.resource_type.removeprefix("AWS::"), dim=True)
    line = f"  {mark} {name}  {kind}  {word}{_time(event.seconds)}"
    if failed and event.site:
        line += f"  {event.site}"
    return f"{line}\n      {event.reason}" if failed and event.reason else line


def notice_line(event: Notice) -> str:
    """Something worth knowing."""
    place = f" ({event.site})" if event.site else ""
    return f"{click.style('note', fg='yellow', bold=True)}: {event.message}{place}"


def _time(seconds: float) -> str:
    """How long something took, if anyone could have noticed."""
    return f" ({seconds:.1f} s)" if seconds >= _NOTICEABLE else ""
