from aws_cdk import CfnOutput, Duration, RemovalPolicy, Tags
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm

from preamp import define_backend

backend = define_backend()

base = backend.create_stack("BaseResources")
table = dynamodb.Table(
    base,
    "Orders",
    partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
    sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
    billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
    time_to_live_attribute="expires",
)
table.add_global_secondary_index(
    index_name="byCustomer",
    partition_key=dynamodb.Attribute(name="customer", type=dynamodb.AttributeType.STRING),
)
bucket = s3.Bucket(
    base,
    "Exports",
    versioned=True,
    block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
    lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(30), prefix="tmp/")],
    removal_policy=RemovalPolicy.RETAIN,
)
topic = sns.Topic(base, "Events", display_name="Order events")

work = backend.create_stack("workers")
dead_letters = sqs.Queue(work, "DeadLetters")
queue = sqs.Queue(
    work,
    "Jobs",
    visibility_timeout=Duration.seconds(90),
    dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=3),
)
topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
worker = lambda_.Function(
    work,
    "Worker",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="index.handler",
    code=lambda_.Code.from_inline("def handler(event, context):\n    return event\n"),
    environment={
        "TABLE_NAME": table.table_name,
        "BUCKET_ARN": bucket.bucket_arn,
        "QUEUE_URL": queue.queue_url,
    },
)
table.grant_read_write_data(worker)
bucket.grant_read(worker, "orders/*")
queue.grant_consume_messages(worker)
worker.add_to_role_policy(
    iam.PolicyStatement(
        actions=["ses:SendEmail"],
        resources=["*"],
        conditions={"StringEquals": {"ses:FromAddress": "orders@example.com"}},
    )
)
Tags.of(work).add("team", "orders")

ssm.StringParameter(backend.stack, "WorkerArn", string_value=worker.function_arn)
CfnOutput(backend.stack, "JobsQueueUrl", value=queue.queue_url)
CfnOutput(work, "InnerOutput", value=table.table_arn, description="inner")

backend.add_output(custom={"api": {"region": backend.stack.region}})
backend.add_output(
    custom={
        "api": {"queueUrl": queue.queue_url, "limits": {"burst": 10, "rate": 2.5, "strict": True}},
        "regions": ["us-east-1"],
    }
)
backend.add_output(
    custom={"regions": ["eu-west-1"], "tables": [{"name": table.table_name}], "nothing": None}
)
backend.add_output(
    version="1.1",
    storage={
        "aws_region": base.region,
        "bucket_name": bucket.bucket_name,
        "buckets": [
            {"name": "exports", "bucket_name": bucket.bucket_name, "aws_region": base.region}
        ],
    },
)
backend.add_output(
    version="1.4",
    geo={
        "aws_region": "us-east-1",
        "maps": {"default": "explore", "items": {"explore": {"style": "VectorEsriNavigation"}}},
        "search_indices": {"default": "places", "items": ["places"]},
        "geofence_collections": {"default": "fences", "items": ["fences"]},
    },
    notifications={
        "aws_region": "us-east-1",
        "amazon_pinpoint_app_id": "fake-pinpoint-id",
        "channels": ["APNS", "EMAIL"],
    },
    analytics={"amazon_pinpoint": {"app_id": "fake-pinpoint-id", "aws_region": "us-east-1"}},
)
