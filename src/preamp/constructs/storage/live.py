"""A bucket of a backend, once it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import Stack

    from preamp.definition.storage.built import StorageResources


@dataclass(frozen=True)
class LiveStorage:
    """What `define_storage` is built to; see `BuiltStorage`.

    Attributes:
        resources: The constructs.
        stack: The stack of storage.
    """

    resources: StorageResources
    stack: Stack
