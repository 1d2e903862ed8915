"""Which account and region of AWS is meant: the machine's own AWS configuration as a target.

Owns the choice of profile and region, and finding out whose account the credentials are. Profiles
that sign in through IAM Identity Center or take a role are botocore's business.
AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from preamp.deploy.failure import explained
from preamp.deploy.target import Target
from preamp.errors import UserError

if TYPE_CHECKING:
    from botocore.session import Session

_PATIENCE_SECONDS: Final = 300.0
_ATTEMPTS: Final = 8


def aws_account(profile: str | None = None, region: str | None = None) -> Target:
    """Find the account that the machine's credentials are for.

    Args:
        profile: A profile of the AWS configuration; None for what the environment says.
        region: A region; None for that of the environment or the profile.

    Returns:
        The account as a target that ``cdk bootstrap`` prepares.

    Raises:
        UserError: ``CredentialsError``, ``RegionMissingError`` or ``TargetUnreachableError``.
    """
    name = _name()
    with explained(Target(name, region or "", "", bootstrapped=True, profile=profile)):
        session = _open(profile)
        # AWS's own command line knows AWS_REGION, too, and CI services set it; botocore does not
        named = region or os.environ.get("AWS_REGION")
        chosen = named or session.get_config_variable("region")
        if not chosen:
            raise UserError(
                "RegionMissingError",
                "no AWS region is configured",
                "say --region, set AWS_REGION, or use a profile that names a region",
            )
        target = Target(
            name,
            chosen,
            "",
            session=session,
            bootstrapped=True,
            patience=_PATIENCE_SECONDS,
            attempts=_ATTEMPTS,
            profile=profile,
        )
        account = target.clients.client("sts").get_caller_identity()["Account"]
    return replace(target, account=account)


def _name() -> str:
    """What to call it: whoever is led elsewhere, to a sandbox for example, shall see that."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return f"AWS at {endpoint}" if endpoint else "AWS"


def _open(profile: str | None) -> Session:
    from botocore.session import Session

    session = Session(profile=profile)
    # a profile that does not exist is told by the first look at it
    session.get_scoped_config()
    return session
