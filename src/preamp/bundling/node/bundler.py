"""Bundling for Node.js: esbuild is asked only if something has changed since it was asked last."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from preamp.bundling.assembling import assemble
from preamp.bundling.node.esbuild import Esbuild, find_esbuild
from preamp.bundling.node.mistakes import WRAPPER, missing, refused
from preamp.bundling.node.recipe import Recipe
from preamp.bundling.node.request import NodeBundle
from preamp.bundling.size import check_size
from preamp.bundling.sources import SourceFile
from preamp.bundling.store import Store, prune, use
from preamp.contract.node import node_binary
from preamp.errors import Fault, UserError

if TYPE_CHECKING:
    from preamp.bundling.node.request import NodeRequest
    from preamp.events import Reporter

_PROGRAM: Final = Path(__file__).with_name("build.cjs")
_PRELUDE: Final = Path(__file__).with_name("prelude.mjs")
_HANDLER: Final = "index.handler"
_MOST_ERRORS: Final = 5


def bundle_node(request: NodeRequest, *, cache: Path, reporter: Reporter) -> NodeBundle:
    """Bundle a handler with all that it imports.

    Args:
        request: What to bundle.
        cache: A folder of preamp's own; what is in it is reused, and pruned when long unused.
        reporter: Hears of esbuild being fetched.

    Raises:
        UserError: ``EntryNotFoundError``, ``HandlerNotFoundError``, ``HandlerBundlingError``,
            ``BundleTooLargeError`` or ``EsbuildMissingError``.
    """
    if not request.entry.is_file():
        raise missing(request)
    store = Store(cache.absolute())
    job = _Job(request, find_esbuild(request.entry.parent, reporter, request.sites))
    place = store.recipe(job.key)
    recipe = Recipe.read(place)
    if recipe is None or not use(store.bundle(recipe.digest)) or not recipe.still_holds:
        made = job.run()
        size = sum(len(each.content) for each in made.files)
        check_size(size, request.shown(request.entry), request.sites)
        _, digest = assemble(made.files, None, store, local=None)
        recipe = Recipe.of(digest, made.sources, made.environments, request.project)
        recipe.keep(place)
        prune(store)
    return NodeBundle(
        store.bundle(recipe.digest),
        recipe.digest,
        _HANDLER,
        recipe.sources,
        frozenset(recipe.environments),
    )


@dataclass(frozen=True)
class _Made:
    files: list[SourceFile]
    sources: list[Path]
    environments: list[str]


@dataclass(frozen=True)
class _Job:
    request: NodeRequest
    esbuild: Esbuild

    @property
    def key(self) -> str:
        """What tells it from other jobs."""
        asked = {name: value for name, value in asdict(self.request).items() if name != "site"}
        parts = (_PROGRAM.read_bytes(), _PRELUDE.read_bytes(), f"{asked} {self.esbuild}".encode())
        return sha256(b"\0".join(parts)).hexdigest()

    def run(self) -> _Made:
        """Ask esbuild."""
        answer = self._ask()
        if answer.get("unusable"):
            raise UserError(
                "EsbuildMissingError",
                f"the esbuild in {self.esbuild.package} does not work: {answer['unusable']}",
                "install it anew on this machine: npm install",
                sites=self.request.sites,
            )
        if answer.get("errors"):
            raise refused(answer["errors"], self.request)
        files = sorted(
            (
                SourceFile(each["name"], None, base64.b64decode(each["content"]), executable=False)
                for each in answer["files"]
            ),
            key=lambda each: each.path,
        )
        inputs = (self.request.project / name for name in answer["inputs"])
        sources = [self.request.entry, *(each for each in inputs if each.is_file())]
        return _Made(files, sources, answer["environments"])

    def _ask(self) -> dict[str, Any]:
        request = self.request
        asked = {
            "banner": _PRELUDE.read_text(encoding="utf-8"),
            "entry": str(request.entry),
            "environments": request.environments,
            "esbuild": str(self.esbuild.package),
            "external": request.external,
            "minify": request.minify,
            "mostErrors": _MOST_ERRORS,
            "project": str(request.project),
            "sourceRoot": f"{request.project.as_uri()}/" if request.local else None,
            "target": request.target,
            "wrapper": WRAPPER,
        }
        done = subprocess.run(
            [node_binary(), _PROGRAM],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=request.project,
            check=False,
        )
        if done.returncode:
            raise Fault("EsbuildFault", done.stderr.strip())
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
