"""How a plan reads that nobody carries out: every change with what is different."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click

from preamp.cli.approving import permission_lines, risk_lines
from preamp.cli.wording import plan_line
from preamp.deploy.plan import Action
from preamp.deploy.telling import event_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.deploy.apply import Foreseen
    from preamp.deploy.drift import Drift
    from preamp.deploy.plan import Change

_WIDTH: Final = 72
_NOTHING: Final = "nothing would change"


def difference_lines(foreseen: Foreseen) -> Iterator[str]:
    """What would be done, for people."""
    changes = foreseen.plan.own_changes
    for change in changes:
        yield plan_line(event_of(change))
        yield from _property_lines(change)
    yield from permission_lines(foreseen.permissions)
    if foreseen.risks:
        yield from risk_lines(foreseen.risks)
    yield from _drift_lines(foreseen.drifts)
    count = len(changes)
    yield f"{count} change{'' if count == 1 else 's'}" if foreseen.plan.changes else _NOTHING


def difference_facts(foreseen: Foreseen, stack_name: str) -> dict[str, Any]:
    """The same, for scripts."""
    return {
        "stack": stack_name,
        "kind": foreseen.plan.kind.value,
        "changes": [_change(change) for change in foreseen.plan.own_changes],
        "permissions": [
            {
                "path": change.path,
                "type": change.resource_type,
                "change": "add" if change.added else "remove",
                "statement": change.statement,
                "widens": change.widens,
            }
            for change in foreseen.permissions
        ],
        "data": [
            {"path": risk.path, "type": risk.resource_type, "holds": risk.holds, "fate": risk.fate}
            for risk in foreseen.risks
        ],
        "drift": [asdict(drift) for drift in foreseen.drifts],
    }


def _drift_lines(drifts: Sequence[Drift]) -> Iterator[str]:
    if drifts:
        yield click.style("changed by hand:", fg="yellow", bold=True)
    for drift in drifts:
        place = f" ({drift.site})" if drift.site else ""
        yield f"  {drift.path}{place}{': deleted' if drift.is_gone else ''}"
        for each in drift.properties:
            yield f"    {each.name}"
            yield from _both(each.made or None, each.found or None)


def _change(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "type": change.resource_type,
        "action": change.action.value,
        "reason": change.reason.value,
        "properties": {name: {"before": b, "after": a} for name, b, a in _differing(change)},
        "site": str(change.site) if change.site else None,
    }


def _property_lines(change: Change) -> Iterator[str]:
    if change.action not in (Action.MODIFY, Action.REPLACE):
        return
    for name, before, after in _differing(change):
        yield f"    {name}"
        yield from _both(before, after)


def _both(before: Any, after: Any) -> Iterator[str]:  # noqa: ANN401 - any values of a template
    for sign, colour, value in (("-", "red", before), ("+", "green", after)):
        if value is not None:
            yield f"      {click.style(sign, fg=colour)} {_short(value)}"


def _differing(change: Change) -> Iterator[tuple[str, Any, Any]]:
    """The properties that differ, each before and after."""
    before = (change.before or {}).get("Properties") or {}
    after = (change.after or {}).get("Properties") or {}
    for name in change.properties:
        yield name, before.get(name), after.get(name)


def _short(value: Any) -> str:  # noqa: ANN401 - any value of a template
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
