"""The construct: a topic, a function that publishes to it and one that e-mails from it."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from preamp.constructs import PythonFunction

from .messages import is_address


class CustomNotifications(Construct):
    """Publishes notification messages to a topic and e-mails each one to its recipient.

    A message that cannot be sent after Lambda's retries ends in `dead_letters`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        source_address: str,
    ) -> None:
        """Make the topic, the functions and the sender's identity.

        Args:
            scope: The stack the notifications belong to.
            construct_id: Their id there.
            source_address: Who the e-mails come from.
        """
        super().__init__(scope, construct_id)
        if not is_address(source_address):
            raise ValueError(f"source_address {source_address!r} is no e-mail address")

        self.topic = sns.Topic(self, "NotificationTopic", enforce_ssl=True)
        self.dead_letters = sqs.Queue(
            self, "DeadLetters", enforce_ssl=True, retention_period=Duration.days(14)
        )
        self.publisher = PythonFunction(
            self,
            "Publisher",
            entry="publisher.py",
            environment={"SNS_TOPIC_ARN": self.topic.topic_arn},
        )
        self.emailer = PythonFunction(
            self,
            "Emailer",
            entry="emailer.py",
            environment={"SOURCE_ADDRESS": source_address},
            dead_letter_queue=self.dead_letters,
        )
        self.topic.add_subscription(subscriptions.LambdaSubscription(self.emailer))
        self.topic.grant_publish(self.publisher)

        self.identity = ses.EmailIdentity(
            self, "Sender", identity=ses.Identity.email(source_address)
        )
        self.emailer.add_to_role_policy(
            iam.PolicyStatement(
                actions=["ses:SendEmail"],
                resources=[self.identity.email_identity_arn],
                conditions={"StringEquals": {"ses:FromAddress": source_address}},
            )
        )
