"""State is written before an answer acknowledges it, not when ministack happens to stop.

ministack saves everything when it is told to stop, and nothing when it is killed. Here each
service is a source of state; a request that changes something marks the sources it may have
changed, and `durability` writes them before the answer leaves.

AWS has no page for this: its services do not forget.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.durability import ALL, READS, Keeper, unavailable
from preamp.engine.ministack import kept_functions, kept_objects, kept_queues, kept_tables
from preamp.engine.ministack.kept_functions import KeptFunctions
from preamp.engine.ministack.kept_objects import UPLOADS, keep_objects
from preamp.engine.ministack.kept_queues import MESSAGES, keep_queues
from preamp.engine.ministack.kept_services import KeptService
from preamp.engine.ministack.kept_tables import keep_tables, table_alone
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Mapping

_HANDLE: Final = "method path headers body query_params"

_READING: Final = re.compile(
    r"(?:Describe|Get|List|Head|Batch(?:Get|Check)|Query|Scan|Filter|Test|Validate|Lookup|Search"
    r"|Estimate|Simulate|Decode|Detect|Select|Encrypt|Decrypt|GenerateDataKey|GenerateRandom"
    r"|GenerateMac|VerifyMac|ReEncrypt|Sign$|Verify$|TransactGet)"
)
_ACTION: Final = re.compile(rb"(?:^|&)Action=([A-Za-z]+)")

_WITH_SOURCES: Final = {
    "dynamodb": frozenset(
        {
            "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems",
            "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction",
        }
    ),
    "sqs": frozenset(
        {
            "SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage",
            "DeleteMessageBatch", "PurgeQueue",
        }
    ),
    "sns": frozenset({"Publish", "PublishBatch"}),
    "events": frozenset({"PutEvents"}),
    "ses": frozenset({"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail"}),
}  # fmt: skip
"""Operations whose changes are noted where they are made, or that change nothing that is kept."""

_NOTED_LATER: Final = ("cloudwatch_logs", "lambda", "stepfunctions")
"""State that changes by itself, by what functions and executions do."""

_NOTED_SELDOM: Final = "cloudwatch"
"""The metrics, likewise: they only grow, and are written whole."""

_SELDOM_SECONDS: Final = 10.0

_OF_DATA_PLANES: Final = ("cognito", "appsync", "appsync_events", "eks", "iot")
"""What may change in requests that go to no service's handler."""

_CHANGES_ANYTHING: Final = frozenset({"cloudcontrol", "tagging", "resource-groups"})

_SEND_V2: Final = "/v2/email/outbound-emails"

_VISIBILITY: Final = frozenset({"ChangeMessageVisibility", "ChangeMessageVisibilityBatch"})

Response = tuple[int, dict[str, str], bytes]


def persistence() -> Mend:
    """Write what changes, when it changes."""
    return Mend(
        name="persistence",
        reference="none: AWS's services do not forget",
        symbols=(
            Symbol("app:SERVICE_HANDLERS"),
            Symbol("app:SERVICE_REGISTRY"),
            Symbol("app:_state_map"),
            Symbol("app:_load_persisted_state", ""),
            Symbol("app:save_all", "services"),
            Symbol("app:_handle_special_data_plane_request"),
            Symbol("services.s3:handle_request"),
            Symbol("services.ses_v2:handle_request"),
            Symbol("core.responses:AccountScopedDict"),
            Symbol("core.responses:AccountRegionScopedDict"),
            *kept_functions.SYMBOLS,
            *kept_objects.SYMBOLS,
            *kept_queues.SYMBOLS,
            *kept_tables.SYMBOLS,
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    app, keeper = module("app"), tools.keeper
    queues, objects = keep_queues(keeper), keep_objects(keeper)
    tables, streams = keep_tables(keeper)
    functions = KeptFunctions(keeper.blobs)
    services = _services(app._state_map)
    # Stacks first: a resource that a stack names must be there when the stack is.
    sources: list[Any] = [
        services.pop("cloudformation"), *services.values(), functions, queues, tables, streams,
        objects, tools.pending,
    ]  # fmt: skip
    for source in sources:
        keeper.add(source)

    def load() -> None:
        records = keeper.read()
        for source in sources:
            source.restore(records)
        keeper.remove_forgotten_blobs(age=0.0)
        keeper.start()

    def save(_: object) -> None:
        keeper.close()

    app._load_persisted_state, app.save_all = load, save
    marking = _Marking(keeper, app.SERVICE_REGISTRY)
    for service, handler in app.SERVICE_HANDLERS.items():
        if service != "s3":
            app.SERVICE_HANDLERS[service] = marking.wrapped(service, handler)
    s3, ses_v2 = module("services.s3"), module("services.ses_v2")
    s3.handle_request = marking.wrapped_s3(s3.handle_request)
    ses_v2.handle_request = marking.wrapped("ses", ses_v2.handle_request)
    app._handle_special_data_plane_request = marking.watched(app._handle_special_data_plane_request)


def _services(state_map: Mapping[str, str]) -> dict[str, KeptService]:
    own = {"sqs", "lambda"}
    services = {key: KeptService(key, name) for key, name in state_map.items() if key not in own}
    services["dynamodb"].shown["tables"] = table_alone
    services["cloudwatch_logs"].signatures["log_groups"] = _of_log_stream
    services["cloudformation"].signatures["stack_events"] = lambda event: event["EventId"]
    services["ssm"].signatures["parameter_history"] = _of_history
    services["stepfunctions"].signatures["executions"] = _of_execution
    return services


def _of_log_stream(stream: dict[str, Any]) -> Hashable:
    return len(stream.get("events") or ()), stream.get("lastIngestionTime")


def _of_history(versions: list[dict[str, Any]]) -> Hashable:
    labels = tuple((n, *each["Labels"]) for n, each in enumerate(versions) if each.get("Labels"))
    return len(versions), versions[-1].get("Version") if versions else 0, labels


def _of_execution(execution: dict[str, Any]) -> Hashable:
    if execution.get("status") == "RUNNING":
        return None
    return execution.get("status"), execution.get("stopDate"), execution.get("redriveCount")


class _Marking:
    """Marks what requests may have changed.

    Args:
        keeper: Is told.
        registry: ministack's services, with their modules.
    """

    def __init__(self, keeper: Keeper, registry: Mapping[str, Mapping[str, Any]]) -> None:
        self._keeper = keeper
        self._seldom_at = 0.0
        self._sources = {
            service: [entry.get("state_key", entry["module"]), *entry.get("sub_modules", ())]
            for service, entry in registry.items()
        }

    def wrapped(
        self, service: str, upstream: Callable[..., Awaitable[Response]]
    ) -> Callable[..., Awaitable[Response]]:
        """Mark after a service's handler has answered."""
        own = _WITH_SOURCES.get(service, frozenset())

        async def handle(
            method: str,
            path: str,
            headers: dict[str, str],
            body: bytes,
            query_params: Any,  # noqa: ANN401
        ) -> Response:
            operation = _operation(headers, query_params, body)
            if _only_reads(service, method, path, operation):
                READS.set(True)
                if path.endswith("/invocations"):
                    self._note_work()
                    READS.set(headers.get("x-amz-invocation-type") != "Event")
                return await upstream(method, path, headers, body, query_params)
            if self._keeper.is_refusing and (refusal := self._refusal(headers)):
                return refusal
            try:
                return await upstream(method, path, headers, body, query_params)
            finally:
                if operation in own:
                    self._mark_later(service)
                else:
                    self._mark(service, operation)
                self._note_work()

        return handle

    def watched(
        self, upstream: Callable[..., Awaitable[Response | None]]
    ) -> Callable[..., Awaitable[Response | None]]:
        """Mark after what no service's handler was asked about: APIs, sign-in pages."""

        async def handle(method: str, *more: Any, **others: Any) -> Response | None:  # noqa: ANN401
            response = await upstream(method, *more, **others)
            if response is not None and method not in {"GET", "HEAD", "OPTIONS"}:
                for source in _OF_DATA_PLANES:
                    self._keeper.mark_later(source)
                self._note_work()
            return response

        return handle

    def wrapped_s3(
        self, upstream: Callable[..., Awaitable[Response]]
    ) -> Callable[..., Awaitable[Response]]:
        """Mark after S3's handler has answered; objects mark themselves."""

        async def handle(
            method: str,
            path: str,
            headers: dict[str, str],
            body: bytes,
            query_params: Any,  # noqa: ANN401
            *more: Any,  # noqa: ANN401
            **others: Any,  # noqa: ANN401
        ) -> Response:
            if method in {"GET", "HEAD", "OPTIONS"} or "select" in query_params:
                READS.set(True)
                return await upstream(method, path, headers, body, query_params, *more, **others)
            if self._keeper.is_refusing and (refusal := self._refusal(headers)):
                return refusal
            try:
                return await upstream(method, path, headers, body, query_params, *more, **others)
            finally:
                self._mark_s3(path, query_params)

        return handle

    def _mark_later(self, service: str) -> None:
        for source in self._sources.get(service, ()):
            self._keeper.mark_later(source)

    def _mark(self, service: str, operation: str) -> None:
        if service in _CHANGES_ANYTHING:
            mark_everything(self._keeper)
        elif operation in _VISIBILITY:
            self._keeper.mark("sqs", MESSAGES)
        for source in self._sources.get(service, ()):
            self._keeper.mark(source)
        if service == "dynamodb":
            self._keeper.mark("dynamodb-items")
            self._keeper.mark("dynamodb-streams")

    def _mark_s3(self, path: str, query_params: Mapping[str, Any]) -> None:
        if "uploadId" in query_params or "uploads" in query_params:
            self._keeper.mark("s3-objects", UPLOADS)
        is_of_object = "/" in path.strip("/") and not query_params
        (self._keeper.mark_later if is_of_object else self._keeper.mark)("s3")
        if not is_of_object:
            self._keeper.mark_later("s3-objects")

    def _note_work(self) -> None:
        for source in _NOTED_LATER:
            self._keeper.mark_later(source)
        now = time.monotonic()
        if now >= self._seldom_at:
            self._seldom_at = now + _SELDOM_SECONDS
            self._keeper.mark_later(_NOTED_SELDOM)

    def _refusal(self, headers: Mapping[str, str]) -> Response | None:
        try:
            self._keeper.flush()
        except OSError as error:
            text = f"the local cloud cannot write its state: {error.strerror or error}"
            status, content_type, body = unavailable(headers.get("x-amz-target"), text)
            return status, {"Content-Type": content_type}, body
        return None


def mark_everything(keeper: Keeper) -> None:
    """Have everything compared before the next answer."""
    for source in keeper.sources():
        keeper.mark(source, ALL)


def _operation(headers: Mapping[str, str], query_params: Mapping[str, Any], body: bytes) -> str:
    target = headers.get("x-amz-target", "")
    if target:
        return target.rpartition(".")[2]
    named = query_params.get("Action")
    if named:
        return str(named if isinstance(named, str) else named[0])
    found = _ACTION.search(body)
    return found[1].decode("ascii") if found else ""


def _only_reads(service: str, method: str, path: str, operation: str) -> bool:
    if path == _SEND_V2:
        return True
    if operation:
        return _READING.match(operation) is not None
    if service == "lambda" and path.endswith("/invocations"):
        return True
    return method in {"GET", "HEAD", "OPTIONS"}
