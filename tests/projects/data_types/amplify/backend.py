from aws_cdk import aws_dynamodb as dynamodb

from preamp import define_backend

from .data.resource import data

backend = define_backend(data=data)

made = backend[data].resources.cfn_resources
made.cfn_graphql_api.xray_enabled = True
table = made.amplify_dynamo_db_tables["Everything"]
table.point_in_time_recovery_enabled = True
table.deletion_protection_enabled = True
table.time_to_live_attribute = {"attribute_name": "ttl", "enabled": True}
countries = made.amplify_dynamo_db_tables["Country"]
countries.billing_mode = dynamodb.BillingMode.PROVISIONED
countries.provisioned_throughput = {"read_capacity_units": 5, "write_capacity_units": 5}
