"""The program the private environment runs: makes our package importable there, then serves.

The environment must not see what is installed beside preamp in the user's, so only the package's
own directory is offered to it, and the package's ``__init__`` (the user's API) is not run.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    """Serve until told to stop."""
    package = ModuleType("preamp")
    package.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["preamp"] = package

    from preamp.engine.server import main as serve

    serve()


if __name__ == "__main__":
    main()
