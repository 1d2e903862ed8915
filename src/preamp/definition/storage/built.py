"""What `define_storage` is built to: types alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aws_cdk import Stack, aws_s3


@dataclass(frozen=True)
class StorageCfnResources:
    """The CloudFormation resources of a bucket.

    Attributes:
        cfn_bucket: The bucket itself.
    """

    cfn_bucket: aws_s3.CfnBucket


@dataclass(frozen=True)
class StorageResources:
    """The constructs of a bucket.

    Attributes:
        bucket: The bucket.
        cfn_resources: What CloudFormation gets, for properties that the constructs do not have.
    """

    bucket: aws_s3.Bucket
    cfn_resources: StorageCfnResources


class BuiltStorage(Protocol):
    """A bucket of a backend."""

    @property
    def resources(self) -> StorageResources:
        """Its constructs."""

    @property
    def stack(self) -> Stack:
        """The stack of storage."""
