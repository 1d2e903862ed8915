from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from preamp import define_backend, secret

from .functions.all_options.resource import all_options
from .functions.db_backup.resource import db_backup
from .functions.durable.resource import durable
from .functions.every.resource import every, weekly
from .functions.layered.resource import layered
from .functions.plain.resource import plain

backend = define_backend(
    plain=plain,
    all_options=all_options,
    db_backup=db_backup,
    every=every,
    weekly=weekly,
    layered=layered,
    durable=durable,
)

queue = sqs.Queue(backend.create_stack("queues"), "Jobs")
backend[plain].add_environment("QUEUE_URL", queue.queue_url)
backend[plain].add_environment("LATE_SECRET", secret("LATE_SECRET"))
queue.grant_send_messages(backend[plain].resources.lambda_)
backend[plain].resources.lambda_.add_to_role_policy(
    iam.PolicyStatement(actions=["sns:Publish"], resources=["*"])
)
backend[all_options].resources.cfn_resources.cfn_function.reserved_concurrent_executions = 5
lambda_.Alias(
    backend[weekly].stack,
    "WeeklyAlias",
    alias_name="live",
    version=backend[weekly].resources.lambda_.current_version,
)
