"""How a function's code says, on this machine, where its dependencies are.

On AWS dependencies lie beside the source. Here they stay where they are installed, so that a
change of the source moves only the source.
"""

from __future__ import annotations

from typing import Final

DEPENDENCIES_FILE: Final = ".preamp-dependencies"
"""A file at the root of a function's code; its text is the folder to import from, absolute."""
