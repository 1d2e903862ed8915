"""Options by which commands name a deployment at AWS and the account it is in."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from preamp.cli import wiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.deploy.target import Target
    from preamp.environment.place import Environment

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class AccountOptions:
    """Which credentials and region are meant.

    Attributes:
        profile: A profile of the machine's AWS configuration; None for what the environment says.
        region: A region; None for that of the environment or the profile.
    """

    profile: str | None = None
    region: str | None = None

    def target(self) -> Target:
        """The account, found by asking AWS."""
        from preamp.deploy.account import aws_account

        return aws_account(self.profile, self.region)


@dataclass(frozen=True)
class EnvironmentOptions:
    """Which deployment is meant.

    Attributes:
        branch: A branch.
        app_id: The Amplify app that the branch belongs to.
        identifier: What tells a backend apart that has no branch.
    """

    branch: str | None = None
    app_id: str | None = None
    identifier: str | None = None

    def environment(self) -> Environment:
        """The deployment, of the project of the working directory."""
        from preamp.environment.place import branch_environment, standalone_environment

        if self.branch:
            return branch_environment(wiring.project(), self.branch, self.app_id)
        return standalone_environment(wiring.project(), self.identifier)

    @property
    def named(self) -> bool:
        """Whether any was named."""
        return bool(self.branch or self.identifier)

    def check(self) -> None:
        """Refuse options that do not go together.

        Raises:
            UsageError: They do not.
        """
        if self.branch == "" or self.app_id == "":
            raise click.UsageError("--branch and --app-id must not be empty")
        if self.branch and self.identifier:
            raise click.UsageError("name a backend by --branch or by --identifier, not by both")
        if self.app_id and not self.branch:
            raise click.UsageError("--app-id goes with --branch")


def account_options(command: Callable[P, R]) -> Callable[..., R]:
    """Add the options that choose an account, as one argument ``account``."""

    @functools.wraps(command)
    def with_account(*arguments: P.args, **options: P.kwargs) -> R:
        account = AccountOptions(_text(options, "profile"), _text(options, "region"))
        return command(*arguments, **{**options, "account": account})  # type: ignore[arg-type]

    for option in (_region_option, _profile_option):
        option(with_account)
    return with_account


def target_options(command: Callable[P, R]) -> Callable[..., R]:
    """Add the options that choose where a sandbox is, as one argument ``account``.

    It is None for this machine.
    """

    @functools.wraps(command)
    def with_target(*arguments: P.args, **options: P.kwargs) -> R:
        given = AccountOptions(_text(options, "profile"), _text(options, "region"))
        at_aws = options.pop("target") == "aws"
        if given != AccountOptions() and not at_aws:
            raise click.UsageError("--profile and --region go with --target aws")
        account = given if at_aws else None
        return command(*arguments, **{**options, "account": account})  # type: ignore[arg-type]

    for option in (_region_option, _profile_option, target_option):
        option(with_target)
    return with_target


def environment_options(command: Callable[P, R]) -> Callable[..., R]:
    """Add the options that name a deployment at AWS, as one argument ``named``."""

    @functools.wraps(command)
    def with_environment(*arguments: P.args, **options: P.kwargs) -> R:
        named = EnvironmentOptions(
            _text(options, "branch"), _text(options, "app_id"), _text(options, "identifier")
        )
        named.check()
        return command(*arguments, **{**options, "named": named})  # type: ignore[arg-type]

    for option in (_identifier_option, _app_option, _branch_option):
        option(with_environment)
    return with_environment


def _text(options: dict[str, object], name: str) -> str | None:
    value = options.pop(name)
    return None if value is None else str(value)


_profile_option = click.option(
    "--profile", metavar="NAME", help="Profile of your AWS configuration."
)
_region_option = click.option(
    "--region", metavar="NAME", help="AWS region; by default that of the profile or environment."
)
target_option = click.option(
    "--target",
    type=click.Choice(("local", "aws")),
    default="local",
    show_default=True,
    help="Where the sandbox is: on this machine, or in your account at AWS.",
)
_branch_option = click.option("--branch", metavar="NAME", help="Branch that is deployed.")
_app_option = click.option(
    "--app-id", metavar="ID", help="Amplify app of the branch, if there is one."
)
_identifier_option = click.option(
    "--identifier",
    metavar="NAME",
    help="A backend without branches; the project's name by default.",
)
