"""Events: retries, age, destinations, dead letters, throttling; from wherever they come.

AWS: "How Lambda handles errors and retries with asynchronous invocation", "Capturing records of
Lambda asynchronous invocations".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from tests.local.engine.local_engine import package, unique_name
from tests.local.functions.arrivals import (
    ECHO,
    FAILS,
    REPORTS,
    REPORTS_EVENT,
    Queue,
    permit,
    put_event,
    rule_for,
    subscribed_topic,
)

from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]


def configure(client: ClientFactory, name: str, **options: Any) -> None:
    """Set a function's event invoke configuration; destinations by ``success``, ``failure``."""
    destinations = {
        kind: {"Destination": options.pop(key)}
        for key, kind in (("success", "OnSuccess"), ("failure", "OnFailure"))
        if key in options
    }
    client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig=destinations, **options
    )


def emit_by_invoke(_: ClientFactory, functions: Functions, name: str) -> None:
    functions.invoke(name, {"number": 1}, InvocationType="Event")


def emit_by_sns(client: ClientFactory, functions: Functions, name: str) -> None:
    client("sns").publish(TopicArn=subscribed_topic(client, functions, name), Message="1")


def emit_by_eventbridge(client: ClientFactory, functions: Functions, name: str) -> None:
    put_event(client, rule_for(client, name, functions.arn(name)))


def emit_by_s3(client: ClientFactory, functions: Functions, name: str) -> None:
    bucket = unique_name("bucket")
    client("s3").create_bucket(Bucket=bucket)
    permit(client, name, "s3", f"arn:aws:s3:::{bucket}", SourceAccount="000000000000")
    configuration = {"LambdaFunctionArn": functions.arn(name), "Events": ["s3:ObjectCreated:*"]}
    client("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"LambdaFunctionConfigurations": [configuration]},
    )
    client("s3").put_object(Bucket=bucket, Key="k", Body=b"")


@pytest.mark.parametrize("emit", [emit_by_invoke, emit_by_sns, emit_by_eventbridge, emit_by_s3])
def test_a_failing_event_is_tried_three_times_wherever_it_comes_from(
    functions: Functions,
    client: ClientFactory,
    queue: Queue,
    emit: Callable[[ClientFactory, Any, str], None],
) -> None:
    """AWS: "How Lambda handles errors and retries with asynchronous invocation"."""
    name = functions.create(FAILS)
    configure(client, name, failure=queue.arn)
    emit(client, functions, name)
    (record,) = queue.bodies()
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorMessage"] == "always"
    logged = client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    starts = [each["message"] for each in logged if each["message"].startswith("START")]
    assert len(starts) == 3
    assert {record["requestContext"]["requestId"] in start for start in starts} == {True}


def test_the_record_of_a_failure_is_as_aws_writes_it(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Capturing records of Lambda asynchronous invocations"."""
    name = functions.create("def handler(event, context): raise KeyError(event['k'])")
    configure(client, name, failure=queue.arn, MaximumRetryAttempts=0)
    _, answer = functions.invoke(name, {"k": "v"}, InvocationType="Event")
    (record,) = queue.bodies()
    assert record.pop("timestamp").endswith("Z")
    assert record.pop("responsePayload").pop("stackTrace")
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": answer["ResponseMetadata"]["RequestId"],
            "functionArn": functions.arn(name) + ":$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"k": "v"},
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
    }


def test_a_success_is_recorded_too(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Capturing records of Lambda asynchronous invocations": on success."""
    name = functions.create(ECHO)
    configure(client, name, success=queue.arn)
    functions.invoke(name, {"a": 1}, InvocationType="Event")
    (record,) = queue.bodies()
    assert record["requestContext"]["condition"] == "Success"
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["requestPayload"] == record["responsePayload"] == {"a": 1}


@pytest.mark.parametrize("kind", ["success", "failure"])
def test_a_destination_may_be_a_topic_a_function_or_a_bus(
    functions: Functions, client: ClientFactory, queue: Queue, kind: str
) -> None:
    name = functions.create(ECHO if kind == "success" else FAILS)
    topic = client("sns").create_topic(Name=unique_name("topic"))["TopicArn"]
    client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue.arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    receiver = functions.create(REPORTS_EVENT, Environment=queue.reporting())
    bus_name = unique_name("bus")
    bus = client("events").create_event_bus(Name=bus_name)["EventBusArn"]
    rule = {"EventBusName": bus_name, "Rule": unique_name("rule")}
    pattern = json.dumps({"source": ["lambda"]})
    client("events").put_rule(Name=rule["Rule"], EventBusName=bus_name, EventPattern=pattern)
    client("events").put_targets(**rule, Targets=[{"Id": "1", "Arn": queue.arn}])
    for destination in (topic, functions.arn(receiver), bus):
        configure(client, name, **{kind: destination}, MaximumRetryAttempts=0)
        functions.invoke(name, destination, InvocationType="Event")
        (record,) = queue.bodies()
        if destination == bus:
            outcome = "Success" if kind == "success" else "Failure"
            assert record["detail-type"] == f"Lambda Function Invocation Result \u2013 {outcome}"
            assert record["resources"] == [functions.arn(name) + ":$LATEST", bus]
            record = record["detail"]
        assert record["requestPayload"] == destination


def test_a_bucket_keeps_failures(functions: Functions, client: ClientFactory, queue: Queue) -> None:
    """The queue is told by the bucket that the record is there."""
    bucket = unique_name("records")
    client("s3").create_bucket(Bucket=bucket)
    client("sqs").set_queue_attributes(
        QueueUrl=queue.url, Attributes={"Policy": _open_to("s3.amazonaws.com", queue.arn)}
    )
    configuration = {"QueueArn": queue.arn, "Events": ["s3:ObjectCreated:*"]}
    client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [configuration]}
    )
    name = functions.create(FAILS)
    configure(client, name, failure=f"arn:aws:s3:::{bucket}", MaximumRetryAttempts=0)
    functions.invoke(name, "kept", InvocationType="Event")
    bodies = queue.bodies()
    while "Records" not in bodies[0]:
        bodies = queue.bodies()
    key = bodies[0]["Records"][0]["s3"]["object"]["key"]
    assert key.startswith(f"aws/lambda/async/{name}/")
    with client("s3").get_object(Bucket=bucket, Key=key)["Body"] as body:
        assert json.loads(body.read())["requestPayload"] == "kept"


def _open_to(service: str, arn: str) -> str:
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Resource": arn}]})


def test_a_dead_letter_is_the_event_with_the_error_beside_it(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Adding a dead-letter queue"."""
    name = functions.create(FAILS, DeadLetterConfig={"TargetArn": queue.arn})
    configure(client, name, MaximumRetryAttempts=0)
    _, answer = functions.invoke(name, {"a": 1}, InvocationType="Event")
    (message,) = queue.messages()
    assert json.loads(message["Body"]) == {"a": 1}
    attributes = {
        key: (each["DataType"], each["StringValue"])
        for key, each in message["MessageAttributes"].items()
    }
    assert attributes == {
        "RequestID": ("String", answer["ResponseMetadata"]["RequestId"]),
        "ErrorCode": ("Number", "200"),
        "ErrorMessage": ("String", "always"),
    }


def test_dead_letters_may_go_to_a_topic(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    topic = client("sns").create_topic(Name=unique_name("dead-letters"))["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    name = functions.create(FAILS, DeadLetterConfig={"TargetArn": topic})
    configure(client, name, MaximumRetryAttempts=0)
    functions.invoke(name, {"a": 1}, InvocationType="Event")
    (notification,) = queue.bodies()
    assert json.loads(notification["Message"]) == {"a": 1}
    assert notification["MessageAttributes"]["ErrorMessage"]["Value"] == "always"


def test_an_event_that_succeeds_at_last_is_a_success(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    source = """
        seen = []
        def handler(event, context):
            seen.append(context.aws_request_id)
            if len(seen) < 3:
                raise RuntimeError
            return seen
        """
    name = functions.create(source)
    configure(client, name, success=queue.arn, failure=queue.arn)
    _, answer = functions.invoke(name, InvocationType="Event")
    (record,) = queue.bodies()
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"] == [answer["ResponseMetadata"]["RequestId"]] * 3


def test_an_alias_has_settings_of_its_own(
    functions: Functions, client: ClientFactory, queues: Callable[..., Queue]
) -> None:
    of_function, of_alias = queues(), queues()
    name = functions.create(ECHO)
    client("lambda").publish_version(FunctionName=name)
    client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    configure(client, name, success=of_function.arn)
    configure(client, name, success=of_alias.arn, Qualifier="live")
    functions.invoke(name, InvocationType="Event", Qualifier="live")
    functions.invoke(name, InvocationType="Event")
    (record,) = of_alias.bodies()
    assert record["requestContext"]["functionArn"] == functions.arn(name) + ":live"
    assert record["responseContext"]["executedVersion"] == "1"
    (record,) = of_function.bodies()
    assert record["requestContext"]["functionArn"] == functions.arn(name) + ":$LATEST"


def test_without_concurrency_events_fail_at_once(
    functions: Functions, client: ClientFactory, queues: Callable[..., Queue]
) -> None:
    """AWS: the note on a reserved concurrency of zero."""
    records, letters = queues(), queues()
    name = functions.create(ECHO, DeadLetterConfig={"TargetArn": letters.arn})
    configure(client, name, failure=records.arn)
    client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    functions.invoke(name, "kept", InvocationType="Event")
    (record,) = records.bodies()
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert letters.bodies() == ["kept"]


def test_an_event_that_waited_too_long_is_given_up(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "maximum age of event"; at least a minute there, so the client must not check it."""
    name = functions.create(FAILS)
    unchecked = client("lambda", config=Config(parameter_validation=False))
    unchecked.put_function_event_invoke_config(
        FunctionName=name,
        MaximumEventAgeInSeconds=0.4,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
    )
    functions.invoke(name, InvocationType="Event")
    (record,) = queue.bodies()
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 2


def test_throttled_events_are_kept_and_run_later(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "How Lambda handles errors and retries with asynchronous invocation": throttling."""
    name = functions.create("def handler(event, context): return event['Records'][0]['Sns']")
    client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=2)
    configure(client, name, success=queue.arn, failure=queue.arn)
    _publish_all(client, subscribed_topic(client, functions, name), 100)
    records = queue.bodies(100)
    assert Counter(record["requestContext"]["condition"] for record in records) == {"Success": 100}
    messages = {record["responsePayload"]["Message"] for record in records}
    assert messages == {str(number) for number in range(100)}
    assert queue.is_empty()


def test_no_event_of_many_is_lost_or_doubled(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Invoking a Lambda function asynchronously": the event queue."""
    name = functions.create("def handler(event, context): return event['Records'][0]['Sns']")
    configure(client, name, success=queue.arn, failure=queue.arn)
    count = 2000
    _publish_all(client, subscribed_topic(client, functions, name), count)
    found = Counter(record["responsePayload"]["Message"] for record in queue.bodies(count))
    assert found == {str(number): 1 for number in range(count)}
    assert queue.is_empty()


def _publish_all(client: ClientFactory, topic: str, count: int) -> None:
    for start in range(0, count, 10):
        entries = [{"Id": str(number), "Message": str(start + number)} for number in range(10)]
        client("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)


def test_a_retry_runs_the_code_of_its_time(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    source = REPORTS + "def handler(event, context):\n    report(1)\n    raise RuntimeError\n"
    name = functions.create(source, Environment=queue.reporting())
    functions.invoke(name, InvocationType="Event")
    queue.messages()
    client("lambda").update_function_code(
        FunctionName=name, ZipFile=package(REPORTS + "def handler(e, c): report('new')\n")
    )
    while queue.bodies() != ["new"]:
        pass


def test_events_that_wait_for_each_other_do_so_at_once(
    functions: Functions, queues: Callable[..., Queue]
) -> None:
    """Each concurrent event has its environment, though we begin with few of them."""
    begun, go = queues(), queues()
    source = REPORTS + (
        "def handler(event, context):\n"
        "    report(event)\n"
        "    while 'Messages' not in sqs('ReceiveMessage', QueueUrl=os.environ['GO'],"
        " WaitTimeSeconds=20, VisibilityTimeout=0): pass\n"
    )
    environment = {"Variables": {"QUEUE": begun.url, "GO": go.url}}
    name = functions.create(source, Environment=environment, Timeout=60)
    for number in range(6):
        functions.invoke(name, number, InvocationType="Event")
    assert sorted(begun.bodies(6)) == list(range(6))
    go.send("go")


def test_reserved_concurrency_refuses_what_is_beyond_it(
    functions: Functions, client: ClientFactory, queues: Callable[..., Queue]
) -> None:
    """AWS: "Configuring reserved concurrency for a function", "Invoke": throttling."""
    begun, go = queues(), queues()
    source = REPORTS + (
        "def handler(event, context):\n"
        "    report(os.getpid())\n"
        "    sqs('ReceiveMessage', QueueUrl=os.environ['GO'], WaitTimeSeconds=20)\n"
        "    return os.getpid()\n"
    )
    environment = {"Variables": {"QUEUE": begun.url, "GO": go.url}}
    name = functions.create(source, Environment=environment, Timeout=60)
    client("lambda").publish_version(FunctionName=name)
    client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=2)
    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(functions.invoke, name) for _ in range(2)]
        pids = begun.bodies(2)
        for more in ({}, {"Qualifier": "1"}):
            with pytest.raises(client("lambda").exceptions.TooManyRequestsException) as caught:
                functions.invoke(name, **more)
            response = caught.value.response
            assert response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
            assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
        go.send(1, 2)
        assert {future.result()[0] for future in running} == set(pids)
    assert len(set(pids)) == 2


@pytest.mark.parametrize("kind", ["dead letters", "destination"])
def test_what_the_functions_role_may_not_send_is_told_and_not_sent(
    functions: Functions,
    client: ClientFactory,
    queue: Queue,
    engine: EngineConnection,
    kind: str,
) -> None:
    is_dead_letters = kind == "dead letters"
    more = {"DeadLetterConfig": {"TargetArn": queue.arn}} if is_dead_letters else {}
    name = functions.create(FAILS, Statements=[], **more)
    configure(
        client,
        name,
        MaximumRetryAttempts=0,
        **({} if is_dead_letters else {"failure": queue.arn}),
    )
    watched = EngineClient(engine)
    last = watched.activity(0, 0).last
    functions.invoke(name, {"a": 1}, InvocationType="Event")
    while not (denials := [one for one in watched.denials() if one.function == name]):
        last = watched.activity(last, 30).last
    assert [(one.action, one.resource) for one in denials] == [("sqs:SendMessage", queue.arn)]
    assert queue.is_empty()
