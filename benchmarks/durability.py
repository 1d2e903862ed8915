"""What it costs that nothing acknowledged is lost: per call, and when the local cloud starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import boto3
import psutil

import preamp
from benchmarks.figures import in_turns, row, title
from benchmarks.lambda_host_clouds import Quiet
from benchmarks.workbench import CommandFailedError
from preamp.contract.cache import cache_root
from preamp.engine.environment import ensure_environment
from preamp.engine.process import EngineProcess

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection

_ALONE: Final = Path(__file__).with_name("durability_alone.py")
_CALLS: Final = 300
_MESSAGES: Final = 2000


def measure(folder: Path, rounds: int) -> None:
    """Measure and print."""
    folder.mkdir(parents=True)
    title("state: what it costs that nothing acknowledged is lost")
    for name, found in _per_call(folder / "alone", rounds).items():
        without, kept = median(found["without"]), median(found["with"])
        note = f"of {kept:.0f} us in the local cloud; {found['bytes']:.0f} bytes are written"
        row(name, f"{kept - without:.0f} us", note)
    _measure_start(folder / "start", rounds)


def _per_call(folder: Path, rounds: int) -> dict[str, Any]:
    folder.mkdir()
    given = {
        "package": str(Path(preamp.__file__).parent),
        "folder": str(folder),
        "cache": str(cache_root()),
        "calls": _CALLS,
        "rounds": rounds,
    }
    command = [str(ensure_environment(Quiet())), "-I", str(_ALONE), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailedError(f"the state alone failed:\n{done.stdout}{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure_start(folder: Path, rounds: int) -> None:
    """An empty local cloud and a killed one with much to read, started in turns."""
    full = EngineProcess(folder / "full", port=None, reporter=Quiet())
    bare = EngineProcess(folder / "bare", port=None, reporter=Quiet())
    try:
        _fill(full.start())
        starts = {
            "start of an empty local cloud": lambda: _seconds_to_start(bare),
            f"start with {_MESSAGES} messages and as many items": lambda: _seconds_to_start(full),
        }
        for name, samples in in_turns(starts, rounds).items():
            row(name, samples, "after a kill; with the state checked and read")
    finally:
        full.stop()
        bare.stop()


def _seconds_to_start(engine: EngineProcess) -> float:
    running = engine.running()
    if running:
        process = psutil.Process(running.pid)
        os.kill(running.pid, signal.SIGKILL)
        psutil.wait_procs([process])
    began = time.perf_counter()
    engine.start()
    return time.perf_counter() - began


def _fill(connection: EngineConnection) -> None:
    session = boto3.session.Session(
        connection.access_key_id, connection.secret_access_key, region_name=connection.region
    )
    sqs: Any = session.client("sqs", endpoint_url=connection.endpoint)
    dynamodb: Any = session.client("dynamodb", endpoint_url=connection.endpoint)
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    key = {"AttributeName": "id", "KeyType": "HASH"}
    dynamodb.create_table(
        TableName="table",
        KeySchema=[key],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(0, _MESSAGES, 10):
        ids = [f"{each}" for each in range(number, number + 10)]
        entries = [{"Id": each, "MessageBody": each * 40} for each in ids]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
        items = [{"id": {"S": each}, "text": {"S": each * 40}} for each in ids]
        puts = [{"PutRequest": {"Item": item}} for item in items]
        dynamodb.batch_write_item(RequestItems={"table": puts})
    sqs.close()
    dynamodb.close()
