"""How events read: one line for each that people are shown."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import click

from preamp.assembly.place import SECRETS_RECORD
from preamp.events import (
    EngineLost,
    FunctionInvoked,
    FunctionLogged,
    HandlerSaved,
    MailReceived,
    MistakeFound,
    PermissionDenied,
    RoundFinished,
    RoundStarted,
    SandboxClosed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preamp.contract.mail import MailSummary
    from preamp.events import (
        ChangePlanned,
        Event,
        Notice,
        ResourceChanged,
        SandboxOpened,
        StageFinished,
    )

_NAMED: Final = 2
_NOTICEABLE: Final = 0.05
_SHORT: Final = 1.0
_PLANNED: Final = {
    "add": ("+", "green"),
    "modify": ("~", "yellow"),
    "remove": ("-", "red"),
    "replace": ("±", "red"),
}
_PATH_WIDTH: Final = 40
_ABOUT_WIDTH: Final = 35
_HOTSWAPPED_WIDTH: Final = 26
_DONE: Final = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "rollback": "rolled back",
}
_MARGIN: Final = " " * len("denied  ")
_REASONS: Final = {
    "not allowed": "no policy of its role {role} allows it",
    "denied": "{policy} denies it to its role {role}{statement}",
    "denied by resource": "the policy of the resource does not let role {role}{statement}",
    "limited": "its role {role} is limited by {policy}",
}
_UNNAMED: Final = {
    "not allowed": "",
    "denied": "a policy",
    "denied by resource": "",
    "limited": "a permissions boundary",
}
_STAGES: Final = {
    "assets": "published assets",
    "check": "checked",
    "delete": "deleted everything",
    "deploy": "deployed",
    "hotswap": "hotswapped",
    "settle": "set back what was hotswapped",
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


def plan_line(event: ChangePlanned) -> str:
    """One change that is going to be made; fits into 80 columns."""
    sign, colour = _PLANNED[event.action]
    name = f"{_shortened(event.path or '(root stack)', _PATH_WIDTH):<{_PATH_WIDTH}}"
    width = _HOTSWAPPED_WIDTH if event.via == "hotswap" else _ABOUT_WIDTH
    about = _shortened(_about(event), width)
    if event.via == "hotswap":
        about = f"{about:<{width}}  {click.style('hotswap', fg='cyan')}"
    return f"{click.style(sign, fg=colour, bold=True)} {name}  {about}"


def _about(event: ChangePlanned) -> str:
    """What changes in it, or what it is."""
    if event.count:
        return f"{event.count} resource{'' if event.count == 1 else 's'}"
    if event.action == "replace":
        return f"replaced: {', '.join(event.properties)}" if event.properties else event.reason
    if event.properties:
        return ", ".join(event.properties)
    if event.action == "modify":
        return event.reason
    return event.resource_type.removeprefix("AWS::")


def _shortened(text: str, width: int) -> str:
    """Cut in the middle: paths tell most at their ends."""
    if len(text) <= width:
        return text
    half = (width - 1) // 2
    return f"{text[: width - 1 - half]}…{text[-half:]}"


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


def whole_stack_line(event: ResourceChanged, count: int) -> str:
    """A stack that came or went with many resources, none of which failed.

    Args:
        event: Its end.
        count: How many there are.
    """
    name = click.style(event.path, bold=True)
    done = f"{count} resources {_DONE.get(event.action, event.action)}"
    return f"{click.style('✓', fg='green')} {name}  {done}{_time(event.seconds)}"


def notice_line(event: Notice) -> str:
    """Something worth knowing."""
    place = f" ({event.site})" if event.site else ""
    return f"{click.style('note', fg='yellow', bold=True)}: {event.message}{place}"


def session_line(event: Event) -> str | None:
    """What happens in a session of the sandbox; None for events that say nothing there."""
    if isinstance(event, PermissionDenied):
        return denial_lines(event)
    if isinstance(event, MistakeFound):
        return "\n".join(_mistake_lines(event))
    if isinstance(event, FunctionLogged):
        return logged_line(event)
    text = _session_text(event)
    moment = click.style(time.strftime("%H:%M:%S"), dim=True)
    return f"{moment}  {text}" if text else None


def _mistake_lines(event: MistakeFound) -> Iterator[str]:
    """A mistake that a check found when the deployment had begun already."""
    place = event.path or "the root stack"
    what = f"{place}{f' ({event.resource_type})' if event.resource_type else ''}"
    if event.severity == "error":
        mark = click.style("error", fg="red", bold=True)
        yield f"{mark}: AWS would refuse {what}: {event.message} [{event.rule}]"
    else:
        mark = click.style("warning", fg="yellow", bold=True)
        yield f"{mark}: {what}: {event.message} [{event.rule}]"
    if event.site:
        yield f"  at {click.style(str(event.site), bold=True)}"
    yield f"{click.style('hint', fg='cyan', bold=True)}: {event.hint}"


def _session_text(event: Event) -> str:
    text = ""
    match event:
        case RoundStarted(saved=saved) if saved:
            text = f"saved {_listed([_known_as(file) for file in saved])}"
        case RoundFinished(changes=0):
            text = f"nothing to deploy ({_seconds(event.seconds)})"
        case RoundFinished():
            done = click.style(f"live in {_seconds(event.seconds)}", fg="green", bold=True)
            text = f"{done}, {_count(event.changes, 'change')}"
        case HandlerSaved(saved=saved):
            text = f"saved {_listed(saved)}: the next call runs it"
        case SandboxClosed():
            text = "stopped; the same command goes on from here"
        case EngineLost():
            text = "the local cloud ended unasked; starting it again"
        case FunctionInvoked():
            text = _invocation(event)
        case MailReceived():
            mail = click.style("mail", fg="cyan")
            text = f"{mail} to {_listed(event.recipients)}: {event.subject}"
    return text


def _invocation(event: FunctionInvoked) -> str:
    good = event.outcome == "succeeded"
    mark = click.style("λ", fg="green" if good else "red")
    time_taken = f"{event.milliseconds:.0f} ms"
    cold = f" + {event.init_milliseconds:.0f} ms init" if event.init_milliseconds else ""
    line = f"{mark} {event.path}  {time_taken}{cold}"
    if good:
        return line
    why = ": ".join(part for part in (event.error_type, event.message) if part)
    told = click.style(event.outcome, fg="red")
    return f"{line}  {told}" + (f"\n          {why}" if why else "")


def opened_lines(event: SandboxOpened, keys: str = "") -> Iterator[str]:
    """The header of a session.

    Args:
        event: Its beginning.
        keys: What keys do, for people; empty where there are none.
    """
    name = f"{event.project} · {event.identifier}"
    yield f"{click.style('preamp sandbox', bold=True)}  {name}"
    yield f"  cloud    {event.endpoint}"
    yield f"  outputs  {os.path.relpath(event.outputs_file)}"
    yield f"  watches  {os.path.relpath(event.watched)}{os.sep}"
    if not event.enforces_iam:
        yield unenforced_line()
    if keys:
        yield f"  keys     {keys}"


def unenforced_line() -> str:
    """What a header or a summary says if permissions are not enforced."""
    off = click.style("off", fg="yellow", bold=True)
    return f"  iam      {off}: here every role may do everything, on AWS it may not"


def logged_line(event: FunctionLogged, *, plain: bool = False) -> str:
    """One line of a function's log.

    Args:
        event: The line.
        plain: Leave out what only a terminal understands.
    """
    moment = datetime.fromtimestamp(event.timestamp / 1000, UTC).astimezone()
    when = f"{moment:%H:%M:%S.%f}"[:-3]
    if plain:
        return f"{when} {event.name}  {event.text}"
    return f"{click.style(when, dim=True)} {click.style(event.name, fg='cyan')}  {event.text}"


def mail_lines(mail: MailSummary) -> Iterator[str]:
    """An e-mail: when, from whom and to whom, and what about."""
    moment = datetime.fromtimestamp(mail.timestamp, UTC).astimezone()
    attached = f"  [{len(mail.attachments)} attached]" if mail.attachments else ""
    yield f"{moment:%Y-%m-%d %H:%M:%S}  {mail.sender} -> {', '.join(mail.to)}"
    yield f"{mail.subject}{attached}"


def denial_lines(event: PermissionDenied) -> str:
    """A denied call, why it was denied, and what allows it."""
    often = f" ({event.count} times)" if event.count > 1 else ""
    site = f", {event.site}" if event.site else ""
    at = time.strftime("%H:%M:%S", time.localtime(event.time))
    denied = click.style("denied", fg="red", bold=True)
    lines = [
        f"{denied}  {_short(event.caller)} may not {event.action}{often}",
        *([] if event.resource == "*" else [f"{_MARGIN}on {_short(event.resource)}"]),
        f"{_MARGIN}{_reason(event)}",
        f"{_MARGIN}called at {at}{site}",
        *_advice(event),
    ]
    return "\n".join(lines)


def _reason(event: PermissionDenied) -> str:
    statement = f" (statement {event.statement})" if event.statement else ""
    policy = _short(event.policy) if event.policy else _UNNAMED[event.reason]
    # Most roles are made for their function, and are below it.
    role = _short(event.role.removeprefix(f"{event.caller}/"))
    return _REASONS[event.reason].format(role=role, policy=policy, statement=statement)


def _advice(event: PermissionDenied) -> list[str]:
    """What to add and where, if adding something helps."""
    if not event.add:
        return [f"{_MARGIN}{line}" for line in event.note.splitlines()]
    add = click.style("add", fg="green", bold=True)
    first, *rest = event.add.splitlines()
    needs = [f"with {line}" for line in event.needs.splitlines()]
    place = [f"after {event.after}"] if event.after else []
    below = [*rest, *needs, *place, *event.note.splitlines()]
    return [f"{add}     {first}", *(f"{_MARGIN}{line}" for line in below)]


def _short(path: str) -> str:
    """A construct path without the stack, where its only construct has the same name."""
    first, _, rest = path.partition("/")
    return rest if rest.startswith(f"{first}/") else path


def _listed(files: Sequence[str]) -> str:
    first = ", ".join(files[:_NAMED])
    more = len(files) - _NAMED
    return f"{first} and {_count(more, 'more file')}" if more > 0 else first


def _known_as(file: str) -> str:
    """A saved file as people know it: the record of secrets is none of theirs."""
    kept = PurePath(file)
    return "a secret" if kept.parts[0] == ".preamp" and kept.name == SECRETS_RECORD else file


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _seconds(seconds: float) -> str:
    """A time as short as it may be: tenths of what takes long are nobody's business."""
    return f"{seconds:.2f} s" if seconds < _SHORT else f"{seconds:.1f} s"


def _time(seconds: float) -> str:
    """How long something took, if anyone could have noticed."""
    return f" ({seconds:.1f} s)" if seconds >= _NOTICEABLE else ""
