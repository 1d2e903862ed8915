"""Functions that read the streams of tables, and Kinesis streams.

AWS: "Using Lambda to process records from Amazon DynamoDB Streams", "Configuring partial batch
response with DynamoDB and Lambda", "Retaining discarded records for a DynamoDB event source".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.engine.local_engine import unique_name
from tests.local.functions.arrivals import REPORTS, REPORTS_EVENT, Queue

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]

_KEYS = "[r['dynamodb']['Keys']['pk']['S'] for r in event['Records']]"
_REPORTS_KEYS = REPORTS + f"def handler(event, context):\n    report({_KEYS})\n"


class Table:
    """A table with a stream."""

    def __init__(self, client: ClientFactory) -> None:
        self._client = client
        self.name = unique_name("table")
        answer = client("dynamodb").create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.stream = answer["TableDescription"]["LatestStreamArn"]

    def put(self, *keys: str, **attributes: str) -> None:
        """Put an item per key."""
        more = {name: {"S": value} for name, value in attributes.items()}
        for key in keys:
            self._client("dynamodb").put_item(TableName=self.name, Item={"pk": {"S": key}, **more})

    def feed(self, function: str, **options: Any) -> str:
        """Map the stream to a function; return the mapping's id."""
        answer = self._client("lambda").create_event_source_mapping(
            EventSourceArn=self.stream,
            FunctionName=function,
            **{"StartingPosition": "TRIM_HORIZON", **options},
        )
        return str(answer["UUID"])


@pytest.fixture
def table(client: ClientFactory) -> Table:
    """A table with a stream."""
    return Table(client)


def failing(what: str) -> str:
    """A handler that reports its keys and fails if a condition on them holds."""
    return _REPORTS_KEYS + f"    keys = {_KEYS}\n    assert not ({what})\n"


def test_changes_arrive_in_order_with_both_images(
    functions: Functions, queue: Queue, table: Table, client: ClientFactory
) -> None:
    table.feed(functions.create(REPORTS_EVENT, Environment=queue.reporting()), BatchSize=1)
    table.put("a", color="red")
    table.put("a", color="blue")
    client("dynamodb").delete_item(TableName=table.name, Key={"pk": {"S": "a"}})
    records = [event["Records"][0] for event in queue.bodies(3)]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    modified = records[1]
    assert modified["eventSource"] == "aws:dynamodb"
    assert modified["eventSourceARN"] == table.stream
    assert modified["dynamodb"]["OldImage"]["color"] == {"S": "red"}
    assert modified["dynamodb"]["NewImage"]["color"] == {"S": "blue"}


def test_a_mapping_begins_where_it_is_told(
    functions: Functions, queue: Queue, table: Table
) -> None:
    name = functions.create(_REPORTS_KEYS, Environment=queue.reporting())
    table.put("before")
    table.feed(name, StartingPosition="LATEST")
    table.put("after")
    assert queue.bodies() == [["after"]]


def test_a_window_gathers_records(functions: Functions, queue: Queue, table: Table) -> None:
    name = functions.create(_REPORTS_KEYS, Environment=queue.reporting())
    table.feed(name, BatchSize=3, MaximumBatchingWindowInSeconds=20)
    table.put("a", "b", "c")
    assert queue.bodies() == [["a", "b", "c"]]


def test_a_batch_comes_again_until_it_succeeds_and_holds_up_what_follows(
    functions: Functions, queue: Queue, table: Table
) -> None:
    code = REPORTS + (
        "calls = []\n"
        "def handler(event, context):\n"
        "    calls.append(1)\n"
        f"    report({_KEYS})\n"
        "    assert len(calls) > 3\n"
    )
    table.feed(functions.create(code, Environment=queue.reporting()), BatchSize=1)
    table.put("a", "b")
    assert queue.bodies(5) == [["a"], ["a"], ["a"], ["a"], ["b"]]


def test_retries_end_at_the_destination_for_failures(
    functions: Functions, queue: Queue, table: Table, queues: Callable[..., Queue]
) -> None:
    failures = queues()
    name = functions.create(failing("'bad' in keys"), Environment=queue.reporting())
    table.put("bad", "good")
    table.feed(
        name,
        BatchSize=1,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": failures.arn}},
    )
    assert queue.bodies(3) == [["bad"], ["bad"], ["good"]]
    (record,) = failures.bodies()
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["requestContext"]["functionArn"] == functions.arn(name)
    assert record["responseContext"]["functionError"] == "Unhandled"
    batch = record["DDBStreamBatchInfo"]
    assert batch["streamArn"] == table.stream
    assert batch["batchSize"] == 1
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"]
    assert "requestPayload" not in record


def test_a_failing_batch_is_split_until_the_bad_record_is_alone(
    functions: Functions, queue: Queue, table: Table, queues: Callable[..., Queue]
) -> None:
    """AWS: BisectBatchOnFunctionError; splitting is no retry."""
    failures = queues()
    name = functions.create(failing("'c' in keys"), Environment=queue.reporting())
    table.put("a", "b", "c", "d")
    table.feed(
        name,
        BatchSize=4,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": failures.arn}},
    )
    assert queue.bodies(5) == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["d"]]
    (record,) = failures.bodies()
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1


def test_only_what_follows_the_first_failure_comes_again(
    functions: Functions, queue: Queue, table: Table
) -> None:
    code = REPORTS + (
        "calls = []\n"
        "def handler(event, context):\n"
        "    calls.append(1)\n"
        f"    report({_KEYS})\n"
        "    failed = event['Records'][1:3] if len(calls) == 1 else []\n"
        "    numbers = [r['dynamodb']['SequenceNumber'] for r in failed]\n"
        "    return {'batchItemFailures': [{'itemIdentifier': n} for n in reversed(numbers)]}\n"
    )
    name = functions.create(code, Environment=queue.reporting())
    table.put("a", "b", "c", "d")
    table.feed(name, FunctionResponseTypes=["ReportBatchItemFailures"])
    assert queue.bodies(2) == [["a", "b", "c", "d"], ["b", "c", "d"]]


def test_records_that_are_too_old_are_discarded(
    functions: Functions, queue: Queue, table: Table, queues: Callable[..., Queue]
) -> None:
    """AWS: MaximumRecordAgeInSeconds; at least a minute there, so the update is not checked."""
    failures = queues()
    name = functions.create(failing("True"), Environment=queue.reporting())
    table.put("a")
    table.feed(
        name,
        MaximumRecordAgeInSeconds=1,
        DestinationConfig={"OnFailure": {"Destination": failures.arn}},
    )
    (record,) = failures.bodies()
    assert record["requestContext"]["condition"] == "MaxRecordAgeExceeded"


def test_a_filter_lets_through_what_it_names(
    functions: Functions, queue: Queue, table: Table
) -> None:
    """AWS: "Using event filtering with a DynamoDB event source"."""
    name = functions.create(_REPORTS_KEYS, Environment=queue.reporting())
    pattern = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"color": {"S": ["red"]}}}}
    table.feed(name, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    table.put("a", color="blue")
    table.put("b", color="red")
    assert queue.bodies() == [["b"]]


def test_a_slow_function_holds_up_no_other_stream(
    functions: Functions, queues: Callable[..., Queue], table: Table, client: ClientFactory
) -> None:
    slow, fast, go = queues(), queues(), queues()
    code = _REPORTS_KEYS + (
        "    sqs('ReceiveMessage', QueueUrl=os.environ['GO'], WaitTimeSeconds=20)\n"
    )
    environment = {"Variables": {"QUEUE": slow.url, "GO": go.url}}
    table.feed(functions.create(code, Environment=environment, Timeout=30))
    table.put("a")
    assert slow.bodies() == [["a"]]
    other = Table(client)
    other.feed(functions.create(_REPORTS_KEYS, Environment=fast.reporting()))
    other.put("b")
    assert fast.bodies() == [["b"]]
    go.send(1)


def test_a_kinesis_stream_is_read_per_shard(
    functions: Functions, queue: Queue, client: ClientFactory, queues: Callable[..., Queue]
) -> None:
    """AWS: "How Lambda processes records from Amazon Kinesis Data Streams"."""
    failures = queues()
    kinesis, stream = client("kinesis"), unique_name("stream")
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})
    for text in ("one", "bad", "two"):
        kinesis.put_record(StreamName=stream, Data=text.encode(), PartitionKey="k")
    code = REPORTS + (
        "import base64\n"
        "def handler(event, context):\n"
        "    texts = [base64.b64decode(r['kinesis']['data']).decode() for r in event['Records']]\n"
        "    report(texts)\n"
        "    assert 'bad' not in texts\n"
    )
    client("lambda").create_event_source_mapping(
        EventSourceArn=kinesis.describe_stream(StreamName=stream)["StreamDescription"]["StreamARN"],
        FunctionName=functions.create(code, Environment=queue.reporting()),
        StartingPosition="TRIM_HORIZON",
        BatchSize=1,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": failures.arn}},
    )
    assert queue.bodies(3) == [["one"], ["bad"], ["two"]]
    (record,) = failures.bodies()
    assert record["KinesisBatchInfo"]["batchSize"] == 1
