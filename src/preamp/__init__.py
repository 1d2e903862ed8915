"""AWS Amplify Gen 2 for Python: a whole backend, defined in Python.

This module is what a backend definition imports, and only that.
"""

from __future__ import annotations

from preamp.definition.backend import Backend, ResourceDefinition, ResourceScope, define_backend
from preamp.errors import Fault, PreampError, UserError

__all__ = [
    "Backend",
    "Fault",
    "PreampError",
    "ResourceDefinition",
    "ResourceScope",
    "UserError",
    "define_backend",
]
