"""Checks an assembly before it is deployed: our rules and the CDK's template validator.

The stages of a check: our own rules over all templates; the validator's diagnostics of each
template, remembered or asked for; the diagnostics said in our words, without those that one of our
rules says better; everything told in construct paths and the user's lines.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Self

from preamp.check.cycles import circular_dependencies
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
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from preamp.assembly.read import AssemblyStack, CloudAssembly

UNAVAILABLE: Final = "validator-unavailable"

_FIELDS: Final = ("rule", "severity", "message", "logical_id", "path")


class Validator:
    """Checks assemblies; holds at most one validator process, until it is closed.

    Use it from one thread. In a program that lives long, close it when idle: the next check starts
    a new process if a template has changed.
    """

    def __init__(self, *, node: Path, cache: Path) -> None:
        """Prepare nothing yet.

        Args:
            node: The Node to run the template validator with.
            cache: A directory of its own, for the unpacked validator and for what it said.
        """
        self._node = node
        self._cache = cache
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
        if self._starting is None:
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
        ours = list(_our_mistakes(assembly))
        mistakes = [*ours, *self._their_mistakes(assembly, _superseded(ours))]
        findings = [located(mistake, assembly) for mistake in mistakes if not mistake.silenced]
        return sorted(dict.fromkeys(findings), key=lambda finding: finding.severity)

    def close(self) -> None:
        """End the validator process, if there is one, at once."""
        starter, starting = self._starter, self._starting
        self._starter = self._starting = None
        if starter is None or starting is None:
            return
        starter.shutdown(cancel_futures=True)
        if not starting.cancelled() and starting.exception() is None:
            starting.result().kill()

    def _start(self) -> ValidatorProcess:
        return ValidatorProcess(self._node, lay_out(find_archive(), self._cache))

    def _their_mistakes(
        self, assembly: CloudAssembly, superseded: set[tuple[str, str, str]]
    ) -> Iterator[Mistake]:
        stacks = list(assembly.stack.tree())
        try:
            said = self._diagnostics([stack.template_file for stack in stacks])
        except (ValidatorMissingError, ValidatorBrokenError) as error:
            self.close()
            yield _unavailable(assembly.stack, error)
            return
        for stack, diagnostics in zip(stacks, said, strict=True):
            for diagnostic in diagnostics:
                mistake = as_mistake(stack, diagnostic)
                if (stack.path, mistake.logical_id, diagnostic.rule) not in superseded:
                    yield mistake

    def _diagnostics(self, files: list[Path]) -> list[tuple[Diagnostic, ...]]:
        """Return what the validator says about each file, asking it only what it never said."""
        memory = Memory(self._cache, archive_version(find_archive()))
        keys = {file: memory.key(file.read_bytes()) for file in files}
        unseen = [file for file, key in keys.items() if memory.get(key) is None]
        fresh: dict[str, tuple[Diagnostic, ...]] = {}
        if unseen:
            answers = self._running().diagnose(unseen)
            for file, answer in zip(unseen, answers, strict=True):
                fresh[keys[file]] = _counting(answer)
            memory.keep(fresh)
        return [memory.get(keys[file]) or () for file in files]

    def _running(self) -> ValidatorProcess:
        if self._starting is not None and self._starting.done() and not self._is_alive():
            self.close()
        self.prepare()
        if self._starting is None:
            raise ValidatorBrokenError("it was closed meanwhile")
        return self._starting.result()

    def _is_alive(self) -> bool:
        starting = self._starting
        return starting is not None and starting.exception() is None and starting.result().alive


def _our_mistakes(assembly: CloudAssembly) -> Iterator[Mistake]:
    for stack in assembly.stack.tree():
        references = ReferenceMap.of(stack)
        yield from undefined_references(references)
        yield from circular_dependencies(references)
        yield from misfits(references)
        yield from refusals(stack)
    yield from duplicate_names(assembly)


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
