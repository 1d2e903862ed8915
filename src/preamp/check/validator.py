"""Checks an assembly before it is deployed: our rules and the CDK's template validator.

The stages of a check: our own rules over all templates; the validator's diagnostics of each
template, remembered or asked for; the diagnostics said in our words, without those that one of our
rules says better; everything told in construct paths and the user's lines.
"""

from __future__ import annotations

import tempfile
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from preamp.check.cycles import circular_dependencies
from preamp.check.data_sources import unknown_data_sources
from preamp.check.finding import Finding, Mistake, located
from preamp.check.memory import Memory
from preamp.check.names import duplicate_names
from preamp.check.nesting import misfits
from preamp.check.package import ValidatorMissingError, archive_version, find_archive, lay_out
from preamp.check.process import ValidatorBrokenError, ValidatorProcess
from preamp.check.references import ReferenceMap, undefined_references
from preamp.check.refusals import refusals
from preamp.check.wording import SUPERSEDED, Diagnostic, as_mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from preamp.assembly.read import AssemblyStack, CloudAssembly

UNAVAILABLE: Final = "validator-unavailable"

_NO_VERSION: Final = "none"
_FIELDS: Final = ("rule", "severity", "message", "logical_id", "path")


class Validator:
    """Checks assemblies; holds at most one validator process, until it is closed.

    Use it from one thread, but for `close` and `end`. In a program that lives long, close it when
    idle: the next check starts a new process if a template has changed.
    """

    def __init__(self, *, node: Path, cache: Path, hurry: bool = True) -> None:
        """Prepare nothing yet.

        Args:
            node: The Node to run the template validator with.
            cache: A directory of its own, for the unpacked validator and for what it said.
            hurry: Whether somebody waits for it; otherwise it leaves the CPU to others.
        """
        self._node = node
        self._cache = cache
        self._hurry = hurry
        self._lock = threading.Lock()
        self._is_ended = False
        self._starter: ThreadPoolExecutor | None = None
        self._starting: Future[ValidatorProcess] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Start the validator process in the background, in the hope that it will be needed.

        Returns at once; call it when the synthesis starts. Does nothing if one is there already.
        """
        with self._lock:
            if self._starting is None and not self._is_ended:
                self._starter = ThreadPoolExecutor(1, thread_name_prefix="template-validator")
                self._starting = self._starter.submit(self._start)

    def check(self, assembly: CloudAssembly) -> list[Finding]:
        """Find what AWS would refuse.

        Args:
            assembly: What would be deployed.

        Returns:
            The findings, errors first, in the order of the templates. If the template validator
            cannot run, one of them is the warning ``validator-unavailable``.
        """
        return self.finish(self.begin(assembly))

    def begin(self, assembly: CloudAssembly) -> Inspection:
        """Find what can be found at once: by our rules, and from what is remembered.

        Any thread may call it. It reads the templates, so that they may be replaced afterwards.

        Args:
            assembly: What would be deployed.
        """
        stacks = list(assembly.stack.tree())
        contents = [stack.template_file.read_bytes() for stack in stacks]
        return Inspection(assembly, tuple(stacks), tuple(contents), self._memory())

    def finish(self, inspection: Inspection) -> list[Finding]:
        """Ask the template validator about what is not remembered, and find all there is.

        Args:
            inspection: What was begun.

        Returns:
            As `check` does.
        """
        unseen = inspection.unseen
        if not unseen:
            return inspection.findings()
        try:
            answers = self._ask(unseen)
        except (ValidatorMissingError, ValidatorBrokenError) as error:
            self.close()
            return inspection.findings(unavailable=error)
        inspection.memory.keep(answers)
        return inspection.findings()

    def close(self) -> None:
        """End the validator process, if there is one, at once."""
        with self._lock:
            starter, starting = self._starter, self._starting
            self._starter = self._starting = None
        if starter is None or starting is None:
            return
        starter.shutdown(cancel_futures=True)
        if not starting.cancelled() and starting.exception() is None:
            starting.result().kill()

    def end(self) -> None:
        """Close it for good: a check that is still to ask finds it unavailable."""
        with self._lock:
            self._is_ended = True
        self.close()

    def _start(self) -> ValidatorProcess:
        process = ValidatorProcess(self._node, lay_out(find_archive(), self._cache))
        if not self._hurry:
            process.yield_to_others()
        return process

    def _memory(self) -> Memory:
        try:
            return Memory(self._cache, archive_version(find_archive()))
        except ValidatorMissingError:
            return Memory(self._cache, _NO_VERSION)

    def _ask(self, contents: Mapping[str, bytes]) -> dict[str, tuple[Diagnostic, ...]]:
        """What the validator says about templates, by their keys."""
        with tempfile.TemporaryDirectory(prefix="preamp-templates-") as folder:
            files = [Path(folder, f"{key}.template.json") for key in contents]
            for file, content in zip(files, contents.values(), strict=True):
                file.write_bytes(content)
            answers = list(self._running().diagnose(files))
        return {key: _counting(answer) for key, answer in zip(contents, answers, strict=True)}

    def _running(self) -> ValidatorProcess:
        try:
            if self._has_died():
                self.close()
            self.prepare()
            starting = self._starting
            if starting is not None:
                return starting.result()
        except CancelledError:
            pass
        raise ValidatorBrokenError("it was closed meanwhile")

    def _has_died(self) -> bool:
        starting = self._starting
        if starting is None or not starting.done():
            return False
        return starting.exception() is not None or not starting.result().alive


@dataclass(frozen=True)
class Inspection:
    """A check that may not be at its end.

    Attributes:
        assembly: What is checked.
        stacks: Its stacks, parents first.
        contents: Their templates.
        memory: What the template validator has said.
    """

    assembly: CloudAssembly
    stacks: tuple[AssemblyStack, ...]
    contents: tuple[bytes, ...]
    memory: Memory

    @property
    def unseen(self) -> dict[str, bytes]:
        """The templates that the validator has never seen, by their keys."""
        keyed = {Memory.key(content): content for content in self.contents}
        return {key: content for key, content in keyed.items() if self.memory.get(key) is None}

    def findings(self, unavailable: Exception | None = None) -> list[Finding]:
        """What was found so far, errors first.

        Args:
            unavailable: Why the template validator cannot be asked.
        """
        ours = list(_our_mistakes(self.assembly))
        mistakes = [*ours, *self._remembered(_superseded(ours))]
        if unavailable is not None:
            mistakes.append(_unavailable(self.assembly.stack, unavailable))
        findings = [located(mistake, self.assembly) for mistake in mistakes if not mistake.silenced]
        return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity)

    def _remembered(self, superseded: set[tuple[str, str, str]]) -> Iterator[Mistake]:
        for stack, content in zip(self.stacks, self.contents, strict=True):
            for diagnostic in self.memory.get(Memory.key(content)) or ():
                mistake = as_mistake(stack, diagnostic)
                if (stack.path, mistake.logical_id, diagnostic.rule) not in superseded:
                    yield mistake


def _our_mistakes(assembly: CloudAssembly) -> Iterator[Mistake]:
    for stack in assembly.stack.tree():
        references = ReferenceMap.of(stack)
        yield from undefined_references(references)
        yield from circular_dependencies(references)
        yield from misfits(references)
        yield from refusals(stack)
    yield from duplicate_names(assembly)
    yield from unknown_data_sources(assembly)


def _superseded(ours: list[Mistake]) -> set[tuple[str, str, str]]:
    return {
        (mistake.stack.path, mistake.logical_id, rule)
        for mistake in ours
        for rule in SUPERSEDED.get(mistake.rule, ())
    }


def _counting(answer: list[dict[str, Any]]) -> tuple[Diagnostic, ...]:
    diagnostics = (Diagnostic(**{name: str(entry[name]) for name in _FIELDS}) for entry in answer)
    return tuple(diagnostic for diagnostic in diagnostics if diagnostic.counts)


def _unavailable(root: AssemblyStack, error: Exception) -> Mistake:
    return Mistake(
        stack=root,
        logical_id="",
        rule=UNAVAILABLE,
        message=f"the templates were not checked against AWS's schemas: {error}",
        hint="install the version of aws-cdk-lib that preamp was tested with",
        severity="warning",
    )
