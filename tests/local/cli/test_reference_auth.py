"""Users who exist already: a backend that uses a user pool it did not make.

Amplify Gen 2, "Use existing Cognito resources".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from tests.local.cli.commandline import Project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BEFORE = """
from aws_cdk import aws_sqs as sqs
from preamp import define_backend

sqs.Queue(define_backend().create_stack("jobs"), "Jobs")
"""
BACKEND = """
from preamp import define_backend, define_function, define_storage, reference_auth

clerk = define_function(name="clerk", entry="clerk.py")
auth = reference_auth(
    user_pool_id="{pool}",
    identity_pool_id="{identities}",
    user_pool_client_id="{client}",
    auth_role_arn="{users}",
    unauth_role_arn="{guests}",
    access=lambda allow: [allow.resource(clerk).to(["getUser"])],
)
files = define_storage(
    name="files",
    access=lambda allow: {{"public/*": [allow.guest.to(["get"])]}},
)
define_backend(auth=auth, clerk=clerk, files=files)
"""
CLERK = """
import os
import boto3

def handler(event, context):
    pool = os.environ["AMPLIFY_AUTH_USERPOOL_ID"]
    user = boto3.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=event)
    return user["UserStatus"]
"""


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose local cloud runs."""
    project = Project(tmp_path_factory.mktemp("reference") / "app")
    project.write("amplify/backend.py", BEFORE)
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.err
    yield project
    project.run("sandbox", "stop")


def existing(client: Any) -> Mapping[str, str]:
    """What somebody else has made."""
    cognito, identity, iam = client("cognito-idp"), client("cognito-identity"), client("iam")
    pool = cognito.create_user_pool(PoolName="theirs", AutoVerifiedAttributes=["email"])
    pool_id = pool["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="web", ExplicitAuthFlows=flows
    )
    client_id = made["UserPoolClient"]["ClientId"]
    provider = f"cognito-idp.us-east-1.amazonaws.com/{pool_id}"
    identities = identity.create_identity_pool(
        IdentityPoolName="theirs",
        AllowUnauthenticatedIdentities=True,
        CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": client_id}],
    )["IdentityPoolId"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                "Action": "sts:AssumeRoleWithWebIdentity",
            }
        ],
    }
    roles = [
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        for name in ("theirs-users", "theirs-guests")
    ]
    identity.set_identity_pool_roles(
        IdentityPoolId=identities,
        Roles={"authenticated": roles[0], "unauthenticated": roles[1]},
    )
    cognito.admin_create_user(UserPoolId=pool_id, Username="ada", MessageAction="SUPPRESS")
    return {
        "pool": pool_id,
        "identities": identities,
        "client": client_id,
        "users": roles[0],
        "guests": roles[1],
    }


def test_a_backend_uses_the_users_of_another(project: Project) -> None:
    variables = project.run("sandbox", "env", "--json").json

    def client(service: str) -> Any:
        return boto3.session.Session().client(
            service,
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name=variables["AWS_REGION"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )

    given = existing(client)
    project.write("amplify/clerk.py", CLERK)
    project.write("amplify/backend.py", BACKEND.format(**given))
    deployed = project.run("sandbox", "--once")
    assert deployed.status == 0, deployed.err
    told = json.loads((project.folder / "amplify_outputs.json").read_text())["auth"]
    assert told["user_pool_id"] == given["pool"]
    assert told["user_pool_client_id"] == given["client"]
    assert told["identity_pool_id"] == given["identities"]
    assert told["unauthenticated_identities_enabled"] is True
    assert told["user_verification_types"] == ["email"]
    invoked = project.run("invoke", "clerk-lambda", "--event", '"ada"')
    assert (invoked.status, invoked.json) == (0, "FORCE_CHANGE_PASSWORD"), invoked.err
    allowed = client("iam").list_role_policies(RoleName="theirs-guests")["PolicyNames"]
    assert len(allowed) == 1
    wrong = given["pool"][:-1] + ("a" if given["pool"][-1] != "a" else "b")
    project.replace("amplify/backend.py", given["pool"], wrong)
    refused = project.run("sandbox", "--once")
    assert refused.status == 1
    assert wrong in refused.err
    # and the users of the other are as they were
    assert client("cognito-idp").admin_get_user(UserPoolId=given["pool"], Username="ada")
