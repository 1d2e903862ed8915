from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from preamp import define_function

SOURCE = Path(__file__).with_name("src")

say_hello = define_function(
    lambda scope: lambda_.Function(
        scope,
        "say-hello",
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_12,
        timeout=Duration.seconds(20),
        environment={"GREETING": "hello"},
        code=lambda_.Code.from_asset(str(SOURCE)),
    ),
    resource_group_name="python",
)
say_inline = define_function(
    lambda scope: lambda_.Function(
        scope,
        "say-inline",
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        code=lambda_.Code.from_inline('def handler(event, context):\n    return "inline"\n'),
    )
)
