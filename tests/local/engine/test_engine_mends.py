"""In the private environment: the check before the start, and mends no request can show."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.local.conftest import Recorder

import preamp
from preamp.engine.environment import ensure_environment
from preamp.engine.record import EngineRecord, RootKeys

_PROGRAM = """
import asyncio, json, os, sys, types
from pathlib import Path
package = types.ModuleType("preamp")
package.__path__ = [sys.argv[1]]
sys.modules["preamp"] = package
from preamp.engine.setup import Setup
from preamp.engine.ministack.settings import apply_settings
apply_settings(Setup.from_json(sys.argv[2]))
from preamp.engine.ministack.catalog import all_mends
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, check, module
from preamp.engine.blobs import Blobs
from preamp.engine.durability import Keeper
from preamp.engine.journal import Journal
from preamp.engine.pending import PendingWork
from preamp.errors import Fault

check(all_mends())
symbols = (
    Symbol("core.iam_evaluator:enforce", "other parameters"),
    Symbol("services.sns:no_such_name"),
    Symbol("services.sns:REGION", "function"),
    Symbol("services.sns:_deliver_to_lambda"),
)
changed = Mend("changed", "", symbols, print)
try:
    check([*all_mends(), changed])
except Fault as fault:
    found = {"code": fault.code, "details": fault.details}
names = [mend.name for mend in all_mends()]

hosting = types.SimpleNamespace(host=types.SimpleNamespace(limit=8))
keeper = Keeper(Journal(Path("journal")), Blobs(Path("blobs")), print)
for mend in all_mends():
    tools = Tools(Setup.from_json(sys.argv[2]), None, hosting, None, keeper, PendingWork(keeper))
    mend.apply(tools)
app, pgproxy = module("app"), module("core.pgproxy")
script = Path("script.py")
script.write_text("from pathlib import Path; Path('was-run').touch()")
app._collect_scripts = lambda *_: [str(script.absolute())]
app._run_init_scripts()
asyncio.run(app._run_ready_scripts())

async def listen():
    server = await pgproxy.asyncio.start_server(print, "0.0.0.0", 0)
    address = server.sockets[0].getsockname()[0]
    server.close()
    return address

print(json.dumps({
    **found,
    "names": names,
    "symbols": [len(mend.symbols) for mend in all_mends()],
    "was_run": Path("was-run").exists(),
    "address": asyncio.run(listen()),
}))
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the check says, in the private environment, of our mends and of one made to fail."""
    python = ensure_environment(Recorder())
    place = tmp_path_factory.mktemp("check")
    record = EngineRecord(0, 0.0, "t", 1).connection(RootKeys("k", "s"))
    setup = {
        "state_directory": str(place),
        "port": 1,
        "region": record.region,
        "account": record.account,
        "access_key_id": "k",
        "secret_access_key": "s",
        "token": "t",
    }
    package = str(Path(preamp.__file__).parent)
    finished = subprocess.run(
        [str(python), "-I", "-c", _PROGRAM, package, json.dumps(setup)],
        check=True,
        capture_output=True,
        text=True,
        cwd=place,
        env={"PATH": os.defpath},
    )
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def test_a_changed_symbol_is_named(report: dict[str, Any]) -> None:
    assert report["code"] == "EngineMendFault"
    wrong, missing, no_function = report["details"]
    assert wrong.startswith(
        "changed: core.iam_evaluator:enforce: expected (other parameters), found (access_key_id "
    )
    assert missing.startswith("changed: services.sns:no_such_name: ")
    assert no_function == "changed: services.sns:REGION: expected (function), found (value)"


def test_every_mend_has_a_name_of_its_own_and_symbols(report: dict[str, Any]) -> None:
    assert len(set(report["names"])) == len(report["names"])
    assert all(report["symbols"])


def test_scripts_found_on_the_machine_are_not_run(report: dict[str, Any]) -> None:
    assert report["was_run"] is False


def test_a_listener_of_the_emulators_own_is_on_loopback(report: dict[str, Any]) -> None:
    assert report["address"] == "127.0.0.1"
