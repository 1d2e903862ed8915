"""What SNS, EventBridge and S3 hand to functions: its shape, and only if the function permits it.

AWS: "Fanout Amazon SNS notifications to Lambda functions", "Amazon EventBridge targets", "Process
Amazon S3 event notifications with Lambda", "Viewing resource-based IAM policies in Lambda".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.local.engine.local_engine import unique_name
from tests.local.functions.arrivals import (
    ECHO,
    REPORTS_EVENT,
    Queue,
    permit,
    put_event,
    rule_for,
    subscribed_topic,
)

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

ClientFactory = Callable[..., Any]


def reporter(functions: Functions, queue: Queue) -> str:
    """A function that reports what it is called with."""
    return functions.create(REPORTS_EVENT, Environment=queue.reporting())


def test_a_notification_is_as_aws_writes_it(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    topic = subscribed_topic(client, functions, reporter(functions, queue))
    sent = client("sns").publish(
        TopicArn=topic,
        Subject="s",
        Message="m",
        MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}},
    )
    ((record,),) = [event["Records"] for event in queue.bodies()]
    assert record["EventSource"] == "aws:sns"
    assert record["EventSubscriptionArn"].startswith(topic)
    sns = record["Sns"]
    assert (sns["MessageId"], sns["TopicArn"]) == (sent["MessageId"], topic)
    assert (sns["Subject"], sns["Message"]) == ("s", "m")
    assert sns["MessageAttributes"] == {"a": {"Type": "String", "Value": "b"}}


def test_a_topic_needs_permission_and_keeps_what_it_could_not_deliver(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Amazon SNS dead-letter queues (DLQs)"."""
    topic = client("sns").create_topic(Name=unique_name("topic"))["TopicArn"]
    name = functions.create(ECHO)
    client("sns").subscribe(
        TopicArn=topic,
        Protocol="lambda",
        Endpoint=functions.arn(name),
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": queue.arn})},
    )
    # A permission for another topic is none for this one.
    permit(client, name, "sns", topic + "-other")
    client("sns").publish(TopicArn=topic, Message="kept")
    (letter,) = queue.bodies()
    assert letter["Message"] == "kept"


def test_an_event_is_as_aws_writes_it(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = reporter(functions, queue)
    rule = rule_for(client, name, functions.arn(name))
    put_event(client, rule, key=1)
    (event,) = queue.bodies()
    assert set(event) == {
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    }
    assert (event["source"], event["detail-type"]) == (rule, "test")
    assert event["detail"] == {"key": 1}


def test_a_rule_may_transform_its_input(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Amazon EventBridge input transformation"."""
    name = reporter(functions, queue)
    transformer = {
        "InputPathsMap": {"who": "$.detail.who", "all": "$.detail"},
        "InputTemplate": '{"greeting": "Hello <who>", "who": <who>, "all": <all>,'
        ' "rule": <aws.events.rule-name>}',
    }
    rule = rule_for(client, name, functions.arn(name), InputTransformer=transformer)
    put_event(client, rule, who="Jo")
    assert queue.bodies() == [
        {"greeting": "Hello Jo", "who": "Jo", "all": {"who": "Jo"}, "rule": rule}
    ]


def test_a_rule_may_pass_a_constant_or_a_part(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = reporter(functions, queue)
    put_event(client, rule_for(client, name, functions.arn(name), Input='{"a": 1}'))
    assert queue.bodies() == [{"a": 1}]
    put_event(client, rule_for(client, name, functions.arn(name), InputPath="$.detail"), b=2)
    assert queue.bodies() == [{"b": 2}]


def test_a_rule_keeps_what_its_target_does_not_permit(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    """AWS: "Using dead-letter queues to process undelivered events in EventBridge"."""
    name = functions.create(ECHO)
    rule = unique_name("rule")
    made = client("events").put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}))
    target = {
        "Id": "1",
        "Arn": functions.arn(name),
        "DeadLetterConfig": {"Arn": queue.arn},
        "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400},
    }
    client("events").put_targets(Rule=rule, Targets=[target])
    put_event(client, rule, n=1)
    (message,) = queue.messages()
    assert json.loads(message["Body"])["detail"] == {"n": 1}
    attributes = {k: each["StringValue"] for k, each in message["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    assert attributes["RULE_ARN"] == made["RuleArn"]
    assert attributes["TARGET_ARN"] == functions.arn(name)


def test_a_rule_keeps_what_its_target_is_gone_for(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = functions.create(ECHO)
    rule = rule_for(client, name, functions.arn(name), DeadLetterConfig={"Arn": queue.arn})
    client("lambda").delete_function(FunctionName=name)
    put_event(client, rule)
    (message,) = queue.messages()
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_RESOURCE"


def test_a_failing_handler_is_no_matter_of_the_rule(
    functions: Functions, client: ClientFactory, queues: Callable[..., Queue]
) -> None:
    """The function's dead-letter queue takes it, the target's does not."""
    of_target, of_function = queues(), queues()
    name = functions.create(
        "def handler(event, context): raise RuntimeError",
        DeadLetterConfig={"TargetArn": of_function.arn},
    )
    client("lambda").put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    rule = rule_for(client, name, functions.arn(name), DeadLetterConfig={"Arn": of_target.arn})
    put_event(client, rule)
    assert of_function.bodies()[0]["source"] == rule
    assert of_target.is_empty()


def notifying_bucket(client: ClientFactory, arn: str) -> str:
    """Make a bucket that tells a function of new texts; return its name."""
    bucket = unique_name("bucket")
    client("s3").create_bucket(Bucket=bucket)
    suffix = {"Name": "suffix", "Value": ".txt"}
    configuration = {
        "Id": "texts",
        "LambdaFunctionArn": arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [suffix]}},
    }
    client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [configuration]}
    )
    return bucket


def test_a_new_object_is_told_as_aws_does(
    functions: Functions, client: ClientFactory, queue: Queue
) -> None:
    name = reporter(functions, queue)
    bucket = notifying_bucket(client, functions.arn(name))
    # Not permitted yet: this one is told to nobody.
    client("s3").put_object(Bucket=bucket, Key="early.txt", Body=b"x")
    permit(client, name, "s3", f"arn:aws:s3:::{bucket}")
    client("s3").put_object(Bucket=bucket, Key="picture.png", Body=b"x")
    client("s3").put_object(Bucket=bucket, Key="a b.txt", Body=b"hello")
    ((record,),) = [event["Records"] for event in queue.bodies()]
    assert record["eventSource"] == "aws:s3"
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["configurationId"] == "texts"
    assert record["s3"]["bucket"]["name"] == bucket
    assert record["s3"]["object"]["key"] == "a+b.txt"
    assert record["s3"]["object"]["size"] == 5
    assert queue.is_empty()
