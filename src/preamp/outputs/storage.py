"""The section about files: the default bucket, and all buckets with who may use which path.

Keys and their values are those of the official schema; Amplify Gen 2, "Outputs file".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.outputs.json_values import read_json, without_absent
from preamp.outputs.versions import BUCKETS, PATHS, has

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_storage(payload: Mapping[str, str], version: str) -> dict[str, Any]:
    """Write the section.

    Args:
        payload: Values of the entry's stack outputs.
        version: Schema version to write.

    Raises:
        UserError: ``OutputEntryError``.
    """
    section: dict[str, Any] = {
        "aws_region": payload["storageRegion"],
        "bucket_name": payload["bucketName"],
    }
    if has(version, BUCKETS):
        texts = read_json(payload.get("buckets", "[]"), "buckets")
        section["buckets"] = [_bucket(read_json(text, "buckets"), version) for text in texts]
    return {"storage": section}


def _bucket(told: Mapping[str, Any], version: str) -> dict[str, Any]:
    return without_absent(
        name=told.get("name"),
        bucket_name=told.get("bucketName"),
        aws_region=told.get("storageRegion"),
        paths=told.get("paths") if has(version, PATHS) else None,
    )
