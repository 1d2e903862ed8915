"""Identity pools: who gets credentials, and what these may do.

AWS: "Using role-based access control", "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.local.cognito.accounts import Accounts
from tests.local.engine.local_engine import policy, unique_name

ClientFactory = Callable[..., Any]
MakeAccounts = Callable[..., Accounts]
_BUCKET = "of-identities"
_OWN = "${cognito-identity.amazonaws.com:sub}"


@dataclass
class Identities:
    """An identity pool over a user pool."""

    accounts: Accounts
    client: ClientFactory
    unsigned: Any
    pool: str

    @property
    def provider(self) -> str:
        """The user pool as a provider of logins."""
        return f"cognito-idp.us-east-1.amazonaws.com/{self.accounts.pool}"

    def logins(self, token: str | None) -> dict[str, str]:
        """The logins of a token."""
        return {self.provider: token} if token else {}

    def identity(self, token: str | None = None) -> str:
        """Get an identity."""
        got = self.unsigned.get_id(IdentityPoolId=self.pool, Logins=self.logins(token))
        return str(got["IdentityId"])

    def credentials(self, identity: str, token: str | None = None) -> dict[str, str]:
        """Get the identity's credentials, as a client takes them."""
        given = self.unsigned.get_credentials_for_identity(
            IdentityId=identity, Logins=self.logins(token)
        )["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretKey"],
            "aws_session_token": given["SessionToken"],
        }

    def role(self, identity: str, token: str | None = None) -> str:
        """The name of the role that the credentials have."""
        caller = self.client("sts", **self.credentials(identity, token)).get_caller_identity()
        return str(caller["Arn"]).split("/")[1]


def trust(pool: str, amr: str) -> str:
    """The trust policy of a role for identities of a pool."""
    service = "cognito-identity.amazonaws.com"
    return policy(
        {
            "Effect": "Allow",
            "Principal": {"Federated": service},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{service}:aud": pool},
                "ForAnyValue:StringLike": {f"{service}:amr": amr},
            },
        }
    )


def allowed(*resources: str) -> dict[str, Any]:
    """A statement that lets objects be read and written."""
    arns = [f"arn:aws:s3:::{_BUCKET}/{each}" for each in resources]
    return {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": arns}


@pytest.fixture
def identities(pool_of: MakeAccounts, client: ClientFactory) -> Identities:
    """An identity pool with roles for guests, users and a group of them."""
    accounts = pool_of()
    cognito = client("cognito-identity")
    provider = f"cognito-idp.us-east-1.amazonaws.com/{accounts.pool}"
    pool = cognito.create_identity_pool(
        IdentityPoolName=unique_name("identities"),
        AllowUnauthenticatedIdentities=True,
        CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": accounts.client}],
    )["IdentityPoolId"]
    roles = {}
    for kind, statement, amr in (
        ("guest", allowed("public/*"), "unauthenticated"),
        ("user", allowed("public/*", f"own/{_OWN}/*"), "authenticated"),
        ("admin", allowed("*"), "authenticated"),
    ):
        roles[kind] = make_role(client, kind, trust(pool, amr), statement)
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
    cognito.set_identity_pool_roles(
        IdentityPoolId=pool,
        Roles={"authenticated": roles["user"], "unauthenticated": roles["guest"]},
        RoleMappings={f"{provider}:{accounts.client}": mapping},
    )
    accounts.admin.create_group(
        UserPoolId=accounts.pool, GroupName="ADMINS", RoleArn=roles["admin"]
    )
    client("s3").create_bucket(Bucket=_BUCKET)
    unsigned = client("cognito-identity", config=Config(signature_version=UNSIGNED))
    return Identities(accounts, client, unsigned, pool)


def make_role(client: ClientFactory, name: str, trusting: str, statement: dict[str, Any]) -> str:
    """Make a role; return its ARN."""
    role = unique_name(name)
    made = client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=trusting)
    client("iam").put_role_policy(RoleName=role, PolicyName="may", PolicyDocument=policy(statement))
    return str(made["Role"]["Arn"])


def may_put(identities: Identities, credentials: dict[str, str], key: str) -> bool:
    """Tell whether credentials let an object be written."""
    s3 = identities.client("s3", **credentials)
    try:
        s3.put_object(Bucket=_BUCKET, Key=key, Body=b"x")
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return False
    return True


def test_guests_users_and_groups_have_their_own_roles(identities: Identities) -> None:
    guest = identities.identity()
    assert identities.role(guest).startswith("guest")
    token = identities.accounts.join("jo")["IdToken"]
    identity = identities.identity(token)
    assert identities.role(identity, token).startswith("user")
    identities.accounts.admin.admin_add_user_to_group(
        UserPoolId=identities.accounts.pool, Username="jo", GroupName="ADMINS"
    )
    token = identities.accounts.sign_in("jo")["AuthenticationResult"]["IdToken"]
    assert identities.identity(token) == identity
    assert identities.role(identity, token).startswith("admin")


def test_a_user_has_a_folder_that_is_nobody_elses(identities: Identities) -> None:
    token = identities.accounts.join("jo")["IdToken"]
    identity = identities.identity(token)
    of_user = identities.credentials(identity, token)
    assert may_put(identities, of_user, f"own/{identity}/a")
    assert not may_put(identities, of_user, "own/us-east-1:somebody/a")
    assert may_put(identities, of_user, "public/a")
    of_guest = identities.credentials(identities.identity())
    assert may_put(identities, of_guest, "public/a")
    assert not may_put(identities, of_guest, f"own/{identity}/a")


def test_nobody_gets_an_identity_who_may_not(identities: Identities) -> None:
    token = identities.accounts.join("jo")["IdToken"]
    with pytest.raises(ClientError, match="Invalid login token"):
        identities.identity(token[:-8] + "AAAAAAAA")
    with pytest.raises(ClientError, match="not found"):
        identities.credentials("us-east-1:00000000-0000-4000-8000-000000000000")
    with pytest.raises(ClientError, match="is forbidden"):
        identities.credentials(identities.identity(token))
    guest = identities.identity()
    identities.client("cognito-identity").update_identity_pool(
        IdentityPoolId=identities.pool,
        IdentityPoolName="closed",
        AllowUnauthenticatedIdentities=False,
    )
    for ask in (identities.identity, lambda: identities.credentials(guest)):
        with pytest.raises(ClientError, match="Unauthenticated access is not supported"):
            ask()


def test_a_role_that_does_not_trust_the_pool_is_not_given(identities: Identities) -> None:
    role = make_role(
        identities.client, "elsewhere", trust("us-east-1:other", "authenticated"), allowed("*")
    )
    identities.client("cognito-identity").set_identity_pool_roles(
        IdentityPoolId=identities.pool, Roles={"authenticated": role, "unauthenticated": role}
    )
    with pytest.raises(ClientError, match="Invalid identity pool configuration"):
        identities.credentials(identities.identity())


def test_a_list_is_restricted_to_a_folder(identities: Identities, client: ClientFactory) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{_BUCKET}",
        "Condition": {"StringLike": {"s3:prefix": [f"own/{_OWN}/*"]}},
    }
    role = make_role(client, "lister", trust(identities.pool, "authenticated"), statement)
    client("cognito-identity").set_identity_pool_roles(
        IdentityPoolId=identities.pool, Roles={"authenticated": role}
    )
    token = identities.accounts.join("jo")["IdToken"]
    identity = identities.identity(token)
    s3 = client("s3", **identities.credentials(identity, token))
    assert s3.list_objects_v2(Bucket=_BUCKET, Prefix=f"own/{identity}/")["KeyCount"] == 0
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=_BUCKET, Prefix="own/")
