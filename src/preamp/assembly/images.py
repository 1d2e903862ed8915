"""Container images that an assembly needs: what they are built of, and where they belong.

Format: the AWS CDK's "Cloud Assembly Schema", docker image assets. Must not know docker beyond the
flags of ``docker build``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FLAGS: Final = {
    "dockerBuildTarget": "--target",
    "dockerFile": "--file",
    "networkMode": "--network",
    "platform": "--platform",
    "dockerBuildSsh": "--ssh",
}
_PAIRS: Final = {
    "dockerBuildArgs": ("--build-arg", "{}={}"),
    "dockerBuildContexts": ("--build-context", "{}={}"),
    "dockerBuildSecrets": ("--secret", "id={},{}"),
}


@dataclass(frozen=True)
class ImageAsset:
    """A container image that a registry must hold before the stack is deployed.

    Attributes:
        asset_id: Hash of what it is built of.
        name: What it is, for people.
        directory: What ``docker build`` is given, absolute.
        flags: More flags of ``docker build``.
        repository: The repository's name; may hold placeholders such as ``${AWS::AccountId}``.
        tag: Its tag there; holds the hash, so a tag never changes its image.
        role: The role that may push; None for whoever deploys.
    """

    asset_id: str
    name: str
    directory: Path
    flags: tuple[str, ...]
    repository: str
    tag: str
    role: str | None = None


def image_assets(directory: Path, images: Mapping[str, Mapping[str, Any]]) -> Iterator[ImageAsset]:
    """Read the images of an asset manifest.

    Args:
        directory: The assembly.
        images: The manifest's ``dockerImages``.

    Raises:
        UserError: ``DockerAssetError`` for an image that no ``docker build`` makes.
        KeyError: An entry lacks something.
    """
    for asset_id, entry in images.items():
        source = entry["source"]
        name = str(entry.get("displayName") or asset_id)
        if "directory" not in source:
            raise UserError(
                "DockerAssetError",
                f"the container image {name} is made by a program of its own",
                "use an image that a Dockerfile describes",
            )
        for destination in entry["destinations"].values():
            yield ImageAsset(
                asset_id=asset_id,
                name=name,
                directory=directory / str(source["directory"]),
                flags=tuple(_flags(source)),
                repository=destination["repositoryName"],
                tag=destination["imageTag"],
                role=destination.get("assumeRoleArn"),
            )


def _flags(source: Mapping[str, Any]) -> Iterator[str]:
    for key, (flag, form) in _PAIRS.items():
        for name, value in (source.get(key) or {}).items():
            yield from (flag, form.format(name, value))
    for key, flag in _FLAGS.items():
        if source.get(key):
            yield from (flag, str(source[key]))
    yield from (f"--output={output}" for output in source.get("dockerOutputs") or [])
    for cache in source.get("cacheFrom") or []:
        yield from ("--cache-from", _cache(cache))
    if source.get("cacheTo"):
        yield from ("--cache-to", _cache(source["cacheTo"]))
    if source.get("cacheDisabled"):
        yield "--no-cache"


def _cache(option: Mapping[str, Any]) -> str:
    parameters = (option.get("params") or {}).items()
    return ",".join([f"type={option['type']}", *(f"{name}={value}" for name, value in parameters)])
