"""The live tree of a running deployment, for terminals."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import click
from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text
from rich.tree import Tree

from preamp.cli.wording import (
    notice_line,
    plan_line,
    resource_line,
    session_line,
    stage_line,
    whole_stack_line,
)
from preamp.events import (
    ChangePlanned,
    Notice,
    OutputPrinted,
    ResourceChanged,
    StageFinished,
    StageStarted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from rich.console import RenderableType

    from preamp.events import Event

_PER_SECOND: Final = 12
_LONG: Final = 1.0
_MARGIN: Final = 4
_FEW: Final = 8
_WHOLE: Final = frozenset({"create", "delete"})
_STACK: Final = "AWS::CloudFormation::Stack"
_WORKING: Final = {
    "assets": "publishing assets",
    "check": "checking",
    "delete": "deleting",
    "dependencies": "installing dependencies",
    "deploy": "deploying",
    "hotswap": "hotswapping",
    "settle": "setting back what was hotswapped",
    "engine": "starting the local cloud",
    "engine environment": "installing the local cloud (once; some seconds)",
    "python runtime": "installing what Python functions find on AWS (once; some seconds)",
    "synth": "synthesizing",
}


@dataclass
class _Branch:
    """What is under way in one stack.

    Attributes:
        done: How many of its resources have ended.
        working: What the others do, and since when, by path.
        whole: What happens to the stack as a whole, ``create`` or ``delete``; empty if nothing.
        ended: To which of its resources that has happened.
    """

    done: int = 0
    working: dict[str, tuple[str, float]] = field(default_factory=dict)
    whole: str = ""
    ended: list[ResourceChanged] = field(default_factory=list)


class LiveTree:
    """Shows what is under way as a tree that redraws itself, and what ended as lines above it.

    Args:
        noticed: Notices that were shown already, and that need not be shown again.
        brief: Leave out stages that ended in no time.
    """

    def __init__(self, *, noticed: set[str] | None = None, brief: bool = False) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._lock = threading.Lock()
        self._stages: dict[str, float] = {}
        self._branches: dict[str, _Branch] = {}
        self._noticed: set[str] = set() if noticed is None else noticed
        self._brief = brief
        self._heading = ""
        # Rich's own refreshing would write at the same time as others write lines: each moves the
        # cursor up by a height the other has changed, and lines that should stay are lost
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._redrawing = threading.Thread(target=self._redraw, daemon=True)
        # last: it asks for a first picture at once
        self._live = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            get_renderable=self._drawn,
        )

    def __enter__(self) -> Self:
        self._live.start()
        self._redrawing.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._redrawing.join()
        with self._writing:
            self._live.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal alone, for a question."""
        with self._writing:
            self._live.stop()
        try:
            yield
        finally:
            with self._writing:
                self._live.start()

    def report(self, event: Event) -> None:
        """Take an event into the picture."""
        with self._lock:
            lines = self._take(event)
        for line in lines:
            self.write(line)

    def write(self, line: str) -> None:
        """Write a line that stays."""
        # a path may be longer than the terminal is wide: better cut than wrapped
        with self._writing:
            self._console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")

    def _redraw(self) -> None:
        while not self._ended.wait(1 / _PER_SECOND):
            with self._writing:
                if self._live.is_started:
                    self._live.refresh()

    def _take(self, event: Event) -> list[str]:
        line: str | None = None
        match event:
            case StageStarted(stage=stage):
                self._stages[stage] = time.monotonic()
            case StageFinished(stage=stage):
                self._stages.pop(stage, None)
                line = None if self._brief and event.seconds < _LONG else stage_line(event)
            case ChangePlanned():
                line = plan_line(event)
            case ResourceChanged():
                return self._resource(event)
            case Notice(message=message):
                line = None if message in self._noticed else notice_line(event)
                self._noticed.add(message)
            case OutputPrinted(text=text):
                line = text
            case _:
                line = session_line(event)
        return [] if line is None else [line]

    def _resource(self, event: ResourceChanged) -> list[str]:
        stack = event.path.partition("/")[0]
        branch = self._branches.setdefault(stack, _Branch())
        is_stack = event.path == stack and event.resource_type == _STACK
        if event.progress == "started":
            branch.working[event.path] = (event.action, time.monotonic())
            if is_stack:
                branch.whole = event.action if event.action in _WHOLE else ""
                branch.ended.clear()
            return []
        branch.working.pop(event.path, None)
        branch.done += 1
        if event.progress == "skipped" or event.via == "hotswap":
            # of a hotswap, the plan has said all there is to say
            return []
        if event.action == branch.whole and event.progress == "done":
            branch.ended.append(event)
            return self._whole(stack, branch.ended) if is_stack else []
        return self._listed(stack, [event])

    def _whole(self, stack: str, ended: list[ResourceChanged]) -> list[str]:
        """What a stack came or went with: the resources, if they are few."""
        resources = [each for each in ended if each.resource_type != _STACK]
        if len(resources) <= _FEW:
            return self._listed(stack, ended)
        self._heading = ""
        return [whole_stack_line(ended[-1], len(resources))]

    def _listed(self, stack: str, ended: list[ResourceChanged]) -> list[str]:
        heading = [] if stack in {self._heading, ended[0].path} else [click.style(stack, bold=True)]
        self._heading = stack
        lines = (resource_line(event, under=stack).splitlines() for event in ended)
        return [*heading, *(line for each in lines for line in each)]

    def _drawn(self) -> RenderableType:
        with self._lock:
            parts: list[RenderableType] = [
                Spinner("dots", Text(f"{_WORKING.get(stage, stage)} {_since(started)}"))
                for stage, started in self._stages.items()
            ]
            room = self._console.height - len(parts) - _MARGIN
            for name, branch in self._branches.items():
                if branch.working and room > 0:
                    parts.append(_tree(name, branch, room))
                    room -= len(branch.working) + 1
        return Group(*parts)


def _tree(name: str, branch: _Branch, room: int) -> Tree:
    done = Text(f"  {branch.done} done", style="dim") if branch.done else Text()
    tree = Tree(Text(name or "(root stack)", style="bold").append(done), guide_style="dim")
    for path, (action, started) in list(branch.working.items())[: max(room - 1, 0)]:
        label = path.partition("/")[2] or path
        tree.add(Text(f"{label}  {action} {_since(started)}"))
    return tree


def _since(started: float) -> str:
    return f"({time.monotonic() - started:.1f} s)"
