"""Installs a lock into a directory of the cache, and strips what differs from machine to machine.

A tree is copied out of uv's cache, never linked to it, and its files are read-only: bundles share
them by hard links, or by name on this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.bundling.store import new_directory, use

if TYPE_CHECKING:
    from preamp.bundling.job import Job, Target
    from preamp.bundling.lock import Lock

FILE_TIME: Final = 946_684_800
"""The modification time of every file in a bundle, in seconds since the epoch: the year 2000."""

# Scripts in bin/ start with the path of an interpreter; RECORD lists them.
_LEFT_OUT_FOLDERS: Final = frozenset({"bin", ".lock"})
_LEFT_OUT_METADATA: Final = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json"}
)


@dataclass(frozen=True)
class Tree:
    """Installed dependencies.

    Attributes:
        site: The directory to import from.
        key: Its name in the cache.
        digest: SHA-256 of its content.
        size: Bytes of all its files.
    """

    site: Path
    key: str
    digest: str
    size: int


def install(lock: Lock, target: Target, job: Job) -> Tree:
    """Install a lock for a target, once.

    Raises:
        UserError: A package cannot be fetched or built.
    """
    place = job.store.tree(sha256(f"{lock.text}\0{target.identity}".encode()).hexdigest()[:32])
    if not use(place):
        with new_directory(place) as made:
            _run_install(made, lock, target, job)
            _describe(made)
    known = json.loads((place / "tree.json").read_bytes())
    return Tree(place / "site", place.name, known["digest"], known["size"])


def _run_install(made: Path, lock: Lock, target: Target, job: Job) -> None:
    wanted = made / "wanted.txt"
    wanted.write_text("\n".join([*job.declared.options, lock.text]), encoding="utf-8")
    arguments: list[str | Path] = ["pip", "install", "--target", made / "site", "-r", wanted]
    options = ["--no-deps", "--link-mode=copy", "--no-compile-bytecode"]
    job.run([*arguments, *options], target, f"{len(lock.pins)} packages installed")
    # It may name an index with its password.
    wanted.unlink()


def _describe(made: Path) -> None:
    site = made / "site"
    _strip(site)
    digest, size = sha256(), 0
    for path, file in sorted(_files(site)):
        mode = _settle(file)
        content = file.read_bytes()
        digest.update(f"{path}\0{mode:o}\0{sha256(content).hexdigest()}\n".encode())
        size += len(content)
    known = {"digest": digest.hexdigest(), "size": size}
    (made / "tree.json").write_text(json.dumps(known), encoding="utf-8")


def _strip(site: Path) -> None:
    for name in _LEFT_OUT_FOLDERS:
        _delete(site / name)
    for info in site.glob("*.dist-info"):
        for name in _LEFT_OUT_METADATA:
            _delete(info / name)
    for folder in list(site.rglob("__pycache__")):
        _delete(folder)


def _delete(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _files(site: Path) -> list[tuple[str, Path]]:
    return [
        (file.relative_to(site).as_posix(), file)
        for folder, _, names in os.walk(site)
        for file in (Path(folder, name) for name in names)
    ]


def _settle(file: Path) -> int:
    mode = 0o555 if file.stat().st_mode & stat.S_IXUSR else 0o444
    file.chmod(mode)
    os.utime(file, (FILE_TIME, FILE_TIME))
    return mode
