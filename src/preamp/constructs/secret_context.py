"""What the CDK's context says for secrets: whose they are, and when they were changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from preamp.contract.context import KIND, LAST_UPDATED, NAME, NAMESPACE, UPDATE_TIMES
from preamp.contract.identity import BackendId
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from preamp.contract.site import Site


def owner_of_secrets(scope: Construct, site: Site | None) -> BackendId:
    """The backend that a construct's secrets belong to.

    Raises:
        UserError: ``SecretOutsideBackendError``.
    """
    namespace, name, kind = (scope.node.try_get_context(key) for key in (NAMESPACE, NAME, KIND))
    if namespace and name and kind:
        return BackendId(namespace, name, kind)
    raise UserError(
        "SecretOutsideBackendError",
        "a secret is used in a CDK app that is no backend, so it belongs to nobody",
        f"define a backend with define_backend(), or set the context keys {NAMESPACE}, {NAME} "
        f"and {KIND}",
        sites=[site] if site else [],
    )


def last_change(scope: Construct, names: Iterable[str]) -> int | None:
    """When the latest of some secrets was changed, in milliseconds since the epoch, if known."""
    times = scope.node.try_get_context(UPDATE_TIMES)
    if times:
        return max((int(times.get(name, 0)) for name in names), default=0)
    known = scope.node.try_get_context(LAST_UPDATED)
    return None if known is None else int(known)


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000
