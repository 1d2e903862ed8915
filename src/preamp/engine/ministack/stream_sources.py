"""DynamoDB streams and Kinesis streams, read by position.

Knows where records are and what they look like in an event, not what becomes of them.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from preamp.engine.ministack.mappings import Mapping

SYMBOLS: Final = (
    Symbol("services.lambda_svc:_dynamodb_stream_positions"),
    Symbol("services.lambda_svc:_kinesis_positions"),
    Symbol("services.dynamodb:_tables"),
    Symbol("services.dynamodb:stream_start_position", "table_name account_id region"),
    Symbol("services.dynamodb:stream_end_position", "table_name account_id region"),
    Symbol("services.dynamodb:stream_records_since", "table_name position limit account_id region"),
    Symbol("services.kinesis:_streams"),
)
"""What reading leans on."""

_TRIM_HORIZON: Final = "TRIM_HORIZON"
_AT_TIMESTAMP: Final = "AT_TIMESTAMP"

Record = dict[str, Any]


class Source(Protocol):
    """A service whose streams functions read."""

    @property
    def service(self) -> str:
        """The name in its ARNs."""

    @property
    def batch_info(self) -> str:
        """Where the record of a failed batch describes the batch."""

    def shards(self, mapping: Mapping) -> list[str]:
        """Name the shards of a mapping's stream; none if the stream is gone."""

    def position(self, mapping: Mapping, shard: str) -> int:
        """Return how far a shard was read; where to begin, at first."""

    def advance(self, mapping: Mapping, shard: str, position: int) -> None:
        """Remember how far a shard was read."""

    def read(self, mapping: Mapping, shard: str, position: int, limit: int) -> list[Record]:
        """Return records from a position on, as events show them."""

    def sequence_number(self, record: Record) -> str:
        """Return a record's sequence number."""

    def arrived_at(self, record: Record) -> float:
        """Return when a record arrived, in seconds since the epoch."""


@dataclass(frozen=True)
class DynamoDBStreams:
    """Streams of tables; the emulator has one shard per table.

    Attributes:
        lambdas: ministack's Lambda.
        tables: Its DynamoDB.
    """

    lambdas: Upstream
    tables: Upstream
    service: str = "dynamodb"
    batch_info: str = "DDBStreamBatchInfo"

    def shards(self, mapping: Mapping) -> list[str]:
        """Name the only shard."""
        table = self.tables._tables.get(_table(mapping)) or {}
        is_current = table.get("LatestStreamArn") == mapping.source
        return ["shardId-00000000000000000000-00000000"] if is_current else []

    def position(self, mapping: Mapping, shard: str) -> int:  # noqa: ARG002 - there is one
        """Return how far the stream was read; what expired is skipped."""
        table = _table(mapping)
        horizon = int(self.tables.stream_start_position(table))
        positions = self.lambdas._dynamodb_stream_positions
        if mapping.identity not in positions:
            is_oldest = mapping.record.get("StartingPosition") == _TRIM_HORIZON
            end = self.tables.stream_end_position(table)
            positions[mapping.identity] = horizon if is_oldest else end
        return max(int(positions[mapping.identity]), horizon)

    def advance(self, mapping: Mapping, shard: str, position: int) -> None:  # noqa: ARG002
        """Remember how far the stream was read."""
        self.lambdas._dynamodb_stream_positions[mapping.identity] = position

    def read(
        self,
        mapping: Mapping,
        shard: str,  # noqa: ARG002
        position: int,
        limit: int,
    ) -> list[Record]:
        """Return records from a position on."""
        return list(self.tables.stream_records_since(_table(mapping), position, limit))

    def sequence_number(self, record: Record) -> str:
        """Return a record's sequence number."""
        return str(record["dynamodb"]["SequenceNumber"])

    def arrived_at(self, record: Record) -> float:
        """Return when a record arrived."""
        return float(record["dynamodb"]["ApproximateCreationDateTime"])


@dataclass(frozen=True)
class KinesisStreams:
    """Kinesis data streams.

    Attributes:
        lambdas: ministack's Lambda.
        streams: Its Kinesis.
    """

    lambdas: Upstream
    streams: Upstream
    service: str = "kinesis"
    batch_info: str = "KinesisBatchInfo"

    def shards(self, mapping: Mapping) -> list[str]:
        """Name the stream's shards."""
        return list(self._shards(mapping))

    def position(self, mapping: Mapping, shard: str) -> int:
        """Return how far a shard was read."""
        positions = self.lambdas._kinesis_positions.get(mapping.identity) or {}
        if shard not in positions:
            self.advance(mapping, shard, self._start(mapping, shard))
        return int(self.lambdas._kinesis_positions[mapping.identity][shard])

    def advance(self, mapping: Mapping, shard: str, position: int) -> None:
        """Remember how far a shard was read."""
        positions = self.lambdas._kinesis_positions
        positions[mapping.identity] = {
            **(positions.get(mapping.identity) or {}),
            shard: position,
        }

    def read(self, mapping: Mapping, shard: str, position: int, limit: int) -> list[Record]:
        """Return records from a position on."""
        found = self._shards(mapping)[shard]["records"][position : position + limit]
        return [_kinesis_record(mapping, shard, record) for record in found]

    def sequence_number(self, record: Record) -> str:
        """Return a record's sequence number."""
        return str(record["kinesis"]["sequenceNumber"])

    def arrived_at(self, record: Record) -> float:
        """Return when a record arrived."""
        return float(record["kinesis"]["approximateArrivalTimestamp"])

    def _shards(self, mapping: Mapping) -> dict[str, Any]:
        *_, region, account, resource = mapping.source.split(":")
        name = resource.partition("/")[2]
        stream = self.streams._streams.get_scoped(account, region, name) or {}
        is_ready = stream.get("StreamStatus") == "ACTIVE"
        shards: dict[str, Any] = stream["shards"] if is_ready else {}
        return shards

    def _start(self, mapping: Mapping, shard: str) -> int:
        records = self._shards(mapping)[shard]["records"]
        start = mapping.record.get("StartingPosition")
        if start == _TRIM_HORIZON:
            return 0
        if start != _AT_TIMESTAMP:
            return len(records)
        since = _seconds(mapping.record.get("StartingPositionTimestamp"))
        return sum(float(each["ApproximateArrivalTimestamp"]) < since for each in records)


def sources() -> tuple[Source, ...]:
    """Return every kind of stream."""
    lambdas = module("services.lambda_svc")
    return (
        DynamoDBStreams(lambdas, module("services.dynamodb")),
        KinesisStreams(lambdas, module("services.kinesis")),
    )


def _table(mapping: Mapping) -> str:
    return mapping.source.partition("/stream/")[0].rpartition("/")[2]


def _seconds(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    return datetime.fromisoformat(str(value)).astimezone(UTC).timestamp() if value else 0.0


def _kinesis_record(mapping: Mapping, shard: str, record: Dictionary[str, Any]) -> Record:
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": _encoded(record["Data"]),
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": mapping.config.get("Role", ""),
        "awsRegion": mapping.source.split(":")[3],
        "eventSourceARN": mapping.source,
    }


def _encoded(data: bytes | str) -> str:
    """Data as events carry it; the emulator keeps text as it came: encoded."""
    if isinstance(data, bytes):
        return base64.b64encode(data).decode("ascii")
    try:
        base64.b64decode(data, validate=True)
    except ValueError:
        return base64.b64encode(data.encode()).decode("ascii")
    return data
