from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_dynamodb as dynamodb

from preamp import define_backend

from .auth.resource import auth
from .data.resource import data
from .functions.audit.resource import audit
from .functions.echo.resource import echo
from .functions.slow.resource import slow

backend = define_backend(auth=auth, data=data, echo=echo, audit=audit, slow=slow)

api = backend[data]
trail = dynamodb.Table(
    api.stack,
    "AuditTrailTable",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
)
api.add_dynamo_db_data_source("AuditTrail", trail)
api.add_http_data_source(
    "HttpDataSource",
    "https://dynamodb.us-east-1.amazonaws.com",
    authorization_config=appsync.AwsIamConfig(
        signing_region=api.stack.region, signing_service_name="dynamodb"
    ),
)
