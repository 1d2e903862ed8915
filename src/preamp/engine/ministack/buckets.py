"""Buckets in stacks: their tags are set, and one that holds objects is not deleted.

AWS: "AWS::S3::Bucket", CloudFormation template reference; "DeleteBucket", S3 API reference.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PROVISIONERS: Final = "services.cloudformation.provisioners"
_TYPE: Final = "AWS::S3::Bucket"


def bucket_tags() -> Mend:
    """Set the tags of the template and the stack; the CDK's auto-delete needs them."""
    return Mend(
        name="bucket tags",
        reference="AWS::S3::Bucket",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol(f"{_PROVISIONERS}:_STACK_TAG_PROPERTY"),
            Symbol(f"{_PROVISIONERS}:_s3_create", "logical_id props stack_name"),
            Symbol(f"{_PROVISIONERS}:_s3_update", "physical_id old_props new_props stack_name"),
            Symbol(f"{_PROVISIONERS}:_reconcile_tag_map", "store old_props new_props prop"),
            Symbol("services.s3:_bucket_tags"),
        ),
        apply=_apply_tags,
    )


def full_buckets() -> Mend:
    """Refuse to delete a bucket that holds objects, as S3 does."""
    return Mend(
        name="full buckets",
        reference="DeleteBucket, S3 API reference",
        symbols=(
            Symbol(f"{_PROVISIONERS}:_RESOURCE_HANDLERS"),
            Symbol("services.s3:_delete_bucket", "name"),
            Symbol("services.s3:_buckets"),
        ),
        apply=_apply_deletion,
    )


def _apply_tags(_: Tools) -> None:
    provisioners, s3 = module(_PROVISIONERS), module("services.s3")
    provisioners._STACK_TAG_PROPERTY[_TYPE] = ("Tags", "list")
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    create: Callable[..., tuple[str, dict[str, str]]] = handlers["create"]
    update: Callable[..., tuple[str, dict[str, str]]] = handlers["update"]

    def tagging_create(
        logical_id: str, props: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        name, attributes = create(logical_id, props, stack_name)
        _set_tags(provisioners, s3, name, {}, props)
        return name, attributes

    def tagging_update(
        physical_id: str, old_props: dict[str, Any], new_props: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        name, attributes = update(physical_id, old_props, new_props, stack_name)
        _set_tags(provisioners, s3, name, old_props if name == physical_id else {}, new_props)
        return name, attributes

    handlers.update(create=tagging_create, update=tagging_update)


def _set_tags(
    provisioners: Upstream,
    s3: Upstream,
    name: str,
    old_props: dict[str, Any],
    new_props: dict[str, Any],
) -> None:
    tags = dict(s3._bucket_tags.get(name) or {})
    provisioners._reconcile_tag_map(tags, old_props, new_props)
    s3._bucket_tags.pop(name, None)
    if tags:
        s3._bucket_tags[name] = tags


def _apply_deletion(_: Tools) -> None:
    s3 = module("services.s3")

    def delete(physical_id: str, props: dict[str, Any]) -> None:  # noqa: ARG001 - upstream's
        if physical_id not in s3._buckets:
            return
        status, _headers, _body = s3._delete_bucket(physical_id)
        if status == 409:  # noqa: PLR2004
            raise ValueError(
                "The bucket you tried to delete is not empty. You must delete all versions in "
                "the bucket. (Service: S3, Status Code: 409, Error Code: BucketNotEmpty)"
            )
        if status >= 400:  # noqa: PLR2004
            raise ValueError(f"the bucket {physical_id} cannot be deleted")

    module(_PROVISIONERS)._RESOURCE_HANDLERS[_TYPE]["delete"] = delete
