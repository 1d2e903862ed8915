"""One property changed in a running sandbox: hotswapped, and by CloudFormation.

What is measured is the deployment alone, in a process that keeps its clients, as the inner loop
does: from an assembly on disk to the property changed. Each side has a local cloud of its own with
the example in it; nothing but the queue's retention differs.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from typing import TYPE_CHECKING, Any, Final

from benchmarks.figures import in_turns, row, title
from benchmarks.workbench import CommandFailedError
from preamp.assembly.read import read_assembly
from preamp.deploy.apply import deploy
from preamp.deploy.assets import AssetPublisher
from preamp.deploy.hotswap.record import FileRecord
from preamp.deploy.hotswap.state import HotswapState
from preamp.deploy.target import Credentials, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from benchmarks.workbench import Workbench
    from preamp.events import Event

_PROPERTY: Final = "MessageRetentionPeriod"
_POLL_SECONDS: Final = 0.02


class _Silence:
    def report(self, event: Event) -> None:
        del event


def measure(bench: Workbench, rounds: int) -> None:
    """Measure and print; one round of each is not counted.

    Args:
        bench: Where.
        rounds: How often.
    """
    swapped = _deployer(bench, "swapped", HotswapState(FileRecord(bench.folder / "hotswap.json")))
    updated = _deployer(bench, "updated", None)
    samples = in_turns({"hotswap": swapped, "CloudFormation": updated}, 2 * rounds)
    title("One property changed in a running session: the deployment alone")
    ours, theirs = samples["hotswap"].median, samples["CloudFormation"].median
    row("hotswapped", _milliseconds(ours), f"hotswap {theirs / ours:.1f} x faster")
    row("by CloudFormation, change set and all", _milliseconds(theirs))


def _deployer(bench: Workbench, identifier: str, state: HotswapState | None) -> Callable[[], float]:
    """Deploy the example, and return what changes its property once and tells the seconds."""
    bench.sandbox(identifier)
    assembly = bench.folder / f"assembly-{identifier}"
    shutil.copytree(bench.assembly(identifier), assembly)
    target = _target(bench.variables(identifier))
    target.clients.preload().join()
    publisher = AssetPublisher(target)

    def change() -> float:
        _rewrite(assembly, next(bench.values))
        started = time.perf_counter()
        wanted = read_assembly(assembly)
        result = deploy(wanted, target, _Silence(), publisher=publisher, hotswap=state)
        seconds = time.perf_counter() - started
        if result.no_op or result.hotswapped is (state is None):
            raise CommandFailedError(f"{identifier}: not deployed as it should be")
        return seconds

    return change


def _rewrite(assembly: Path, value: int) -> None:
    """Give the property another value, and every template that names it by its hash the new one."""
    (manifest_file,) = assembly.glob("*.assets.json")
    (nested,) = assembly.glob("*MyCustomResources*.nested.template.json")
    template: dict[str, Any] = json.loads(nested.read_text())
    for resource in template["Resources"].values():
        if _PROPERTY in resource.get("Properties", {}):
            resource["Properties"][_PROPERTY] = value
    nested.write_text(json.dumps(template))
    (root,) = (
        file
        for file in assembly.glob("*.template.json")
        if not file.name.endswith(".nested.template.json")
    )
    for file in (nested, root):
        old, new = _hash_of(manifest_file, file), hashlib.sha256(file.read_bytes()).hexdigest()
        for naming in (manifest_file, root):
            naming.write_text(naming.read_text().replace(old, new))


def _hash_of(manifest_file: Path, template: Path) -> str:
    files: dict[str, Any] = json.loads(manifest_file.read_text())["files"]
    return next(name for name, file in files.items() if file["source"]["path"] == template.name)


def _target(variables: Mapping[str, str]) -> Target:
    return Target(
        name="local cloud",
        region=variables["AWS_REGION"],
        account="000000000000",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        credentials=Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]),
        poll_interval=_POLL_SECONDS,
    )


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"
