"""The roles that ``cdk bootstrap`` leaves in an account, each taken when it is first needed.

Owns the taking of roles. A deployment has the rights of these roles, not of whoever starts it, so
that a person or a CI job needs no more than to take them. As in the CDK's command line, whoever
may not take one goes on with credentials of their own, if these are for the same account.
AWS CDK, "Bootstrapping", "Roles created during bootstrapping".
"""

from __future__ import annotations

import getpass
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from preamp.events import Notice

if TYPE_CHECKING:
    from botocore.credentials import RefreshableCredentials
    from botocore.session import Session

    from preamp.deploy.target import Target
    from preamp.events import Reporter

_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_NOT_IN_NAMES: Final = re.compile(r"[^\w+=,.@-]", re.ASCII)
_LONGEST_SESSION: Final = 64


class Roles:
    """Targets with the rights of roles, one for each role; not for several threads at once."""

    def __init__(self, target: Target) -> None:
        """Begin without any role.

        Args:
            target: The account, with the credentials that may take its roles.
        """
        self._target = target
        self._taken: dict[str, Target] = {}
        self._refused: dict[str, str] = {}
        self._told: set[str] = set()

    def take(self, role: str | None) -> Target:
        """Return the account by the rights of a role.

        Args:
            role: The role's ARN, with placeholders as in an assembly; None for no role.

        Raises:
            ClientError: STS did not answer yes or no.
        """
        if role is None or not self._target.bootstrapped:
            return self._target
        arn = self._target.substitute(role)
        if arn not in self._taken:
            self._taken[arn] = self._take(arn)
        return self._taken[arn]

    def execution(self, role: str | None) -> str | None:
        """Return the role that CloudFormation shall act in, None for that of its caller.

        Args:
            role: The role's ARN, with placeholders as in an assembly.
        """
        return self._target.substitute(role) if role and self._target.bootstrapped else None

    def is_refused(self, role: str | None) -> bool:
        """Tell whether a role was asked for and refused.

        Args:
            role: The role's ARN, with placeholders as in an assembly.
        """
        return role is not None and self._target.substitute(role) in self._refused

    def tell_refused(self, reporter: Reporter) -> None:
        """Report the roles that were refused, each once.

        Args:
            reporter: Hears of them.
        """
        untold = {arn: why for arn, why in self._refused.items() if arn not in self._told}
        for arn, why in untold.items():
            name = arn.rpartition("/")[2]
            told = f"the role {name} may not be taken; going on with your own credentials: {why}"
            reporter.report(Notice(told))
        self._told.update(untold)

    def _take(self, arn: str) -> Target:
        from botocore.exceptions import ClientError

        session, credentials = _in_role(self._target, arn)
        try:
            credentials.get_frozen_credentials()
        except ClientError as error:
            told = error.response.get("Error", {})
            if told.get("Code") not in _REFUSED:
                raise
            self._refused[arn] = told.get("Message", "")
            return self._target
        return replace(self._target, session=session)


def _in_role(target: Target, arn: str) -> tuple[Session, RefreshableCredentials]:
    """Open a session whose credentials are those of a role, and renewed before they expire."""
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        CredentialProvider,
        CredentialResolver,
        DeferredRefreshableCredentials,
    )
    from botocore.session import Session

    caller = target.clients.session
    fetcher = AssumeRoleCredentialFetcher(
        partial(caller.create_client, region_name=target.region),
        caller.get_credentials(),
        arn,
        extra_args={"RoleSessionName": _session_name()},
    )
    credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "preamp-role")

    class InRole(CredentialProvider):
        METHOD = "preamp-role"

        def load(self) -> RefreshableCredentials:
            return credentials

    session = Session(profile=caller.profile)
    session.register_component("credential_provider", CredentialResolver([InRole()]))
    return session, credentials


def _session_name() -> str:
    """Name who deploys, for the account's log of calls."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return _NOT_IN_NAMES.sub("-", f"preamp-{user}")[:_LONGEST_SESSION]
