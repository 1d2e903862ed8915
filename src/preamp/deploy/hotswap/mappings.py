"""Lambda event source mappings: batches, filters, on and off.

Defined by the AWS Lambda API reference, "UpdateEventSourceMapping".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.hotswap.operation import REQUIRED, Call, Swapper

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "lambda"
_FILTERS: Final = "FilterCriteria"
_DEFAULTS: Final[Mapping[str, Any]] = {
    # Depends on what the source is.
    "BatchSize": REQUIRED,
    "Enabled": True,
    _FILTERS: {},
    "MaximumBatchingWindowInSeconds": 0,
}


def _calls(wanted: Wanted) -> list[Call]:
    if not wanted.names:
        return []
    values = {name: _value(wanted, name) for name in sorted(wanted.names)}
    arguments = {"UUID": wanted.physical_id, **values}
    return [Call(_SERVICE, "update_event_source_mapping", arguments)]


def _value(wanted: Wanted, name: str) -> Any:  # noqa: ANN401 - as the call wants it
    if name == "Enabled":
        return str(wanted.value(name)).lower() == "true"
    return wanted.mapping(name) if name == _FILTERS else wanted.integer(name)


EVENT_SOURCE_MAPPING: Final = Swapper(_SERVICE, _DEFAULTS, _calls)
"""``AWS::Lambda::EventSourceMapping``."""
