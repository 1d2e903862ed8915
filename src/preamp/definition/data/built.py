"""What `define_data` is built to: types alone, which describe Amplify's GraphQL construct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, Protocol, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import (
        CfnResource,
        NestedStack,
        RemovalPolicy,
        Stack,
        aws_appsync,
        aws_dynamodb,
        aws_elasticsearch,
        aws_events,
        aws_iam,
        aws_lambda,
        aws_opensearchservice,
        aws_rds,
        aws_secretsmanager,
    )


class TimeToLive(TypedDict):
    """When rows of a table go by themselves.

    Attributes:
        attribute_name: The field that says when, in seconds since the epoch.
        enabled: Whether they do.
    """

    attribute_name: NotRequired[str]
    enabled: bool


class PointInTimeRecovery(TypedDict):
    """Whether a table can be set back to an earlier time.

    Attributes:
        point_in_time_recovery_enabled: Whether it can.
        recovery_period_in_days: How far back.
    """

    point_in_time_recovery_enabled: bool
    recovery_period_in_days: NotRequired[int]


class Throughput(TypedDict):
    """What is provisioned for a table or an index.

    Attributes:
        read_capacity_units: Reads for each second.
        write_capacity_units: Writes for each second.
    """

    read_capacity_units: int
    write_capacity_units: int


class Encryption(TypedDict):
    """With which key a table is encrypted.

    Attributes:
        sse_enabled: Whether a key of KMS is used.
        kms_master_key_id: Which; AWS's own if left out.
        sse_type: There is one.
    """

    sse_enabled: bool
    kms_master_key_id: NotRequired[str]
    sse_type: NotRequired[Literal["KMS"]]


class Stream(TypedDict):
    """What of a table's changes its stream tells.

    Attributes:
        stream_view_type: Which images of a row.
    """

    stream_view_type: aws_dynamodb.StreamViewType


class AmplifyTable(Protocol):
    """The table of a model, whose settings can be changed, but not read.

    Amplify Gen 2, "Modify Amplify-generated AWS resources".

    Attributes:
        billing_mode: How it is paid for.
        deletion_protection_enabled: Whether it is kept from being deleted.
        point_in_time_recovery_enabled: Whether it can be set back to an earlier time.
        point_in_time_recovery_specification: The same, and how far back.
        provisioned_throughput: What is provisioned for it.
        sse_specification: With which key it is encrypted.
        stream_specification: What its stream tells.
        time_to_live_attribute: When rows go by themselves.
    """

    billing_mode: aws_dynamodb.BillingMode
    deletion_protection_enabled: bool
    point_in_time_recovery_enabled: bool
    point_in_time_recovery_specification: PointInTimeRecovery
    provisioned_throughput: Throughput
    sse_specification: Encryption
    stream_specification: Stream
    time_to_live_attribute: TimeToLive

    def apply_removal_policy(self, policy: RemovalPolicy) -> None:
        """Say what becomes of the table when its model goes.

        Args:
            policy: What.
        """

    def set_global_secondary_index_provisioned_throughput(
        self, index_name: str, provisioned_throughput: Throughput
    ) -> None:
        """Provision throughput of an index.

        Args:
            index_name: The index.
            provisioned_throughput: How much.
        """


class DataCfnResources(Protocol):
    """The CloudFormation resources of an API, by the names that its schema gives them."""

    @property
    def cfn_graphql_api(self) -> aws_appsync.CfnGraphQLApi:
        """The API itself."""

    @property
    def cfn_graphql_schema(self) -> aws_appsync.CfnGraphQLSchema:
        """Its schema."""

    @property
    def cfn_api_key(self) -> aws_appsync.CfnApiKey | None:
        """Its key, if it has one."""

    @property
    def cfn_resolvers(self) -> Mapping[str, aws_appsync.CfnResolver]:
        """Its resolvers."""

    @property
    def cfn_function_configurations(self) -> Mapping[str, aws_appsync.CfnFunctionConfiguration]:
        """The steps of its resolvers."""

    @property
    def cfn_data_sources(self) -> Mapping[str, aws_appsync.CfnDataSource]:
        """Its data sources."""

    @property
    def cfn_tables(self) -> Mapping[str, aws_dynamodb.CfnTable]:
        """Tables that are DynamoDB's own resources."""

    @property
    def amplify_dynamo_db_tables(self) -> Mapping[str, AmplifyTable]:
        """The tables of its models."""

    @property
    def cfn_roles(self) -> Mapping[str, aws_iam.CfnRole]:
        """Its roles."""

    @property
    def cfn_functions(self) -> Mapping[str, aws_lambda.CfnFunction]:
        """Functions that it brings along."""

    @property
    def additional_cfn_resources(self) -> Mapping[str, CfnResource]:
        """All others."""


class DataResources(Protocol):
    """The constructs of an API, by the names that its schema gives them."""

    @property
    def graphql_api(self) -> aws_appsync.IGraphqlApi:
        """The API itself."""

    @property
    def tables(self) -> Mapping[str, aws_dynamodb.ITable]:
        """The tables by model."""

    @property
    def roles(self) -> Mapping[str, aws_iam.IRole]:
        """The roles."""

    @property
    def functions(self) -> Mapping[str, aws_lambda.IFunction]:
        """Functions that it brings along."""

    @property
    def nested_stacks(self) -> Mapping[str, NestedStack]:
        """The stacks of the models."""

    @property
    def cfn_resources(self) -> DataCfnResources:
        """What CloudFormation gets."""


class BuiltData(Protocol):
    """The API of a backend's data.

    Amplify Gen 2, "Modify Amplify-generated AWS resources" and "Custom business logic".
    """

    @property
    def resources(self) -> DataResources:
        """Its constructs."""

    @property
    def stack(self) -> Stack:
        """Its stack."""

    @property
    def api_id(self) -> str:
        """The API's id."""

    @property
    def api_key(self) -> str | None:
        """The API's key, if it has one."""

    @property
    def graphql_url(self) -> str:
        """Where queries and mutations go."""

    @property
    def realtime_url(self) -> str:
        """Where subscriptions go."""

    @property
    def generated_function_slots(self) -> Sequence[object]:
        """The places in its resolvers that can be filled."""

    def add_dynamo_db_data_source(
        self,
        data_source_id: str,
        table: aws_dynamodb.ITable,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> aws_appsync.DynamoDbDataSource:
        """Add a table that resolvers of the schema can use.

        Args:
            data_source_id: What resolvers call it.
            table: The table.
            name: Its name in AppSync; the id if left out.
            description: What it is for.
        """

    def add_elasticsearch_data_source(
        self,
        data_source_id: str,
        domain: aws_elasticsearch.IDomain,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> aws_appsync.ElasticsearchDataSource:
        """Add a domain of Elasticsearch; see `add_dynamo_db_data_source`."""

    def add_event_bridge_data_source(
        self,
        data_source_id: str,
        event_bus: aws_events.IEventBus,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> aws_appsync.EventBridgeDataSource:
        """Add an event bus; see `add_dynamo_db_data_source`."""

    def add_http_data_source(
        self,
        data_source_id: str,
        endpoint: str,
        *,
        name: str | None = None,
        description: str | None = None,
        authorization_config: aws_appsync.AwsIamConfig | None = None,
    ) -> aws_appsync.HttpDataSource:
        """Add an HTTP endpoint; see `add_dynamo_db_data_source`.

        Args:
            data_source_id: What resolvers call it.
            endpoint: Its address.
            name: Its name in AppSync; the id if left out.
            description: What it is for.
            authorization_config: How requests are signed.
        """

    def add_lambda_data_source(
        self,
        data_source_id: str,
        function: aws_lambda.IFunction,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> aws_appsync.LambdaDataSource:
        """Add a function; see `add_dynamo_db_data_source`."""

    def add_none_data_source(
        self, data_source_id: str, *, name: str | None = None, description: str | None = None
    ) -> aws_appsync.NoneDataSource:
        """Add a source that has no data; see `add_dynamo_db_data_source`."""

    def add_open_search_data_source(
        self,
        data_source_id: str,
        domain: aws_opensearchservice.IDomain,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> aws_appsync.OpenSearchDataSource:
        """Add a domain of OpenSearch; see `add_dynamo_db_data_source`."""

    def add_rds_data_source(
        self,
        data_source_id: str,
        serverless_cluster: aws_rds.IServerlessCluster,
        secret_store: aws_secretsmanager.ISecret,
        database_name: str | None = None,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> aws_appsync.RdsDataSource:
        """Add a cluster of a relational database; see `add_dynamo_db_data_source`."""

    def add_resolver(self, resolver_id: str, **props: object) -> aws_appsync.Resolver:
        """Add a resolver.

        Args:
            resolver_id: Its construct's id.
            props: As the CDK's `aws_appsync.ExtendedResolverProps` has them.
        """

    def add_function(self, function_id: str, **props: object) -> aws_appsync.AppsyncFunction:
        """Add a step for resolvers.

        Args:
            function_id: Its construct's id.
            props: ``name``, ``data_source``, and ``code`` with ``runtime``, or mapping templates.
        """
