"""The secrets of a deployment at AWS: which are set, and when each was changed.

They are where Amplify's console keeps them, in Systems Manager. Values are never read.
Amplify Gen 2, "Secrets and environment vars".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.contract.context import LAST_UPDATED, UPDATE_TIMES
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preamp.assembly.read import CloudAssembly
    from preamp.contract.identity import BackendId
    from preamp.deploy.target import Target

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})


class EnvironmentSecrets:
    """The secrets that one deployment may use.

    Attributes:
        times: When each was changed, in milliseconds since the epoch, by its name; None if that
            may not be known.
    """

    def __init__(self, backend_id: BackendId, target: Target) -> None:
        """Look.

        Args:
            backend_id: Whose secrets.
            target: The account, by rights that suffice to look.
        """
        self._backend_id = backend_id
        self.times = _times(backend_id, target)

    def context(self) -> dict[str, object]:
        """What a synthesis has to know: that something is new only if a secret is."""
        if self.times is None:
            return {}
        return {LAST_UPDATED: max(self.times.values(), default=0), UPDATE_TIMES: self.times}

    def require(self, assembly: CloudAssembly) -> None:
        """Refuse a backend that uses secrets which are not set.

        Args:
            assembly: The backend.

        Raises:
            UserError: ``SecretNotSetError``.
        """
        if self.times is None:
            return
        missing = {name: at for name, at in assembly.secrets.items() if name not in self.times}
        if missing:
            raise _not_set(missing, self._backend_id)


def _times(backend_id: BackendId, target: Target) -> dict[str, int] | None:
    from botocore.exceptions import ClientError

    paths = backend_id.secret_paths("")
    parameters = target.clients.client("ssm")
    found: dict[str, int] = {}
    try:
        # the own one wins over the shared one
        for prefix in (paths.shared, paths.own):
            found |= _times_below(prefix, parameters)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _DENIED:
            raise
        return None
    return found


def _times_below(prefix: str, parameters: Any) -> dict[str, int]:  # noqa: ANN401 - made at run time
    pages = parameters.get_paginator("get_parameters_by_path").paginate(Path=prefix.rstrip("/"))
    return {
        each["Name"].removeprefix(prefix): round(each["LastModifiedDate"].timestamp() * 1000)
        for page in pages
        for each in page["Parameters"]
    }


def _not_set(missing: Mapping[str, Any], backend_id: BackendId) -> UserError:
    names = sorted(missing)
    return UserError(
        "SecretNotSetError",
        f"not set at AWS: {', '.join(names)}",
        f"{_way_to_set(names, backend_id)}; nothing was deployed",
        sites=list(dict.fromkeys(site for sites in missing.values() for site in sites)),
    )


def _way_to_set(names: Sequence[str], backend_id: BackendId) -> str:
    if backend_id.kind == "sandbox":
        which = f"--target aws --identifier {backend_id.name}"
        commands = (f"preamp sandbox secret set {name} {which}" for name in names)
        return f"run: {' && '.join(commands)}"
    path = backend_id.secret_paths(names[0]).own
    return (
        "set it in Amplify's console, or with: aws ssm put-parameter --type SecureString "
        f"--name {path} --value …"
    )
