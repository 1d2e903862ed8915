"""Objects of buckets: their bodies are blobs, everything else about a key is one record.

ministack writes a body and a description of it as two files, which a kill can part, keeps uploads
in parts in memory alone and takes no notice of a full disk. Here a body is written once under its
digest, and counts when the record that names it is in the journal.

AWS: "Amazon S3 data consistency model".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.blobs import HeldBlobs
from preamp.engine.durability import ALL, Batch, Keeper, decode
from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from preamp.engine.journal import Records

_S3: Final = "services.s3"

SYMBOLS: Final = (
    Symbol(f"{_S3}:_buckets"),
    Symbol(f"{_S3}:_multipart_uploads"),
    Symbol(f"{_S3}:S3_PERSIST"),
    Symbol(f"{_S3}:_object_versions"),
    Symbol(f"{_S3}:_object_tags"),
    Symbol(f"{_S3}:_object_acl"),
    Symbol(f"{_S3}:_object_annotations"),
    Symbol(f"{_S3}:_persist_object", "bucket key obj"),
    Symbol(f"{_S3}:_persist_delete_marker", "bucket_name key marker"),
    Symbol(f"{_S3}:_persist_version_state", "bucket_name key bucket"),
    Symbol(f"{_S3}:_persist_displaced_version", "bucket_name key prior_obj versioning"),
    Symbol(f"{_S3}:_delete_persisted_object", "bucket_name key"),
    Symbol(f"{_S3}:_delete_persisted_bucket", "name"),
    Symbol(f"{_S3}:_delete_version_file", "bucket_name key version_id"),
    Symbol(f"{_S3}:_version_file_exists", "bucket_name key version_id account_id"),
    Symbol(f"{_S3}:_version_entry_from_record", "obj version_id data"),
    Symbol(f"{_S3}:_object_record_from_version", "v"),
    Symbol(f"{_S3}:_version_body", "bucket bucket_name key v"),
    Symbol(f"{_S3}:_read_body", "bucket_name key obj"),
    Symbol(f"{_S3}:_preserve_null_version", "bucket_name key versions prior_obj"),
)

_NAME: Final = "s3-objects"
_UPLOADS: Final = "s3-uploads"
_BLOB: Final = "_preamp_blob"
_BY_VERSION: Final = ("_object_tags", "_object_acl", "_object_annotations")

UPLOADS: Final = "uploads"
"""A mark: uploads in parts may have changed."""


class KeptObjects:
    """Keeps the objects of every bucket.

    Args:
        keeper: Is told what changed; has the blobs.
    """

    name = _NAME

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._s3: Upstream = module(_S3)
        self._responses: Upstream = module("core.responses")
        self._held = HeldBlobs(keeper.blobs)

    def note(self, bucket: str, key: str) -> None:
        """Note that something about a key changed, in the account of the request."""
        self._keeper.mark(_NAME, (self._responses.get_account_id(), bucket, key))

    def collect(self, batch: Batch, marks: set[Hashable]) -> None:
        """Write what is marked."""
        if ALL in marks:
            self._collect_buckets(batch)
        if marks & {ALL, UPLOADS}:
            self._collect_uploads(batch)
        for mark in marks:
            if isinstance(mark, tuple):
                self._collect_key(batch, *mark)

    def restore(self, records: Records) -> None:
        """Put the objects back into their buckets, which must be there."""
        for collection, stored in records.items():
            if collection[0] == _NAME:
                _, account, bucket = collection
                for key, change in stored.items():
                    self._restore_key(account, bucket, key, decode(change.data or b""))
        for key, change in records.get((_UPLOADS,), {}).items():
            upload = decode(change.data or b"")
            for part in upload["parts"].values():
                part["body"] = self._keeper.blobs.read(part["body"])
            self._s3._multipart_uploads._data[key] = upload

    def store(self, bucket: str, key: str, obj: dict[str, Any]) -> None:
        """Write an object's body, and let go of it."""
        body = obj.get("body")
        if body is not None:
            obj[_BLOB] = self._keeper.blobs.add(body)
            obj["body"] = None
        for version in self._s3._object_versions.get((bucket, key)) or ():
            if version["version_id"] == (obj.get("version_id") or "null"):
                version.update({"data": None, _BLOB: obj.get(_BLOB)})
        self.note(bucket, key)

    def body(self, record: dict[str, Any], field: str) -> bytes | None:
        """Return the body of an object or version; None if it has none."""
        held: bytes | None = record.get(field)
        if held is None and record.get(_BLOB):
            return self._keeper.blobs.read(record[_BLOB])
        return held

    def _collect_buckets(self, batch: Batch) -> None:
        buckets = dict(self._s3._buckets._data)
        for collection in batch.collections(_NAME):
            if collection[1:] not in buckets:
                batch.drop_all(collection)
        for (account, bucket), content in buckets.items():
            known = batch.keys((_NAME, account, bucket))
            versioned = {
                key
                for owner, (name, key) in list(self._s3._object_versions._data)
                if (owner, name) == (account, bucket)
            }
            for key in known ^ (set(content["objects"]) | versioned):
                self._collect_key(batch, account, bucket, str(key))

    def _collect_key(self, batch: Batch, account: str, bucket: str, key: str) -> None:
        collection = (_NAME, account, bucket)
        found = self._s3._buckets._data.get((account, bucket))
        obj = found["objects"].get(key) if found else None
        versions = self._s3._object_versions._data.get((account, (bucket, key)))
        if found is None or (obj is None and not versions):
            batch.drop(collection, key)
            return
        parts = [obj] if obj is not None else []
        held = [self._without_body(each, "body") for each in parts]
        past = [self._without_body(each, "data") for each in versions or ()]
        names = [None, *(each["version_id"] for each in past)]
        record = {
            "object": held[0] if held else None,
            "versions": past,
            **{
                store: self._by_version(store, account, bucket, key, names) for store in _BY_VERSION
            },
        }
        blobs = {each[_BLOB] for each in (*held, *past) if each.get(_BLOB)}
        batch.put(collection, key, record, tuple(sorted(blobs)))

    def _without_body(self, record: dict[str, Any], field: str) -> dict[str, Any]:
        if record.get(field) is not None and not record.get(_BLOB):
            record[_BLOB] = self._keeper.blobs.add(record[field])
        if record.get(_BLOB):
            record[field] = None
        return dict(record)

    def _by_version(
        self, store: str, account: str, bucket: str, key: str, versions: list[Any]
    ) -> dict[Any, Any]:
        content = getattr(self._s3, store)._data
        found = {name: content.get((account, (bucket, key, name))) for name in versions}
        return {name: value for name, value in found.items() if value is not None}

    def _restore_key(self, account: Any, bucket: Any, key: Any, record: Any) -> None:  # noqa: ANN401
        found = self._s3._buckets._data.get((account, bucket))
        if found is None:
            return
        obj = record["object"]
        # After a power failure the name may be there and the content not.
        if obj is not None and (not obj.get(_BLOB) or self._keeper.blobs.has(obj[_BLOB])):
            found["objects"][key] = obj
        if record["versions"]:
            self._s3._object_versions._data[account, (bucket, key)] = record["versions"]
        for store in _BY_VERSION:
            for version, value in record[store].items():
                getattr(self._s3, store)._data[account, (bucket, key, version)] = value

    def _collect_uploads(self, batch: Batch) -> None:
        uploads = dict(self._s3._multipart_uploads._data)
        batch.drop_others((_UPLOADS,), uploads)
        parts = {key: dict(upload["parts"]) for key, upload in uploads.items()}
        bodies = [part["body"] for of_upload in parts.values() for part in of_upload.values()]
        digests = self._held.add(bodies)
        for key, upload in uploads.items():
            kept = {
                n: {**part, "body": digests[id(part["body"])]} for n, part in parts[key].items()
            }
            blobs = tuple(sorted({part["body"] for part in kept.values()}))
            batch.put((_UPLOADS,), key, {**upload, "parts": kept}, blobs)


def keep_objects(keeper: Keeper) -> KeptObjects:
    """Write bodies as blobs, and note what happens to keys."""
    s3, kept = module(_S3), KeptObjects(keeper)
    entry: Callable[..., dict[str, Any]] = s3._version_entry_from_record
    record: Callable[..., dict[str, Any]] = s3._object_record_from_version

    def entry_from_record(obj: dict[str, Any], version_id: str, data: Any) -> dict[str, Any]:  # noqa: ANN401
        made = entry(obj, version_id, data)
        return {**made, "data": None, _BLOB: obj[_BLOB]} if obj.get(_BLOB) else made

    def record_from_version(v: dict[str, Any]) -> dict[str, Any]:
        return {**record(v), _BLOB: v.get(_BLOB)}

    def read_body(bucket_name: str, key: str, obj: dict[str, Any]) -> bytes:  # noqa: ARG001
        return kept.body(obj, "body") or b""

    def version_body(
        bucket: dict[str, Any], bucket_name: str, key: str, v: dict[str, Any]
    ) -> bytes | None:
        found = kept.body(v, "data")
        current = bucket["objects"].get(key)
        if found is None and current and (current.get("version_id") or "null") == v["version_id"]:
            return read_body(bucket_name, key, current)
        return found

    def changed(bucket_name: str, key: str, *_: object) -> None:
        kept.note(bucket_name, key)

    def ignored(*_: object) -> None:
        # The next time the buckets are compared is soon enough.
        keeper.mark(_NAME)

    s3.S3_PERSIST = True
    s3._persist_object, s3._read_body, s3._version_body = kept.store, read_body, version_body
    s3._version_entry_from_record = entry_from_record
    s3._object_record_from_version = record_from_version
    s3._persist_delete_marker = s3._persist_version_state = changed
    s3._persist_displaced_version = s3._delete_persisted_object = changed
    s3._delete_version_file, s3._delete_persisted_bucket = changed, ignored
    return kept
