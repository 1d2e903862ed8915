"""Lambda functions: code and configuration.

Defined by the AWS Lambda API reference, "UpdateFunctionCode" and "UpdateFunctionConfiguration".
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

from preamp.deploy.hotswap.operation import REQUIRED, Call, Settling, Swapper, text
from preamp.deploy.hotswap.rejection import RejectedError, Rejection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preamp.deploy.hotswap.operation import Wanted

_SERVICE: Final = "lambda"
_CODE: Final = "Code"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_INLINE_FILES: Final = {"python": "index.py", "nodejs": "index.js"}
_DEFAULTS: Final[Mapping[str, Any]] = {
    _CODE: REQUIRED,
    "Description": "",
    "Environment": {},
    "EphemeralStorage": {"Size": 512},
    "Handler": REQUIRED,
    "Layers": [],
    "MemorySize": 128,
    "Runtime": REQUIRED,
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}


def _calls(wanted: Wanted) -> list[Call]:
    function = {"FunctionName": wanted.physical_id}
    settling = Settling("function_updated_v2", function, "LastUpdateStatus", "InProgress")
    configuration = {
        name: _READERS[name](wanted, name) for name in sorted(wanted.names) if name != _CODE
    }
    made = []
    if configuration:
        arguments = {**function, **configuration}
        made.append(Call(_SERVICE, "update_function_configuration", arguments, settling))
    if _CODE in wanted.names:
        arguments = {**function, **_code(wanted)}
        made.append(Call(_SERVICE, "update_function_code", arguments, settling))
    return made


def _code(wanted: Wanted) -> dict[str, Any]:
    code = wanted.mapping(_CODE)
    if isinstance(code.get("S3Key"), str) and isinstance(code.get("S3Bucket"), str):
        names = ("S3Bucket", "S3Key", "S3ObjectVersion")
        return {name: code[name] for name in names if name in code}
    if isinstance(code.get("ZipFile"), str):
        return {"ZipFile": _inline(wanted, code["ZipFile"])}
    raise RejectedError(Rejection.VALUE, _CODE)


def _inline(wanted: Wanted, source: str) -> bytes:
    """Zip code that stands in the template, under the name that CloudFormation gives its file."""
    runtime = str(wanted.value("Runtime"))
    name = next((file for start, file in _INLINE_FILES.items() if runtime.startswith(start)), None)
    if name is None:
        raise RejectedError(Rejection.VALUE, _CODE)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name, _EPOCH)
        info.external_attr = 0o644 << 16
        archive.writestr(info, source)
    return packed.getvalue()


def _environment(wanted: Wanted, name: str) -> dict[str, dict[str, str]]:
    variables = wanted.mapping(name).get("Variables") or {}
    return {"Variables": {key: text(value) for key, value in variables.items()}}


def _storage(wanted: Wanted, name: str) -> dict[str, int]:
    try:
        return {"Size": int(wanted.mapping(name)["Size"])}
    except (KeyError, TypeError, ValueError) as error:
        raise RejectedError(Rejection.VALUE, name) from error


def _layers(wanted: Wanted, name: str) -> list[str]:
    layers = wanted.value(name)
    if not isinstance(layers, list):
        raise RejectedError(Rejection.VALUE, name)
    return [text(layer) for layer in layers]


def _text(wanted: Wanted, name: str) -> str:
    return text(wanted.value(name))


def _number(wanted: Wanted, name: str) -> int:
    return wanted.integer(name)


def _object(wanted: Wanted, name: str) -> dict[str, Any]:
    return wanted.mapping(name)


_READERS: Final[Mapping[str, Callable[[Wanted, str], Any]]] = {
    "Description": _text,
    "Environment": _environment,
    "EphemeralStorage": _storage,
    "Handler": _text,
    "Layers": _layers,
    "MemorySize": _number,
    "Runtime": _text,
    "Timeout": _number,
    "TracingConfig": _object,
}

FUNCTION: Final = Swapper(_SERVICE, _DEFAULTS, _calls)
"""``AWS::Lambda::Function``."""
