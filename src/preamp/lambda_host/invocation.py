"""One invocation: the phases it goes through, and what is told of it.

AWS: "Understanding the Lambda execution environment lifecycle". Initialization may take ten
seconds; if it takes longer it is done again under the function's timeout. After an error of the
handler the worker lives on; after a timeout, an exit or too much memory it is gone.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from preamp.lambda_host.failures import (
    RESPONSE_LIMIT,
    STREAM_LIMIT,
    failure_of,
    named_failure,
    reported_failure,
    too_large,
)
from preamp.lambda_host.platform_log import Measures, PlatformLog
from preamp.lambda_host.runtime_api import Answered, InitFailed, NextAsked
from preamp.lambda_host.session import Exited, OutOfMemory
from preamp.lambda_host.specification import Outcome, RuntimeUnavailableError
from preamp.lambda_host.task_root import payload_as_on_lambda, text_as_on_lambda
from preamp.lambda_host.trace import trace_header
from preamp.lambda_host.worker import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.lambda_host.failures import Failure
    from preamp.lambda_host.session import Event, Session
    from preamp.lambda_host.specification import Request
    from preamp.lambda_host.worker import Worker


def initialize(worker: Worker, seconds: float, request_id: str) -> Failure | None:
    """Start a worker and wait until it is ready.

    Args:
        worker: The worker.
        seconds: How long it may take.
        request_id: Of the invocation it is for.

    Returns:
        What went wrong, if anything did.
    """
    try:
        session = worker.start()
    except RuntimeUnavailableError as error:
        return named_failure("Runtime.Unavailable", str(error))
    except OSError as error:
        text = f"{error.filename}: {error.strerror}"
        return named_failure("Runtime.InvalidEntrypoint", text, request_id)
    # What had to be installed or loaded for it first is not the function's doing.
    event = session.wait(time.monotonic() + seconds)
    if isinstance(event, NextAsked):
        return None
    if isinstance(event, InitFailed):
        body = payload_as_on_lambda(event.body, worker.spec.code)
        return reported_failure(body, event.error_type, fatal=True)
    return failure_of(event, request_id, seconds)


class Invocation:
    """One invocation by a worker; it is run once.

    Args:
        worker: The worker, started or not.
        request: The invocation.
        initialized: Told when the worker is initialized, or has failed to be.
    """

    def __init__(self, worker: Worker, request: Request, initialized: Callable[[], None]) -> None:
        self._initialized = initialized
        self._worker = worker
        self._request = request
        self._timeout = worker.spec.timeout
        self._log = PlatformLog(worker.spec)
        self._output: list[str] = []
        self._text: list[str] = []
        self._init_ms = 0.0
        self._peak = 0
        self._streamed = False
        self._first: Event | None = None

    def run(self) -> Outcome:
        """Initialize if needed, invoke, and tell what came of it."""
        self._take_output()
        cold = self._is_gone()
        failure = self._initialize() if cold else None
        self._initialized()
        self._text.append(self._log.start(self._request.request_id))
        started = time.monotonic()
        answer = b""
        if failure is not None:
            self._explain(failure)
        else:
            answer, failure = self._invoke(started)
        return self._outcome(answer, failure, _milliseconds_since(started), cold=cold)

    def _is_gone(self) -> bool:
        """Whether there is no worker to run this.

        One that ended after its last answer, on an error nobody caught, fails no later call.
        """
        session = self._worker.session
        if not self._worker.alive or session is None:
            return True
        if session.is_ready():
            return False
        self._first = session.wait(time.monotonic() + self._timeout)
        if not isinstance(self._first, Exited):
            return False
        self._take_output()
        self._worker.stop()
        self._first = None
        return True

    def _initialize(self) -> Failure | None:
        failure = self._try_to_initialize(self._worker.init_seconds, "init")
        if failure is not None and failure.status == "timeout":
            failure = self._try_to_initialize(self._timeout, "invoke")
        return failure

    def _try_to_initialize(self, seconds: float, phase: str) -> Failure | None:
        started = time.monotonic()
        failure = initialize(self._worker, seconds, self._request.request_id)
        self._init_ms = _milliseconds_since(started)
        self._take_output()
        if failure is not None:
            self._text.append(self._log.init_report(self._init_ms, phase, failure))
        return failure

    def _invoke(self, started: float) -> tuple[bytes, Failure | None]:
        session = self._worker.session
        if session is None:
            raise RuntimeError("a worker that is initialized has a session")
        deadline = started + self._timeout
        event = self._first or NextAsked()
        if isinstance(event, NextAsked):
            session.deliver(self._headers(), self._request.request_id, self._request.payload)
            event = session.wait(deadline)
        self._take_output()
        answer, failure = b"", None
        if isinstance(event, Answered):
            answer, failure = self._judge(event, session)
        else:
            failure = failure_of(event, self._request.request_id, self._timeout)
        if failure is not None and failure.fatal:
            self._explain(failure)
        return answer, failure

    def _judge(self, answer: Answered, session: Session) -> tuple[bytes, Failure | None]:
        self._peak = session.peak_memory()
        if self._peak > self._worker.spec.memory_mb * MEGABYTE:
            return b"", failure_of(OutOfMemory(), self._request.request_id, self._timeout)
        if answer.error:
            return b"", reported_failure(payload_as_on_lambda(answer.body, self._worker.spec.code))
        limit = STREAM_LIMIT if answer.streamed else RESPONSE_LIMIT
        if len(answer.body) > limit:
            return b"", too_large(limit)
        self._streamed = answer.streamed
        return answer.body, None

    def _headers(self) -> list[tuple[str, str]]:
        request = self._request
        milliseconds = int((time.time() + self._timeout) * 1000)
        headers = [
            ("Lambda-Runtime-Aws-Request-Id", request.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(milliseconds)),
            ("Lambda-Runtime-Invoked-Function-Arn", request.invoked_function_arn),
            ("Lambda-Runtime-Trace-Id", trace_header(request)),
        ]
        if request.client_context is not None:
            headers.append(("Lambda-Runtime-Client-Context", request.client_context))
        if request.cognito_identity is not None:
            headers.append(("Lambda-Runtime-Cognito-Identity", request.cognito_identity))
        return headers

    def _take_output(self) -> None:
        session = self._worker.session
        if session is None:
            return
        text = text_as_on_lambda(session.output.take(), self._worker.spec.code)
        if text:
            self._output.append(text)
            self._text.append(text if text.endswith("\n") else text + "\n")

    def _explain(self, failure: Failure) -> None:
        self._text.append(self._log.failure(self._request.request_id, failure))

    def _outcome(
        self, answer: bytes, failure: Failure | None, duration: float, *, cold: bool
    ) -> Outcome:
        if failure is not None and failure.status == "timeout":
            duration = self._timeout * 1000
        memory = -(-self._peak // MEGABYTE)
        measures = Measures(duration, self._init_ms, memory)
        self._text.append(self._log.end(self._request.request_id, measures, failure))
        if failure is not None and failure.fatal:
            self._worker.stop()
        return Outcome(
            payload=answer if failure is None else failure.payload,
            error=failure is not None,
            log="".join(self._text),
            output="".join(self._output),
            cold=cold,
            init_ms=self._init_ms,
            duration_ms=duration,
            max_memory_mb=memory,
            died=failure is not None and failure.fatal,
            log_stream=self._worker.log_stream,
            streamed=self._streamed,
        )


def _milliseconds_since(started: float) -> float:
    return (time.monotonic() - started) * 1000
