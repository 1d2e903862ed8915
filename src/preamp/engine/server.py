"""The engine's entry point in the private environment: the emulator, mended and guarded.

Owns the order of things at start and stop. The emulator reads its settings when imported, so
everything here that names it is imported only after they are made.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.activity import ActivityFeed
from preamp.engine.blobs import Blobs
from preamp.engine.code_directories import remove_tree
from preamp.engine.durability import Acknowledging, Keeper
from preamp.engine.forwarding import Forwarding
from preamp.engine.gathered_writes import gathering
from preamp.engine.guard import Guard
from preamp.engine.hosting import Hosting
from preamp.engine.journal import Journal
from preamp.engine.mail import MailStore
from preamp.engine.own_paths import OwnPaths
from preamp.engine.setup import Setup
from preamp.engine.snapshots import Snapshots, finish_exchange
from preamp.engine.watchdog import Watchdog
from preamp.errors import Fault
from preamp.lambda_host import FunctionSpec, HostSettings, LambdaHost, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.engine.asgi import Application
    from preamp.engine.ministack.introduce import Emulator

_GRACE: Final = 1
_KEEP_ALIVE: Final = 75
_POLL: Final = 0.002
_FILES: Final = 4096
_OF_MACHINE: Final = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
    "SYSTEMROOT", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED",
    "PATH",
)  # fmt: skip
"""What functions get to see of this machine's environment."""


def main() -> None:
    """Serve until told to stop; what goes wrong at the start is told to the parent as JSON."""
    os.umask(0o077)
    line = sys.stdin.readline()
    if not line:
        # The parent died before it told us anything.
        return
    setup = Setup.from_json(line)
    try:
        listener = _bind(setup)
        setup = replace(setup, port=listener.getsockname()[1])
        _prepare(setup)
        host = _host(setup)
        activity = ActivityFeed()
        emulator, application = _application(setup, host, activity)
    except Fault as fault:
        _answer({"code": fault.code, "message": fault.message, "details": list(fault.details)})
        return
    # uvicorn gives the signal that ended it on, and we are not done then.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(emulator, application, listener, setup, host, activity))


def _bind(setup: Setup) -> socket.socket:
    """Take the asked port; if none is asked for, the one that it had before, if that is free."""
    if not setup.port and setup.preferred_port:
        with suppress(Fault):
            return _bind_to(setup.preferred_port)
    return _bind_to(setup.port)


def _bind_to(port: int) -> socket.socket:
    # with the protocol named, asyncio turns off the delay that makes calls wait for each other
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise Fault("EnginePortError", f"port {port} cannot be bound: {error}") from error
    return listener


def _prepare(setup: Setup) -> None:
    # What a killed predecessor left, if its watchdog was killed too.
    remove_tree(setup.temporary.parent)
    finish_exchange(setup.state_directory)
    for directory in (setup.temporary, setup.mail):
        directory.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(setup.temporary)
    tempfile.tempdir = None
    _allow_many_files()


def _allow_many_files() -> None:
    """Every worker takes a handful of descriptors; some systems allow few at first."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _host(setup: Setup) -> LambdaHost:
    """The lambda host, which knows nothing of us."""
    node = shutil.which("node")
    settings = HostSettings(
        temporary=setup.temporary,
        cache=setup.cache,
        uv=setup.uv,
        uv_variables=setup.uv_variables,
        machine_variables={name: os.environ[name] for name in _OF_MACHINE if name in os.environ},
        node=Path(node) if node else None,
        node_sdk=setup.node_sdk,
    )
    watchdog = Watchdog(setup.temporary)
    return LambdaHost(settings, lambda notice: _log(notice.message), watchdog.watch)


def _log(line: str) -> None:
    # A disk that is full for all else is full for the log, too.
    with suppress(OSError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _application(
    setup: Setup, host: LambdaHost, activity: ActivityFeed
) -> tuple[Emulator, Application]:
    from preamp.engine.ministack.introduce import introduce

    keeper = Keeper(Journal(setup.journal), Blobs(setup.blobs), _log)
    mail = MailStore(setup.mail, activity.add, keeper.sync_soon)
    emulator = introduce(setup, mail, Hosting(host, FunctionSpec, Request), activity, keeper)
    snapshots = Snapshots(setup.state_directory, keeper)
    answering = Acknowledging(OwnPaths(emulator, mail, host, activity, snapshots), keeper)
    return emulator, Guard(Forwarding(answering), port=setup.port, token=setup.token)


async def _serve(
    emulator: Emulator,
    application: Application,
    listener: socket.socket,
    setup: Setup,
    host: LambdaHost,
    activity: ActivityFeed,
) -> None:
    try:
        await _serve_until_stopped(emulator, application, listener, setup, activity)
    except Exception:  # noqa: BLE001 - the log is where the parent looks
        traceback.print_exc()
    finally:
        host.close()
        # State is saved. What still runs (a custom resource that waits for its answer, a busy
        # handler's thread) absorbs every cancellation, and its result is nobody's.
        sys.stderr.flush()
        os._exit(0)


async def _serve_until_stopped(
    emulator: Emulator,
    application: Application,
    listener: socket.socket,
    setup: Setup,
    activity: ActivityFeed,
) -> None:
    from preamp.engine.ministack.bootstrapped import ensure_bootstrapped

    server = _uvicorn(application, activity)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    # uvicorn tells nobody that it listens.
    while not server.started and not task.done():  # noqa: ASYNC110
        await asyncio.sleep(_POLL)
    if not server.started:
        await task
    else:
        await ensure_bootstrapped(setup)
        # What is here now stays: looking through it for garbage would be for nothing.
        gc.collect()
        gc.freeze()
        # What the last engine left undone; its end is for nobody here to wait for.
        resuming = asyncio.create_task(emulator.resume())
        _answer({"port": setup.port})
        await task
        resuming.cancel()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory


def _uvicorn(application: Application, activity: ActivityFeed) -> Any:  # noqa: ANN401
    uvicorn = import_module("uvicorn")
    http = import_module("uvicorn.protocols.http.httptools_impl")
    config = uvicorn.Config(
        application,
        lifespan="on",
        http=gathering(http.HttpToolsProtocol),
        ws="wsproto",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whoever is on this machine is; no header may say otherwise.
        proxy_headers=False,
        # The emulator sends its own; AWS's JavaScript SDK does not understand two.
        date_header=False,
        timeout_graceful_shutdown=_GRACE,
        # A handler may well be idle for longer than it is between two requests elsewhere.
        timeout_keep_alive=_KEEP_ALIVE,
    )
    server = uvicorn.Server(config)
    shut_down = server.shutdown

    async def shutdown(sockets: list[socket.socket] | None = None) -> None:
        # It waits for every request to end, and some wait for something to happen.
        activity.close()
        await shut_down(sockets=sockets)

    server.shutdown = shutdown
    return server


def _answer(content: dict[str, Any]) -> None:
    """Answer the parent, then turn standard output away from it."""
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(content) + "\n")
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
