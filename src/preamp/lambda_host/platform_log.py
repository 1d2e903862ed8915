"""Lambda's own lines in a function's log, as text or as JSON.

AWS: "Viewing logs for Lambda functions", "Configuring JSON and plain text log formats", "Log-level
filtering", "Lambda Telemetry API Event schema reference".
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from preamp.lambda_host.failures import Failure
    from preamp.lambda_host.specification import FunctionSpec

_LEVELS: Final = ("DEBUG", "INFO", "WARN")
_DEFAULT_LEVEL: Final = "INFO"


@dataclass(frozen=True)
class Measures:
    """What a report tells.

    Attributes:
        duration_ms: Of the invocation.
        init_ms: Of the initialization before it, 0 if there was none.
        max_memory_mb: The most memory the environment used.
    """

    duration_ms: float
    init_ms: float
    max_memory_mb: int

    @property
    def billed_ms(self) -> int:
        """What AWS charges: the initialization too."""
        return math.ceil(self.duration_ms + self.init_ms)


class PlatformLog:
    """Writes the lines of one function.

    Args:
        spec: The function.
    """

    def __init__(self, spec: FunctionSpec) -> None:
        self._spec = spec
        self._json = spec.log_format == "JSON"

    def init_report(self, init_ms: float, phase: str, failure: Failure) -> str:
        """The line about an initialization that failed."""
        if self._json:
            record = {
                "initializationType": "on-demand",
                "phase": phase,
                "metrics": {"durationMs": round(init_ms, 3)},
                **_json_status(failure),
            }
            return self._event("platform.initReport", record, "WARN")
        parts = [f"INIT_REPORT Init Duration: {init_ms:.2f} ms", f"Phase: {phase}"]
        return "\t".join([*parts, *_text_status(failure)]) + "\n"

    def start(self, request_id: str) -> str:
        """The line before an invocation."""
        version = self._spec.version
        if self._json:
            record = {"requestId": request_id, "version": version}
            return self._event("platform.start", record, "INFO")
        return f"START RequestId: {request_id} Version: {version}\n"

    def end(self, request_id: str, measures: Measures, failure: Failure | None) -> str:
        """The lines after an invocation."""
        if self._json:
            return self._json_report(request_id, measures, failure)
        parts = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {measures.duration_ms:.2f} ms",
            f"Billed Duration: {measures.billed_ms} ms",
            f"Memory Size: {self._spec.memory_mb} MB",
            f"Max Memory Used: {measures.max_memory_mb} MB",
        ]
        if measures.init_ms:
            parts.append(f"Init Duration: {measures.init_ms:.2f} ms")
        parts += _text_status(failure) if failure and failure.fatal else []
        return f"END RequestId: {request_id}\n" + "\t".join(parts) + "\n"

    def failure(self, request_id: str, failure: Failure) -> str:
        """The line about a failure that the runtime could not write itself."""
        if self._json:
            return ""
        message = str(json.loads(failure.payload)["errorMessage"])
        text = message.removeprefix(f"RequestId: {request_id} Error: ")
        if failure.status == "timeout":
            return f"{_now()} {request_id} {text}\n\n"
        return f"RequestId: {request_id} Error: {text}\n{failure.error_type}\n"

    def _json_report(self, request_id: str, measures: Measures, failure: Failure | None) -> str:
        metrics: dict[str, Any] = {
            "durationMs": round(measures.duration_ms, 3),
            "billedDurationMs": measures.billed_ms,
            "memorySizeMB": self._spec.memory_mb,
            "maxMemoryUsedMB": measures.max_memory_mb,
        }
        if measures.init_ms:
            metrics["initDurationMs"] = round(measures.init_ms, 3)
        failed = failure is not None and failure.fatal
        status = _json_status(failure) if failure and failed else {"status": "success"}
        done = {"requestId": request_id, **status, "metrics": {"durationMs": metrics["durationMs"]}}
        report = {"requestId": request_id, "metrics": metrics, **status}
        return self._event(
            "platform.runtimeDone", done, "WARN" if failed else "DEBUG"
        ) + self._event("platform.report", report, "WARN" if failed else "INFO")

    def _event(self, name: str, record: dict[str, Any], level: str) -> str:
        """A line, if those of its level are wanted."""
        least = self._spec.system_log_level or _DEFAULT_LEVEL
        if least in _LEVELS and _LEVELS.index(level) < _LEVELS.index(least):
            return ""
        return json.dumps({"time": _now(), "type": name, "record": record}) + "\n"


def _text_status(failure: Failure) -> list[str]:
    parts = [f"Status: {failure.status}"]
    return parts if failure.status == "timeout" else [*parts, f"Error Type: {failure.error_type}"]


def _json_status(failure: Failure) -> dict[str, str]:
    return {"status": failure.status, "errorType": failure.error_type}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
