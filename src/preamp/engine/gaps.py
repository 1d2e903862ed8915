"""What the engine is known to get wrong, as data: shown by the tools, held by tests.

A row is a difference from AWS that stays for now. What was mended is no gap; its mend is in
`preamp.engine.ministack`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Danger = Literal["accepts", "refuses", "differs"]


@dataclass(frozen=True)
class Gap:
    """One known difference from AWS.

    Attributes:
        operation: The service and operation, or the resource type.
        danger: Whether the engine accepts what AWS refuses, refuses what AWS does, or differs.
        symptom: What is seen here, and what would be on AWS.
        reference: The AWS page that says what is right, by its title.
        test: The test that holds the difference, or the check that catches it before it matters;
            empty if there is none yet.
    """

    operation: str
    danger: Danger
    symptom: str
    reference: str
    test: str = ""


GAPS: Final[tuple[Gap, ...]] = (
    Gap(
        "AWS::DynamoDB::Table",
        "differs",
        "a changed KeySchema empties the table under its name instead of replacing it; a rollback "
        "does not bring the items back",
        "AWS::DynamoDB::Table",
    ),
    Gap(
        "cloudformation:ExecuteChangeSet",
        "accepts",
        "unknown properties, missing required properties and undefined references are accepted",
        "Template format and validation",
        "tests/local/engine/test_engine_gaps.py::test_an_unknown_property_is_accepted",
    ),
    Gap(
        "cloudformation:ExecuteChangeSet",
        "differs",
        "a circular dependency fails the stack instead of the request",
        "CreateChangeSet",
    ),
    Gap(
        "cloudformation:ExecuteChangeSet",
        "differs",
        "resources are created one after the other",
        "How CloudFormation works",
    ),
    Gap(
        "cloudformation:Conditions",
        "differs",
        "AWS::StackName and AWS::StackId are empty inside a condition",
        "Pseudo parameters reference",
    ),
    Gap(
        "AWS::CloudFormation::CustomResource",
        "differs",
        "a function that raises fails its resource at once; AWS waits for an answer for an hour",
        "Custom resource request types",
        "tests/local/engine/test_engine_stacks.py"
        "::test_a_custom_resource_whose_function_raises_fails_at_once",
    ),
    Gap(
        "AWS::CloudFormation::Stack",
        "differs",
        "a nested stack removes replaced resources when it is done, not when the root stack is",
        "Update behaviors of stack resources",
    ),
    Gap(
        "Custom::CDKBucketDeployment",
        "differs",
        "carried out by the engine: neither the provider's role nor its log group is used",
        "class BucketDeployment, AWS CDK API reference",
        "tests/local/engine/test_engine_deployments.py::test_files_are_deployed",
    ),
    Gap(
        "Custom::S3AutoDeleteObjects",
        "differs",
        "carried out by the engine: neither the provider's role nor its log group is used",
        "class Bucket, AWS CDK API reference",
        "tests/local/engine/test_engine_deployments.py"
        "::test_a_bucket_that_asks_for_it_is_emptied_before_it_is_deleted",
    ),
    Gap(
        "lambda:Invoke",
        "refuses",
        "JavaScript handlers find no AWS SDK but what they bring along",
        "Building Lambda functions with Node.js",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "handlers run on the engine's Python, whatever their runtime says, and can import what is "
        "installed in its environment",
        "Lambda runtimes",
        "tests/local/engine/test_engine_gaps.py::test_a_handler_runs_on_the_engines_python",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "memory is not limited and /var/task can be written to",
        "Configure Lambda function memory",
    ),
    Gap(
        "lambda:Invoke",
        "accepts",
        "an answer of more than 6 MB is passed on",
        "Lambda quotas",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "recursive loops of Python functions are not found and stopped",
        "Use Lambda recursive loop detection to prevent infinite loops",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "every invocation has a log stream of its own",
        "Using Lambda function logs",
    ),
    Gap(
        "lambda:PutFunctionEventInvokeConfig",
        "differs",
        "OnSuccess destinations are not served",
        "Capturing records of Lambda asynchronous invocations",
    ),
    Gap(
        "lambda:AddPermission",
        "accepts",
        "SNS and EventBridge deliver to a function that has not permitted them",
        "Granting other AWS services access to functions",
        "tests/local/engine/test_engine_gaps.py::test_sns_needs_no_permission_for_a_function",
    ),
    Gap(
        "sqs:SendMessage",
        "accepts",
        "dead letters are delivered even if the function's role may not send them",
        "Capturing records of Lambda asynchronous invocations",
    ),
    Gap(
        "ses:SendEmail",
        "accepts",
        "unverified recipients are accepted; an account in the SES sandbox refuses them",
        "Request production access (Moving out of the Amazon SES sandbox)",
        "tests/local/engine/test_engine_gaps.py::test_ses_accepts_unverified_recipients",
    ),
    Gap(
        "sns:Subscribe",
        "differs",
        "the email protocol is accepted, its messages are not kept",
        "Amazon SNS email subscription setup",
    ),
    Gap(
        "appsync:*",
        "differs",
        "mapping templates are not evaluated: do not rely on any GraphQL answer",
        "Resolver mapping template overview",
    ),
    Gap(
        "cognito-idp:*",
        "differs",
        "the PostConfirmation, PreAuthentication, PostAuthentication and UserMigration triggers "
        "are not called; every code is 123456",
        "Customizing user pool workflows with Lambda triggers",
    ),
    Gap(
        "*",
        "differs",
        "resources changed since the last stop are lost if the engine is killed; mail is not",
        "none: AWS has no such thing",
    ),
)
"""Every known gap."""
