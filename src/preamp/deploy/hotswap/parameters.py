"""SSM parameters: the value.

Defined by the AWS Systems Manager API reference, "PutParameter".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.deploy.hotswap.operation import REQUIRED, Call, Swapper, text

if TYPE_CHECKING:
    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "ssm"
_VALUE: Final = "Value"


def _calls(wanted: Wanted) -> list[Call]:
    if not wanted.names:
        return []
    arguments = {"Name": wanted.physical_id, _VALUE: text(wanted.value(_VALUE)), "Overwrite": True}
    return [Call(_SERVICE, "put_parameter", arguments)]


PARAMETER: Final = Swapper(_SERVICE, {_VALUE: REQUIRED}, _calls, frozenset({_VALUE}))
"""``AWS::SSM::Parameter``."""
