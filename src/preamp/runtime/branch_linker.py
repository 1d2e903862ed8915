"""The function that tells Amplify's console which stack is the backend of a branch.

AWS CDK, "Provider framework", and the Amplify API reference, "UpdateBranch". Amplify Hosting shows
the backend of a branch, and deletes it with the branch, by what is noted here.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_NO_STAGE = "NONE"


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS's
    """Note the stack with its branch, or take it off when the stack goes."""
    import boto3

    answer = {"PhysicalResourceId": event.get("PhysicalResourceId") or event["RequestId"]}
    asked = event["ResourceProperties"]
    amplify = boto3.client("amplify")
    if event["RequestType"] != "Delete":
        _link(amplify, asked["appId"], asked["branchName"], event["StackId"])
        return answer
    # the branch may have gone first
    with contextlib.suppress(amplify.exceptions.NotFoundException):
        _link(amplify, asked["appId"], asked["branchName"], None)
    return answer


def _link(amplify: Any, app_id: str, branch_name: str, stack: str | None) -> None:  # noqa: ANN401
    """Update a branch with all it says of itself: what is left out would be lost."""
    branch = amplify.get_branch(appId=app_id, branchName=branch_name)["branch"]
    accepted = amplify.meta.service_model.operation_model("UpdateBranch").input_shape.members
    settings = {name: value for name, value in branch.items() if name in accepted}
    if settings.get("stage") == _NO_STAGE:
        # what the service answers for a branch without a stage, and refuses to be told
        del settings["stage"]
    backend = {**settings.pop("backend", {}), "stackArn": stack}
    if stack is None:
        del backend["stackArn"]
    amplify.update_branch(**{**settings, "appId": app_id, "backend": backend})
