"""What a resource holds, asked of its service.

Owns the table of the kinds of resources that hold data. One request each, whatever the size: what
is more than fits into one answer is told as "or more".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preamp.deploy.target import ClientFactory

_ENOUGH: Final = 100
_MOST_USERS: Final = 60
_UNKNOWN: Final = "stateful, contents unknown"
_GONE: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchBucket",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_MESSAGES: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)

Count: TypeAlias = "Callable[[ClientFactory, str], tuple[int, bool]]"
"""Returns how many there are, and whether there may be more."""


@dataclass(frozen=True)
class Stateful:
    """A kind of resource that holds data.

    Attributes:
        kind: What people call it.
        noun: What it holds, one of them; empty if that is not known.
        count: Counts it; None if that cannot be asked.
        passing: Whether what it holds is on its way to somewhere else: worth a word, no question.
    """

    kind: str
    noun: str = ""
    count: Count | None = None
    passing: bool = False

    def holds(self, clients: ClientFactory, physical_id: str) -> str | None:
        """Return what a resource holds, for people; None if nothing.

        Args:
            clients: The target's clients.
            physical_id: Its name at the target.
        """
        from botocore.exceptions import ClientError

        if self.count is None:
            return _UNKNOWN
        try:
            number, more = self.count(clients, physical_id)
        except ClientError as error:
            return None if error.response.get("Error", {}).get("Code") in _GONE else _UNKNOWN
        if not number:
            return None
        plural = "" if number == 1 else "s"
        return f"{number} {self.noun}{plural}{' or more' if more else ''}"


def _items(clients: ClientFactory, table: str) -> tuple[int, bool]:
    # What a table says of itself is up to six hours old.
    answer = clients.client("dynamodb").scan(TableName=table, Select="COUNT", Limit=_ENOUGH)
    return answer["Count"], "LastEvaluatedKey" in answer


def _objects(clients: ClientFactory, bucket: str) -> tuple[int, bool]:
    # Older versions are data too; without versioning there is one of each object.
    answer = clients.s3.list_object_versions(Bucket=bucket, MaxKeys=_ENOUGH)
    return len(answer.get("Versions", [])), answer.get("IsTruncated", False)


def _users(clients: ClientFactory, pool: str) -> tuple[int, bool]:
    answer = clients.client("cognito-idp").list_users(UserPoolId=pool, Limit=_MOST_USERS)
    return len(answer["Users"]), "PaginationToken" in answer


def _messages(clients: ClientFactory, url: str) -> tuple[int, bool]:
    answer: Mapping[str, Any] = clients.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=list(_MESSAGES)
    )
    return sum(int(answer["Attributes"].get(name, 0)) for name in _MESSAGES), False


_TABLE: Final = Stateful("table", "item", _items)
_CLUSTER: Final = Stateful("database cluster")
_CACHE: Final = Stateful("cache")
STATEFUL: Final[Mapping[str, Stateful]] = {
    "AWS::Cassandra::Table": Stateful("table"),
    "AWS::Cognito::UserPool": Stateful("user pool", "user", _users),
    "AWS::DocDB::DBCluster": _CLUSTER,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::EC2::Volume": Stateful("volume"),
    "AWS::EFS::FileSystem": Stateful("file system"),
    "AWS::ElastiCache::CacheCluster": _CACHE,
    "AWS::ElastiCache::ReplicationGroup": _CACHE,
    "AWS::ElastiCache::ServerlessCache": _CACHE,
    "AWS::Elasticsearch::Domain": Stateful("search domain"),
    "AWS::FSx::FileSystem": Stateful("file system"),
    "AWS::Kinesis::Stream": Stateful("stream"),
    "AWS::MemoryDB::Cluster": _CLUSTER,
    "AWS::Neptune::DBCluster": _CLUSTER,
    "AWS::OpenSearchService::Domain": Stateful("search domain"),
    "AWS::RDS::DBCluster": _CLUSTER,
    "AWS::RDS::DBInstance": Stateful("database"),
    "AWS::Redshift::Cluster": _CLUSTER,
    "AWS::S3::Bucket": Stateful("bucket", "object", _objects),
    "AWS::S3Express::DirectoryBucket": Stateful("bucket"),
    "AWS::SQS::Queue": Stateful("queue", "message", _messages, passing=True),
    "AWS::Timestream::Table": Stateful("table"),
    "Custom::AmplifyDynamoDBTable": _TABLE,
    "Custom::ImportedAmplifyDynamoDBTable": _TABLE,
}
"""The types whose resources hold data of the user. Logs are not among them."""
