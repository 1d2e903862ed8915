"""The lambda host without an engine: how long a worker takes to answer, with no AWS API between.

A program for the engine's private environment, which has nothing of ours installed. It is given
the host's settings as JSON and prints the milliseconds of each call.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

_WARM_UP = 50


def main() -> None:
    """Measure and print."""
    given = json.loads(sys.argv[1])
    package = ModuleType("preamp")
    package.__path__ = [given["package"]]
    sys.modules["preamp"] = package
    print(json.dumps(_measured(given)))


def _measured(given: dict[str, Any]) -> list[float]:
    from preamp.lambda_host import HostSettings, LambdaHost

    settings = HostSettings(
        temporary=Path(given["temporary"]),
        cache=Path(given["cache"]),
        uv=Path(given["uv"]),
        uv_variables=given["uv_variables"],
        machine_variables={"PATH": given["path"]},
    )
    host = LambdaHost(settings, lambda notice: print(notice.message, file=sys.stderr))
    try:
        return _calls(host, Path(given["code"]), int(given["calls"]))
    finally:
        host.close()


def _calls(host: Any, code: Path, calls: int) -> list[float]:  # noqa: ANN401 - imported late
    from preamp.lambda_host import FunctionSpec, Request

    arn = "arn:aws:lambda:us-east-1:000000000000:function:alone"
    function = FunctionSpec(
        name="alone",
        arn=arn,
        version="$LATEST",
        runtime=f"python3.{sys.version_info.minor}",
        handler="app.handler",
        code=code,
        region="us-east-1",
        account="000000000000",
        endpoint="http://127.0.0.1:1",
        credentials=dict,
        timeout=30.0,
    )
    environment = host.open(function)
    taken = []
    for number in range(calls + _WARM_UP):
        request = Request(b"null", f"00000000-0000-4000-8000-{number:012}", arn)
        began = time.perf_counter()
        outcome = environment.invoke(request)
        taken.append(1000 * (time.perf_counter() - began))
        if outcome.error:
            raise SystemExit(outcome.payload.decode())
    return taken[_WARM_UP:]


if __name__ == "__main__":
    main()
