"""Publishing file assets: what the assembly refers to is put where the target can read it.

Owns the uploads. A key holds the hash of its content, so what is there already is right, and
nothing is ever uploaded twice. Must not know what the assets are for.
"""

from __future__ import annotations

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, TypedDict

from preamp.deploy.archive import zip_directory
from preamp.deploy.bootstrapping import bootstrap_missing
from preamp.deploy.roles import Roles
from preamp.deploy.target import PARALLEL_REQUESTS
from preamp.errors import UserError
from preamp.events import AssetPublished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client

    from preamp.assembly.read import FileAsset
    from preamp.deploy.target import Target
    from preamp.events import Reporter

_IN_MEMORY: Final = 8 << 20
_IN_PARTS: Final = 64 << 20
_PART: Final = 16 << 20
# As the CDK's command line says; whatever else is there is bytes to it.
_CONTENT_TYPES: Final = {
    "zip": "application/zip",
    ".css": "text/css",
    ".html": "text/html",
    ".js": "application/javascript",
    ".json": "application/json",
    ".txt": "text/plain",
    ".yaml": "text/yaml",
    ".yml": "text/yaml",
    ".zip": "application/zip",
}
_NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_DENIED: Final = frozenset({"403", "AccessDenied", "AllAccessDisabled", "Forbidden"})


class _Described(TypedDict):
    """What is said of every object."""

    ContentType: str
    ExpectedBucketOwner: str


@dataclass(frozen=True)
class Published:
    """What came of publishing.

    Attributes:
        uploaded: Assets uploaded.
        present: Assets that were there.
        size: Bytes uploaded.
    """

    uploaded: int
    present: int
    size: int


class AssetPublisher:
    """Publishes assets to one target and remembers what it has published.

    Keep one per target for as long as the target's buckets live: what it remembers it does not
    look up again.
    """

    def __init__(self, target: Target, roles: Roles | None = None) -> None:
        """Begin with nothing published.

        Args:
            target: Where.
            roles: Takes the roles that may publish; by default its own.
        """
        self._target = target
        self._roles = roles or Roles(target)
        self._known: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def publish(self, assets: Sequence[FileAsset], reporter: Reporter) -> Published:
        """Bring assets to the target that are not there.

        Args:
            assets: File assets of an assembly.
            reporter: Told of each asset as it is settled.

        Returns:
            How much there was to do.

        Raises:
            UserError: ``BootstrapMissingError`` if the bucket does not exist,
                ``AssetAccessError`` if it may not be used, ``AssetLinkError`` from zipping.
        """
        # Made here, in one thread, as taking a role and making a client is not safe in many.
        writers = {asset.role: self._roles.take(asset.role).clients.s3 for asset in assets}
        with ThreadPoolExecutor(PARALLEL_REQUESTS, thread_name_prefix="preamp-asset") as pool:
            futures = [
                pool.submit(self._publish_one, asset, writers[asset.role]) for asset in assets
            ]
            sizes: list[int | None] = []
            try:
                for future, asset in zip(futures, assets, strict=True):
                    size = future.result()
                    sizes.append(size)
                    reporter.report(AssetPublished(asset.name, size or 0, size is not None))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        uploaded = [size for size in sizes if size is not None]
        return Published(len(uploaded), len(sizes) - len(uploaded), sum(uploaded))

    def forget(self) -> None:
        """Forget what was published: the target's buckets may have been emptied."""
        with self._lock:
            self._known.clear()

    def _publish_one(self, asset: FileAsset, s3: S3Client) -> int | None:
        from botocore.exceptions import ClientError

        bucket = self._target.substitute(asset.bucket)
        key = self._target.substitute(asset.object_key)
        if (bucket, key) in self._known:
            return None
        try:
            there = self._is_there(s3, bucket, key)
            size = None if there else self._upload(s3, asset, bucket, key)
        except ClientError as error:
            raise self._refused(error, asset, bucket) from error
        with self._lock:
            self._known.add((bucket, key))
        return size

    def _is_there(self, s3: S3Client, bucket: str, key: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=self._target.account)
        except ClientError as error:
            # A HEAD has no body, so a missing bucket looks the same; the upload will tell.
            if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                return False
            raise
        return True

    def _upload(self, s3: S3Client, asset: FileAsset, bucket: str, key: str) -> int:
        described: _Described = {
            "ContentType": content_type(asset),
            "ExpectedBucketOwner": self._target.account,
        }
        with _opened(asset) as body:
            size = body.seek(0, 2)
            body.seek(0)
            if size > _IN_PARTS:
                _upload_in_parts(s3, body, bucket, key, described)
                return size
            s3.put_object(
                Bucket=bucket,
                Key=key,
                # Bytes go out with the headers; a file would first wait for the server's leave.
                Body=body.read() if size <= _IN_MEMORY else body,
                **described,
            )
        return size

    def _refused(self, error: ClientError, asset: FileAsset, bucket: str) -> UserError:
        told = error.response.get("Error", {})
        if told.get("Code") == "NoSuchBucket":
            return bootstrap_missing(self._target, f"the bucket {bucket} does not exist")
        if told.get("Code") not in _DENIED:
            raise error
        return UserError(
            "AssetAccessError",
            f"{asset.name} cannot be uploaded to the bucket {bucket}: "
            f"{told.get('Message') or told.get('Code')}",
            f"deploy with credentials that may write to it, in the account {self._target.account}",
        )


def _upload_in_parts(
    s3: S3Client, body: IO[bytes], bucket: str, key: str, described: _Described
) -> None:
    """Upload something large in parts, of which each is tried again by itself."""
    from s3transfer.manager import TransferConfig, TransferManager

    settings = TransferConfig(multipart_threshold=_IN_PARTS, multipart_chunksize=_PART)
    with TransferManager(s3, settings) as transfers:
        transfers.upload(body, bucket, key, dict(described)).result()


def content_type(asset: FileAsset) -> str:
    """Return what the bucket is told of an asset's content.

    Args:
        asset: The asset.
    """
    kind = asset.packaging if asset.packaging == "zip" else asset.path.suffix
    return _CONTENT_TYPES.get(kind, "application/octet-stream")


def _opened(asset: FileAsset) -> IO[bytes]:
    if asset.packaging == "file":
        return asset.path.open("rb")
    packed = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        zip_directory(asset.path, packed)
    except BaseException:
        packed.close()
        raise
    return packed
