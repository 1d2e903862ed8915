"""Functions that read SQS queues.

AWS: "Using Lambda with Amazon SQS", "Handling errors for an SQS event source in Lambda".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.local.functions.arrivals import REPORTS, Queue

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]
Queues = Callable[..., Queue]

_REPORTS_BODIES = (
    REPORTS + "def handler(event, context):\n"
    "    report([json.loads(record['body']) for record in event['Records']])\n"
)


def read(client: ClientFactory, source: Queue, function: str, **options: Any) -> str:
    """Map a queue to a function; return the mapping's id."""
    answer = client("lambda").create_event_source_mapping(
        EventSourceArn=source.arn, FunctionName=function, **options
    )
    return str(answer["UUID"])


def test_a_record_is_as_aws_writes_it(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    source = queues()
    code = REPORTS + "def handler(event, context): report(event)\n"
    read(client, source, functions.create(code, Environment=queue.reporting()))
    color = {"DataType": "String", "StringValue": "red"}
    sent = client("sqs").send_message(
        QueueUrl=source.url, MessageBody="text", MessageAttributes={"color": color}
    )
    ((record,),) = [event["Records"] for event in queue.bodies()]
    assert record.pop("receiptHandle")
    attributes = record.pop("attributes")
    assert attributes["ApproximateReceiveCount"] == "1"
    assert set(attributes) == {
        "ApproximateReceiveCount",
        "ApproximateFirstReceiveTimestamp",
        "SenderId",
        "SentTimestamp",
    }
    assert record == {
        "messageId": sent["MessageId"],
        "body": "text",
        "messageAttributes": {"color": {"dataType": "String", "stringValue": "red"}},
        "md5OfBody": sent["MD5OfMessageBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source.arn,
        "awsRegion": "us-east-1",
    }


def test_messages_that_were_worked_on_are_gone(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    source = queues()
    source.send(*range(50))
    name = functions.create(_REPORTS_BODIES, Environment=queue.reporting())
    read(client, source, name, BatchSize=7)
    seen: Counter[int] = Counter()
    while seen.total() < 50:
        (batch,) = queue.bodies()
        assert 0 < len(batch) <= 7
        seen.update(batch)
    assert seen == dict.fromkeys(range(50), 1)


def test_a_window_gathers_a_large_batch(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    """AWS: "Batching behavior": MaximumBatchingWindowInSeconds, batches beyond ten."""
    source = queues()
    name = functions.create(_REPORTS_BODIES, Environment=queue.reporting())
    read(client, source, name, BatchSize=25, MaximumBatchingWindowInSeconds=20)
    source.send(*range(20))
    source.send(*range(20, 25))
    (batch,) = queue.bodies()
    assert sorted(batch) == list(range(25))


def test_a_window_ends(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    source = queues()
    name = functions.create(_REPORTS_BODIES, Environment=queue.reporting())
    read(client, source, name, BatchSize=100, MaximumBatchingWindowInSeconds=1)
    source.send(1, 2)
    assert [sorted(batch) for batch in queue.bodies()] == [[1, 2]]


def test_only_what_failed_comes_again_and_ends_in_the_dead_letter_queue(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    """AWS: "Implementing partial batch responses"."""
    source = queues(
        VisibilityTimeout=1,
        RedrivePolicy=json.dumps({"deadLetterTargetArn": queue.arn, "maxReceiveCount": 2}),
    )
    name = functions.create(
        """
        def handler(event, context):
            failed = [r["messageId"] for r in event["Records"] if "bad" in r["body"]]
            return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
        """
    )
    read(client, source, name, FunctionResponseTypes=["ReportBatchItemFailures"])
    source.send("good", "bad", "fine")
    (message,) = queue.messages()
    assert json.loads(message["Body"]) == "bad"
    assert source.is_empty()


@pytest.mark.parametrize(
    "answer",
    [
        '{"batchItemFailures": [{"itemIdentifier": ""}]}',
        '{"batchItemFailures": [{"itemIdentifier": None}]}',
        '{"batchItemFailures": [{"wrong": event["Records"][0]["messageId"]}]}',
        '{"batchItemFailures": [{"itemIdentifier": "nobody"}]}',
        "1 / 0",
    ],
)
def test_an_answer_without_sense_fails_the_whole_batch(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues, answer: str
) -> None:
    """AWS: "Implementing partial batch responses": success and failure conditions."""
    source = queues(
        VisibilityTimeout=0,
        RedrivePolicy=json.dumps({"deadLetterTargetArn": queue.arn, "maxReceiveCount": 1}),
    )
    name = functions.create(f"def handler(event, context): return {answer}")
    source.send("one", "two")
    read(client, source, name, FunctionResponseTypes=["ReportBatchItemFailures"])
    assert sorted(queue.bodies(2)) == ["one", "two"]


@pytest.mark.parametrize("answer", ["None", "{}", '{"batchItemFailures": []}', '"text"'])
def test_an_answer_that_names_no_failure_is_success(
    functions: Functions, client: ClientFactory, queues: Queues, answer: str
) -> None:
    source = queues()
    name = functions.create(f"def handler(event, context): return {answer}")
    read(client, source, name, FunctionResponseTypes=["ReportBatchItemFailures"])
    source.send("once")
    source.await_empty()


def test_what_no_filter_lets_through_is_dropped(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    """AWS: "Using event filtering with an Amazon SQS event source"."""
    source = queues()
    name = functions.create(_REPORTS_BODIES, Environment=queue.reporting())
    pattern = json.dumps({"body": {"kind": ["wanted"], "size": [{"numeric": [">", 5]}]}})
    read(client, source, name, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    source.send({"kind": "other"}, {"kind": "wanted", "size": 1}, {"kind": "wanted", "size": 9})
    assert queue.bodies() == [[{"kind": "wanted", "size": 9}]]
    source.send({"kind": "wanted", "size": 10})
    assert queue.bodies() == [[{"kind": "wanted", "size": 10}]]
    source.await_empty()


def test_groups_of_a_fifo_queue_keep_their_order(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Using Lambda with Amazon SQS": FIFO queues."""
    sqs = client("sqs")
    name = functions.create(_REPORTS_BODIES, Environment=queue.reporting())
    url = sqs.create_queue(
        QueueName=f"{name}.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:000000000000:{name}.fifo"
    for number in range(20):
        sqs.send_message(
            QueueUrl=url, MessageBody=str(number), MessageGroupId=f"group-{number % 2}"
        )
    read(client, Queue(url, arn, sqs), name, BatchSize=3)
    seen: list[int] = []
    while len(seen) < 20:
        for batch in queue.bodies():
            seen += batch
    assert [n for n in seen if n % 2 == 0] == list(range(0, 20, 2))
    assert [n for n in seen if n % 2 == 1] == list(range(1, 20, 2))


def test_a_mapping_has_at_most_its_concurrency(
    functions: Functions, client: ClientFactory, queues: Queues
) -> None:
    """AWS: "Configuring maximum concurrency for Amazon SQS event sources"."""
    source, begun, go = queues(), queues(), queues()
    code = REPORTS + (
        "def handler(event, context):\n"
        "    report('begun')\n"
        "    sqs('ReceiveMessage', QueueUrl=os.environ['GO'], WaitTimeSeconds=20)\n"
        "    report('done')\n"
    )
    environment = {"Variables": {"QUEUE": begun.url, "GO": go.url}}
    name = functions.create(code, Environment=environment, Timeout=30)
    read(client, source, name, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    source.send(*range(4))
    assert begun.bodies(2) == ["begun", "begun"]
    go.send(1)
    # Had a third begun before one was done, it would be told first.
    assert begun.bodies(1) == ["done"]
    go.send(2, 3, 4)
    assert sorted(begun.bodies(5)) == ["begun", "begun", "done", "done", "done"]


def test_a_mapping_that_is_off_reads_nothing(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    source, other = queues(), queues()
    name = functions.create(_REPORTS_BODIES, Environment=queue.reporting())
    mapping = read(client, source, name, Enabled=False)
    read(client, other, name)
    source.send("later")
    other.send("now")
    assert queue.bodies() == [["now"]]
    client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
    assert queue.bodies() == [["later"]]


def test_a_mapping_may_name_an_alias(
    functions: Functions, client: ClientFactory, queue: Queue, queues: Queues
) -> None:
    code = REPORTS + "def handler(event, context): report(context.function_version)\n"
    name = functions.create(code, Environment=queue.reporting())
    client("lambda").publish_version(FunctionName=name)
    client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    source = queues()
    read(client, source, f"{name}:live")
    source.send("x")
    assert queue.bodies() == ["1"]
