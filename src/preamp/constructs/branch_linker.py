"""The custom resource that tells Amplify's console which stack is the backend of a branch.

As in the official library, but for the function's language.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from aws_cdk.custom_resources import Provider
from constructs import Construct

from preamp.constructs.own_function import own_function

if TYPE_CHECKING:
    from pathlib import Path

    from aws_cdk import Stack

    from preamp.contract.identity import BackendId

_ENDPOINT: Final = "AWS_ENDPOINT_URL_AMPLIFY"


def link_branch(root: Stack, backend_id: BackendId, project: Path) -> None:
    """Have the branch of an Amplify app know its backend for as long as the stack lives.

    Args:
        root: The root stack.
        backend_id: The app and the branch.
        project: The project's folder.
    """
    scope = Construct(root, "AmplifyBranchLinker")
    function = own_function(scope, "CustomResourceLambda", "branch_linker", project)
    endpoint = os.environ.get(_ENDPOINT)
    if endpoint:
        function.add_environment(_ENDPOINT, endpoint)
    branch = f"arn:aws:amplify:*:*:apps/{backend_id.namespace}/branches/{backend_id.name}"
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=["amplify:GetBranch", "amplify:UpdateBranch"], resources=[branch]
        )
    )
    provider = Provider(scope, "CustomResourceProvider", on_event_handler=function)
    CustomResource(
        scope,
        "CustomResource",
        service_token=provider.service_token,
        resource_type="Custom::AmplifyBranchLinkerResource",
        properties={"appId": backend_id.namespace, "branchName": backend_id.name},
    )
