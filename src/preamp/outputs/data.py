"""The section about the GraphQL API and its models.

Keys and their values are those of the official schema; Amplify Gen 2, "Outputs file".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.outputs.json_values import without_absent

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_data(payload: Mapping[str, str], models: object) -> dict[str, Any]:
    """Write the section; it is the same in every version.

    Args:
        payload: Values of the entry's stack outputs.
        models: The description of the API's models, None if there is none.
    """
    further = payload.get("awsAppsyncAdditionalAuthenticationTypes")
    section = without_absent(
        url=payload["awsAppsyncApiEndpoint"],
        aws_region=payload["awsAppsyncRegion"],
        api_key=payload.get("awsAppsyncApiKey"),
        default_authorization_type=payload["awsAppsyncAuthenticationType"],
        authorization_types=further.split(",") if further else None,
        model_introspection=models,
    )
    return {"data": section}
