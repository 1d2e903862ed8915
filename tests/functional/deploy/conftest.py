"""Cloud assemblies on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.local.deploy.assembly_writer import AssemblyWriter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def assembly_writer(tmp_path: Path) -> AssemblyWriter:
    return AssemblyWriter(tmp_path / "assembly", "app")
