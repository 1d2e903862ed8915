"""Makes the bucket of a definition, with its triggers and rules.

Construct ids, stack and tags are the official library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import RemovalPolicy, Tags
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from constructs import Construct

from preamp.constructs.storage.access import grant_access
from preamp.constructs.storage.live import LiveStorage
from preamp.constructs.storage.outputs import add_outputs, check_default
from preamp.definition.storage.built import StorageCfnResources, StorageResources
from preamp.errors import Fault

if TYPE_CHECKING:
    from preamp.definition.backend import ResourceScope
    from preamp.definition.storage.definition import StorageDefinition

_GROUP: Final = "storage"
_STACK_TYPE: Final = "storage-S3"
_FRIENDLY_NAME: Final = "amplify:friendly-name"
_EVENTS: Final = {
    "on_upload": s3.EventType.OBJECT_CREATED,
    "on_delete": s3.EventType.OBJECT_REMOVED,
}
_TOLD_TO_BROWSERS: Final = (
    "x-amz-server-side-encryption",
    "x-amz-request-id",
    "x-amz-id-2",
    "ETag",
)
_MAX_AGE_SECONDS: Final = 3000


def build_storage(definition: StorageDefinition, scope: ResourceScope) -> LiveStorage:
    """Make the bucket, what calls its triggers, and the policies of its rules.

    Raises:
        UserError: ``MultipleDefaultStorageError``, ``NoDefaultStorageError``,
            ``StorageNameTakenError``, ``InvalidStorageAccessDefinitionError`` or
            ``FunctionWithoutRoleError``.
    """
    check_default(definition, scope)
    stack = scope.stack(_GROUP, _STACK_TYPE)
    construct = Construct(stack, definition.name)
    is_kept = definition.keep_on_delete and scope.backend_id.kind != "sandbox"
    bucket = _bucket(construct, versioned=definition.versioned, is_kept=is_kept)
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise Fault("BucketResourceFault", f"{bucket.node.path} has no bucket resource")
    Tags.of(construct).add(_FRIENDLY_NAME, definition.name)
    for name, function in definition.triggers.items():
        source = sources.S3EventSourceV2(bucket, events=[_EVENTS[name]])
        scope.built(function).resources.lambda_.add_event_source(source)
    grant_access(definition, scope, stack, bucket)
    built = LiveStorage(StorageResources(bucket, StorageCfnResources(resource)), stack)
    scope.after_all(lambda: add_outputs(definition, scope, built))
    return built


def _bucket(scope: Construct, *, versioned: bool, is_kept: bool) -> s3.Bucket:
    rule = s3.CorsRule(
        max_age=_MAX_AGE_SECONDS,
        exposed_headers=list(_TOLD_TO_BROWSERS),
        allowed_headers=["*"],
        # any page may ask: what it gets is up to who has signed in there
        allowed_origins=["*"],
        allowed_methods=[
            s3.HttpMethods.GET,
            s3.HttpMethods.HEAD,
            s3.HttpMethods.PUT,
            s3.HttpMethods.POST,
            s3.HttpMethods.DELETE,
        ],
    )
    return s3.Bucket(
        scope,
        "Bucket",
        versioned=versioned,
        cors=[rule],
        auto_delete_objects=not is_kept,
        removal_policy=RemovalPolicy.RETAIN if is_kept else RemovalPolicy.DESTROY,
        enforce_ssl=True,
    )
