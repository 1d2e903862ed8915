"""What was acknowledged is there after the engine was killed, at whatever moment."""

from __future__ import annotations

import json
import os
import resource
import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from botocore.exceptions import ClientError
from tests.local.cognito.accounts import make_accounts
from tests.local.conftest import Recorder
from tests.local.engine.local_engine import Aws, Functions, Stacks

from preamp.engine.client import EngineClient
from preamp.engine.process import EngineProcess
from preamp.engine.snapshots import KEPT
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

QUEUE = {"Type": "AWS::SQS::Queue"}
HELD = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Held": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60"},
    },
}
"""Resources that keep a deployment busy."""

WAITING = """
def handler(event, context):
    with open(event["gate"]) as gate:
        answer = gate.read()
    with open(event["out"], "w") as out:
        out.write(answer)
"""
"""A handler that waits until somebody writes into a pipe, and answers into another one."""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[EngineProcess]:
    """An engine of the test's own, not started."""
    made = EngineProcess(tmp_path / "state", port=None, reporter=Recorder())
    yield made
    made.stop(0)


def kill(connection: EngineConnection) -> None:
    """Kill an engine, and wait until it is gone."""
    engine = psutil.Process(connection.pid)
    os.kill(connection.pid, signal.SIGKILL)
    psutil.wait_procs([engine])


def restarted(process: EngineProcess, connection: EngineConnection) -> EngineConnection:
    """Kill an engine and start it again."""
    kill(connection)
    again = process.start()
    assert again.pid != connection.pid
    return again


def make_table(dynamodb: Any, name: str) -> None:
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def bodies(sqs: Any, name: str, **options: Any) -> list[str]:
    """Receive every message that is visible, and delete none."""
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found: list[str] = []
    while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **options).get(
        "Messages"
    ):
        found += [message["Body"] for message in received]
    return sorted(found)


def body_of(s3: Any, bucket: str, key: str, **options: Any) -> bytes:
    with s3.get_object(Bucket=bucket, Key=key, **options)["Body"] as body:
        content: bytes = body.read()
    return content


def test_a_kill_loses_no_message(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        sqs = aws("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        for number in range(3):
            sqs.send_message(QueueUrl=url, MessageBody=f"{number}")
        entries = [{"Id": f"{n}", "MessageBody": f"{n}"} for n in range(3, 6)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
        (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])
        fifo = sqs.create_queue(QueueName="first.fifo", Attributes={"FifoQueue": "true"})
        message = {"MessageGroupId": "g", "MessageDeduplicationId": "d", "MessageBody": "once"}
        sqs.send_message(QueueUrl=fifo["QueueUrl"], **message)
    after = restarted(process, before)
    with Aws(after) as aws:
        assert bodies(aws("sqs"), "queue") == sorted({*"012345"} - {received["Body"]})
        # The deduplication of the last five minutes is remembered, too.
        aws("sqs").send_message(QueueUrl=fifo["QueueUrl"], **message)
        assert bodies(aws("sqs"), "first.fifo") == ["once"]


def test_a_message_in_flight_comes_back_after_its_timeout(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        url = aws("sqs").create_queue(QueueName="queue")["QueueUrl"]
        aws("sqs").send_message(QueueUrl=url, MessageBody="again")
        (first,) = aws("sqs").receive_message(QueueUrl=url, VisibilityTimeout=4)["Messages"]
    after = restarted(process, before)
    with Aws(after) as aws:
        options = {"QueueUrl": url, "AttributeNames": ["ApproximateReceiveCount"]}
        (second,) = aws("sqs").receive_message(**options, WaitTimeSeconds=10)["Messages"]
        assert second["MessageId"] == first["MessageId"]
        assert second["Attributes"]["ApproximateReceiveCount"] == "2"
        aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=second["ReceiptHandle"])
    with Aws(restarted(process, after)) as aws:
        assert bodies(aws("sqs"), "queue") == []


def test_a_receipt_is_good_after_a_kill(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        url = aws("sqs").create_queue(QueueName="queue")["QueueUrl"]
        aws("sqs").send_message(QueueUrl=url, MessageBody="x")
        (message,) = aws("sqs").receive_message(QueueUrl=url)["Messages"]
    with Aws(restarted(process, before)) as aws:
        receipt = message["ReceiptHandle"]
        aws("sqs").change_message_visibility(
            QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0
        )
        assert bodies(aws("sqs"), "queue") == ["x"]


def test_a_kill_loses_no_item(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        dynamodb = aws("dynamodb")
        make_table(dynamodb, "table")
        make_table(dynamodb, "emptied")
        dynamodb.put_item(TableName="emptied", Item={"id": {"S": "gone"}})
        for number in range(4):
            dynamodb.put_item(TableName="table", Item={"id": {"S": f"{number}"}})
        dynamodb.delete_item(TableName="table", Key={"id": {"S": "0"}})
        dynamodb.update_item(
            TableName="table",
            Key={"id": {"S": "1"}},
            UpdateExpression="SET n = :n",
            ExpressionAttributeValues={":n": {"N": "7"}},
        )
        write = {"Put": {"TableName": "table", "Item": {"id": {"S": "t"}}}}
        dynamodb.transact_write_items(TransactItems=[write])
        dynamodb.delete_table(TableName="emptied")
        make_table(dynamodb, "emptied")
    with Aws(restarted(process, before)) as aws:
        items = {i["id"]["S"]: i for i in aws("dynamodb").scan(TableName="table")["Items"]}
        assert sorted(items) == ["1", "2", "3", "t"]
        assert items["1"]["n"] == {"N": "7"}
        assert aws("dynamodb").scan(TableName="emptied")["Count"] == 0
        stream = aws("dynamodb").describe_table(TableName="table")["Table"]["LatestStreamArn"]
        streams = aws("dynamodbstreams")
        (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
        iterator = streams.get_shard_iterator(
            StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        assert len(streams.get_records(ShardIterator=iterator)["Records"]) == 7


def test_a_kill_loses_no_object(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        s3 = aws("s3")
        s3.create_bucket(Bucket="plain")
        s3.put_object(Bucket="plain", Key="a/b", Body=b"old", Metadata={"m": "1"})
        s3.put_object(Bucket="plain", Key="a/b", Body=b"new", Tagging="t=1")
        s3.put_object(Bucket="plain", Key="deleted", Body=b"x")
        s3.delete_object(Bucket="plain", Key="deleted")
        s3.copy_object(Bucket="plain", Key="copy", CopySource="plain/a/b")
        s3.create_bucket(Bucket="versions")
        s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
        first = s3.put_object(Bucket="versions", Key="k", Body=b"1")["VersionId"]
        s3.put_object(Bucket="versions", Key="k", Body=b"2")
        s3.put_object(Bucket="versions", Key="hidden", Body=b"3")
        s3.delete_object(Bucket="versions", Key="hidden")
        upload = s3.create_multipart_upload(Bucket="plain", Key="parts")["UploadId"]
        part = {"Bucket": "plain", "Key": "parts", "UploadId": upload}
        etag = s3.upload_part(**part, PartNumber=1, Body=b"part")["ETag"]
    with Aws(restarted(process, before)) as aws:
        s3 = aws("s3")
        assert body_of(s3, "plain", "a/b") == body_of(s3, "plain", "copy") == b"new"
        assert s3.get_object_tagging(Bucket="plain", Key="a/b")["TagSet"]
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket="plain")["Contents"]]
        assert keys == ["a/b", "copy"]
        assert body_of(s3, "versions", "k") == b"2"
        assert body_of(s3, "versions", "k", VersionId=first) == b"1"
        listed = s3.list_object_versions(Bucket="versions")
        assert [marker["Key"] for marker in listed["DeleteMarkers"]] == ["hidden"]
        s3.complete_multipart_upload(
            **part, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}
        )
        assert body_of(s3, "plain", "parts") == b"part"


def test_a_kill_loses_no_user_secret_or_mail(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        cognito = aws("cognito-idp")
        pool = cognito.create_user_pool(PoolName="pool")["UserPool"]["Id"]
        cognito.admin_create_user(UserPoolId=pool, Username="ada")
        aws("ssm").put_parameter(Name="/secret", Value="s", Type="SecureString")
        aws("secretsmanager").create_secret(Name="secret", SecretString="t")
        aws("ses").verify_email_identity(EmailAddress="a@example.com")
        aws("sesv2").create_email_identity(EmailIdentity="b@example.com")
        aws("ses").send_email(
            Source="a@example.com",
            Destination={"ToAddresses": ["c@example.com"]},
            Message={"Subject": {"Data": "kept"}, "Body": {"Text": {"Data": "x"}}},
        )
        aws("sns").create_topic(Name="topic")
        aws("logs").create_log_group(logGroupName="/group")
        key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
        sealed = aws("kms").encrypt(KeyId=key, Plaintext=b"plain")["CiphertextBlob"]
    after = restarted(process, before)
    with Aws(after) as aws:
        users = aws("cognito-idp").list_users(UserPoolId=pool)["Users"]
        assert [user["Username"] for user in users] == ["ada"]
        parameter = aws("ssm").get_parameter(Name="/secret", WithDecryption=True)
        assert parameter["Parameter"]["Value"] == "s"
        assert aws("secretsmanager").get_secret_value(SecretId="secret")["SecretString"] == "t"
        assert aws("ses").list_identities()["Identities"] == ["a@example.com"]
        assert aws("sesv2").get_email_identity(EmailIdentity="b@example.com")
        assert len(aws("sns").list_topics()["Topics"]) == 1
        assert aws("logs").describe_log_groups(logGroupNamePrefix="/group")["logGroups"]
        assert aws("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"plain"
    assert [mail.subject for mail in EngineClient(after).mail()] == ["kept"]


def test_a_kill_signs_nobody_out(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        accounts = make_accounts(aws("cognito-idp"), aws("cognito-idp"), before)
        tokens = accounts.join("ada")
        accounts.sign_up("bob")
    after = restarted(process, before)
    with Aws(after) as aws:
        cognito = aws("cognito-idp")
        known = cognito.get_user(AccessToken=tokens["AccessToken"])
        assert known["Username"] == "ada"
        refreshed = cognito.get_tokens_from_refresh_token(
            ClientId=accounts.client, RefreshToken=tokens["RefreshToken"]
        )
        assert refreshed["AuthenticationResult"]["IdToken"]
        # The code that was sent is good, too.
        replace(accounts, cognito=cognito, admin=cognito, engine=after).confirm("bob")


def test_a_function_answers_after_a_kill(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        functions = Functions(aws)
        name = functions.create("def handler(event, context):\n    return event\n")
        aws("lambda").publish_version(FunctionName=name)
        queue = aws("sqs").create_queue(QueueName="queue")["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:{before.account}:queue"
        aws("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=arn)
    after = restarted(process, before)
    assert after.port == before.port
    with Aws(after) as aws:
        assert Functions(aws).invoke(name, "here")[0] == "here"
        assert Functions(aws).invoke(name, "one", Qualifier="1")[0] == "one"
        assert aws("lambda").list_event_source_mappings()["EventSourceMappings"]
        assert aws("sqs").get_queue_url(QueueName="queue")["QueueUrl"] == queue


def wait_for_answer(gate: Path, out: Path, text: str) -> str:
    """Let the waiting handler go on, and read what it says."""
    gate.write_text(text, encoding="ascii")
    return out.read_text(encoding="ascii")


@pytest.mark.parametrize("way", ["invoke", "publish"])
def test_an_accepted_event_is_delivered_after_a_kill(
    process: EngineProcess, tmp_path: Path, way: str
) -> None:
    gate, out = tmp_path / "gate", tmp_path / "out"
    os.mkfifo(gate)
    os.mkfifo(out)
    before = process.start()
    with Aws(before) as aws:
        functions = Functions(aws)
        name = functions.create(
            WAITING
            if way == "invoke"
            else f"event = {{'gate': {str(gate)!r}, 'out': {str(out)!r}}}\n"
            + WAITING.replace("(event, context)", "(_, context)"),
            Timeout=60,
        )
        if way == "invoke":
            payload = {"gate": str(gate), "out": str(out)}
            functions.invoke(name, payload, InvocationType="Event")
        else:
            publish_to(aws, functions.arn(name))
    after = restarted(process, before)
    assert wait_for_answer(gate, out, "delivered") == "delivered"
    # It is done: nobody delivers it once more. The snapshot makes sure that this is written.
    with Aws(after) as aws:
        wait_until_idle(aws, name)
    process.snapshot("done")
    restarted(process, after)
    assert not has_reader(gate)


def publish_to(aws: Aws, function: str) -> None:
    topic = aws("sns").create_topic(Name="topic")["TopicArn"]
    aws("lambda").add_permission(
        FunctionName=function,
        StatementId="topic",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    aws("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    aws("sns").publish(TopicArn=topic, Message="m")


def wait_until_idle(aws: Aws, name: str) -> None:
    """Wait until the function's report is in its log."""
    while True:
        group = f"/aws/lambda/{name}"
        events = aws("logs").filter_log_events(logGroupName=group)["events"]
        if any(event["message"].startswith("REPORT") for event in events):
            return


def has_reader(pipe: Path) -> bool:
    """Whether anybody waits at a pipe."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def test_a_kill_under_load_loses_nothing_that_was_answered(process: EngineProcess) -> None:
    before = process.start()
    acknowledged: list[set[str]] = [set(), set(), set()]
    enough = threading.Event()

    def repeat(kept: set[str], call: Callable[[str], Any]) -> None:
        number = 0
        while True:
            try:
                call(f"{number}")
            except Exception:  # noqa: BLE001 - it was killed
                return
            kept.add(f"{number}")
            number += 1
            if all(len(each) > 30 for each in acknowledged):
                enough.set()

    with Aws(before) as aws:
        sqs, dynamodb, s3 = aws("sqs"), aws("dynamodb"), aws("s3")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        make_table(dynamodb, "table")
        s3.create_bucket(Bucket="bucket")
        calls: list[Callable[[str], Any]] = [
            lambda n: sqs.send_message(QueueUrl=url, MessageBody=n),
            lambda n: dynamodb.put_item(TableName="table", Item={"id": {"S": n}}),
            lambda n: s3.put_object(Bucket="bucket", Key=n, Body=n.encode()),
        ]
        threads = [
            threading.Thread(target=repeat, args=each)
            for each in zip(acknowledged, calls, strict=True)
        ]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        kill(before)
        for thread in threads:
            thread.join()
    with Aws(process.start()) as aws:
        assert acknowledged[0] <= set(bodies(aws("sqs"), "queue"))
        items = aws("dynamodb").scan(TableName="table")["Items"]
        assert acknowledged[1] <= {item["id"]["S"] for item in items}
        objects = aws("s3").list_objects_v2(Bucket="bucket")["Contents"]
        assert acknowledged[2] <= {each["Key"] for each in objects}
        for key in acknowledged[2]:
            assert body_of(aws("s3"), "bucket", key) == key.encode()


def wait_for_status(cloudformation: Any, name: str, ending: str) -> str:
    while True:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        status: str = stack["StackStatus"]
        if status.endswith(ending) and "CLEANUP" not in status:
            return status


def wait_for_resource(cloudformation: Any, name: str, logical_id: str) -> None:
    while True:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        if any(event["LogicalResourceId"] == logical_id for event in events):
            return


@pytest.mark.parametrize("written", [True, False])
def test_a_creation_that_was_killed_is_rolled_back(
    process: EngineProcess,
    written: bool,  # noqa: FBT001
) -> None:
    before = process.start()
    with Aws(before) as aws:
        cloudformation = aws("cloudformation")
        template = {"Resources": {"Queue": QUEUE, **HELD}}
        cloudformation.create_stack(StackName="stack", TemplateBody=json.dumps(template))
        wait_for_resource(cloudformation, "stack", "Held")
        if written:
            process.snapshot("while-deploying")
    with Aws(restarted(process, before)) as aws:
        cloudformation = aws("cloudformation")
        assert wait_for_status(cloudformation, "stack", "COMPLETE") == "ROLLBACK_COMPLETE"
        assert not aws("sqs").list_queues().get("QueueUrls")
        stacks = Stacks(cloudformation, aws("s3"))
        stacks.delete("stack")
        assert stacks.create("stack", {"Resources": {"Queue": QUEUE}})["StackStatus"] == (
            "CREATE_COMPLETE"
        )


def test_an_update_that_was_killed_is_rolled_back_with_nested_stacks(
    process: EngineProcess,
) -> None:
    before = process.start()
    with Aws(before) as aws:
        stacks = Stacks(aws("cloudformation"), aws("s3"))
        child = {"Resources": {"Inner": QUEUE}}
        old = {"Resources": {"Queue": QUEUE, "Child": stacks.nested(child)}}
        assert stacks.create("stack", old)["StackStatus"] == "CREATE_COMPLETE"
        url = stacks.physical_id("stack", "Queue")
        aws("sqs").send_message(QueueUrl=url, MessageBody="data")
        delayed = {**QUEUE, "Properties": {"DelaySeconds": 7}}
        held_child = stacks.nested({"Resources": {"Inner": QUEUE, "Another": QUEUE, **HELD}})
        new = {"Resources": {"Queue": delayed, "Child": {**held_child, "DependsOn": ["Queue"]}}}
        aws("cloudformation").update_stack(StackName="stack", TemplateBody=json.dumps(new))
        wait_for_resource(aws("cloudformation"), stacks.physical_id("stack", "Child"), "Held")
        process.snapshot("while-deploying")
    with Aws(restarted(process, before)) as aws:
        status = wait_for_status(aws("cloudformation"), "stack", "COMPLETE")
        assert status == "UPDATE_ROLLBACK_COMPLETE"
        attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        assert attributes["Attributes"]["DelaySeconds"] == "0"
        assert attributes["Attributes"]["ApproximateNumberOfMessages"] == "1"
        assert len(aws("sqs").list_queues()["QueueUrls"]) == 2
        stacks = Stacks(aws("cloudformation"), aws("s3"))
        mended = {"Resources": {"Queue": delayed, "Child": old["Resources"]["Child"]}}
        assert stacks.update("stack", mended)["StackStatus"] == "UPDATE_COMPLETE"


SLOW = """
import json, urllib.request

def handler(event, context):
    if event["RequestType"] == "Delete":
        open(event["ResourceProperties"]["Gate"]).read()
    names = ("StackId", "RequestId", "LogicalResourceId")
    body = {"Status": "SUCCESS", "PhysicalResourceId": "slow", **{n: event[n] for n in names}}
    urllib.request.urlopen(
        urllib.request.Request(event["ResponseURL"], json.dumps(body).encode(), method="PUT")
    )
"""
"""A custom resource whose deletion waits until somebody writes into a pipe."""


def test_a_deletion_that_was_killed_goes_on(process: EngineProcess, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    before = process.start()
    with Aws(before) as aws:
        functions = Functions(aws)
        provider = functions.arn(functions.create(SLOW, Timeout=60))
        properties = {"ServiceToken": provider, "ServiceTimeout": "60", "Gate": str(gate)}
        custom = {"Type": "Custom::Slow", "Properties": properties, "DependsOn": "Queue"}
        stacks = Stacks(aws("cloudformation"), aws("s3"))
        created = stacks.create("stack", {"Resources": {"Queue": QUEUE, "Slow": custom}})
        assert created["StackStatus"] == "CREATE_COMPLETE"
        aws("cloudformation").delete_stack(StackName="stack")
    with Aws(restarted(process, before)) as aws:
        gate.write_text("go", encoding="ascii")
        stack_id = created["StackId"]
        assert wait_for_status(aws("cloudformation"), stack_id, "E") == "DELETE_COMPLETE"
        assert not aws("sqs").list_queues().get("QueueUrls")


def test_a_snapshot_brings_everything_back(process: EngineProcess) -> None:
    before = process.start()
    with Aws(before) as aws:
        url = aws("sqs").create_queue(QueueName="queue")["QueueUrl"]
        aws("sqs").send_message(QueueUrl=url, MessageBody="kept")
        make_table(aws("dynamodb"), "table")
        aws("dynamodb").put_item(TableName="table", Item={"id": {"S": "kept"}})
        aws("s3").create_bucket(Bucket="bucket")
        aws("s3").put_object(Bucket="bucket", Key="key", Body=b"kept")
        name = Functions(aws).create("def handler(event, context):\n    return 1\n")
        process.snapshot("before")
        aws("sqs").purge_queue(QueueUrl=url)
        aws("dynamodb").delete_table(TableName="table")
        aws("s3").put_object(Bucket="bucket", Key="key", Body=b"changed")
        aws("lambda").delete_function(FunctionName=name)
        aws("ses").verify_email_identity(EmailAddress="a@example.com")
        aws("ses").send_raw_email(RawMessage={"Data": b"From: a@example.com\nTo: b@c.de\n\nx"})
    assert [snapshot.name for snapshot in process.snapshots()] == ["before"]
    after = process.restore("before")
    assert after is not None
    assert (after.port, after.access_key_id) == (before.port, before.access_key_id)
    assert EngineClient(after).mail() == ()
    with Aws(after) as aws:
        assert bodies(aws("sqs"), "queue") == ["kept"]
        assert aws("dynamodb").scan(TableName="table")["Items"] == [{"id": {"S": "kept"}}]
        assert body_of(aws("s3"), "bucket", "key") == b"kept"
        assert Functions(aws).invoke(name)[0] == 1
        aws("s3").put_object(Bucket="bucket", Key="key", Body=b"changed again")
    # The snapshot is as it was, whatever became of the state that was made of it.
    process.stop()
    assert process.restore("before") is None
    with Aws(process.start()) as aws:
        assert body_of(aws("s3"), "bucket", "key") == b"kept"


def test_an_engine_without_permissions_comes_back_without(
    process: EngineProcess, tmp_path: Path
) -> None:
    lenient = EngineProcess(tmp_path / "state", port=None, reporter=Recorder(), enforce_iam=False)
    assert not lenient.start().enforces_iam
    process.snapshot("lenient")
    restored = process.restore("lenient")
    assert restored is not None
    assert not restored.enforces_iam


def test_a_few_snapshots_are_kept(process: EngineProcess) -> None:
    process.start()
    for number in range(KEPT + 1):
        process.snapshot(f"s{number}")
    newest_first = [snapshot.name for snapshot in process.snapshots()]
    assert newest_first == [f"s{number}" for number in range(KEPT, 0, -1)]
    with pytest.raises(UserError) as caught:
        process.restore("s0")
    assert caught.value.code == "SnapshotNotFoundError"
    assert "s1" in caught.value.hint


@pytest.mark.parametrize("running", [True, False])
def test_it_can_be_emptied(process: EngineProcess, running: bool) -> None:  # noqa: FBT001
    before = process.start()
    with Aws(before) as aws:
        aws("sqs").create_queue(QueueName="queue")
    process.snapshot("before")
    if not running:
        process.stop()
    after = process.empty()
    assert (after is not None) == running
    with Aws(process.start()) as aws:
        assert not aws("sqs").list_queues().get("QueueUrls")
    assert process.restore("before")
    with Aws(process.start()) as aws:
        assert len(aws("sqs").list_queues()["QueueUrls"]) == 1


def limit_files(connection: EngineConnection, size: int) -> None:
    """Let the engine write no file beyond a size, as if the disk were full there."""
    _, hard = resource.prlimit(connection.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(connection.pid, resource.RLIMIT_FSIZE, (size, hard))


def test_a_full_disk_refuses_changes_until_there_is_room(
    process: EngineProcess, tmp_path: Path
) -> None:
    before = process.start()
    with Aws(before) as aws:
        sqs = aws("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        aws("s3").create_bucket(Bucket="bucket")
        sqs.send_message(QueueUrl=url, MessageBody="before")
        *_, journal = sorted((tmp_path / "state/state/journal").iterdir())
        limit_files(before, journal.stat().st_size)
        refused: list[Callable[[], Any]] = [
            lambda: sqs.send_message(QueueUrl=url, MessageBody="refused"),
            lambda: aws("s3").put_object(Bucket="bucket", Key="key", Body=b"x" * 1024 * 1024),
            lambda: aws("ssm").put_parameter(Name="/p", Value="refused", Type="String"),
        ]
        for call in refused:
            with pytest.raises(ClientError) as caught:
                call()
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
        # Whoever only asks gets an answer.
        assert sqs.get_queue_url(QueueName="queue")["QueueUrl"] == url
        limit_files(before, resource.RLIM_INFINITY)
        sqs.send_message(QueueUrl=url, MessageBody="after")
        aws("s3").put_object(Bucket="bucket", Key="key", Body=b"after")
    log = process.log_path.read_text(encoding="utf-8")
    assert log.count("the state cannot be written") == 1
    assert log.count("the state is written again") == 1
    with Aws(restarted(process, before)) as aws:
        assert {"before", "after"} <= set(bodies(aws("sqs"), "queue"))
        assert body_of(aws("s3"), "bucket", "key") == b"after"


def test_a_torn_journal_is_read_to_where_it_is_whole(
    process: EngineProcess, tmp_path: Path
) -> None:
    before = process.start()
    with Aws(before) as aws:
        aws("sqs").create_queue(QueueName="whole")
    kill(before)
    *_, last = sorted((tmp_path / "state/state/journal").iterdir())
    with last.open("ab") as journal:
        journal.write(b"pj1\n\xff\xff")
    after = process.start()
    assert "never finished" in process.log_path.read_text(encoding="utf-8")
    with Aws(after) as aws:
        aws("sqs").create_queue(QueueName="later")
    with Aws(restarted(process, after)) as aws:
        assert len(aws("sqs").list_queues()["QueueUrls"]) == 2
