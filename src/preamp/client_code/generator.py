"""Amplify's own generator of client code, run by the packaged Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.contract.node import node_binary
from preamp.errors import Fault, UserError
from preamp.npm.fetching import PackageSet, ensure_packages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.client_code.requests import CodeRequest
    from preamp.events import Reporter

PACKAGES: Final = PackageSet(Path(__file__).parent, "client-code", "Amplify's code generator")
"""The generator and all it needs, pinned."""

_PROGRAM: Final = Path(__file__).with_name("generate.cjs")


def generate(schema: str, request: CodeRequest, reporter: Reporter) -> Mapping[str, str]:
    """Have code written.

    Args:
        schema: GraphQL: that of the models, or of the API, as the request says.
        request: What is asked for.
        reporter: Hears of the generator being fetched.

    Returns:
        The files' texts by their names.

    Raises:
        UserError: ``ClientCodeError`` if the generator cannot be fetched, or refuses.
        Fault: ``ClientCodeFault`` if it ends unexpectedly.
    """
    if not ensure_packages(PACKAGES, reporter):
        raise UserError(
            "ClientCodeError",
            "Amplify's code generator could not be fetched",
            f"see {PACKAGES.log()}; it takes npm's registry, once",
        )
    asked = {"schema": schema, "format": request.format, "options": dict(request.options)}
    done = subprocess.run(
        [node_binary(), "--no-warnings", _PROGRAM, PACKAGES.directory()],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        lines = done.stderr.splitlines()
        raise Fault(
            "ClientCodeFault", "Amplify's code generator ended unexpectedly", details=lines
        ) from error
    if "refusal" in answer:
        raise UserError(
            "ClientCodeError",
            f"Amplify's code generator refuses the schema: {answer['refusal']}",
            "choose another target, or change the schema",
        )
    files: Mapping[str, str] = answer["files"]
    return files
