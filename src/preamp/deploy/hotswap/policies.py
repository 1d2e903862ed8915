"""IAM policies of roles: what they allow.

What a user edits most after code: another `grant_…` call changes the policy of a function's role.
The call is the one CloudFormation makes for it, and takes the whole document, so it gives and
takes away alike.
Defined by the IAM API reference, "PutRolePolicy".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from preamp.deploy.hotswap.operation import REQUIRED, Call, Swapper, text
from preamp.deploy.hotswap.rejection import RejectedError, Rejection

if TYPE_CHECKING:
    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "iam"
_DOCUMENT: Final = "PolicyDocument"


def _calls(wanted: Wanted) -> list[Call]:
    if not wanted.names:
        return []
    for holder in ("Groups", "Users"):
        if wanted.properties.get(holder):
            raise RejectedError(Rejection.PROPERTY, holder)
    roles = wanted.resolve(wanted.properties.get("Roles") or [])
    arguments = {
        "PolicyName": text(wanted.resolve(wanted.properties.get("PolicyName"))),
        _DOCUMENT: json.dumps(wanted.mapping(_DOCUMENT)),
    }
    return [
        Call(_SERVICE, "put_role_policy", {"RoleName": text(role), **arguments}) for role in roles
    ]


POLICY: Final = Swapper(_SERVICE, {_DOCUMENT: REQUIRED}, _calls)
"""``AWS::IAM::Policy``."""
