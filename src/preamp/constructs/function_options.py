"""The options of `lambda_.Function` as types, for constructs that pass them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import (
        Duration,
        RemovalPolicy,
        Size,
        aws_codeguruprofiler,
        aws_ec2,
        aws_iam,
        aws_kms,
        aws_lambda,
        aws_logs,
        aws_sns,
        aws_sqs,
    )


class FunctionOptions(TypedDict, total=False):
    """What `lambda_.Function` takes besides its code; the CDK's documentation describes each."""

    adot_instrumentation: aws_lambda.AdotInstrumentationConfig | None
    allow_all_ipv6_outbound: bool | None
    allow_all_outbound: bool | None
    allow_public_subnet: bool | None
    application_log_level: str | None
    application_log_level_v2: aws_lambda.ApplicationLogLevel | None
    code_signing_config: aws_lambda.ICodeSigningConfig | None
    current_version_options: aws_lambda.VersionOptions | None
    dead_letter_queue: aws_sqs.IQueue | None
    dead_letter_queue_enabled: bool | None
    dead_letter_topic: aws_sns.ITopic | None
    description: str | None
    durable_config: aws_lambda.DurableConfig | None
    environment_encryption: aws_kms.IKey | None
    ephemeral_storage_size: Size | None
    events: Sequence[aws_lambda.IEventSource] | None
    filesystem: aws_lambda.FileSystem | None
    function_name: str | None
    initial_policy: Sequence[aws_iam.PolicyStatement] | None
    insights_version: aws_lambda.LambdaInsightsVersion | None
    ipv6_allowed_for_dual_stack: bool | None
    layers: Sequence[aws_lambda.ILayerVersion] | None
    log_format: str | None
    log_group: aws_logs.ILogGroup | None
    log_removal_policy: RemovalPolicy | None
    log_retention: aws_logs.RetentionDays | None
    log_retention_retry_options: aws_lambda.LogRetentionRetryOptions | None
    log_retention_role: aws_iam.IRole | None
    logging_format: aws_lambda.LoggingFormat | None
    max_event_age: Duration | None
    on_failure: aws_lambda.IDestination | None
    on_success: aws_lambda.IDestination | None
    params_and_secrets: aws_lambda.ParamsAndSecretsLayerVersion | None
    profiling: bool | None
    profiling_group: aws_codeguruprofiler.IProfilingGroup | None
    recursive_loop: aws_lambda.RecursiveLoop | None
    reserved_concurrent_executions: int | None
    retry_attempts: int | None
    role: aws_iam.IRole | None
    runtime_management_mode: aws_lambda.RuntimeManagementMode | None
    security_groups: Sequence[aws_ec2.ISecurityGroup] | None
    snap_start: aws_lambda.SnapStartConf | None
    system_log_level: str | None
    system_log_level_v2: aws_lambda.SystemLogLevel | None
    tenancy_config: aws_lambda.TenancyConfig | None
    tracing: aws_lambda.Tracing | None
    vpc: aws_ec2.IVpc | None
    vpc_subnets: aws_ec2.SubnetSelection | None


class HandlerOptions(FunctionOptions, total=False):
    """The same with what `define_function` always says."""

    architecture: aws_lambda.Architecture
    environment: Mapping[str, str]
    memory_size: int
    timeout: Duration
