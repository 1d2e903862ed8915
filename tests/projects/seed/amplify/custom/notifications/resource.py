from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from preamp.constructs import PythonFunction


class CustomNotifications(Construct):
    """The seed page's construct, word for word: what its page leaves out is left out here."""

    def __init__(self, scope: Construct, construct_id: str, *, source_address: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "NotificationTopic")
        publisher = PythonFunction(
            self,
            "Publisher",
            entry="publisher.py",
            environment={"SNS_TOPIC_ARN": self.topic.topic_arn},
        )
        emailer = PythonFunction(
            self, "Emailer", entry="emailer.py", environment={"SOURCE_ADDRESS": source_address}
        )
        self.topic.add_subscription(subscriptions.LambdaSubscription(emailer))
        self.topic.grant_publish(publisher)
