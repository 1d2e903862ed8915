"""Resources of user pools in templates.

AWS: "AWS::Cognito::UserPoolIdentityProvider", "AWS::Cognito::UserPoolUser",
"AWS::Cognito::UserPoolUserToGroupAttachment", CloudFormation template reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.local.engine.local_engine import Stacks, unique_name

ClientFactory = Callable[..., Any]


@pytest.fixture
def stacks(client: ClientFactory) -> Iterator[Stacks]:
    """Deploy templates; what a test leaves is deleted."""
    made = Stacks(client("cloudformation"), client("s3"))
    yield made
    for name in reversed(made.names):
        client("cloudformation").delete_stack(StackName=name)


def template(scopes: str, provider: str = "MyOidc") -> dict[str, Any]:
    """A pool with a provider, and a user in a group."""
    pool = {"UserPoolId": {"Ref": "Pool"}}
    details = {"client_id": "a", "authorize_scopes": scopes, "oidc_issuer": "https://example.com"}
    member = {**pool, "Username": {"Ref": "User"}, "GroupName": {"Ref": "Group"}}
    of_type = "AWS::Cognito::UserPool"
    return {
        "Resources": {
            "Pool": {"Type": of_type, "Properties": {}},
            "Provider": {
                "Type": f"{of_type}IdentityProvider",
                "Properties": {
                    **pool,
                    "ProviderName": provider,
                    "ProviderType": "OIDC",
                    "ProviderDetails": {**details, "IDPSignout": True},
                    "AttributeMapping": {"email": "email"},
                },
            },
            "User": {
                "Type": f"{of_type}User",
                "Properties": {**pool, "Username": "jo", "MessageAction": "SUPPRESS"},
            },
            "Group": {"Type": f"{of_type}Group", "Properties": {**pool, "GroupName": "ADMINS"}},
            "Member": {"Type": f"{of_type}UserToGroupAttachment", "Properties": member},
        }
    }


def test_providers_users_and_members_are_made_changed_and_removed(
    stacks: Stacks, client: ClientFactory
) -> None:
    name, cognito = unique_name("people"), client("cognito-idp")
    assert stacks.create(name, template("openid"))["StackStatus"] == "CREATE_COMPLETE"
    pool = stacks.physical_id(name, "Pool")
    found = cognito.describe_identity_provider(UserPoolId=pool, ProviderName="MyOidc")
    details = found["IdentityProvider"]["ProviderDetails"]
    assert (details["authorize_scopes"], details["IDPSignout"]) == ("openid", "true")
    groups = cognito.admin_list_groups_for_user(UserPoolId=pool, Username="jo")["Groups"]
    assert [group["GroupName"] for group in groups] == ["ADMINS"]
    assert stacks.update(name, template("openid email"))["StackStatus"] == "UPDATE_COMPLETE"
    found = cognito.describe_identity_provider(UserPoolId=pool, ProviderName="MyOidc")
    assert found["IdentityProvider"]["ProviderDetails"]["authorize_scopes"] == "openid email"
    assert stacks.update(name, template("openid", "Other"))["StackStatus"] == "UPDATE_COMPLETE"
    providers = cognito.list_identity_providers(UserPoolId=pool)["Providers"]
    assert [each["ProviderName"] for each in providers] == ["Other"]
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"
