from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from preamp import define_backend

from .auth.resource import auth

backend = define_backend(auth=auth)

made = backend[auth].resources
made.cfn_resources.cfn_user_pool.policies = cognito.CfnUserPool.PoliciesProperty(
    password_policy=cognito.CfnUserPool.PasswordPolicyProperty(
        minimum_length=12,
        require_lowercase=True,
        require_numbers=True,
        require_symbols=False,
        require_uppercase=True,
        temporary_password_validity_days=20,
    )
)
made.cfn_resources.cfn_user_pool.add_property_override(
    "DeviceConfiguration.ChallengeRequiredOnNewDevice",
    value=True,
)
client = made.cfn_resources.cfn_user_pool_client
client.access_token_validity = Duration.minutes(30).to_minutes()
client.token_validity_units = cognito.CfnUserPoolClient.TokenValidityUnitsProperty(
    access_token="minutes"
)
made.cfn_resources.cfn_identity_pool.allow_unauthenticated_identities = False
made.authenticated_user_iam_role.add_to_principal_policy(
    iam.PolicyStatement(actions=["mobiletargeting:PutEvents"], resources=["*"])
)
made.unauthenticated_user_iam_role.add_to_principal_policy(
    iam.PolicyStatement(effect=iam.Effect.DENY, actions=["*"], resources=["*"])
)
made.groups["ADMINS"].role.add_to_principal_policy(
    iam.PolicyStatement(actions=["cognito-idp:ListUsers"], resources=[made.user_pool.user_pool_arn])
)
made.groups["EDITORS"].cfn_user_group.description = "People who may edit"
backend.add_output(custom={"pool": made.user_pool.user_pool_arn})
