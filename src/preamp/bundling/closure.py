"""Which of the project's modules a handler needs: everything its imports reach.

It refuses what cannot work in Lambda: the CDK, a relative import without a package, a module of the
project that does not exist.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from preamp.bundling.entry import Entry, is_installed, near, read_source, shown
from preamp.bundling.imports import read_module
from preamp.bundling.prelude import prelude_modules
from preamp.contract.site import Site
from preamp.contract.typed_environment import BUNDLED, is_typed_environment
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.bundling.finder import Module
    from preamp.bundling.imports import Import, ModuleText
    from preamp.bundling.request import BundleRequest

_CDK: Final = frozenset({"aws_cdk", "constructs", "jsii"})
_RUNTIME: Final = "preamp.runtime"


def trace(entry: Entry, request: BundleRequest) -> tuple[Module, ...]:
    """Follow a handler's imports through the project.

    Returns:
        The entry first, then each module once, in the order they are reached.

    Raises:
        UserError: The handler reaches the CDK, or an import cannot work in the bundle.
    """
    return _Trace(entry, request).run()


@dataclass
class _Trace:
    entry: Entry
    request: BundleRequest
    reached: dict[str, Module] = field(default_factory=dict)
    reached_from: dict[str, tuple[Module, Import]] = field(default_factory=dict)
    waiting: deque[Module] = field(default_factory=deque)

    def run(self) -> tuple[Module, ...]:
        self._add(self.entry.module, None)
        for module in prelude_modules(self.entry, self.request):
            self._add(module, None)
        while self.waiting:
            module = self.waiting.popleft()
            for each in self._text(module).imports:
                self._follow(module, each)
        # After the tracing: a resource.py that brings the CDK shall be told of as that.
        for module in self.reached.values():
            self._check_name(module)
        return tuple(self.reached.values())

    def _text(self, module: Module) -> ModuleText:
        if module.file == self.entry.module.file:
            return self.entry.text
        if is_typed_environment(module.file):
            return read_module(BUNDLED.encode())
        return read_source(module.file, self.request)

    def _add(self, module: Module, cause: tuple[Module, Import] | None) -> None:
        if module.name in self.reached:
            return
        self._check_place(module, cause)
        self.reached[module.name] = module
        if cause is not None:
            self.reached_from[module.name] = cause
        self.waiting.append(module)

    def _follow(self, importer: Module, statement: Import) -> None:
        if statement.level and not importer.name.startswith("preamp."):
            self._enter_packages(importer, statement)
        base = self._absolute(importer, statement)
        if base == "preamp" or base.startswith("preamp."):
            self._check_preamp(importer, statement, base)
        found = self._modules(base, statement.names)
        for module in found:
            if module.name != "preamp":
                self._check_environment(module, (importer, statement))
                self._add(module, (importer, statement))
        if not found and base.partition(".")[0] in _CDK and not statement.optional:
            raise self._drags_cdk(importer, statement, base)
        self._check_complete(importer, statement, base)

    def _enter_packages(self, importer: Module, statement: Import) -> None:
        for module in self.entry.finder.prefixes(importer.package):
            self._add(module, (importer, statement))

    def _absolute(self, importer: Module, statement: Import) -> str:
        if not statement.level:
            return statement.module
        parts = importer.package.split(".") if importer.package else []
        kept = len(parts) - (statement.level - 1)
        if kept < 1:
            raise self._no_package(importer, statement)
        return ".".join([*parts[:kept], *filter(None, [statement.module])])

    def _modules(self, base: str, names: tuple[str, ...]) -> list[Module]:
        finder = self.entry.finder
        found = list(finder.prefixes(base))
        if finder.find(base) is not None:
            for name in names:
                part = finder.find(f"{base}.{name}")
                if part is not None and part.module is not None:
                    found.append(part.module)
        return found

    def _check_complete(self, importer: Module, statement: Import, base: str) -> None:
        if statement.optional:
            return
        found = self.entry.finder.find(base)
        if found is None:
            top = self.entry.finder.find(base.partition(".")[0])
            ours = top is not None and top.module is not None
            if statement.level or ours:
                raise self._not_found(importer, statement, base)
        elif found.module is None and statement.level:
            for name in statement.names:
                if self.entry.finder.find(f"{base}.{name}") is None:
                    raise self._not_found(importer, statement, f"{base}.{name}")

    def _check_preamp(self, importer: Module, statement: Import, base: str) -> None:
        if importer.name.startswith("preamp.") or statement.optional:
            return
        allowed = base == _RUNTIME or base.startswith(f"{_RUNTIME}.")
        if not allowed and not (base == "preamp" and set(statement.names) == {"runtime"}):
            raise self._drags_cdk(importer, statement, base)

    def _check_place(self, module: Module, cause: tuple[Module, Import] | None) -> None:
        if not is_installed(module.file, self.request) and self._leads_out(module.file):
            raise UserError(
                "SourceOutsideProjectError",
                f"{self._shown(module)} is a link to a file outside the project",
                "copy the file into the project, or install it as a dependency",
                sites=self._sites(cause),
            )

    def _leads_out(self, file: Path) -> bool:
        """Whether a file of the project is a link to one elsewhere."""
        real, project = os.path.realpath(file), os.path.realpath(self.request.project)
        return not real.startswith(os.path.join(project, ""))  # noqa: PTH118 - for each module

    def _check_environment(self, module: Module, cause: tuple[Module, Import]) -> None:
        known = self.request.environments
        if not is_typed_environment(module.file) or module.file.stem in known:
            return
        raise UserError(
            "UnknownEnvironmentError",
            f"there is no function whose typed environment is {module.file.stem!r}",
            near(module.file.stem, known)
            or "name a function of define_function(), with _ for what is no letter or digit",
            sites=self._sites(cause),
        )

    def _check_name(self, module: Module) -> None:
        if module.name in sys.stdlib_module_names:
            raise UserError(
                "EntryNameError",
                f"{self._shown(module)} would hide the standard library's module {module.name}"
                " from everything in Lambda",
                "give the file another name",
                sites=self._sites(self.reached_from.get(module.name)),
            )

    def _drags_cdk(self, importer: Module, statement: Import, name: str) -> UserError:
        chain = self._chain((importer, statement))
        what = name if name.startswith("preamp") else name.partition(".")[0]
        through = "" if len(chain) == 1 else f" through {self._shown(importer)}"
        return UserError(
            "HandlerImportsCdkError",
            f"the handler {self._shown(self.entry.module)} imports {what}{through};"
            " the CDK cannot run in Lambda",
            "move what the handler needs into a module that does not import the CDK, and import"
            " that; types alone can be imported under if TYPE_CHECKING",
            sites=(*(self._site(*link) for link in chain), *self.request.sites),
            details=[f"{self._site(*link)} imports {link[1]}" for link in chain],
        )

    def _no_package(self, importer: Module, statement: Import) -> UserError:
        plain = f"{statement.module or statement.names[0]}"
        return UserError(
            "RelativeImportError",
            f'{self._shown(importer)} is imported as "{importer.name}",'
            f" where the relative import of {statement} leads outside of any package",
            f"import {plain} by its plain name here, or by its relative name everywhere,"
            " the entry included",
            sites=self._sites((importer, statement)),
        )

    def _not_found(self, importer: Module, statement: Import, name: str) -> UserError:
        missing, found = name, None
        while found is None and "." in missing:
            missing, _, last = missing.rpartition(".")
            found = self.entry.finder.find(missing)
        known = [] if found is None else _module_names(found.folders)
        return UserError(
            "HandlerModuleNotFoundError",
            f'{self._shown(importer)} imports "{statement}", but there is no module {name}',
            near(last, known) or "create the module, or correct the import",
            sites=self._sites((importer, statement)),
        )

    def _chain(self, cause: tuple[Module, Import]) -> list[tuple[Module, Import]]:
        chain = [cause]
        while (earlier := self.reached_from.get(chain[0][0].name)) is not None:
            chain.insert(0, earlier)
        return chain

    def _sites(self, cause: tuple[Module, Import] | None) -> tuple[Site, ...]:
        return (*([] if cause is None else [self._site(*cause)]), *self.request.sites)

    def _site(self, importer: Module, statement: Import) -> Site:
        return Site(self._shown(importer), statement.line)

    def _shown(self, module: Module) -> str:
        return shown(module.file, self.request)


def _module_names(folders: tuple[Path, ...]) -> list[str]:
    return sorted(
        each.stem
        for folder in folders
        for each in folder.iterdir()
        if each.suffix == ".py" or each.is_dir()
    )
