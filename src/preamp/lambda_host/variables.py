"""The environment variables of a function.

AWS: "Using Lambda environment variables". Nothing of the developer's own environment is among them
but what the settings name.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preamp.lambda_host.specification import FunctionSpec

_OS_ONLY: Final = "provided"


def function_variables(
    spec: FunctionSpec,
    *,
    machine: Mapping[str, str],
    runtime: Mapping[str, str],
    temporary: Path,
    log_stream: str,
    api: str,
) -> dict[str, str]:
    """Compose the variables: what a function may set itself first, what is reserved last.

    Args:
        spec: The function.
        machine: What every function gets from this machine.
        runtime: The runtime's own.
        temporary: The environment's directory for temporary files.
        log_stream: Where its log goes.
        api: Address of its Runtime API.
    """
    return {
        **machine,
        **_defaults(spec, temporary),
        **runtime,
        **spec.variables,
        **_reserved(spec, log_stream),
        **spec.credentials(),
        "AWS_LAMBDA_RUNTIME_API": api,
    }


def _defaults(spec: FunctionSpec, temporary: Path) -> dict[str, str]:
    places = [str(layer) for layer in reversed(spec.layers)]
    libraries = [f"{place}/lib" for place in (str(spec.code), *places)]
    found = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "AWS_ENDPOINT_URL": spec.endpoint,
        # Some services' addresses have the account or the API in front, which resolves nowhere.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LD_LIBRARY_PATH": os.pathsep.join([str(spec.code), *libraries]),
    }
    if places:
        # /opt is the machine's; this says where the layers are instead.
        found["PREAMP_LAYERS"] = os.pathsep.join(places)
    return found


def _reserved(spec: FunctionSpec, log_stream: str) -> dict[str, str]:
    reserved = {
        "_HANDLER": spec.handler,
        "LAMBDA_TASK_ROOT": str(spec.code),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "AWS_REGION": spec.region,
        "AWS_DEFAULT_REGION": spec.region,
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": spec.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group or f"/aws/lambda/{spec.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_LOG_FORMAT": spec.log_format,
    }
    if not spec.runtime.startswith(_OS_ONLY):
        reserved["AWS_EXECUTION_ENV"] = f"AWS_Lambda_{spec.runtime}"
    if spec.log_format == "JSON":
        reserved["AWS_LAMBDA_LOG_LEVEL"] = spec.application_log_level or "INFO"
    return reserved
