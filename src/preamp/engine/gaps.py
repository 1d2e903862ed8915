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
        "AWS::CloudFormation::Stack",
        "differs",
        "what an update of a nested stack replaces is deleted at once, so a rollback that comes "
        "later does not bring its data back",
        "Understand update behaviors of stack resources",
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
        "a function that raises fails its resource at once, and one that returns without an answer "
        "when nothing has been running for its timeout or ten seconds; AWS waits for an hour",
        "Custom resource request types",
        "tests/local/functions/test_functions_custom_resources.py"
        "::test_a_handler_that_cannot_answer_fails_its_deployment_at_once",
    ),
    Gap(
        "AWS::CloudFormation::CustomResource",
        "refuses",
        "a service token that names an SNS topic is not found",
        "Custom resource request types",
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
        "lambda:CreateFunction",
        "accepts",
        "a layer that is not on the local cloud, such as one of another account, is passed over: "
        "the function runs without it",
        "Managing Lambda dependencies with layers",
        "tests/local/engine/test_engine_gaps.py::test_a_layer_that_is_not_there_is_passed_over",
    ),
    Gap(
        "lambda:Invoke",
        "refuses",
        "container images and Java, .NET and Ruby functions deploy but do not run",
        "Lambda runtimes",
        "tests/local/functions/test_functions_python.py"
        "::test_a_runtime_that_cannot_run_here_deploys_and_says_why",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "a function runs as a process of this machine, on its processor and system, whatever its "
        "architecture: it sees the machine's files, /tmp and /opt are the machine's (TMPDIR names "
        "a directory of the environment's own, PREAMP_LAYERS the layers)",
        "Understanding the Lambda execution environment lifecycle",
        "tests/functional/lambda_host/test_host_context.py"
        "::test_each_environment_has_its_own_place_for_temporary_files",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "memory counts for the function's main process only and is looked at 20 times a second, "
        "and at the end of each invocation; processing power does not depend on it",
        "Configure Lambda function memory",
        "tests/functional/lambda_host/test_host_failures.py"
        "::test_a_function_that_uses_more_memory_than_it_has_is_killed",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "an initialization that fails is not tried a second time within the same invocation, "
        "unless it took too long",
        "Understanding the Lambda execution environment lifecycle",
        "tests/functional/lambda_host/test_host_failures.py::test_an_initialization_that_fails",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "at most 64 environments run at a time, fewer with less than 16 GB; who waits longer than "
        "ten seconds for one is throttled",
        "Understanding Lambda function scaling",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "durable executions are not replayed",
        "Lambda durable functions",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "retries of an asynchronous event wait a quarter of a second and half a second; AWS waits "
        "one minute and two",
        "How Lambda handles errors and retries with asynchronous invocation",
    ),
    Gap(
        "lambda:InvokeWithResponseStream",
        "differs",
        "what a handler streams arrives when it has ended, not as it is written; of one that fails "
        "midway nothing arrives but the error",
        "Response streaming for Lambda functions",
        "tests/local/functions/test_functions_streaming.py"
        "::test_of_a_stream_that_breaks_nothing_arrives_but_the_error",
    ),
    Gap(
        "lambda:Invoke",
        "differs",
        "asynchronous events that wait when the engine stops are lost",
        "How Lambda handles errors and retries with asynchronous invocation",
    ),
    Gap(
        "lambda:PutFunctionEventInvokeConfig",
        "accepts",
        "a maximum age under a minute, or without bounds",
        "PutFunctionEventInvokeConfig",
        "tests/local/functions/test_functions_asynchronous.py"
        "::test_an_event_that_waited_too_long_is_given_up",
    ),
    Gap(
        "lambda:CreateEventSourceMapping",
        "differs",
        "FIFO queues are read by one call at a time; tumbling windows, parallelization factors "
        "and provisioned pollers are accepted and ignored; an alias is always its main version; "
        "a permission to read that is taken away later is not missed",
        "Using Lambda with Amazon SQS",
    ),
    Gap(
        "lambda:CreateEventSourceMapping",
        "differs",
        "filters know no $or, equals-ignore-case, wildcard or nested anything-but",
        "Control which events Lambda sends to your function",
    ),
    Gap(
        "lambda:AddPermission",
        "accepts",
        "API Gateway calls a function that has not permitted it",
        "Granting other AWS services access to functions",
    ),
    Gap(
        "s3:PutBucketNotificationConfiguration",
        "accepts",
        "a function that does not permit the bucket is accepted, and told nothing",
        "Granting permissions to publish event notification messages to a destination",
        "tests/local/functions/test_functions_notifications.py"
        "::test_a_new_object_is_told_as_aws_does",
    ),
    Gap(
        "scheduler:CreateSchedule",
        "differs",
        "a target is never tried again",
        "Schedule types in EventBridge Scheduler",
    ),
    Gap(
        "states:StartExecution",
        "accepts",
        "tasks that call a service by the AWS SDK integration or run ECS tasks need no permission "
        "of the machine's role",
        "How Step Functions generates IAM policies for integrated services",
    ),
    Gap(
        "sqs:SendMessage",
        "accepts",
        "dead letters of a stream's mapping are delivered even if the function's role may not send "
        "them",
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
        "a trigger has its function's time, not five seconds",
        "Customizing user pool workflows with Lambda triggers",
    ),
    Gap(
        "AWS::Cognito::UserPoolDomain",
        "differs",
        "a pool's domain is not on the internet: signInWithRedirect leads nowhere, so there is no "
        "sign-in by Google and the like; the pages under /oauth2 and /login of the local cloud "
        "are an emulation that calls no triggers of signing in",
        "User pool managed login",
    ),
    Gap(
        "AWS::Cognito::UserPoolIdentityProvider",
        "accepts",
        "providers outside are kept with their settings, and nobody is asked whether they hold",
        "User pool sign-in with third party identity providers",
        "tests/local/cognito/test_user_pool_resources.py"
        "::test_providers_users_and_members_are_made_changed_and_removed",
    ),
    Gap(
        "cognito-idp:InitiateAuth",
        "refuses",
        "passkeys are not offered and cannot be registered: who may sign in with one here uses a "
        "password or a code",
        "Passwordless sign-in",
        "tests/local/cognito/test_cognito_sign_in.py::test_the_first_factor_is_chosen",
    ),
    Gap(
        "cognito-idp:ListDevices",
        "differs",
        "devices are not remembered: nobody has any, whatever the pool says of them",
        "Working with user devices in your user pool",
        "tests/local/cognito/test_cognito_sign_in.py"
        "::test_where_it_is_optional_the_user_turns_it_on",
    ),
    Gap(
        "cognito-identity:SetPrincipalTagAttributeMap",
        "differs",
        "claims of tokens are not made tags of the session",
        "Using attributes for access control",
    ),
    Gap(
        "*",
        "differs",
        "resources changed since the last stop are lost if the engine is killed; mail is not",
        "none: AWS has no such thing",
    ),
)
"""Every known gap."""
