"""Which method of a CDK construct grants which calls, as data.

A test holds every row against the installed CDK: that the method is there, takes a grantee alone,
and grants what the row says. "class Topic, AWS CDK API reference" and the like.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True)
class Grantable:
    """A kind of construct that calls are made on.

    Attributes:
        arn: The construct's attribute that is its ARN.
        cfn_arn: The same of its ``Cfn`` construct.
        methods: What each granting method allows, by the calls' names after the colon, which may
            end in ``*``. The first that allows a call is the narrowest.
        grants_any: Whether it has ``grant(grantee, *actions)`` for the rest.
    """

    arn: str
    cfn_arn: str
    methods: dict[str, tuple[str, ...]]
    grants_any: bool = False

    def method_for(self, action: str) -> str | None:
        """The method that grants a call.

        Args:
            action: Such as ``sns:Publish``.
        """
        name = action.partition(":")[2]
        return next(
            (
                method
                for method, granted in self.methods.items()
                if any(fnmatchcase(name, pattern) for pattern in granted)
            ),
            None,
        )


_TABLE: Final = Grantable(
    "table_arn",
    "attr_arn",
    {
        "grant_read_data": (
            "GetItem", "BatchGetItem", "Query", "Scan", "ConditionCheckItem", "DescribeTable",
        ),
        "grant_write_data": ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
        "grant_stream_read": ("DescribeStream", "GetRecords", "GetShardIterator"),
        "grant_table_list_streams": ("ListStreams",),
    },
    grants_any=True,
)  # fmt: skip

GRANTABLES: Final[dict[str, Grantable]] = {
    "AWS::SNS::Topic": Grantable(
        "topic_arn",
        "ref",
        {"grant_publish": ("Publish",), "grant_subscribe": ("Subscribe",)},
    ),
    "AWS::SQS::Queue": Grantable(
        "queue_arn",
        "attr_arn",
        {
            "grant_send_messages": ("SendMessage", "GetQueueUrl", "GetQueueAttributes"),
            "grant_consume_messages": ("ReceiveMessage", "DeleteMessage",
                                       "ChangeMessageVisibility"),
            "grant_purge": ("PurgeQueue",),
        },
        grants_any=True,
    ),
    "AWS::S3::Bucket": Grantable(
        "bucket_arn",
        "attr_arn",
        {
            "grant_read": ("GetObject*", "GetBucket*", "List*"),
            "grant_put_acl": ("PutObjectAcl", "PutObjectVersionAcl"),
            "grant_put": ("PutObject", "PutObjectLegalHold", "PutObjectRetention",
                          "PutObjectTagging", "PutObjectVersionTagging", "Abort*"),
            "grant_delete": ("DeleteObject*",),
        },
    ),
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::Lambda::Function": Grantable(
        "function_arn", "attr_arn", {"grant_invoke": ("InvokeFunction",)}
    ),
    "AWS::SecretsManager::Secret": Grantable(
        "secret_arn",
        "ref",
        {
            "grant_read": ("GetSecretValue", "DescribeSecret"),
            "grant_write": ("PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"),
        },
    ),
    "AWS::SSM::Parameter": Grantable(
        "parameter_arn",
        "",
        {
            "grant_read": ("GetParameter", "GetParameters", "GetParameterHistory",
                           "DescribeParameters"),
            "grant_write": ("PutParameter",),
        },
    ),
    "AWS::KMS::Key": Grantable(
        "key_arn",
        "attr_arn",
        {
            "grant_decrypt": ("Decrypt",),
            "grant_encrypt": ("Encrypt", "ReEncrypt*", "GenerateDataKey*"),
            "grant_generate_mac": ("GenerateMac",),
            "grant_verify_mac": ("VerifyMac",),
            "grant_sign": ("Sign",),
            "grant_verify": ("Verify",),
        },
        grants_any=True,
    ),
    "AWS::SES::EmailIdentity": Grantable(
        "email_identity_arn",
        "",
        {"grant_send_email": ("SendEmail", "SendRawEmail")},
        grants_any=True,
    ),
    "AWS::Events::EventBus": Grantable(
        "event_bus_arn", "attr_arn", {"grant_put_events_to": ("PutEvents",)}
    ),
    "AWS::StepFunctions::StateMachine": Grantable(
        "state_machine_arn",
        "attr_arn",
        {
            "grant_start_execution": ("StartExecution",),
            "grant_start_sync_execution": ("StartSyncExecution",),
            "grant_read": ("DescribeStateMachine",),
            "grant_redrive_execution": ("RedriveExecution",),
            "grant_task_response": ("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"),
        },
        grants_any=True,
    ),
    "AWS::Kinesis::Stream": Grantable(
        "stream_arn",
        "attr_arn",
        {
            "grant_read": ("GetRecords", "GetShardIterator", "DescribeStream",
                           "DescribeStreamSummary", "DescribeStreamConsumer",
                           "SubscribeToShard", "ListStreams"),
            "grant_write": ("PutRecord", "PutRecords", "ListShards"),
        },
        grants_any=True,
    ),
    "AWS::Logs::LogGroup": Grantable(
        "log_group_arn",
        "attr_arn",
        {
            "grant_write": ("CreateLogStream", "PutLogEvents"),
            "grant_read": ("FilterLogEvents", "GetLogEvents", "GetLogGroupFields",
                           "DescribeLogGroups", "DescribeLogStreams"),
        },
        grants_any=True,
    ),
    "AWS::Cognito::UserPool": Grantable("user_pool_arn", "attr_arn", {}, grants_any=True),
    "AWS::Scheduler::ScheduleGroup": Grantable(
        "schedule_group_arn",
        "attr_arn",
        {
            "grant_read_schedules": ("GetSchedule", "ListSchedules"),
            "grant_write_schedules": ("CreateSchedule", "UpdateSchedule"),
            "grant_delete_schedules": ("DeleteSchedule",),
        },
        grants_any=True,
    ),
}  # fmt: skip
"""What is granted how, by CloudFormation's type."""
