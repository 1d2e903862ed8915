"""EventBridge rules of the default bus: schedule, pattern, state.

Defined by the Amazon EventBridge API reference, "PutRule".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.hotswap.operation import Call, Swapper, document_text
from preamp.deploy.hotswap.rejection import RejectedError, Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "events"
_DEFAULTS: Final[Mapping[str, Any]] = {
    "Description": None,
    "EventPattern": None,
    "ScheduleExpression": None,
    "State": "ENABLED",
}
_UNSEEN: Final = ("EventBusName", "RoleArn")


def _calls(wanted: Wanted) -> list[Call]:
    if not wanted.names:
        return []
    for name in _UNSEEN:
        if name in wanted.properties:
            raise RejectedError(Rejection.PROPERTY, name)
    # The call sets all of a rule: what it is not given, the rule loses.
    values = {name: wanted.value(name) for name in _DEFAULTS}
    arguments = {name: document_text(value) for name, value in values.items() if value is not None}
    return [Call(_SERVICE, "put_rule", {"Name": wanted.physical_id, **arguments})]


RULE: Final = Swapper(_SERVICE, _DEFAULTS, _calls)
"""``AWS::Events::Rule``."""
