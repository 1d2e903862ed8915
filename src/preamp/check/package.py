"""Finds the CDK's template validator and lays it out where Node can load it.

The validator is the npm package ``@aws/cloudformation-validate``, which `aws-cdk-lib` carries in
the archive that jsii loads it from. Taking it from there keeps its schemas in step with the CDK
the user has installed, and needs no network. Must not import the CDK.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Final

_ARCHIVE: Final = re.compile(r"aws-cdk-lib@(?P<version>.+)\.jsii\.tgz")
_INSIDE: Final = "package/node_modules/@aws/cloudformation-validate/"
_NEEDED: Final = {
    "index.js",
    "package.json",
    "bindings_wasm.js",
    "bindings_wasm_bg.wasm",
    "LICENSE",
}


class ValidatorMissingError(Exception):
    """The installed CDK carries no validator where we look for it."""


def find_archive() -> Path:
    """Return the archive of the installed `aws-cdk-lib`.

    Raises:
        ValidatorMissingError: It is not installed, or packaged in another way.
    """
    spec = importlib.util.find_spec("aws_cdk")
    for location in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted((Path(location) / "_jsii").glob("*.jsii.tgz")):
            if _ARCHIVE.fullmatch(file.name):
                return file
    raise ValidatorMissingError("aws-cdk-lib is not installed with its jsii archive")


def archive_version(archive: Path) -> str:
    """Return the CDK version that an archive holds."""
    match = _ARCHIVE.fullmatch(archive.name)
    return match["version"] if match else archive.name


def lay_out(archive: Path, cache: Path) -> Path:
    """Return the validator's folder, unpacked from the archive if the cache has it not yet.

    Unpacking takes about half a second, once for each version of the CDK.

    Raises:
        ValidatorMissingError: The archive holds no validator, or cannot be read.
    """
    folder = cache / f"cdk-{archive_version(archive)}"
    if not all((folder / name).is_file() for name in _NEEDED):
        shutil.rmtree(folder, ignore_errors=True)
        cache.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache))
        try:
            _unpack(archive, draft)
            _move(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


def _unpack(archive: Path, folder: Path) -> None:
    missing = set(_NEEDED)
    try:
        with tarfile.open(archive, "r|gz") as entries:
            for entry in entries:
                name = entry.name.removeprefix(_INSIDE)
                content = entries.extractfile(entry) if _INSIDE + name == entry.name else None
                if content is not None and name in missing:
                    (folder / name).write_bytes(content.read())
                    missing.remove(name)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise ValidatorMissingError(f"{archive.name} cannot be read: {error}") from error
    if missing:
        raise ValidatorMissingError(f"{archive.name} holds no template validator")


def _move(draft: Path, folder: Path) -> None:
    try:
        os.replace(draft, folder)  # noqa: PTH105 - a directory, and atomic
    except OSError:
        if not folder.is_dir():  # else another process was quicker, with the same content
            raise
