"""The program with everything of a Python worker loaded but its function; workers are its copies.

Runs on every Python that Lambda has, on systems that can copy a process. Its arguments are the
directory with awslambdaric, and ``sdk`` if boto3 is to be loaded too. It is asked for workers, and
tells how they ended, on the socket that is its standard input; when that ends, all of them do.
"""

from __future__ import annotations

import os
import sys
import time
from _socket import AF_UNIX, CMSG_SPACE, SOCK_SEQPACKET, socket
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_LONGEST_REQUEST = 1 << 19
_DESCRIPTOR_BYTES = 4
_OF_ENVIRONMENT = ("awslambdaric", "runtime_client", "python_worker")
_OF_LOCALE = "LC_CTYPE"


class _Standby:
    """Makes workers on request.

    Args:
        poll: Waits for descriptors.
    """

    def __init__(self, poll: Any) -> None:  # noqa: ANN401 - made by a module not to be seen
        self._control = socket(AF_UNIX, SOCK_SEQPACKET, 0, 0)
        self._workers: set[int] = set()
        self._json = import_module("json")
        # Not `signal`, which a function may have its own of.
        self._signal = import_module("_signal")
        self._poll = poll
        self._deaths, self._death = os.pipe()

    def serve(self) -> dict[str, Any]:
        """Make workers until nobody asks any more; returns in each worker, with its request."""
        self._listen_for_deaths()
        self._tell(ready=True)
        while True:
            ready = [descriptor for descriptor, _ in self._poll.poll()]
            if self._deaths in ready:
                self._bury()
            if 0 in ready:
                request = self._take_request()
                if request is not None:
                    return request

    def _listen_for_deaths(self) -> None:
        os.set_blocking(self._deaths, False)
        os.set_blocking(self._death, False)
        self._signal.signal(self._signal.SIGCHLD, lambda *_: None)
        self._signal.set_wakeup_fd(self._death)
        self._poll.register(0, 1)
        self._poll.register(self._deaths, 1)

    def _bury(self) -> None:
        """Tell of the workers that have ended."""
        os.read(self._deaths, 1 << 10)
        for pid in list(self._workers):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._workers.discard(pid)
                self._tell(ended=pid, status=_exit_status(status))

    def _take_request(self) -> dict[str, Any] | None:
        """Make the worker that is asked for; its request in the worker, None here."""
        content, ancillary, _, _ = self._control.recvmsg(
            _LONGEST_REQUEST, CMSG_SPACE(_DESCRIPTOR_BYTES)
        )
        if not content:
            self._end()
        output = int.from_bytes(ancillary[0][2][:_DESCRIPTOR_BYTES], sys.byteorder)
        pid = os.fork()
        if pid == 0:
            self._leave(output)
            request: dict[str, Any] = self._json.loads(content)
            return request
        # both of us do it: who is first does not matter
        _lead_group(pid)
        os.close(output)
        self._workers.add(pid)
        self._tell(started=pid)
        return None

    def _leave(self, output: int) -> None:
        """Let go, in a worker, of what is ours alone, and write where it is to write."""
        _lead_group(0)
        self._signal.set_wakeup_fd(-1)
        self._signal.signal(self._signal.SIGCHLD, self._signal.SIG_DFL)
        self._control.detach()
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        for descriptor in (nothing, output, self._deaths, self._death):
            os.close(descriptor)

    def _tell(self, **content: object) -> None:
        try:
            self._control.send(self._json.dumps(content).encode())
        except OSError:
            self._end()

    def _end(self) -> None:
        for pid in self._workers:
            try:
                os.killpg(pid, self._signal.SIGKILL)
            except OSError:
                continue
        os._exit(0)


def main() -> None:
    """Load everything, make workers, and be one when asked."""
    support, more = sys.argv[1], sys.argv[2:]
    own = sys.path[0]
    worker = import_module("python_worker")
    sys.path[0] = support
    poll = import_module("select").poll()
    collector = import_module("gc")
    # A function's own module of that name is not to be covered.
    del sys.modules["select"], sys.modules["gc"]
    _load_runtime_client()
    if more:
        _load_sdk()
    sys.path[0] = own
    collector.collect()
    # What is loaded is shared by all workers for as long as nobody touches it.
    collector.freeze()
    request = _Standby(poll).serve()
    _settle(request)
    sys.argv = [str(worker.__file__), *request["arguments"]]
    # The program is the worker's now, also for who starts it anew, as multiprocessing does.
    worker.__name__, worker.__spec__ = "__main__", None
    sys.modules["__main__"] = worker
    worker.main()


def _load_runtime_client() -> None:
    """Load what awslambdaric needs; it looks at the environment itself when it is imported."""
    client = sys.modules["runtime_client"] = ModuleType("runtime_client")
    client.__dict__["initialize_client"] = lambda _user_agent: None
    import_module("awslambdaric.bootstrap")
    import_module("site")
    for name in list(sys.modules):
        if name.partition(".")[0] in _OF_ENVIRONMENT:
            del sys.modules[name]


def _load_sdk() -> None:
    """Load boto3, and what it loads when the first client is made."""
    session = import_module("boto3").session.Session("none", "none", region_name="us-east-1")
    session.client("sts")


def _settle(request: dict[str, Any]) -> None:
    """Be where the worker would have been started, with its environment."""
    os.chdir(request["directory"])
    # Python itself sets it at the start, where there is no such language.
    chosen = os.environ.get(_OF_LOCALE)
    os.environ.clear()
    os.environ.update(request["variables"])
    if chosen:
        os.environ[_OF_LOCALE] = chosen
    time.tzset()


def _lead_group(pid: int) -> None:
    try:
        os.setpgid(pid, pid)
    except OSError:
        # It has ended, or did it itself.
        return


def _exit_status(status: int) -> int:
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


if __name__ == "__main__":
    main()
