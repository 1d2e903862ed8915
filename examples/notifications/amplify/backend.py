"""Users and their data, and custom resources: a queue, a topic, two senders of notifications."""

from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from preamp import define_backend

from .auth.resource import auth
from .custom.notifications.resource import CustomNotifications
from .data.resource import data

backend = define_backend(auth=auth, data=data)

custom_resources = backend.create_stack("MyCustomResources")
sqs.Queue(custom_resources, "CustomQueue")
sns.Topic(custom_resources, "CustomTopic")

notifications = CustomNotifications(
    backend.create_stack("CustomNotifications"),
    "CustomNotifications",
    source_address="sender@example.com",
)
backend.add_output(
    custom={
        "topicArn": notifications.topic.topic_arn,
        "topicName": notifications.topic.topic_name,
    }
)

# the same construct again, with other properties and a place of its own in the outputs
alerts = CustomNotifications(
    backend.create_stack("Alerts"), "Alerts", source_address="alerts@example.com"
)
backend.add_output(custom={"alerts": {"topicArn": alerts.topic.topic_arn}})
