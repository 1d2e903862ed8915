"""Step Functions state machines: the definition.

Defined by the AWS Step Functions API reference, "UpdateStateMachine".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.hotswap.operation import Call, Swapper, text
from preamp.deploy.hotswap.rejection import RejectedError, Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "stepfunctions"
_TEXT: Final = "DefinitionString"
_OBJECT: Final = "Definition"
_SUBSTITUTIONS: Final = "DefinitionSubstitutions"
_DEFAULTS: Final[Mapping[str, Any]] = {_TEXT: None, _OBJECT: None, _SUBSTITUTIONS: {}}


def _calls(wanted: Wanted) -> list[Call]:
    if not wanted.names:
        return []
    arguments = {"stateMachineArn": wanted.physical_id, "definition": _definition(wanted)}
    return [Call(_SERVICE, "update_state_machine", arguments)]


def _definition(wanted: Wanted) -> str:
    written, given = wanted.value(_TEXT), wanted.value(_OBJECT)
    if isinstance(written, str) and given is None:
        definition = written
    elif isinstance(given, dict) and written is None:
        definition = json.dumps(given)
    else:
        # Neither of them, as it lies in a bucket.
        raise RejectedError(Rejection.VALUE, _TEXT)
    for name, value in wanted.mapping(_SUBSTITUTIONS).items():
        definition = definition.replace(f"${{{name}}}", text(value))
    return definition


STATE_MACHINE: Final = Swapper(_SERVICE, _DEFAULTS, _calls, frozenset({"StateMachineRevisionId"}))
"""``AWS::StepFunctions::StateMachine``."""
