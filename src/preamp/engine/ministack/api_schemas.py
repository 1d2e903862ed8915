"""The schema of a stack's API may be a file in a bucket.

ministack reads only what stands in the template, so that an API of Amplify's would have none.

AWS: "AWS::AppSync::GraphQLSchema".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PROVISIONERS: Final = "services.cloudformation.provisioners"
_TYPE: Final = "AWS::AppSync::GraphQLSchema"
_PLACE: Final = "DefinitionS3Location"


def api_schemas() -> Mend:
    """Read the schema of an API where the template says that it is."""
    return Mend(
        name="schemas of APIs in buckets",
        reference="AWS::AppSync::GraphQLSchema",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol("services.s3:_get_object_data", "bucket_name key version_id"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    handlers = module(_PROVISIONERS)._RESOURCE_HANDLERS[_TYPE]
    create: Callable[..., tuple[str, dict[str, str]]] = handlers["create"]

    def create_from_bucket(
        logical_id: str, props: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        return create(logical_id, {**props, **_definition(props)}, stack_name)

    handlers["create"] = create_from_bucket
    update: Callable[..., tuple[str, dict[str, str]]] | None = handlers.get("update")
    if update is None:
        return

    def update_from_bucket(
        physical_id: str, old_props: dict[str, Any], new_props: dict[str, Any], *others: object
    ) -> tuple[str, dict[str, str]]:
        whole = {**new_props, **_definition(new_props)}
        return update(physical_id, old_props, whole, *others)

    handlers["update"] = update_from_bucket


def _definition(props: dict[str, Any]) -> dict[str, str]:
    """The text of the schema, if it is in a bucket.

    Raises:
        ValueError: It is not there.
    """
    place = props.get(_PLACE)
    if not place:
        return {}
    parts = urlsplit(str(place))
    key = parts.path.lstrip("/")
    content = module("services.s3")._get_object_data(parts.netloc, key)
    if content is None:
        message = f"the schema {place} does not exist"
        raise ValueError(message)
    return {"Definition": bytes(content).decode()}
