"""The example's backend in plain CDK: the same stacks and resources, without preamp.

Run in a folder whose ``handlers/`` holds the example's ``amplify`` package.
"""

from __future__ import annotations

from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, NestedStack, RemovalPolicies, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

HANDLERS = Path(__file__).with_name("handlers")


class CustomNotifications(Construct):
    """The example's construct, with the CDK's own function construct."""

    def __init__(self, scope: Construct, construct_id: str, *, source_address: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "NotificationTopic", enforce_ssl=True)
        dead_letters = sqs.Queue(
            self, "DeadLetters", enforce_ssl=True, retention_period=Duration.days(14)
        )
        publisher = self._function("publisher", {"SNS_TOPIC_ARN": self.topic.topic_arn})
        emailer = self._function("emailer", {"SOURCE_ADDRESS": source_address}, dead_letters)
        self.topic.add_subscription(subscriptions.LambdaSubscription(emailer))
        self.topic.grant_publish(publisher)
        identity = ses.EmailIdentity(self, "Sender", identity=ses.Identity.email(source_address))
        emailer.add_to_role_policy(
            iam.PolicyStatement(
                actions=["ses:SendEmail"],
                resources=[identity.email_identity_arn],
                conditions={"StringEquals": {"ses:FromAddress": source_address}},
            )
        )

    def _function(
        self, module: str, environment: dict[str, str], dead_letters: sqs.IQueue | None = None
    ) -> lambda_.Function:
        return lambda_.Function(
            self,
            module.capitalize(),
            code=lambda_.Code.from_asset(str(HANDLERS)),
            handler=f"amplify.custom.notifications.{module}.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            timeout=Duration.seconds(30),
            memory_size=512,
            environment=environment,
            dead_letter_queue=dead_letters,
        )


def build(app: App) -> None:
    """Make the example's stacks."""
    root = Stack(app, "plain-notifications")
    RemovalPolicies.of(root).destroy()
    custom = NestedStack(root, "MyCustomResources")
    sqs.Queue(custom, "CustomQueue", retention_period=Duration.seconds(60))
    sns.Topic(custom, "CustomTopic")
    topics = []
    for name, sender in (("CustomNotifications", "sender@"), ("Alerts", "alerts@")):
        stack = NestedStack(root, name)
        made = CustomNotifications(stack, name, source_address=f"{sender}example.com")
        topics.append(made.topic.topic_arn)
    CfnOutput(root, "customOutputs", value=root.to_json_string({"topics": topics}))


application = App()
build(application)
application.synth()
