"""What definitions become: the constructs of each kind, loaded when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.definition.auth.definition import AuthDefinition
from preamp.definition.auth.reference import ReferenceAuthDefinition
from preamp.definition.data.definition import DataDefinition
from preamp.definition.function import FunctionDefinition
from preamp.definition.storage.definition import StorageDefinition
from preamp.errors import Fault

if TYPE_CHECKING:
    from preamp.definition.backend import ResourceScope


def build(definition: object, scope: ResourceScope) -> Any:  # noqa: ANN401 - one type for each kind
    """Make the constructs of one of our own definitions.

    Args:
        definition: What a ``define_…`` function returned.
        scope: What the backend gives to it.

    Returns:
        What ``backend.<name>`` shall be.

    Raises:
        Fault: ``DefinitionKindFault`` if it is none of ours.
    """
    match definition:
        case FunctionDefinition():
            from preamp.constructs.function.build import build_function

            return build_function(definition, scope)
        case AuthDefinition():
            from preamp.constructs.auth.build import build_auth

            return build_auth(definition, scope)
        case ReferenceAuthDefinition():
            from preamp.constructs.auth.reference import build_reference

            return build_reference(definition, scope)
        case StorageDefinition():
            from preamp.constructs.storage.build import build_storage

            return build_storage(definition, scope)
        case DataDefinition():
            from preamp.constructs.data.build import build_data

            return build_data(definition, scope)
        case _:
            raise Fault("DefinitionKindFault", f"nothing builds a {type(definition).__name__}")
