"""Where the record of what was hotswapped lies: in a file, or in a bucket at the target.

A file will do for a stack that only this folder deploys to. What several machines deploy to has its
record beside it, as a hotswap leaves no other trace that they could see.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client

_NOT_TO_BE_READ: Final = frozenset({"NoSuchKey", "NoSuchBucket", "AccessDenied", "403", "404"})
_REFUSED: Final = frozenset({"NoSuchBucket", "AccessDenied", "AllAccessDisabled"})


class Record(Protocol):
    """A text that is read and written as a whole."""

    def read(self) -> bytes | None:
        """Return it; None if it is not there, or may not be read."""

    def write(self, text: str) -> None:
        """Put a text in its place.

        Args:
            text: What it says from now on.

        Raises:
            UserError: ``HotswapRecordError``; it says what it said.
        """

    def forget(self) -> None:
        """Drop it."""


@dataclass(frozen=True)
class FileRecord:
    """A file.

    Attributes:
        file: Where it lies; its folder exists.
    """

    file: Path

    def read(self) -> bytes | None:
        """Return it; None if it is not there, or may not be read."""
        try:
            return self.file.read_bytes()
        except OSError:
            return None

    def write(self, text: str) -> None:
        """Put a text in its place; see `Record.write`."""
        try:
            self._replace(text)
        except OSError as error:
            raise UserError(
                "HotswapRecordError",
                f"{self.file} cannot be written: {error.strerror or error}",
                "make room on the disk, or let preamp write there, and deploy again",
            ) from error

    def forget(self) -> None:
        """Drop it."""
        self.file.unlink(missing_ok=True)

    def _replace(self, text: str) -> None:
        beside = self.file.with_name(f"{self.file.name}.new")
        try:
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.file)
        finally:
            beside.unlink(missing_ok=True)


@dataclass(frozen=True)
class BucketRecord:
    """An object in a bucket.

    Attributes:
        s3: The client that reads and writes it.
        bucket: The bucket.
        key: Its key.
        owner: The account that the bucket has to be of.
    """

    s3: S3Client
    bucket: str
    key: str
    owner: str

    def read(self) -> bytes | None:
        """Return it; None if it is not there, or may not be read.

        Raises:
            ClientError: The bucket does not say.
        """
        from botocore.exceptions import ClientError

        try:
            found = self.s3.get_object(
                Bucket=self.bucket, Key=self.key, ExpectedBucketOwner=self.owner
            )
        except ClientError as error:
            if _code(error) in _NOT_TO_BE_READ:
                return None
            raise
        return found["Body"].read()

    def write(self, text: str) -> None:
        """Put a text in its place; see `Record.write`."""
        from botocore.exceptions import ClientError

        try:
            self.s3.put_object(
                Bucket=self.bucket,
                Key=self.key,
                Body=text.encode(),
                ContentType="application/json",
                ExpectedBucketOwner=self.owner,
            )
        except ClientError as error:
            if _code(error) not in _REFUSED:
                raise
            raise UserError(
                "HotswapRecordError",
                f"s3://{self.bucket}/{self.key} cannot be written: {error}",
                "deploy with credentials that may write there, or take the bootstrap's role for "
                "publishing files",
            ) from error

    def forget(self) -> None:
        """Drop it."""
        self.s3.delete_object(Bucket=self.bucket, Key=self.key, ExpectedBucketOwner=self.owner)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))
