"""The program in which a Python handler runs that is debugged: waits, then runs it as always.

Nothing of the function is imported before a debugger is there. Its first arguments are the
directory with debugpy and the port; the others are those of ``python_worker``.
"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.machinery import SourceFileLoader
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType


def main() -> None:
    """Wait for a debugger, then do what ``python_worker`` does."""
    library, port = sys.argv[1:3]
    del sys.argv[1:3]
    _name_files_as_the_editor_does()
    own = sys.path[0]
    sys.path[0] = library
    debugpy = importlib.import_module("debugpy")
    # In this process: the adapter it would start otherwise outlives whoever kills us.
    debugpy.listen(("127.0.0.1", int(port)), in_process_debug_adapter=True)
    sys.stdout.write(f"waiting for a debugger at 127.0.0.1:{port}\n")
    sys.stdout.flush()
    debugpy.wait_for_client()
    sys.path[0] = own
    # The function may import it for a breakpoint of its own.
    sys.path.append(library)
    importlib.import_module("python_worker").main()


def _name_files_as_the_editor_does() -> None:
    """Let code be of the project's file where the function's package has only a link to it."""
    load = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        if not os.path.islink(path):  # noqa: PTH114 - pathlib is not imported for it
            return load(self, fullname)
        real = os.path.realpath(path)
        return self.source_to_code(self.get_data(path), real)

    SourceFileLoader.get_code = get_code  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    main()
