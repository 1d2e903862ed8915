"""Which changes replace a resource, as the CloudFormation registry's schemas tell.

Owns the reading of the schemas that cfn-lint brings along, as data and without importing it.
Must not know why it is asked. Without the schemas little is known, and nothing breaks.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_REGION: Final = "us-east-1"
_PROPERTY: Final = "/properties/"
_CREATE_ONLY: Final = ("createOnlyProperties",)
_CONDITIONALLY: Final = "conditionalCreateOnlyProperties"
_AMPLIFY_TABLES: Final = ("Custom::AmplifyDynamoDBTable", "Custom::ImportedAmplifyDynamoDBTable")
_KEYS: Final = ("keySchema", "localSecondaryIndexes", "tableName")
_INDEXES: Final = "globalSecondaryIndexes"
_BY_INDEXES: Final = "replaceTableUponGsiUpdate"
# From the pages of the types, "Update requires"; for Amplify's, what its provider does.
_BESIDE_THE_SCHEMAS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::DynamoDB::GlobalTable": ("KeySchema", "LocalSecondaryIndexes", "TableName"),
    "AWS::DynamoDB::Table": ("KeySchema", "LocalSecondaryIndexes", "TableName"),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::S3::Bucket": ("BucketName",),
    **dict.fromkeys(_AMPLIFY_TABLES, _KEYS),
}
_ATTRIBUTES: Final[Mapping[str, str]] = {
    "AWS::DynamoDB::GlobalTable": "AttributeDefinitions",
    "AWS::DynamoDB::Table": "AttributeDefinitions",
    **dict.fromkeys(_AMPLIFY_TABLES, "attributeDefinitions"),
}


def replacing_properties(
    resource_type: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> frozenset[str]:
    """Return the changed properties that only a new resource can take on.

    Args:
        resource_type: For example ``AWS::SQS::Queue``.
        before: The resource's properties as they are.
        after: As they shall be.

    Returns:
        Names of top-level properties; fewer if the type is not known.
    """
    return _changed_among(_CREATE_ONLY, resource_type, before, after)


def possibly_replacing_properties(
    resource_type: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> frozenset[str]:
    """Return the changed properties by which a resource is, or under conditions may be, replaced.

    Args:
        resource_type: For example ``AWS::RDS::DBInstance``.
        before: The resource's properties as they are.
        after: As they shall be.
    """
    return _changed_among((*_CREATE_ONLY, _CONDITIONALLY), resource_type, before, after)


def _changed_among(
    keys: tuple[str, ...],
    resource_type: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> frozenset[str]:
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    if not changed:
        return frozenset()
    schema = _schema(resource_type)
    suspects = {name for key in keys for name in _named_by(schema, key)}
    found = changed & {*suspects, *_BESIDE_THE_SCHEMAS.get(resource_type, ())}
    attributes = _ATTRIBUTES.get(resource_type)
    if attributes in changed and _is_retyped(before.get(attributes), after.get(attributes)):
        found.add(attributes)
    if resource_type in _AMPLIFY_TABLES and _INDEXES in changed and after.get(_BY_INDEXES):
        found.add(_INDEXES)
    return frozenset(found)


def _is_retyped(before: Any, after: Any) -> bool:  # noqa: ANN401 - parts of a template
    """Tell whether attributes of a table change their type; new and unused ones do no harm."""

    def types(definitions: Any) -> dict[str, Any]:  # noqa: ANN401 - see above
        entries = [
            {key.lower(): value for key, value in entry.items()}
            for entry in definitions or []
            if isinstance(entry, dict)
        ]
        return {str(e.get("attributename")): e.get("attributetype") for e in entries}

    old, new = types(before), types(after)
    return any(old[name] != new[name] for name in old.keys() & new.keys())


def _schema(resource_type: str) -> dict[str, Any]:
    schemas = _schema_directory()
    if schemas is None:
        return {}
    try:
        index = json.loads((schemas / "providers" / f"{_REGION}.json").read_bytes())
        name = index[resource_type]
        schema = json.loads((schemas / "resources" / f"{name}.json").read_bytes())
    except (OSError, ValueError, KeyError):
        return {}
    return dict(schema)


def _named_by(schema: Mapping[str, Any], key: str) -> frozenset[str]:
    pointers: list[str] = schema.get(key) or []
    # A pointer to something inside a property says little about the property as a whole.
    return frozenset(
        name for pointer in pointers if "/" not in (name := pointer.removeprefix(_PROPERTY))
    )


def _schema_directory() -> Path | None:
    found = importlib.util.find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / "data" / "schemas"
