"""How events read: one line for each that people are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from preamp.events import Notice, ResourceChanged, StageFinished

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
    "synth": "synthesized",
}


def stage_line(event: StageFinished) -> str:
    """One finished stage."""
    text = _STAGES.get(event.stage, event.stage)
    about = f": {event.summary}" if event.summary else ""
    return f"{click.style('✓', fg='green')} {text}{about} ({event.seconds:.1f} s)"


def resource_line(event: ResourceChanged) -> str:
    """One resource whose change ended."""
    failed = event.progress == "failed"
    mark = click.style("✗", fg="red") if failed else click.style("✓", fg="green")
    word = f"{event.action} failed" if failed else _DONE.get(event.action, event.action)
    place = f"  {event.site}" if failed and event.site else ""
    reason = f"\n      {event.reason}" if failed and event.reason else ""
    kind = click.style(event.resource_type, dim=True)
    name = f"{mark} {event.path or '(root stack)'}  {kind}"
    return f"  {name}  {word} ({event.seconds:.1f} s){place}{reason}"


def notice_line(event: Notice) -> str:
    """Something worth knowing."""
    place = f" ({event.site})" if event.site else ""
    return f"{click.style('note', fg='yellow', bold=True)}: {event.message}{place}"
