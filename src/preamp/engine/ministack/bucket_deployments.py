"""The CDK's BucketDeployment, carried out by us instead of by its function.

Its function needs the AWS command line in a 22 MB layer and seconds; copying a zip into a bucket
takes milliseconds. The function's role is not asked.

AWS: "class BucketDeployment", AWS CDK API reference.
"""

# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import io
import mimetypes
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from uuid import uuid4

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPE: Final = "Custom::CDKBucketDeployment"
_SYSTEM_HEADERS: Final = {"sse": "x-amz-server-side-encryption", "acl": "x-amz-acl"}


def bucket_deployments() -> Mend:
    """Copy the sources of a BucketDeployment into its bucket."""
    return Mend(
        name="bucket deployments",
        reference="class BucketDeployment, AWS CDK API reference",
        symbols=(
            Symbol("services.cloudformation.provisioners:_RESOURCE_HANDLERS"),
            Symbol("services.s3:_buckets"),
            Symbol("services.s3:_get_object_data", "bucket_name key version_id"),
            Symbol(
                "app:call_service_handler_sync",
                "handler method path headers body query_params timeout",
            ),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    handlers = module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    handlers[_TYPE] = {"create": _create, "update": _update, "delete": _delete}


@dataclass(frozen=True)
class _Destination:
    """Where a deployment goes."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, props: Mapping[str, Any]) -> _Destination:
        prefix = str(props.get("DestinationBucketKeyPrefix") or "").strip("/")
        return cls(props["DestinationBucketName"], f"{prefix}/" if prefix else "")

    def object_keys(self) -> list[str]:
        """The keys of what is there."""
        bucket = module("services.s3")._buckets.get(self.bucket) or {"objects": {}}
        return [key for key in bucket["objects"] if key.startswith(self.prefix)]


def _create(
    logical_id: str,  # noqa: ARG001 - upstream's parameters
    props: dict[str, Any],
    stack_name: str,  # noqa: ARG001
) -> tuple[str, dict[str, object]]:
    return _deploy(f"aws.cdk.s3deployment.{uuid4()}", props)


def _update(
    physical_id: str,
    old_props: dict[str, Any],
    new_props: dict[str, Any],
    stack_name: str,  # noqa: ARG001
) -> tuple[str, dict[str, object]]:
    if _Destination.of(old_props) != _Destination.of(new_props):
        _delete(physical_id, old_props)
    return _deploy(physical_id, new_props)


def _delete(physical_id: str, props: dict[str, Any]) -> None:  # noqa: ARG001
    destination = _Destination.of(props)
    if _is_true(props, "RetainOnDelete", default=True):
        return
    for key in destination.object_keys():
        _s3("DELETE", destination.bucket, key)


def _deploy(physical_id: str, props: dict[str, Any]) -> tuple[str, dict[str, object]]:
    destination, files = _Destination.of(props), _files(props)
    headers = _headers(props)
    for name, content in files.items():
        kind = mimetypes.guess_type(name)[0] or "binary/octet-stream"
        key = destination.prefix + name
        _s3("PUT", destination.bucket, key, {"content-type": kind, **headers}, content)
    if _is_true(props, "Prune", default=True):
        for key in destination.object_keys():
            name = key.removeprefix(destination.prefix)
            if name not in files and _is_included(name, props):
                _s3("DELETE", destination.bucket, key)
    return physical_id, {
        "DestinationBucketArn": f"arn:aws:s3:::{destination.bucket}",
        "SourceObjectKeys": props["SourceObjectKeys"],
    }


def _files(props: dict[str, Any]) -> dict[str, bytes]:
    """The content of every source, by name; a later source wins."""
    found: dict[str, bytes] = {}
    names, keys = props["SourceBucketNames"], props["SourceObjectKeys"]
    markers = props.get("SourceMarkers") or [{}] * len(keys)
    for bucket, key, replacements in zip(names, keys, markers, strict=True):
        content = module("services.s3")._get_object_data(bucket, key)
        if content is None:
            raise ValueError(f"the source s3://{bucket}/{key} of the deployment does not exist")
        extracted = _is_true(props, "Extract", default=True)
        members = _members(content) if extracted else {key: content}
        found |= {name: _filled_in(data, replacements) for name, data in members.items()}
    return {name: data for name, data in found.items() if _is_included(name, props)}


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()
        }


def _filled_in(data: bytes, markers: Mapping[str, object]) -> bytes:
    for marker, value in markers.items():
        data = data.replace(marker.encode(), str(value).encode())
    return data


def _is_included(name: str, props: dict[str, Any]) -> bool:
    """Apply the filters as ``aws s3 sync`` does: the excluded first, then the included again."""
    excluded = any(fnmatchcase(name, pattern) for pattern in props.get("Exclude") or ())
    return not excluded or any(fnmatchcase(name, pattern) for pattern in props.get("Include") or ())


def _headers(props: dict[str, Any]) -> dict[str, str]:
    system = {
        _SYSTEM_HEADERS.get(name, name): str(value)
        for name, value in (props.get("SystemMetadata") or {}).items()
    }
    user = {
        name if name.startswith("x-amz-meta-") else f"x-amz-meta-{name}": str(value)
        for name, value in (props.get("UserMetadata") or {}).items()
    }
    return {**system, **user}


def _is_true(props: dict[str, Any], name: str, *, default: bool) -> bool:
    return str(props.get(name, default)).lower() == "true"


def _s3(
    method: str, bucket: str, key: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> None:
    # A call of the emulator's own: nobody signs it.
    handler = partial(module("services.s3").handle_request, internal=True)
    path = f"/{bucket}/{quote(key)}"
    headers = {"content-length": str(len(body)), **(headers or {})}
    status, _headers, answer = module("app").call_service_handler_sync(
        handler, method, path, headers, body, {}
    )
    if status >= 400:  # noqa: PLR2004
        raise ValueError(f"{method} s3://{bucket}/{key}: {answer.decode(errors='replace')}")
