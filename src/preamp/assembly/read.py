"""Reading a cloud assembly: the directory that both halves of preamp meet in.

Owns the meaning of the CDK's manifest, asset manifests and metadata, and of the annex that our
synth child adds. Must not know how the directory came about, nor where it will be deployed.
Formats: the AWS CDK's "Cloud Assembly Schema".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeGuard

from preamp.assembly.images import image_assets
from preamp.contract.site import Site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preamp.assembly.images import ImageAsset

Template = dict[str, Any]
Packaging = Literal["file", "zip"]

ANNEX_FILE: Final = "preamp.json"
NESTED_STACK: Final = "AWS::CloudFormation::Stack"

_MANIFEST_FILE: Final = "manifest.json"
_STACK_ARTIFACT: Final = "aws:cloudformation:stack"
_ASSETS_ARTIFACT: Final = "cdk:asset-manifest"
_LOGICAL_ID: Final = "aws:cdk:logicalId"
_ANNEX_VERSION: Final = 1
# A nested stack's construct `X` and its resource `X.NestedStack/X.NestedStackResource` are
# siblings; people know both as `X`.
_NESTED_RESOURCE: Final = re.compile(r"^(?P<scope>.*/)?(?P<name>[^/]+)\.NestedStack/[^/]+$")


@dataclass(frozen=True)
class FileAsset:
    """A file or directory that the target must hold before the stack is deployed.

    Attributes:
        asset_id: Hash of its content.
        name: What it is, for people.
        path: Where it lies in the assembly, absolute.
        packaging: ``file`` is uploaded as it is, ``zip`` is a directory to be zipped.
        bucket: Bucket name; may hold placeholders such as ``${AWS::AccountId}``.
        object_key: Key in the bucket; holds the hash, so a key never changes its content.
        role: The role that may write there; None for whoever deploys. Holds placeholders, too.
    """

    asset_id: str
    name: str
    path: Path
    packaging: Packaging
    bucket: str
    object_key: str
    role: str | None = None


@dataclass(frozen=True)
class Bootstrapping:
    """What an assembly expects of the account: what ``cdk bootstrap`` leaves there.

    All of it may hold placeholders such as ``${AWS::AccountId}``. AWS CDK, "Bootstrapping".

    Attributes:
        deploy_role: The role that calls CloudFormation; None for whoever deploys.
        execution_role: The role that CloudFormation acts in; None for that of the deployment.
        lookup_role: The role that looks at what runs; None for whoever deploys.
        version_parameter: Where Systems Manager keeps the version; None if it does not matter.
        version: The least version that will do.
    """

    deploy_role: str | None = None
    execution_role: str | None = None
    lookup_role: str | None = None
    version_parameter: str | None = None
    version: int = 0


@dataclass(frozen=True)
class AssemblyStack:
    """A template of the assembly with the nested stacks below it.

    Attributes:
        path: Construct path below the root stack; empty for the root stack itself.
        template_file: The template, absolute.
        template: Its content.
        children: Nested stacks whose template is in the assembly, by logical id.
        paths: Construct path below the root stack of each logical id.
    """

    path: str
    template_file: Path
    template: Template
    children: Mapping[str, AssemblyStack]
    paths: Mapping[str, str]

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The template's resources by logical id."""
        return self.template.get("Resources") or {}

    def path_of(self, logical_id: str) -> str:
        """Return the construct path of a resource, or a path ending in the logical id."""
        found = self.paths.get(logical_id)
        return found if found is not None else "/".join(filter(None, (self.path, logical_id)))

    def tree(self) -> Iterator[AssemblyStack]:
        """Yield this stack and all below it, parents first."""
        yield self
        for child in self.children.values():
            yield from child.tree()


@dataclass(frozen=True)
class CloudAssembly:
    """Everything a deployment needs to know, read once.

    Attributes:
        directory: The assembly, absolute.
        stack_name: Name of the root stack.
        stack: The root stack and what is below it.
        template_asset: The root template as an asset.
        assets: All file assets, the root template among them.
        tags: Stack tags.
        termination_protection: Whether the root stack refuses deletion.
        project: The directory that the files of `sites` are relative to, if recorded.
        sites: The user's line for each construct path that has one.
        secrets: The secrets that the backend uses, each with the user's lines that do.
        inputs: What the definition read of the project, relative to it; a name with a slash at its
            end is a folder and stands for all that lies directly in it. None if not known.
        bootstrapping: What it expects of the account.
        images: All container images.
    """

    directory: Path
    stack_name: str
    stack: AssemblyStack
    template_asset: FileAsset
    assets: tuple[FileAsset, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    termination_protection: bool = False
    project: Path | None = None
    sites: Mapping[str, Site] = field(default_factory=dict)
    secrets: Mapping[str, tuple[Site, ...]] = field(default_factory=dict)
    inputs: frozenset[str] | None = None
    bootstrapping: Bootstrapping = Bootstrapping()
    images: tuple[ImageAsset, ...] = ()

    def site_of(self, path: str) -> Site | None:
        """Return the user's line that made a construct, or the nearest recorded above it.

        Args:
            path: Construct path below the root stack.
        """
        parts = path.split("/")
        for length in range(len(parts), 0, -1):
            site = self.sites.get("/".join(parts[:length]))
            if site is not None:
                return site
        return None


def read_assembly(directory: Path) -> CloudAssembly:
    """Read a cloud assembly.

    Args:
        directory: What `preamp synth` or `cdk synth` wrote.

    Returns:
        The assembly with every template parsed.

    Raises:
        UserError: ``AssemblyMissingError`` if there is none, ``AssemblyBrokenError`` if a part is
            missing or unreadable, ``AssemblyStackError`` if it has not exactly one stack at the
            top, ``DockerAssetError`` for a container image that docker does not build.
    """
    directory = directory.absolute()
    manifest = _read_manifest(directory)
    artifacts: dict[str, Any] = manifest.get("artifacts") or {}
    name, artifact = _only_stack(directory, artifacts)
    properties: dict[str, Any] = artifact.get("properties") or {}
    assets = _file_assets(directory, artifacts)
    template_file = directory / _required(directory, properties, "templateFile")
    naming = _Naming.from_metadata(_metadata_of(directory, artifact))
    reader = _StackReader(directory, naming, {asset.object_key: asset for asset in assets})
    annex = _read_annex(directory)
    return CloudAssembly(
        directory=directory,
        stack_name=properties.get("stackName") or name,
        stack=reader.read("", template_file),
        template_asset=_asset_of(directory, assets, template_file),
        assets=assets,
        tags=properties.get("tags") or {},
        termination_protection=bool(properties.get("terminationProtection")),
        project=annex.project,
        sites=annex.sites,
        secrets=annex.secrets,
        inputs=annex.inputs,
        bootstrapping=_bootstrapping(properties),
        images=_image_assets(directory, artifacts),
    )


def _bootstrapping(properties: Mapping[str, Any]) -> Bootstrapping:
    return Bootstrapping(
        deploy_role=properties.get("assumeRoleArn"),
        execution_role=properties.get("cloudFormationExecutionRoleArn"),
        lookup_role=(properties.get("lookupRole") or {}).get("arn"),
        version_parameter=properties.get("bootstrapStackVersionSsmParameter"),
        version=int(properties.get("requiresBootstrapStackVersion") or 0),
    )


@dataclass(frozen=True)
class _Naming:
    """Construct paths, relative to the root stack, as the manifest's metadata tells them."""

    paths: Mapping[tuple[str, str], str]

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, list[dict[str, Any]]]) -> _Naming:
        named = [
            (_below_root(path), str(entry["data"]))
            for path, entries in metadata.items()
            for entry in entries
            if entry.get("type") == _LOGICAL_ID
        ]
        scopes = {scope for path, _ in named if (scope := _nested_scope(path)) is not None}
        return cls(
            {(_owner_of(path, scopes), logical_id): _shown(path) for path, logical_id in named}
        )

    def in_stack(self, stack_path: str) -> dict[str, str]:
        return {
            logical_id: path
            for (owner, logical_id), path in self.paths.items()
            if owner == stack_path
        }


@dataclass(frozen=True)
class _StackReader:
    directory: Path
    naming: _Naming
    assets_by_key: Mapping[str, FileAsset]

    def read(self, path: str, template_file: Path) -> AssemblyStack:
        template = _read_json(self.directory, template_file)
        paths = self.naming.in_stack(path)
        children: dict[str, AssemblyStack] = {}
        for logical_id, resource in (template.get("Resources") or {}).items():
            nested = self._nested_template(resource)
            if nested is not None:
                child_path = paths.get(logical_id) or "/".join(filter(None, (path, logical_id)))
                children[logical_id] = self.read(child_path, nested)
        return AssemblyStack(path, template_file, template, children, paths)

    def _nested_template(self, resource: dict[str, Any]) -> Path | None:
        if resource.get("Type") != NESTED_STACK:
            return None
        recorded = (resource.get("Metadata") or {}).get("aws:asset:path")
        if recorded:
            return self.directory / str(recorded)
        # Without asset metadata, which the CDK can be told to leave out, the URL still ends in
        # the asset's key.
        url = (resource.get("Properties") or {}).get("TemplateURL")
        asset = self.assets_by_key.get(_last_text(url).rpartition("/")[2])
        return asset.path if asset else None


def _last_text(value: object) -> str:
    """Return the last literal text in a CloudFormation value."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _last_text(list(value.values()))
    if isinstance(value, list):
        return next((text for part in reversed(value) if (text := _last_text(part))), "")
    return ""


def _below_root(path: str) -> str:
    return path.lstrip("/").partition("/")[2]


def _nested_scope(path: str) -> str | None:
    match = _NESTED_RESOURCE.match(path)
    return f"{match['scope'] or ''}{match['name']}" if match else None


def _owner_of(path: str, scopes: set[str]) -> str:
    parts = path.split("/")
    above = ("/".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
    return next((scope for scope in above if scope in scopes), "")


def _shown(path: str) -> str:
    nested = _nested_scope(path)
    if nested is not None:
        return nested
    head, _, last = path.rpartition("/")
    return head if head and last in {"Resource", "Default"} else path


def _read_manifest(directory: Path) -> dict[str, Any]:
    manifest = directory / _MANIFEST_FILE
    if not manifest.is_file():
        raise UserError(
            "AssemblyMissingError",
            f"no cloud assembly in {directory}",
            "run `preamp synth` to write one, or name the directory that holds manifest.json",
        )
    return _read_json(directory, manifest)


def _only_stack(directory: Path, artifacts: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    stacks = [(name, a) for name, a in artifacts.items() if a.get("type") == _STACK_ARTIFACT]
    if len(stacks) != 1:
        found = ", ".join(name for name, _ in stacks) or "none"
        raise UserError(
            "AssemblyStackError",
            f"{directory} must hold exactly one stack at the top, and holds: {found}",
            "create stacks with backend.create_stack(name), which nests them in the backend's own",
        )
    return stacks[0]


def _metadata_of(directory: Path, artifact: Mapping[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = dict(artifact.get("metadata") or {})
    additional = artifact.get("additionalMetadataFile")
    if additional:
        metadata.update(_read_json(directory, directory / str(additional)))
    return metadata


def _asset_manifests(directory: Path, artifacts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for artifact in artifacts.values():
        if artifact.get("type") == _ASSETS_ARTIFACT:
            file = _required(directory, artifact.get("properties") or {}, "file")
            yield _read_json(directory, directory / file)


def _image_assets(directory: Path, artifacts: Mapping[str, Any]) -> tuple[ImageAsset, ...]:
    try:
        return tuple(
            image
            for manifest in _asset_manifests(directory, artifacts)
            for image in image_assets(directory, manifest.get("dockerImages") or {})
        )
    except KeyError as error:
        raise _broken(directory, f"a container image has no {error}") from error


def _file_assets(directory: Path, artifacts: Mapping[str, Any]) -> tuple[FileAsset, ...]:
    assets: dict[tuple[str, str], FileAsset] = {}
    for manifest in _asset_manifests(directory, artifacts):
        for asset_id, entry in (manifest.get("files") or {}).items():
            for asset in _destinations(directory, asset_id, entry):
                assets[asset.bucket, asset.object_key] = asset
    return tuple(assets.values())


def _destinations(directory: Path, asset_id: str, entry: Mapping[str, Any]) -> Iterator[FileAsset]:
    source = entry.get("source") or {}
    path = directory / _required(directory, source, "path")
    if not path.exists():
        raise _broken(directory, f"the asset {path.name} is missing")
    packaging = source.get("packaging", "file")
    if not _is_packaging(packaging):
        raise _broken(directory, f"the asset {path.name} has the unknown packaging {packaging!r}")
    for destination in (entry.get("destinations") or {}).values():
        yield FileAsset(
            asset_id=asset_id,
            name=entry.get("displayName") or path.name,
            path=path,
            packaging=packaging,
            bucket=_required(directory, destination, "bucketName"),
            object_key=_required(directory, destination, "objectKey"),
            role=destination.get("assumeRoleArn"),
        )


def _is_packaging(value: str) -> TypeGuard[Packaging]:
    return value in {"file", "zip"}


def _asset_of(directory: Path, assets: tuple[FileAsset, ...], template_file: Path) -> FileAsset:
    for asset in assets:
        if asset.path == template_file:
            return asset
    raise _broken(directory, f"the template {template_file.name} is not among its assets")


@dataclass(frozen=True)
class _Annex:
    """What our own synthesis adds to the CDK's files."""

    project: Path | None = None
    sites: Mapping[str, Site] = field(default_factory=dict)
    secrets: Mapping[str, tuple[Site, ...]] = field(default_factory=dict)
    inputs: frozenset[str] | None = None


def _read_annex(directory: Path) -> _Annex:
    annex = directory / ANNEX_FILE
    if not annex.is_file():
        return _Annex()
    content = _read_json(directory, annex)
    if content.get("version") != _ANNEX_VERSION:
        raise _broken(directory, f"{ANNEX_FILE} has the unknown version {content.get('version')}")
    project = content.get("project")
    try:
        sites = {path: _site(place) for path, place in (content.get("sites") or {}).items()}
        secrets = {
            name: tuple(_site(place) for place in places)
            for name, places in (content.get("secrets") or {}).items()
        }
        inputs = content.get("inputs")
        known = None if inputs is None else frozenset(map(str, inputs))
    except (TypeError, ValueError) as error:
        raise _broken(directory, f"{ANNEX_FILE} is not as expected: {error}") from error
    return _Annex(Path(project) if project else None, sites, secrets, known)


def _site(place: list[Any]) -> Site:
    file, line = place
    return Site(str(file), int(line))


def _read_json(directory: Path, file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise _broken(directory, f"{file.name} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _broken(directory, f"{file.name} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise _broken(directory, f"{file.name} is not a JSON object")
    return content


def _required(directory: Path, holder: Mapping[str, Any], key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise _broken(directory, f"an entry of its manifests has no {key}")
    return value


def _broken(directory: Path, what: str) -> UserError:
    return UserError(
        "AssemblyBrokenError",
        f"the cloud assembly in {directory} is incomplete: {what}",
        "synthesize again; if another process writes there now, wait for it",
    )
