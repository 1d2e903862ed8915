"""Writes cloud assemblies as the CDK does, without the CDK: a root stack and nested stacks."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Resources = dict[str, dict[str, Any]]

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class AssemblyWriter:
    """One assembly; `write` may be called again with other resources.

    The resource with the logical id ``X`` has the construct path ``X/Resource``, in the nested
    stack ``S`` it is ``S/X/Resource``.
    """

    directory: Path
    stack_name: str
    tags: dict[str, str] = field(default_factory=lambda: {"created-by": "amplify"})

    def __post_init__(self) -> None:
        self.files: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}

    def asset(self, source: Path) -> dict[str, Any]:
        """Add a directory as a zip asset; return a function's ``Code``."""
        content = b"".join(
            f.name.encode() + f.read_bytes() for f in sorted(source.rglob("*")) if f.is_file()
        )
        digest = _hash(content)
        shutil.copytree(source, self.directory / f"asset.{digest}", dirs_exist_ok=True)
        self._add_file(digest, f"asset.{digest}", "zip", f"{digest}.zip", source.name)
        return {"S3Bucket": {"Fn::Sub": BUCKET}, "S3Key": f"{digest}.zip"}

    def write(
        self,
        resources: Resources,
        nested: dict[str, Resources] | None = None,
        sites: dict[str, tuple[str, int]] | None = None,
        frames: dict[str, dict[str, Any]] | None = None,
        given: dict[str, dict[str, Any]] | None = None,
        **frame: Any,
    ) -> Path:
        """Write everything; ``frame`` is the rest of the root template, e.g. ``Outputs``.

        ``frames`` is the same for nested stacks, ``given`` the parameters they are given.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        self.files = {k: v for k, v in self.files.items() if v["source"]["packaging"] == "zip"}
        self.metadata = {}
        children = {}
        for name, inner in (nested or {}).items():
            made = self._nested(name, inner, (frames or {}).get(name, {}))
            if given and name in given:
                made["Properties"]["Parameters"] = given[name]
            children[f"{name}NestedStack"] = made
            scope = f"/{self.stack_name}/{name}.NestedStack/{name}.NestedStackResource"
            self._name(scope, f"{name}NestedStack")
        self._name_all("", resources)
        template = {**frame, "Resources": {**children, **resources}}
        self._template(f"{self.stack_name}.template.json", template, f"{self.stack_name} Template")
        self._manifests()
        if sites is not None:
            annex = {"version": 1, "project": str(self.directory.parent), "sites": sites}
            (self.directory / "preamp.json").write_text(json.dumps(annex))
        return self.directory

    def _nested(self, name: str, resources: Resources, frame: dict[str, Any]) -> dict[str, Any]:
        self._name_all(f"/{name}", resources)
        file = f"{self.stack_name}{name}.nested.template.json"
        key = self._template(
            file, {**frame, "Resources": resources}, f"{name} Nested Stack Template"
        )
        suffix = {"Ref": "AWS::URLSuffix"}
        parts = ["https://s3.", {"Ref": "AWS::Region"}, ".", suffix, "/", {"Fn::Sub": BUCKET}]
        url = {"Fn::Join": ["", [*parts, f"/{key}"]]}
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}

    def _template(self, file: str, template: dict[str, Any], name: str) -> str:
        content = json.dumps(template).encode()
        (self.directory / file).write_bytes(content)
        key = f"{_hash(content)}.json"
        self._add_file(_hash(content), file, "file", key, name)
        return key

    def _add_file(self, digest: str, path: str, packaging: str, key: str, name: str) -> None:
        self.files[digest] = {
            "displayName": name,
            "source": {"path": path, "packaging": packaging},
            "destinations": {"current": {"bucketName": BUCKET, "objectKey": key}},
        }

    def _name_all(self, scope: str, resources: Resources) -> None:
        for logical_id in resources:
            self._name(f"/{self.stack_name}{scope}/{logical_id}/Resource", logical_id)

    def _name(self, path: str, logical_id: str) -> None:
        self.metadata[path] = [{"type": "aws:cdk:logicalId", "data": logical_id}]

    def _manifests(self) -> None:
        name = self.stack_name
        assets = {"version": "55.0.0", "files": self.files, "dockerImages": {}}
        stack = {
            "type": "aws:cloudformation:stack",
            "additionalMetadataFile": f"{name}.metadata.json",
            "properties": {"templateFile": f"{name}.template.json", "tags": self.tags},
        }
        listed = {"type": "cdk:asset-manifest", "properties": {"file": f"{name}.assets.json"}}
        manifest = {"version": "55.0.0", "artifacts": {name: stack, f"{name}.assets": listed}}
        for file, content in (
            (f"{name}.assets.json", assets),
            (f"{name}.metadata.json", self.metadata),
            ("manifest.json", manifest),
        ):
            (self.directory / file).write_text(json.dumps(content))
