"""Whether an account is prepared for deployments, found out before anything else.

AWS CDK, "Bootstrapping": the version of the bootstrap stack is a parameter of Systems Manager.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.assembly.read import Bootstrapping
from preamp.errors import UserError
from preamp.events import Notice

if TYPE_CHECKING:
    from preamp.deploy.roles import Roles
    from preamp.deploy.target import Target
    from preamp.events import Reporter

_ROLE: Final = (
    "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/"
    "cdk-hnb659fds-{}-role-${{AWS::AccountId}}-${{AWS::Region}}"
)
STANDARD: Final = Bootstrapping(
    deploy_role=_ROLE.format("deploy"),
    execution_role=_ROLE.format("cfn-exec"),
    lookup_role=_ROLE.format("lookup"),
    version_parameter="/cdk-bootstrap/hnb659fds/version",
)
"""What ``cdk bootstrap`` leaves in an account if it is told nothing else."""

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})


def require_bootstrap(needed: Bootstrapping, roles: Roles, reporter: Reporter) -> None:
    """See that an account is bootstrapped, and not too long ago.

    Args:
        needed: What the assembly expects.
        roles: Takes the role that deploys.
        reporter: Told if it may not be looked at.

    Raises:
        UserError: ``BootstrapMissingError`` or ``BootstrapOutdatedError``.
    """
    target = roles.take(needed.deploy_role)
    parameter = needed.version_parameter
    if not target.bootstrapped or parameter is None:
        return
    version = _version(parameter, target)
    if version is None and roles.is_refused(needed.deploy_role):
        raise bootstrap_missing(
            target, f"neither its role for deployments may be taken nor {parameter} read"
        )
    if version is None:
        told = f"{parameter} may not be read, so the version of the bootstrap is not known"
        reporter.report(Notice(told))
    elif version < needed.version:
        raise UserError(
            "BootstrapOutdatedError",
            f"{target.where} was bootstrapped for the CDK in version {version}; "
            f"the backend needs {needed.version}",
            f"run again: {bootstrap_command(target)}",
        )


def bootstrap_command(target: Target) -> str:
    """Return the command that prepares an account.

    Args:
        target: The account.
    """
    profile = f" --profile {target.profile}" if target.profile else ""
    return f"npx aws-cdk bootstrap {target.where}{profile}"


def _version(parameter: str, target: Target) -> int | None:
    """Read the bootstrap's version; None if that is not allowed."""
    from botocore.exceptions import ClientError

    try:
        found = target.clients.client("ssm").get_parameter(Name=parameter)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in _DENIED:
            return None
        if code != "ParameterNotFound":
            raise
        raise bootstrap_missing(target, f"there is no parameter {parameter}") from error
    return int(found["Parameter"]["Value"])


def bootstrap_missing(target: Target, reason: str) -> UserError:
    """Describe an account that nobody has prepared.

    Args:
        target: The account.
        reason: What is missing.
    """
    return UserError(
        "BootstrapMissingError",
        f"{target.where} ({target.name}) is not prepared for deployments: {reason}",
        f"see that account and region are meant; then run once, as somebody who may: "
        f"{bootstrap_command(target)}",
    )
