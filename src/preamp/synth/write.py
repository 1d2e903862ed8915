"""Writes the cloud assembly and preamp's own annex to it."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Final

from preamp.contract.synthesis import ANNEX, ANNEX_VERSION
from preamp.errors import PreampError, UserError
from preamp.events import Notice
from preamp.synth.exposed_secrets import refuse_exposed_secrets
from preamp.synth.load import raised_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from preamp.contract.site import Site
    from preamp.definition.backend import Synthesis
    from preamp.synth.compose import LiveBackend
    from preamp.synth.sites import SiteRecorder

_CYCLE: Final = re.compile(
    r"'(?P<stack>[^']+)' depends on '(?P<on>[^']+)' \((?P<known>.*?)\)\. "
    r"Adding this dependency \((?P<added>.*?)\) would create a cyclic reference"
)
_WRAPPING: Final = "Resolution error: "
_ACKNOWLEDGE: Final = re.compile(r" \[ack: [^\]]*\]$")
_PATH: Final = re.compile(r"\[([^\]\s]+)\]")


def write_assembly(
    backend: LiveBackend,
    recorder: SiteRecorder,
    synthesis: Synthesis,
    inputs: Callable[[], list[str] | None],
    directory: Path,
) -> list[Notice]:
    """Synthesize the tree and write the annex beside the CDK's files.

    Args:
        backend: The tree.
        recorder: Where its constructs were made.
        synthesis: What was noted meanwhile.
        inputs: Tells, once all is synthesized, what the definition read.
        directory: Where the CDK writes the assembly.

    Returns:
        What constructs have to say: the annotations of the tree that are no errors.

    Raises:
        UserError: ``CircularStackReferenceError``, ``AnnotationError`` if a construct says that
            it is wrong, ``SecretExposedError``, or ``SynthesisFailedError``.
    """
    root = backend.root_id
    try:
        backend.finish(recorder.nested_stacks)
        backend.app.synth()
    except PreampError:
        raise
    except Exception as error:
        raise _synthesis_error(error, root, recorder.sites) from error
    sites = {
        path.removeprefix(f"{root}/"): list(dataclasses.astuple(site))
        for path, site in recorder.sites.items()
    }
    used = {
        name: [list(dataclasses.astuple(site)) for site in places]
        for name, places in synthesis.secrets.sites.items()
    }
    annex = {"version": ANNEX_VERSION, "sites": sites, "secrets": used, "inputs": inputs()}
    refuse_exposed_secrets(directory, synthesis.secrets)
    for do in synthesis.finishing:
        do(directory)
    (directory / ANNEX).write_text(json.dumps(annex, indent=1), encoding="utf-8")
    return _annotations(directory / f"{root}.metadata.json", root, recorder.sites)


def _annotations(metadata: Path, root: str, sites: dict[str, Site]) -> list[Notice]:
    """The warnings and hints that constructs were given, with their sites."""
    if not metadata.exists():
        return []
    notices = []
    for path, entries in json.loads(metadata.read_text(encoding="utf-8")).items():
        site = _site_of(path.strip("/"), sites)
        below = path.strip("/").removeprefix(root).strip("/")
        for entry in entries:
            text = _ACKNOWLEDGE.sub("", str(entry.get("data", "")))
            if entry["type"] == "aws:cdk:error":
                raise UserError(
                    "AnnotationError",
                    f"{below or root}: {text}",
                    "mend the construct as its message says",
                    sites=[site] if site else [],
                )
            if entry["type"] in ("aws:cdk:warning", "aws:cdk:info"):
                notices.append(Notice(f"{below or root}: {text}", site))
    return notices


def _synthesis_error(error: Exception, root: str, sites: dict[str, Site]) -> UserError:
    text = str(error)
    cycle = _CYCLE.search(text)
    if cycle:
        return _cycle_error(cycle, root, sites)
    failed = raised_error(error, "SynthesisFailedError")
    named = [sites[path] for path in _PATH.findall(text) if path in sites]
    return UserError(
        failed.code,
        failed.message.replace(_WRAPPING, ""),
        failed.hint if failed.sites else "mend the construct that the CDK's message is about",
        sites=named or failed.sites,
        details=failed.details,
    )


def _cycle_error(cycle: re.Match[str], root: str, sites: dict[str, Site]) -> UserError:
    edges = [*cycle["known"].split(", "), cycle["added"]]
    stacks = [cycle[name].removeprefix(f"{root}/") for name in ("stack", "on")]
    places = [_site_of(edge.split(" -> ")[0], sites) for edge in edges]
    return UserError(
        "CircularStackReferenceError",
        f"the stacks {stacks[0]!r} and {stacks[1]!r} refer to each other",
        "move one of the resources into the other's stack, or into a third that both refer to",
        sites=list(dict.fromkeys(place for place in places if place)),
        details=[edge.replace(f"{root}/", "").replace(" -> ", " refers to ") for edge in edges],
    )


def _site_of(path: str, sites: dict[str, Site]) -> Site | None:
    """The site of the construct at a path, or of the nearest one above it."""
    while path:
        if path in sites:
            return sites[path]
        path = path.rpartition("/")[0]
    return None
