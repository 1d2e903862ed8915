"""Which changes replace a resource, as the CloudFormation registry's schemas tell.

Owns the reading of the schemas that cfn-lint brings along, as data and without importing it.
Must not know what is being compared. Without the schemas nothing is known, and nothing breaks.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Final

_REGION: Final = "us-east-1"
_PROPERTY: Final = "/properties/"


def create_only_properties(resource_type: str) -> frozenset[str]:
    """Return the top-level properties that only a new resource can take on.

    Args:
        resource_type: For example ``AWS::SQS::Queue``.

    Returns:
        Property names; empty if the type is not known.
    """
    schemas = _schema_directory()
    if schemas is None:
        return frozenset()
    try:
        index = json.loads((schemas / "providers" / f"{_REGION}.json").read_bytes())
        name = index[resource_type]
        schema = json.loads((schemas / "resources" / f"{name}.json").read_bytes())
    except (OSError, ValueError, KeyError):
        return frozenset()
    pointers: list[str] = schema.get("createOnlyProperties") or []
    # A pointer to something inside a property says little about the property as a whole.
    return frozenset(
        name for pointer in pointers if "/" not in (name := pointer.removeprefix(_PROPERTY))
    )


def _schema_directory() -> Path | None:
    found = importlib.util.find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / "data" / "schemas"
