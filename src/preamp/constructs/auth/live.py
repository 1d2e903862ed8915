"""The users of a backend, once they can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_cognito as cognito

    from preamp.definition.auth.built import AuthResources


@dataclass(frozen=True)
class LiveAuth:
    """What `define_auth` is built to; see `BuiltAuth`.

    Attributes:
        resources: The constructs.
        stack: The stack of auth.
        domain: Of the sign-in page, if there is one.
    """

    resources: AuthResources
    stack: Stack
    domain: cognito.UserPoolDomain | None
