"""The CDK's ``auto_delete_objects``, carried out by us instead of by its function.

Its function is JavaScript and needs the AWS SDK, which is not here. Emptying a bucket of ours
needs neither.

AWS: "class Bucket", property autoDeleteObjects, AWS CDK API reference.
"""

# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

_TYPE: Final = "Custom::S3AutoDeleteObjects"
_TAG: Final = "aws-cdk:auto-delete-objects"


def auto_delete_objects() -> Mend:
    """Empty a bucket that is tagged for it before its stack deletes it."""
    return Mend(
        name="auto delete objects",
        reference="class Bucket, AWS CDK API reference",
        symbols=(
            Symbol("services.cloudformation.provisioners:_RESOURCE_HANDLERS"),
            Symbol("services.s3:_buckets"),
            Symbol("services.s3:_bucket_tags"),
            Symbol("services.s3:_object_versions"),
            Symbol("services.s3:_delete_object", "bucket_name key headers query_params"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    handlers = module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    handlers[_TYPE] = {"create": _create, "update": _update, "delete": _delete}


def _create(
    logical_id: str,
    props: dict[str, Any],  # noqa: ARG001 - upstream's parameters
    stack_name: str,
) -> tuple[str, dict[str, str]]:
    return f"{stack_name}-{logical_id}", {}


def _update(
    physical_id: str,
    old_props: dict[str, Any],
    new_props: dict[str, Any],
    stack_name: str,  # noqa: ARG001
) -> tuple[str, dict[str, str]]:
    if old_props["BucketName"] != new_props["BucketName"]:
        _delete(physical_id, old_props)
    return physical_id, {}


def _delete(physical_id: str, props: dict[str, Any]) -> None:  # noqa: ARG001
    s3 = module("services.s3")
    name = props["BucketName"]
    # The tag is how a template says that it still means it.
    if (s3._bucket_tags.get(name) or {}).get(_TAG) != "true":
        return
    for key in list((s3._buckets.get(name) or {"objects": {}})["objects"]):
        s3._delete_object(name, key, {}, {})
    for bucket, key in [place for place in s3._object_versions if place[0] == name]:
        for version in list(s3._object_versions.get((bucket, key), [])):
            s3._delete_object(bucket, key, {}, {"versionId": [version["version_id"]]})
