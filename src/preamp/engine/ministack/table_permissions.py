"""Calls about the tags of a table are about that table, which they name by its ARN.

ministack holds them against the resource ``*``, so that a policy for just this table denies them.

AWS: "Actions, resources, and condition keys for Amazon DynamoDB".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.engine.ministack.ses import json_object
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_ARN: Final = "ResourceArn"


def table_permissions() -> Mend:
    """Hold a call about tags against the table that it names."""
    return Mend(
        name="permission for the tags of tables",
        reference="Actions, resources, and condition keys for Amazon DynamoDB",
        symbols=(Symbol("core.iam_actions:dynamodb_resource_arns", "body region account_id"),),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    actions = module("core.iam_actions")
    upstream: Callable[[bytes, str, str], list[str]] = actions.dynamodb_resource_arns

    def dynamodb_resource_arns(body: bytes, region: str, account_id: str) -> list[str]:
        found = upstream(body, region, account_id)
        arn = None if found else json_object(body).get(_ARN)
        return [arn] if isinstance(arn, str) and arn else found

    actions.dynamodb_resource_arns = dynamodb_resource_arns
