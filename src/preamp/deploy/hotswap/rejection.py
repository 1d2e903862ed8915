"""Why a change is not hotswapped.

Owns the reasons, each with its sentence. Must not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rejection(StrEnum):
    """Why CloudFormation has to make a change."""

    ADDED = "a new resource is CloudFormation's to create"
    REMOVED = "a resource that goes is CloudFormation's to delete"
    REPLACED = "a resource that is replaced is CloudFormation's to replace"
    RESOURCE_TYPE = "there is no hotswap for resources of this type"
    PROPERTY = "there is no hotswap for this property"
    NO_DEFAULT = "what a service does without this property is not known for certain"
    LIFE_POLICY = "CloudFormation must know the policies of a resource's life"
    CONDITION = "only CloudFormation decides by conditions"
    NESTED_PARAMETERS = "what is given to a nested stack is CloudFormation's to change"
    STACK = "outputs, parameters, conditions and tags of a stack are CloudFormation's to change"
    REFERENCED = "another resource is given a value that this change alters"
    REFERENCE = "the value is not known before CloudFormation computes it"
    FUNCTION = "only CloudFormation computes this function"
    DYNAMIC_REFERENCE = "only CloudFormation looks up what the value refers to"
    VALUE = "the value is not of a form that a hotswap understands"
    NOT_THERE = "the resource does not exist at the target"


@dataclass(frozen=True)
class Rejected:
    """One change that is not hotswapped.

    Attributes:
        path: Construct path below the root stack.
        reason: Why.
        subject: What it is about: a property, a function, a reference; may be empty.
    """

    path: str
    reason: Rejection
    subject: str = ""

    def __str__(self) -> str:
        """One line for people."""
        subject = f" {self.subject}" if self.subject else ""
        return f"{self.path or '(root stack)'}{subject}: {self.reason}"


class RejectedError(Exception):
    """Raised inside the planning of a hotswap, and caught by it.

    Attributes:
        reason: Why the change is not hotswapped.
        subject: What it is about.
    """

    def __init__(self, reason: Rejection, subject: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.subject = subject
