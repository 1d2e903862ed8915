"""Functions that read streams: in order per shard, with retries, bisection and an end to them.

ministack tries a failing batch for ever, reads no report of failed items, and lets one slow
function stop every other mapping.

AWS: "Using Lambda to process records from Amazon DynamoDB Streams", "Configuring partial batch
response with DynamoDB and Lambda", "Retaining discarded records for a DynamoDB event source".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack import deliveries, mappings, stream_sources
from preamp.engine.ministack.deliveries import Message, put_object, send_to_queue_or_topic
from preamp.engine.ministack.invocation_records import object_key, timestamp
from preamp.engine.ministack.mappings import Mapping, Window, active_mappings, failed_items
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from preamp.engine.ministack.stream_sources import Record, Source

_FOR_EVER: Final = -1
_BATCH: Final = 100
_BACKOFF_SECONDS: Final = 0.1
_MOST_BACKOFF_SECONDS: Final = 5.0
_RETRIES: Final = "RetryAttemptsExhausted"
_AGE: Final = "MaxRecordAgeExceeded"


def stream_mappings() -> Mend:
    """Read streams for functions as Lambda's pollers do."""
    return Mend(
        name="event source mappings of streams",
        reference="Using Lambda to process records from Amazon DynamoDB Streams",
        symbols=(
            Symbol("services.lambda_svc:_poll_dynamodb_streams", ""),
            Symbol("services.lambda_svc:_poll_kinesis", ""),
            *mappings.SYMBOLS,
            *stream_sources.SYMBOLS,
            *deliveries.SYMBOLS,
        ),
        apply=_apply,
    )


@dataclass
class _Part:
    """A batch, or what is left of one, on its way to a function."""

    records: list[Record]
    attempts: int = 0


@dataclass
class _Shard:
    """How far one mapping is with one shard."""

    parts: list[_Part] = field(default_factory=list)
    end: int = 0
    is_busy: bool = False
    not_before: float = 0.0
    window: Window = field(default_factory=Window)


class StreamMappings:
    """Reads every stream of one kind that functions are mapped to.

    Args:
        service: ministack's Lambda.
        source: The kind of stream.
    """

    def __init__(self, service: Upstream, source: Source) -> None:
        self._service = service
        self._source = source
        self._shards: dict[tuple[str, str], _Shard] = {}

    def poll(self) -> bool:
        """Begin with what is due in every shard; tell whether anything was."""
        began = False
        known = set()
        for mapping in active_mappings(self._service, self._source.service):
            for name in self._source.shards(mapping):
                known.add((mapping.identity, name))
                shard = self._shards.setdefault((mapping.identity, name), _Shard())
                began = self._poll(mapping, name, shard) or began
        self._shards = {key: each for key, each in self._shards.items() if key in known}
        return began

    def _poll(self, mapping: Mapping, name: str, shard: _Shard) -> bool:
        if shard.is_busy or shard.not_before > time.monotonic():
            return False
        if not shard.parts and not self._read(mapping, name, shard):
            return False
        if not shard.parts:
            # No filter let any of it through.
            self._source.advance(mapping, name, shard.end)
            return True
        shard.is_busy = True
        self._service._dispatch_esm_batch(mapping.identity, self._run, mapping, name, shard)
        return True

    def _read(self, mapping: Mapping, name: str, shard: _Shard) -> bool:
        position = self._source.position(mapping, name)
        size = mapping.number("BatchSize", _BATCH)
        records = self._source.read(mapping, name, position, size)
        if not records:
            return False
        is_full = len(records) >= size
        if not is_full and not shard.window.is_over(self._service, mapping.window):
            return False
        shard.window = Window()
        shard.end = position + len(records)
        wanted = self._service._apply_filter_criteria(records, mapping.record)
        shard.parts = [_Part(wanted)] if wanted else []
        return True

    def _run(self, mapping: Mapping, name: str, shard: _Shard) -> None:
        try:
            part = shard.parts.pop(0)
            event = {"Records": part.records}
            result = self._service._execute_function(mapping.function, event)
            self._judge(mapping, name, shard, part, result)
            if not shard.parts:
                self._source.advance(mapping, name, shard.end)
        finally:
            shard.is_busy = False

    def _judge(
        self, mapping: Mapping, name: str, shard: _Shard, part: _Part, result: dict[str, Any]
    ) -> None:
        numbers = [self._source.sequence_number(record) for record in part.records]
        first = 0
        if not result.get("error"):
            failed = failed_items(result, set(numbers)) if mapping.reports_failures else []
            if failed == []:
                mapping.record["LastProcessingResult"] = f"OK - {len(numbers)} records"
                return
            first = min((numbers.index(number) for number in failed or []), default=0)
        mapping.record["LastProcessingResult"] = mappings.FAILED
        left = _Part(part.records[first:], part.attempts + (0 if result.get("throttle") else 1))
        if first == 0 and mapping.record.get("BisectBatchOnFunctionError") and len(numbers) > 1:
            # Splitting is no retry.
            middle = len(numbers) // 2
            halves = part.records[:middle], part.records[middle:]
            shard.parts[:0] = [_Part(half, part.attempts) for half in halves]
            return
        self._retry(mapping, name, shard, left, result)

    def _retry(
        self, mapping: Mapping, name: str, shard: _Shard, part: _Part, result: dict[str, Any]
    ) -> None:
        expired, left = self._by_age(mapping, part.records)
        report = _Report(self._source, mapping, name, part.attempts, result)
        report.send(_AGE, expired)
        retries = mapping.number("MaximumRetryAttempts", _FOR_EVER)
        if retries != _FOR_EVER and part.attempts > retries:
            report.send(_RETRIES, left)
        elif left:
            shard.parts.insert(0, _Part(left, part.attempts))
            seconds = min(_BACKOFF_SECONDS * 2**part.attempts, _MOST_BACKOFF_SECONDS)
            shard.not_before = time.monotonic() + seconds
            mappings.wake_after(self._service, seconds)

    def _by_age(self, mapping: Mapping, records: list[Record]) -> tuple[list[Record], list[Record]]:
        most = mapping.number("MaximumRecordAgeInSeconds", _FOR_EVER)
        if most == _FOR_EVER:
            return [], records
        oldest = time.time() - most
        expired = [each for each in records if self._source.arrived_at(each) < oldest]
        return expired, records[len(expired) :]


@dataclass(frozen=True)
class _Report:
    """Tells the mapping's destination for failures what was discarded."""

    source: Source
    mapping: Mapping
    shard: str
    attempts: int
    result: dict[str, Any]

    def send(self, condition: str, records: list[Record]) -> None:
        destinations = self.mapping.record.get("DestinationConfig") or {}
        destination = (destinations.get("OnFailure") or {}).get("Destination")
        if not destination or not records:
            return
        body = self._record(condition, records)
        if destination.split(":")[2] == "s3":
            body["payload"] = json.dumps({"Records": records})
            key = object_key(f"{self.mapping.identity}/{self.shard}")
            put_object(destination, key, json.dumps(body))
        else:
            send_to_queue_or_topic(destination, Message(json.dumps(body)))

    def _record(self, condition: str, records: list[Record]) -> dict[str, Any]:
        source, config = self.source, self.mapping.config
        return {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": self.mapping.record["FunctionArn"],
                "condition": condition,
                "approximateInvokeCount": self.attempts,
            },
            "responseContext": {
                "statusCode": 429 if self.result.get("throttle") else 200,
                "executedVersion": config.get("Version", "$LATEST"),
                "functionError": self.result.get("function_error") or "Unhandled",
            },
            "version": "1.0",
            "timestamp": timestamp(),
            source.batch_info: {
                "shardId": self.shard,
                "startSequenceNumber": source.sequence_number(records[0]),
                "endSequenceNumber": source.sequence_number(records[-1]),
                "approximateArrivalOfFirstRecord": _moment(source.arrived_at(records[0])),
                "approximateArrivalOfLastRecord": _moment(source.arrived_at(records[-1])),
                "batchSize": len(records),
                "streamArn": self.mapping.source,
            },
        }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _apply(_: Tools) -> None:
    service = module("services.lambda_svc")
    tables, streams = (StreamMappings(service, source) for source in stream_sources.sources())
    service._poll_dynamodb_streams = tables.poll
    service._poll_kinesis = streams.poll
