"""Functions and layers: their packages are blobs, written once whatever is changed around them."""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.engine.blobs import Blobs, HeldBlobs
from preamp.engine.ministack.kept_services import KeptService
from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.engine.journal import Blobs as BlobNames
    from preamp.engine.journal import Records

_STORES: Final = {
    "functions": "_functions",
    "layers": "_layers",
    "esms": "_esms",
    "function_urls": "_function_urls",
    "kinesis_positions": "_kinesis_positions",
    "dynamodb_stream_positions": "_dynamodb_stream_positions",
}

SYMBOLS: Final = (
    *(Symbol(f"services.lambda_svc:{name}") for name in _STORES.values()),
    Symbol("services.lambda_svc:load_persisted_state", "data"),
)

_CODE: Final = "code_zip"
_LAYER: Final = "_zip_data"
_BLOB: Final = "preamp-blob"


class KeptFunctions:
    """Keeps ministack's Lambda.

    Args:
        blobs: Where packages go.
    """

    name = "lambda"

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._held = HeldBlobs(blobs)
        self._digests: dict[int, str] = {}
        self._service: Upstream = module("services.lambda_svc")
        shown = {"functions": self._function, "layers": self._layer}
        self._kept = KeptService(self.name, "lambda_svc", shown, state=self._state)
        self.collect = self._kept.collect

    def restore(self, records: Records) -> None:
        """Put the functions back, with their packages."""
        load = self._service.load_persisted_state

        def load_whole(state: dict[str, Any]) -> None:
            read: dict[str, bytes | None] = {}
            for function in state["functions"]._data.values():
                for each in (function, *(function.get("versions") or {}).values()):
                    self._fill(each, _CODE, read)
            for layer in state["layers"]._data.values():
                for version in layer.get("versions") or ():
                    self._fill(version, _LAYER, read)
            load(state)

        self._service.load_persisted_state = load_whole
        try:
            self._kept.restore(records)
        finally:
            self._service.load_persisted_state = load

    def _state(self) -> dict[str, Any]:
        self._digests = self._held.add(self._packages())
        return {name: getattr(self._service, store) for name, store in _STORES.items()}

    def _packages(self) -> Iterator[bytes]:
        for function in list(self._service._functions._data.values()):
            for each in (function, *(function.get("versions") or {}).values()):
                if isinstance(each.get(_CODE), bytes):
                    yield each[_CODE]
        for layer in list(self._service._layers._data.values()):
            for version in layer.get("versions") or ():
                if isinstance(version.get(_LAYER), bytes):
                    yield version[_LAYER]

    def _function(self, function: dict[str, Any]) -> tuple[dict[str, Any], BlobNames]:
        versions = function.get("versions") or {}
        kept = {name: self._named(each, _CODE) for name, each in versions.items()}
        shown = {**self._named(function, _CODE), "versions": kept}
        return shown, _names((shown, *kept.values()), _CODE)

    def _layer(self, layer: dict[str, Any]) -> tuple[dict[str, Any], BlobNames]:
        versions = [self._named(each, _LAYER) for each in layer.get("versions") or ()]
        return {**layer, "versions": versions}, _names(versions, _LAYER)

    def _named(self, record: dict[str, Any], field: str) -> dict[str, Any]:
        package = record.get(field)
        if not isinstance(package, bytes):
            return record
        digest = self._digests.get(id(package)) or self._blobs.add(package)
        return {**record, field: {_BLOB: digest}}

    def _fill(self, record: dict[str, Any], field: str, read: dict[str, bytes | None]) -> None:
        named = record.get(field)
        if not isinstance(named, dict):
            return
        digest = named[_BLOB]
        if digest not in read:
            # After a power failure the name may be there and the content not.
            read[digest] = self._blobs.read(digest) if self._blobs.has(digest) else None
        record[field] = read[digest]


def _names(records: Any, field: str) -> BlobNames:  # noqa: ANN401
    named = (record.get(field) for record in records)
    return tuple(sorted({each[_BLOB] for each in named if isinstance(each, dict)}))
