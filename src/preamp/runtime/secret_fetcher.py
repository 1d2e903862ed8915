"""The function behind `resolve_secret`: a custom resource whose attributes are secrets.

AWS CDK, "Provider framework": it is called for each change of the resource, and again whenever
``secretLastUpdated`` is another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.contract.identity import BackendId
from preamp.runtime.secrets import read_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS's
    """Answer CloudFormation with the secrets it asks for, by their names."""
    answer: dict[str, Any] = {
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["RequestId"]
    }
    if event["RequestType"] == "Delete":
        return answer
    asked = event["ResourceProperties"]
    backend_id = BackendId(asked["namespace"], asked["name"], asked["type"])
    found = {name: backend_id.secret_paths(name) for name in asked["secretNames"]}
    values = read_secrets({name: (paths.own, paths.shared) for name, paths in found.items()})
    return {**answer, "Data": values, "NoEcho": True}
