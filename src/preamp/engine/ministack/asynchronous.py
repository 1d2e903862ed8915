"""Asynchronous invocation: a bounded queue per function, retries, and where failures end.

ministack starts a thread per event, loses SNS and EventBridge events whose handler fails, and
takes a throttle for a failure. Here every asynchronous event goes the same way.

AWS: "How Lambda handles errors and retries with asynchronous invocation".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import contextvars
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

_AT_ONCE: Final = 4
_THROTTLE_SECONDS: Final = 0.1
_DEFAULT_RETRIES: Final = 2


def asynchronous_invocations() -> Mend:
    """Queue, retry and dead-letter every asynchronous event."""
    return Mend(
        name="asynchronous invocations",
        reference="How Lambda handles errors and retries with asynchronous invocation",
        symbols=(
            Symbol("services.lambda_svc:invoke_async_with_retry", "func event"),
            Symbol("services.lambda_svc:_execute_function", "func event"),
            Symbol("services.lambda_svc:_execute_function_with_config_scope", "func event"),
            Symbol("services.lambda_svc:_execution_record_for_config", "func config"),
            Symbol("services.lambda_svc:_get_func_record_for_ref", "function_ref"),
            Symbol("services.lambda_svc:_LAMBDA_ASYNC_RETRY_BASE_SECONDS"),
            Symbol("services.lambda_svc:_route_async_failure", "target_arn func_name event result"),
            Symbol(
                "services.sns:_deliver_to_lambda",
                "endpoint envelope topic_arn sub_arn msg_id raw_message message_attributes",
            ),
            Symbol("services.eventbridge:_dispatch_to_lambda", "arn payload"),
            Symbol(
                "app:call_service_handler_sync",
                "handler method path headers body query_params timeout",
            ),
        ),
        apply=_apply,
    )


@dataclass
class _Event:
    function: dict[str, Any]
    payload: object
    context: contextvars.Context
    attempts: int = 0

    @property
    def config(self) -> dict[str, Any]:
        config: dict[str, Any] = self.function.get("config") or self.function
        return config

    @property
    def settings(self) -> dict[str, Any]:
        """The function's event invoke configuration."""
        of_version = (self.function.get("event_invoke_configs") or {}).get("$LATEST")
        return self.function.get("event_invoke_config") or of_version or {}


@dataclass
class _Queue:
    waiting: deque[_Event] = field(default_factory=deque)
    running: int = 0


class AsynchronousInvocations:
    """The queues of all functions.

    Args:
        service: ministack's Lambda.
    """

    def __init__(self, service: Upstream) -> None:
        self._service = service
        self._queues: dict[str, _Queue] = {}
        self._lock = threading.Lock()

    def accept(self, func: dict[str, Any], event: object) -> None:
        """Take an event; the caller need not wait."""
        self._enqueue(_Event(func, event, contextvars.copy_context()))

    def _enqueue(self, event: _Event) -> None:
        key = event.config["FunctionArn"]
        with self._lock:
            queue = self._queues.setdefault(key, _Queue())
            queue.waiting.append(event)
            if queue.running >= _AT_ONCE:
                return
            queue.running += 1
        threading.Thread(target=self._drain, args=(queue,), daemon=True).start()

    def _drain(self, queue: _Queue) -> None:
        while True:
            with self._lock:
                if not queue.waiting:
                    queue.running -= 1
                    return
                event = queue.waiting.popleft()
            event.context.run(self._attempt, event)

    def _attempt(self, event: _Event) -> None:
        execute = self._service._execute_function_with_config_scope
        result = execute(event.function, event.payload)
        if result.get("throttle"):
            # Lambda keeps a throttled event for hours; it is no failed attempt.
            self._later(_THROTTLE_SECONDS, event)
            return
        event.attempts += 1
        if not result.get("error"):
            return
        retries = event.settings.get("MaximumRetryAttempts")
        if event.attempts <= (_DEFAULT_RETRIES if retries is None else int(retries)):
            base = self._service._LAMBDA_ASYNC_RETRY_BASE_SECONDS
            self._later(base * 2 ** (event.attempts - 1), event)
        else:
            _give_up(self._service, event, result)

    def _later(self, seconds: float, event: _Event) -> None:
        timer = threading.Timer(seconds, self._enqueue, (event,))
        timer.daemon = True
        timer.start()


def _give_up(service: Upstream, event: _Event, result: dict[str, Any]) -> None:
    destinations = event.settings.get("DestinationConfig") or {}
    on_failure = (destinations.get("OnFailure") or {}).get("Destination")
    if on_failure:
        name = event.config["FunctionName"]
        service._route_async_failure(on_failure, name, event.payload, result)
    dead_letters = (event.config.get("DeadLetterConfig") or {}).get("TargetArn")
    if dead_letters:
        _send_dead_letter(dead_letters, event, result)


def _send_dead_letter(target: str, event: _Event, result: dict[str, Any]) -> None:
    """Send the event as it came, with the error beside it (AWS: "Dead-letter queues")."""
    *_, service, region, account, name = target.split(":")
    body = result.get("body") if isinstance(result.get("body"), dict) else {}
    texts = {"ErrorCode": "200", "ErrorMessage": str((body or {}).get("errorMessage", ""))[:1024]}
    attributes = {
        key: {"DataType": "String", "StringValue": text or " "} for key, text in texts.items()
    }
    message = json.dumps(event.payload)
    if service == "sqs":
        url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
        content = {"QueueUrl": url, "MessageBody": message, "MessageAttributes": attributes}
        _call("sqs", {"x-amz-target": "AmazonSQS.SendMessage"}, json.dumps(content).encode())
    else:
        from urllib.parse import urlencode

        form = {"Action": "Publish", "TopicArn": target, "Message": message}
        _call("sns", {}, urlencode(form).encode())


def _call(service: str, headers: dict[str, str], body: bytes) -> None:
    app = module("app")
    kind = "x-amz-json-1.0" if "x-amz-target" in headers else "x-www-form-urlencoded"
    headers = {"content-type": f"application/{kind}", **headers}
    app.call_service_handler_sync(app.SERVICE_HANDLERS[service], "POST", "/", headers, body, {})


def _apply(_: Tools) -> None:
    service = module("services.lambda_svc")
    invocations = AsynchronousInvocations(service)

    def invoke_by_arn(arn: str, event: object) -> None:
        func, config, _name = service._get_func_record_for_ref(arn)
        if func and config:
            record = service._execution_record_for_config(func, config)
            invocations.accept(record, event)

    def deliver_to_lambda(
        endpoint: str,
        envelope: str,
        topic_arn: str,  # noqa: ARG001
        sub_arn: str,
        msg_id: str,  # noqa: ARG001
        raw_message: str,  # noqa: ARG001
        message_attributes: object,  # noqa: ARG001
    ) -> None:
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": sub_arn,
            "EventSource": "aws:sns",
            "Sns": json.loads(envelope),
        }
        invoke_by_arn(endpoint, {"Records": [record]})

    service.invoke_async_with_retry = invocations.accept
    module("services.sns")._deliver_to_lambda = deliver_to_lambda
    module("services.eventbridge")._dispatch_to_lambda = lambda arn, payload: invoke_by_arn(
        arn, json.loads(payload)
    )
