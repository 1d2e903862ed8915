"""Runs functions: one worker process for each execution environment, over the Lambda Runtime API.

Lives in the engine's process and knows nothing of the engine; its parent uses it to prepare
runtimes ahead. Standard library only.
"""

from __future__ import annotations

from preamp.lambda_host.environment import ExecutionEnvironment
from preamp.lambda_host.host import LambdaHost
from preamp.lambda_host.specification import (
    FunctionSpec,
    HostSettings,
    Outcome,
    Request,
)

__all__ = [
    "ExecutionEnvironment",
    "FunctionSpec",
    "HostSettings",
    "LambdaHost",
    "Outcome",
    "Request",
]
