"""The module that leads a web frontend to the sandbox on this machine.

Amplify's JavaScript client makes its addresses from the region, so no outputs file can name
another place. The file stays the official one; this module stands beside it, and a frontend
imports it first. On AWS it does nothing, so that the import holds in every build.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL_CLIENT: Final = "amplify_local.mjs"
"""Its name, beside the outputs file."""

_SOURCE: Final = Path(__file__).with_suffix(".mjs")
_PLACE: Final = "/* LOCAL */ null"


@dataclass(frozen=True)
class LocalCloud:
    """Where a backend runs that is on this machine.

    Attributes:
        endpoint: Address of the local cloud, without a slash at its end.
        region: The region that it stands for.
    """

    endpoint: str
    region: str


def local_client(document: Mapping[str, Any], cloud: LocalCloud | None) -> str:
    """Return the text of the module.

    Args:
        document: The outputs; requests to other buckets than theirs go where they always go.
        cloud: Where the backend runs; None for AWS.
    """
    source = _SOURCE.read_text(encoding="utf-8")
    if cloud is None:
        return source
    local = json.dumps({**asdict(cloud), "buckets": _buckets(document)})
    return source.replace(_PLACE, local)


def _buckets(document: Mapping[str, Any]) -> list[str]:
    storage = document.get("storage", {})
    told = [storage, *storage.get("buckets", ())]
    return list(dict.fromkeys(bucket["bucket_name"] for bucket in told if bucket))
