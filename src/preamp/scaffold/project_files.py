"""The files that every project gets, whatever its backend begins with.

Owns their text. Must not know what is in the folder already.
"""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.metadata import requires, version
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.scaffold.starter import Starter

PYPROJECT: Final = PurePosixPath("pyproject.toml")
README: Final = PurePosixPath("README.md")

_PACKAGE: Final = "preamp"
_SHOWN_DEPENDENCIES: Final = ("aws-cdk-lib", "constructs")
_FALLBACK_NAME: Final = "backend"
_JSON_INDENT: Final = 2
_DEBUG_PORT: Final = 5678


def supporting_files() -> Mapping[PurePosixPath, str]:
    """What any project with a backend can use, by place."""
    return {
        PurePosixPath("cdk.json"): _json(
            {
                "app": "preamp synth --quiet",
                # what the CDK's command line would add to templates by itself
                "assetMetadata": False,
                "pathMetadata": False,
                "versionReporting": False,
            }
        ),
        PurePosixPath(".vscode/launch.json"): _json(
            {
                "version": "0.2.0",
                "configurations": [
                    {
                        "name": "Attach to a function (preamp sandbox debug PATH)",
                        "type": "debugpy",
                        "request": "attach",
                        "connect": {"host": "127.0.0.1", "port": _DEBUG_PORT},
                        "justMyCode": True,
                    }
                ],
            }
        ),
    }


def requirements() -> tuple[str, ...]:
    """What a project's environment needs, as requirements of Python's packaging.

    The CDK comes with preamp; it is named because the user's code imports it.
    """
    shown = [
        _readable(line)
        for name in _SHOWN_DEPENDENCIES
        for line in requires(_PACKAGE) or ()
        if re.match(rf"{name}(?![\w.-])", line)
    ]
    return (f"{_PACKAGE}>={version(_PACKAGE)}", *shown)


def pyproject(name: str) -> str:
    """The pyproject.toml of a new project."""
    dependencies = "".join(f'    "{requirement}",\n' for requirement in requirements())
    return (
        "[project]\n"
        f'name = "{name}"\n'
        'version = "0.1.0"\n'
        'requires-python = ">=3.11"\n'
        f"dependencies = [\n{dependencies}]\n"
        "\n"
        "[dependency-groups]\n"
        'dev = ["pytest"]\n'
        "\n"
        "[tool.pytest.ini_options]\n"
        'testpaths = ["tests"]\n'
    )


def readme(name: str, starter: Starter) -> str:
    """The README of a new project."""
    return f"""# {name}

The backend of this project is described in Python, in `amplify/backend.py`. It runs on a local
cloud on your machine: no AWS account, no Docker.

```sh
preamp sandbox      # deploys, and deploys again whenever you save a file; q ends it
```

In another terminal:

```sh
{starter.trial}pytest                          # synthesizes the backend, looks at its templates
```

`amplify_outputs.json` is what frontends read; every deployment writes it. `preamp --help` names
all commands, and the plain CDK command line works in this folder too.

After a fresh checkout, `uv sync` installs what `pyproject.toml` names; with pip:

```sh
python3 -m venv .venv && . .venv/bin/activate
pip install preamp pytest
```
"""


def package_name(folder: str) -> str:
    """A project's name that Python's packaging accepts, for a folder of any name.

    Args:
        folder: The folder's name.

    Returns:
        Letters, digits, dots, dashes and underscores, in lower case. Not the name of something
        the project depends on.
    """
    plain = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9._]+", "-", plain.lower()).strip("-._") or _FALLBACK_NAME
    taken = {_PACKAGE, *_SHOWN_DEPENDENCIES, "pytest"}
    return f"{name}-{_FALLBACK_NAME}" if name in taken else name


def _readable(requirement: str) -> str:
    """A requirement as people write it: the lower bound first."""
    name = re.match(r"[\w.-]+", requirement)
    bounds = requirement.removeprefix(name[0] if name else "").strip()
    return (name[0] if name else "") + ",".join(sorted(bounds.split(","), reverse=True))


def _json(content: object) -> str:
    return json.dumps(content, indent=_JSON_INDENT) + "\n"
