"""Hands the outputs that an API makes to the backend it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsii

from preamp.constructs.data.bindings import OUTPUT_STORAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.constructs.data.bindings import OutputEntry
    from preamp.definition.backend import ResourceScope


@jsii.implements(OUTPUT_STORAGE)
class BackendOutputs:
    """What the construct calls when it knows its outputs."""

    def __init__(self, scope: ResourceScope) -> None:
        self._scope = scope

    @jsii.member(jsii_name="addBackendOutputEntry")
    def add_backend_output_entry(self, key: str, entry: OutputEntry) -> None:
        """Take an entry."""
        self._scope.add_output_entry(key, entry.version, entry.payload)

    @jsii.member(jsii_name="appendToBackendOutputList")
    def append_to_backend_output_list(self, key: str, entry: Mapping[str, Any]) -> None:
        """Take what is added to a list, as by the functions behind conversations.

        The library does not declare this, so what it hands over comes as it is.
        """
        self._scope.append_output_entry(key, entry["version"], entry["payload"])
