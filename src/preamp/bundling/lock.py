"""Chooses versions: from what a handler declares to a lock, for Lambda or for this machine.

A lock is chosen once and kept in the cache by everything that decides it, so that the next bundling
needs no network.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.bundling.store import use, write_text
from preamp.bundling.uv import uv_identity
from preamp.errors import UserError
from preamp.events import Notice

if TYPE_CHECKING:
    from preamp.bundling.job import Job, Target

_PIN: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:==([^\s;\\]+)| @ (\S+))", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=(\S+)")


@dataclass(frozen=True)
class Lock:
    """Chosen versions.

    Attributes:
        text: As uv wrote it, with hashes.
    """

    text: str

    @property
    def pins(self) -> tuple[str, ...]:
        """Each package as ``name==version`` or ``name @ address``, sorted by name."""
        return tuple(match[0] for match in _PIN.finditer(self.text))

    @property
    def versions(self) -> dict[str, str]:
        """The version, or address, of each package by its name."""
        return {match[1]: match[2] or match[3] for match in _PIN.finditer(self.text)}


def lock_for_lambda(target: Target, job: Job) -> Lock:
    """Choose the versions that Lambda gets.

    Raises:
        UserError: They cannot be had.
    """
    return _lock(job.declared.constraints_text, target, job)


def lock_for_local(wanted: Lock, target: Target, job: Job) -> Lock:
    """Choose versions for this machine: Lambda's, or others if those cannot run here.

    Raises:
        UserError: No version can be had.
    """
    released = [item for item in wanted.versions.items() if "://" not in item[1]]
    pins = "".join(f"{name}=={version}\n" for name, version in released)
    try:
        lock = _lock(pins, target, job)
    except UserError as error:
        if error.code == "DependencyOfflineError":
            raise
        lock = _lock(job.declared.constraints_text, target, job)
        # Under the key that failed, so that the next time it is not tried.
        write_text(_place(pins, target, job), lock.text)
    _report_difference(wanted, lock, target, job)
    return lock


def _report_difference(wanted: Lock, lock: Lock, target: Target, job: Job) -> None:
    there, here = wanted.versions, lock.versions
    different = [
        f"{name} {here[name]} instead of {there[name]}"
        for name in sorted(there.keys() & here.keys())
        if there[name] != here[name]
    ]
    if different:
        message = f"{target.title} gets {', '.join(different)}"
        job.reporter.report(Notice(message, job.request.site))


def _lock(constraints: str, target: Target, job: Job) -> Lock:
    place = _place(constraints, target, job)
    if use(place):
        return Lock(place.read_text(encoding="utf-8"))
    lock = Lock(_hold_to_hashes(_compile(constraints, target, job), job))
    write_text(place, lock.text)
    return lock


def _place(constraints: str, target: Target, job: Job) -> Path:
    declared = job.declared
    hashes = repr(sorted((name, sorted(found)) for name, found in declared.hashes.items()))
    identity = uv_identity(os.environ)
    parts = (declared.text, constraints, hashes, target.identity, identity)
    return job.store.lock(sha256("\0".join(parts).encode()).hexdigest()[:32])


def _compile(constraints: str, target: Target, job: Job) -> str:
    with tempfile.TemporaryDirectory(prefix="preamp-lock-") as folder:
        wanted, limits, lock = (Path(folder, name) for name in ("wanted", "limits", "lock"))
        wanted.write_text(job.declared.text, encoding="utf-8")
        limits.write_text(constraints, encoding="utf-8")
        arguments: list[str | Path] = ["pip", "compile", wanted, "-c", limits, "-o", lock]
        options = ["--generate-hashes", "--no-header", "--no-annotate"]
        job.run([*arguments, *options], target, "versions chosen")
        return lock.read_text(encoding="utf-8")


def _hold_to_hashes(text: str, job: Job) -> str:
    """Keep, for each package that was declared with hashes, only those of them that exist."""
    if not job.declared.hashes:
        return text
    return "".join(_hold_entry(entry, job) for entry in re.split(r"(?m)^(?=\S)", text))


def _hold_entry(entry: str, job: Job) -> str:
    pin = _PIN.match(entry)
    allowed = job.declared.hashes.get(pin[1], frozenset()) if pin else frozenset()
    if pin is None or not allowed:
        return entry
    kept = [digest for digest in _HASH.findall(entry) if digest in allowed]
    if not kept:
        raise UserError(
            "DependencyHashError",
            f"no file of {pin[0]} has a hash that was declared",
            "check where the package comes from, then write the hashes anew",
            sites=(*job.declared.sites_in(pin[1]), *job.request.sites),
        )
    return " \\\n    ".join([pin[0], *(f"--hash={digest}" for digest in kept)]) + "\n"
