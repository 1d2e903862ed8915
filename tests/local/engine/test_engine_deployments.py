"""The CDK's own custom resources, without their functions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.engine.local_engine import ASSETS

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Stacks

ClientFactory = Callable[..., Any]
Unique = Callable[[str], str]


def upload(client: ClientFactory, key: str, files: dict[str, str]) -> None:
    """Put a zip into the staging bucket."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    client("s3").put_object(Bucket=ASSETS, Key=key, Body=buffer.getvalue())


def template(key: str, **properties: Any) -> dict[str, Any]:
    """A bucket and a deployment into it."""
    deployment = {
        "Type": "Custom::CDKBucketDeployment",
        "Properties": {
            "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:unused",
            "SourceBucketNames": [ASSETS],
            "SourceObjectKeys": [key],
            "DestinationBucketName": {"Ref": "Bucket"},
            "RetainOnDelete": False,
            **properties,
        },
    }
    return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}, "Deployment": deployment}}


def content(client: ClientFactory, bucket: str) -> dict[str, str]:
    """Every object of a bucket."""
    found = client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    read = {}
    for item in found:
        with client("s3").get_object(Bucket=bucket, Key=item["Key"])["Body"] as body:
            read[item["Key"]] = body.read().decode()
    return read


def test_files_are_deployed(stacks: Stacks, client: ClientFactory, unique: Unique) -> None:
    name = unique("deployment")
    upload(client, f"{name}-1.zip", {"index.html": "<<marker>>", "a/b.txt": "b", "c.tmp": "c"})
    upload(client, f"{name}-2.zip", {"index.html": "second"})
    first = template(
        f"{name}-1.zip",
        SourceMarkers=[{"<<marker>>": "value"}],
        Exclude=["*.tmp"],
        DestinationBucketKeyPrefix="site",
        UserMetadata={"mine": "yes"},
    )
    assert stacks.create(name, first)["StackStatus"] == "CREATE_COMPLETE", stacks.reasons(name)
    bucket = stacks.physical_id(name, "Bucket")
    assert content(client, bucket) == {"site/index.html": "value", "site/a/b.txt": "b"}
    head = client("s3").head_object(Bucket=bucket, Key="site/index.html")
    assert head["ContentType"] == "text/html"
    assert head["Metadata"] == {"mine": "yes"}
    second = template(f"{name}-2.zip", DestinationBucketKeyPrefix="site")
    assert stacks.update(name, second)["StackStatus"] == "UPDATE_COMPLETE"
    assert content(client, bucket) == {"site/index.html": "second"}
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"


def test_a_missing_source_fails_the_stack(stacks: Stacks, unique: Unique) -> None:
    name = unique("deployment")
    assert stacks.create(name, template("missing.zip"))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "s3://" in stacks.reasons(name)["Deployment"]


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
def test_a_bucket_that_asks_for_it_is_emptied_before_it_is_deleted(
    stacks: Stacks, client: ClientFactory, unique: Unique, versioning: str
) -> None:
    name = unique("auto-delete")
    token = "arn:aws:lambda:us-east-1:000000000000:function:unused"
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "Tags": [{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}],
            "VersioningConfiguration": {"Status": versioning},
        },
    }
    emptying = {
        "Type": "Custom::S3AutoDeleteObjects",
        "Properties": {"ServiceToken": token, "BucketName": {"Ref": "Bucket"}},
    }
    stacks.create(name, {"Resources": {"Bucket": bucket, "Emptying": emptying}})
    bucket_name = stacks.physical_id(name, "Bucket")
    for body in (b"first", b"second"):
        client("s3").put_object(Bucket=bucket_name, Key="key", Body=body)
    client("s3").put_object(Bucket=bucket_name, Key="gone", Body=b"x")
    client("s3").delete_object(Bucket=bucket_name, Key="gone")
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"
    names = {each["Name"] for each in client("s3").list_buckets()["Buckets"]}
    assert bucket_name not in names
