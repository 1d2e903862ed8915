"""Functions that read SQS queues: batches, windows, partial failures, filters.

ministack knows no batching window and no batch of more than ten, keeps filtered messages if
the rest of their batch fails, and takes a nonsensical report of failures for success.

AWS: "Using Lambda with Amazon SQS", "Handling errors for an SQS event source in Lambda",
"Control which events Lambda sends to your function".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import time
from typing import Any, Final

from preamp.engine.ministack import mappings
from preamp.engine.ministack.mappings import Mapping, Window, active_mappings, failed_items
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

_PER_RECEIVE: Final = 10
_BACKOFF_SECONDS: Final = 0.2

Messages = list[dict[str, Any]]


def queue_mappings() -> Mend:
    """Read queues for functions as Lambda's pollers do."""
    return Mend(
        name="event source mappings of queues",
        reference="Using Lambda with Amazon SQS",
        symbols=(
            Symbol("services.lambda_svc:_poll_sqs", ""),
            Symbol("services.lambda_svc:_sqs_esm_concurrency", "esm func_rec config queue"),
            Symbol("services.lambda_svc:_sqs_message_attributes_to_camel_case", "attrs"),
            Symbol("services.lambda_svc:_esm_inflight"),
            Symbol("services.sqs:_receive_messages_for_esm", "queue_url max_number"),
            Symbol("services.sqs:_delete_messages_for_esm", "queue_url receipt_handles"),
            Symbol("services.sqs:_queue_by_arn", "arn"),
            Symbol("services.sqs:_queue_url"),
            *mappings.SYMBOLS,
        ),
        apply=_apply,
    )


class QueueMappings:
    """Reads every queue that functions are mapped to.

    Args:
        service: ministack's Lambda.
        queues: Its SQS.
    """

    def __init__(self, service: Upstream, queues: Upstream) -> None:
        self._service = service
        self._queues = queues
        self._windows: dict[str, Window] = {}

    def poll(self) -> bool:
        """Take what is due from every queue; tell whether anything was taken."""
        taken = 0
        for mapping in active_mappings(self._service, "sqs"):
            taken += self._poll(mapping)
        return taken > 0

    def _poll(self, mapping: Mapping) -> bool:
        service = self._service
        queue = self._queues._queue_by_arn(mapping.source)
        if queue is None or service._esm_backoff_until.get(mapping.identity, 0) > time.time():
            return False
        most = service._sqs_esm_concurrency(mapping.record, mapping.function, mapping.config, queue)
        if service._esm_inflight.get(mapping.identity, 0) >= most:
            return False
        if not self._is_due(mapping, queue):
            return False
        self._windows.pop(mapping.identity, None)
        batch = self._receive(mapping)
        if batch:
            self._dispatch(mapping, batch)
        return bool(batch)

    def _is_due(self, mapping: Mapping, queue: dict[str, Any]) -> bool:
        now = time.time()
        visible = sum(message.get("visible_at", 0) <= now for message in list(queue["messages"]))
        if not visible or visible >= _batch_size(mapping):
            return bool(visible)
        window = self._windows.setdefault(mapping.identity, Window())
        return window.is_over(self._service, mapping.window)

    def _receive(self, mapping: Mapping) -> Messages:
        url, size = self._url(mapping), _batch_size(mapping)
        batch: Messages = []
        while len(batch) < size:
            few = min(size - len(batch), _PER_RECEIVE)
            received = self._queues._receive_messages_for_esm(url, few)
            batch += received
            if len(received) < few:
                break
        return batch

    def _dispatch(self, mapping: Mapping, batch: Messages) -> None:
        service = self._service
        by_id = {message["id"]: message for message in batch}
        records = [self._record(mapping, message) for message in batch]
        wanted = service._apply_filter_criteria(records, mapping.record)
        left = {record["messageId"] for record in wanted}
        # What no filter lets through is gone, whatever becomes of the rest.
        self._delete(mapping, [each for name, each in by_id.items() if name not in left])
        if wanted:
            taken = [by_id[record["messageId"]] for record in wanted]
            service._dispatch_esm_batch(mapping.identity, self._run, mapping, wanted, taken)

    def _run(self, mapping: Mapping, records: Messages, batch: Messages) -> None:
        event = {"Records": records}
        result = self._service._execute_function(mapping.function, event)
        failed = self._failed(mapping, result, {message["id"] for message in batch})
        self._delete(mapping, [message for message in batch if message["id"] not in failed])
        if len(failed) == len(batch):
            mapping.record["LastProcessingResult"] = mappings.FAILED
            until = time.time() + _BACKOFF_SECONDS
            self._service._esm_backoff_until[mapping.identity] = until
            mappings.wake_after(self._service, _BACKOFF_SECONDS)
        else:
            mapping.record["LastProcessingResult"] = f"OK - {len(batch) - len(failed)} records"

    def _failed(self, mapping: Mapping, result: dict[str, Any], known: set[str]) -> set[str]:
        if result.get("error"):
            return known
        named = failed_items(result, known) if mapping.reports_failures else []
        return known if named is None else set(named)

    def _delete(self, mapping: Mapping, messages: Messages) -> None:
        handles = {message["receipt_handle"] for message in messages}
        self._queues._delete_messages_for_esm(self._url(mapping), handles)

    def _url(self, mapping: Mapping) -> str:
        return str(self._queues._queue_url(mapping.source.rpartition(":")[2]))

    def _record(self, mapping: Mapping, message: dict[str, Any]) -> dict[str, Any]:
        camel_case = self._service._sqs_message_attributes_to_camel_case
        *_, region, account, _ = mapping.source.split(":")
        return {
            "messageId": message["id"],
            "receiptHandle": message["receipt_handle"],
            "body": message["body"],
            "attributes": _attributes(message, account),
            "messageAttributes": camel_case(message.get("message_attributes") or {}),
            "md5OfBody": message.get("md5_body") or message.get("md5") or "",
            "eventSource": "aws:sqs",
            "eventSourceARN": mapping.source,
            "awsRegion": region,
        }


def _batch_size(mapping: Mapping) -> int:
    return mapping.number("BatchSize", _PER_RECEIVE)


def _attributes(message: dict[str, Any], account: str) -> dict[str, str]:
    received = message.get("first_receive_at") or time.time()
    optional = {
        "AWSTraceHeader": (message.get("sys") or {}).get("AWSTraceHeader"),
        "MessageGroupId": message.get("group_id"),
        "MessageDeduplicationId": message.get("dedup_id"),
        "SequenceNumber": message.get("seq"),
    }
    return {
        "ApproximateReceiveCount": str(message.get("receive_count", 1)),
        "SentTimestamp": str(int(message["sent_at"] * 1000)),
        "SenderId": account,
        "ApproximateFirstReceiveTimestamp": str(int(received * 1000)),
        **{name: str(value) for name, value in optional.items() if value},
    }


def _apply(_: Tools) -> None:
    service = module("services.lambda_svc")
    service._poll_sqs = QueueMappings(service, module("services.sqs")).poll
