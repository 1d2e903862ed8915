"""Finds, before a deployment, what AWS would refuse.

Owns the rules and the template validator; reads assemblies, and must not know targets.
"""

from preamp.check.beside import CheckBeside
from preamp.check.finding import Finding, Severity
from preamp.check.first import CheckFirst
from preamp.check.validator import Validator
from preamp.check.verdict import raise_on_errors, told

__all__ = [
    "CheckBeside",
    "CheckFirst",
    "Finding",
    "Severity",
    "Validator",
    "raise_on_errors",
    "told",
]
