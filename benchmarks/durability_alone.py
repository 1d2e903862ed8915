"""What keeping state costs a call: services of the local cloud, asked without a network between.

A program for the engine's private environment. It is given the place of our package and a folder
as JSON and prints, by operation, the microseconds of processor time of a call without and with
its change being written, taken in turns, and the bytes that are written for one.
"""
# ruff: noqa: SLF001 - the services are asked without their network

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_BODY = "x" * 200
_OBJECT = b"x" * 1000


def main() -> None:
    """Measure and print."""
    given = json.loads(sys.argv[1])
    package = ModuleType("preamp")
    package.__path__ = [given["package"]]
    sys.modules["preamp"] = package
    tools = _kept_cloud(Path(given["folder"]), Path(given["cache"]))
    found = {
        name: _in_turns(tools.keeper, call, int(given["calls"]), int(given["rounds"]))
        for name, call in _operations(tools).items()
    }
    print(json.dumps(found), flush=True)
    # workers and threads of the services have nothing to say
    os._exit(0)


def _kept_cloud(folder: Path, cache: Path) -> Any:  # noqa: ANN401 - imported late
    """The mended services with somebody who keeps their state; nothing listens."""
    from preamp.engine.blobs import Blobs
    from preamp.engine.durability import Keeper
    from preamp.engine.journal import Journal
    from preamp.engine.ministack import interrupted_stacks, persistence
    from preamp.engine.ministack.settings import apply_settings
    from preamp.engine.ministack.upstream import Tools, module
    from preamp.engine.pending import PendingWork
    from preamp.engine.setup import Setup

    setup = Setup(folder, 1, "us-east-1", "000000000000", "key", "secret", "token", cache)
    apply_settings(setup)
    keeper = Keeper(Journal(setup.journal), Blobs(setup.blobs), print)
    unused: Any = None
    tools = Tools(setup, unused, unused, unused, keeper, PendingWork(keeper))
    for mend in (interrupted_stacks.interrupted_stacks(), persistence.persistence()):
        mend.apply(tools)
    module("app")._load_persisted_state()
    return tools


def _operations(tools: Any) -> dict[str, Callable[[int], object]]:  # noqa: ANN401
    from preamp.engine.ministack.persistence import mark_everything
    from preamp.engine.ministack.upstream import module

    sqs, dynamodb = module("services.sqs"), module("services.dynamodb")
    s3, ssm = module("services.s3"), module("services.ssm")
    url = sqs._act_create_queue({"QueueName": "queue"}, "")["QueueUrl"]
    attribute = {"AttributeName": "id", "AttributeType": "S"}
    key = {"AttributeName": "id", "KeyType": "HASH"}
    table = {"TableName": "table", "KeySchema": [key], "AttributeDefinitions": [attribute]}
    dynamodb._create_table({**table, "BillingMode": "PAY_PER_REQUEST"})
    s3._create_bucket("bucket", b"", {})
    mark_everything(tools.keeper)
    tools.keeper.flush()

    def put_item(number: int) -> None:
        item = {"id": {"S": f"{number}"}, "text": {"S": _BODY}}
        dynamodb._put_item({"TableName": "table", "Item": item})

    def put_parameter(number: int) -> None:
        content = {"Name": f"/p/{number % 50}", "Value": f"{number}", "Type": "String"}
        ssm._put_parameter({**content, "Overwrite": True})
        tools.keeper.mark("ssm")

    def accept_event(number: int) -> None:
        event = {"payload": {"n": number, "text": _BODY}, "arn": _BODY[:80], "attempts": 0}
        tools.pending.done(tools.pending.accept("event", event))

    return {
        "SQS SendMessage": lambda _: sqs._act_send_message(
            {"QueueUrl": url, "MessageBody": _BODY}, url
        ),
        "DynamoDB PutItem": put_item,
        "S3 PutObject, 1 KB": lambda n: s3._put_object("bucket", f"{n}", b"%d" % n + _OBJECT, {}),
        "SSM PutParameter, one of 50": put_parameter,
        "asynchronous event, accepted and done": accept_event,
    }


def _in_turns(
    keeper: Any,  # noqa: ANN401
    call: Callable[[int], object],
    calls: int,
    rounds: int,
) -> dict[str, Any]:
    times: dict[bool, list[float]] = {False: [], True: []}
    number, size = 0, keeper.journal.size
    for _ in range(rounds):
        for is_written, taken in times.items():
            began = time.thread_time()
            for _ in range(calls):
                call(number)
                number += 1
                if is_written:
                    keeper.flush()
            taken.append((time.thread_time() - began) / calls * 1e6)
            keeper.flush()
    written = (keeper.journal.size - size) / number
    return {"without": times[False], "with": times[True], "bytes": written}


if __name__ == "__main__":
    main()
