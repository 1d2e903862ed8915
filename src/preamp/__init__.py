"""AWS Amplify Gen 2 for Python: a whole backend, defined in Python.

This module is what a backend definition imports, and only that.
"""

from __future__ import annotations

from preamp.definition.auth.definition import AuthDefinition, define_auth
from preamp.definition.auth.reference import ReferenceAuthDefinition, reference_auth
from preamp.definition.backend import Backend, ResourceDefinition, ResourceScope, define_backend
from preamp.definition.data.definition import DataDefinition, define_data
from preamp.definition.function import FunctionDefinition, define_function
from preamp.definition.secret import Secret, secret
from preamp.definition.storage.definition import StorageDefinition, define_storage
from preamp.errors import Fault, PreampError, UserError

__all__ = [
    "AuthDefinition",
    "Backend",
    "DataDefinition",
    "Fault",
    "FunctionDefinition",
    "PreampError",
    "ReferenceAuthDefinition",
    "ResourceDefinition",
    "ResourceScope",
    "Secret",
    "StorageDefinition",
    "UserError",
    "define_auth",
    "define_backend",
    "define_data",
    "define_function",
    "define_storage",
    "reference_auth",
    "secret",
]
