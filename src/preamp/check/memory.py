"""What the validator said about templates it has seen before.

Owns one small file: content hash of a template -> its diagnostics. Losing it costs time, nothing
else, so whatever cannot be read or written is passed over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from preamp.check.wording import Diagnostic, settings_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT: Final = 1000


class Memory:
    """Diagnostics by content hash, in one file for each version of the validator."""

    def __init__(self, cache: Path, version: str) -> None:
        """Remember in a directory.

        Args:
            cache: The directory; made when something is first kept.
            version: The validator's version: what another one said does not count.
        """
        self._file = cache / f"said-{version}-{settings_key()}.json"
        self._said = self._read()

    @staticmethod
    def key(content: bytes) -> str:
        """Return the key of a template."""
        return hashlib.sha256(content).hexdigest()

    def get(self, key: str) -> tuple[Diagnostic, ...] | None:
        """Return what was said about a template, None if it was never seen."""
        return self._said.get(key)

    def keep(self, said: Mapping[str, tuple[Diagnostic, ...]]) -> None:
        """Add what was said just now; the oldest beyond a thousand templates is dropped."""
        for key, diagnostics in said.items():
            self._said.pop(key, None)
            self._said[key] = diagnostics
        for key in list(self._said)[:-_KEPT]:
            del self._said[key]
        with contextlib.suppress(OSError):
            self._write()

    def _read(self) -> dict[str, tuple[Diagnostic, ...]]:
        try:
            content = json.loads(self._file.read_bytes())
            return {
                key: tuple(Diagnostic(**entry) for entry in entries)
                for key, entries in content.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _write(self) -> None:
        content = {key: [asdict(d) for d in said] for key, said in self._said.items()}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".said-", dir=self._file.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(content, stream, separators=(",", ":"))
            Path(draft).replace(self._file)
        finally:
            Path(draft).unlink(missing_ok=True)
