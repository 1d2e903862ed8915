"""The template validator's diagnostics in our words.

Owns which of its rules count, as what, and how each is said. The validator is the CDK's own,
"AWS CloudFormation Validate"; the letters of its rule ids are F and E for what CloudFormation or
a service refuses, W for advice.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from preamp.check.finding import Mistake, Severity

if TYPE_CHECKING:
    from preamp.assembly.read import AssemblyStack

IGNORED: Final = frozenset({"E1018", "F3004"})
"""Rules not heard: one is wrong about what the CDK generates, and the CDK leaves it out as well;
the other repeats for every resource of a circle what our own rule says once."""

PROMOTED: Final = frozenset({"W2533", "W3030"})
"""Advice that is more: a function without handler, a value outside the allowed ones."""

WARNINGS: Final = frozenset({"E9003", "F0001", "W2531"})
"""Doubtful references, a stack without resources (the first minute of every backend), and runtimes
that will be refused one day."""

SUPERSEDED: Final[dict[str, frozenset[str]]] = {
    "duplicate-name": frozenset({"E3019"}),
    "trust-policy": frozenset({"E3530"}),
    "undefined-reference": frozenset({"F1020", "F1018", "E3005", "F6101"}),
}
"""Rule of ours -> the validator's rules that say the same of the same resource."""

_RULES: Final[dict[str, tuple[str, str]]] = {
    "E1028": ("undefined-condition", "declare the condition in the same stack"),
    "E2504": ("malformed-value", "give it a value of that form"),
    "E2531": ("retired-runtime", "choose a runtime that AWS still supports"),
    "E3002": ("unknown-property", "take it out, or check its spelling"),
    "E3003": ("missing-property", "set it; the construct's documentation says how"),
    "E3012": ("wrong-type", "give it a value of that type"),
    "E3030": ("value-not-allowed", "choose one of the allowed values"),
    "E3031": ("malformed-value", "give it a value of that form"),
    "E3034": ("value-out-of-range", "choose a value within the range"),
    "E3501": ("malformed-value", "give it a value of that form"),
    "E3510": ("policy", "write it as the IAM policy grammar says"),
    "E3512": ("policy", "write it as the IAM policy grammar says"),
    "E3530": ("trust-policy", "say who may assume the role: assumed_by=iam.ServicePrincipal(...)"),
    "E8002": ("undefined-condition", "declare the condition in the same stack"),
    "E9004": ("unknown-attribute", "choose one of the attributes the resource has"),
    "F0001": ("empty-stack", "add a resource: CloudFormation refuses a stack without any"),
    "F1018": ("undefined-reference", "refer to what is in the same stack"),
    "F1020": ("undefined-reference", "refer to what is in the same stack"),
    "F3002": ("unknown-property", "take it out, or check its spelling"),
    "F3003": ("missing-property", "set it; the construct's documentation says how"),
    "F3006": ("unknown-type", "check its spelling"),
    "F3012": ("wrong-type", "give it a value of that type"),
    "F3031": ("malformed-value", "give it a value of that form"),
    "F3034": ("value-out-of-range", "choose a value within the range"),
    "F6101": ("output-value", "give the output a text or a reference to the same stack"),
    "W2531": ("deprecated-runtime", "move to a newer runtime before AWS refuses this one"),
    "W2533": ("missing-property", "set it: a function packaged as a zip needs it"),
    "W3030": ("value-not-allowed", "choose one of the allowed values"),
}
_HINT: Final = "the type's page in the CloudFormation reference says what it takes"
_REQUIRED: Final = re.compile(r"'(?P<name>[^']+)' is a required property")
_TYPE: Final = re.compile(r"(?P<value>.*) is not of type '(?P<type>[^']+)'", re.DOTALL)
_ALLOWED: Final = re.compile(r"(?P<value>.*) is not one of \[(?P<allowed>.*)\]", re.DOTALL)
_HANDLER: Final = re.compile(r"Properties \[(?P<names>[^\]]*)\] missing for zip file deployment")
_OUTPUT: Final = re.compile(r"Outputs[./](?P<id>\w+)[./]?(?P<path>.*)")


@dataclass(frozen=True)
class Diagnostic:
    """What the validator said about one place of a template; plain data, kept in the cache.

    Attributes:
        rule: The validator's rule id.
        severity: ``FATAL``, ``ERROR`` or ``WARN``.
        message: The validator's words.
        logical_id: The resource or output; empty if it named none.
        path: The property in it, as the validator writes it.
    """

    rule: str
    severity: str
    message: str
    logical_id: str
    path: str

    @property
    def counts(self) -> bool:
        """Whether it becomes a finding at all."""
        if self.rule in IGNORED:
            return False
        return self.severity in {"FATAL", "ERROR"} or self.rule in PROMOTED | WARNINGS


def settings_key() -> str:
    """Return a name that changes whenever other diagnostics count."""
    settings = [sorted(rules) for rules in (IGNORED, PROMOTED, WARNINGS)]
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:8]


def as_mistake(stack: AssemblyStack, diagnostic: Diagnostic) -> Mistake:
    """Say a diagnostic in our words."""
    logical_id, path = _place(diagnostic)
    rule, hint = _RULES.get(diagnostic.rule, (diagnostic.rule, _HINT))
    severity: Severity = "warning" if diagnostic.rule in WARNINGS else "error"
    resource_type = str(stack.resources.get(logical_id, {}).get("Type", ""))
    message = _message(rule, diagnostic.message, path, resource_type)
    return Mistake(stack, logical_id, rule, message, hint, path, severity)


def _place(diagnostic: Diagnostic) -> tuple[str, str]:
    output = _OUTPUT.fullmatch(diagnostic.path)
    if output:
        return output["id"], _without_functions(output["path"].replace("/", "."))
    path = diagnostic.path.removeprefix("Properties").lstrip(".")
    return diagnostic.logical_id, "" if "/" in path else _without_functions(path)


def _without_functions(path: str) -> str:
    parts = path.split(".")
    return ".".join(takewhile(lambda part: part != "Ref" and not part.startswith("Fn::"), parts))


def _message(rule: str, text: str, path: str, resource_type: str) -> str:
    if rule == "empty-stack":
        return "the stack has no resources"
    if rule == "unknown-property" and path:
        return _unknown(path, resource_type)
    said = _missing(text, path) or _unsuitable(rule, text, path)
    # Some of the texts begin with the property themselves.
    told = text.startswith(path.rpartition(".")[2])
    return said or (text if told else f"{path}: {text}")


def _missing(text: str, path: str) -> str:
    if required := _REQUIRED.match(text):
        return f"the required property {required['name']} is missing{f' in {path}' if path else ''}"
    if missing := _HANDLER.match(text):
        names = missing["names"].replace("'", "")
        return f"the required property {names} is missing: the code is a zip file"
    return ""


def _unsuitable(rule: str, text: str, path: str) -> str:
    if typed := _TYPE.fullmatch(text):
        return f"{path} must be of type {typed['type']}, and is {typed['value']}"
    allowed = _ALLOWED.fullmatch(text)
    if allowed is None:
        return ""
    choice = allowed["allowed"].replace("'", "")
    if rule in {"unknown-attribute", "output-value"}:
        return f"{path} asks for {allowed['value']}, and the resource has only: {choice}"
    return f"{path} may not be {allowed['value']}; allowed: {choice}"


def _unknown(path: str, resource_type: str) -> str:
    holder, _, name = path.rpartition(".")
    if holder == "Environment.Variables":
        return (
            f"{name!r} is no name for an environment variable: it takes a letter, then one or"
            " more letters, digits or underscores"
        )
    return f"{resource_type} has no property {path}"
