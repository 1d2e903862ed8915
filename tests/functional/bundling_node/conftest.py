"""A project with handlers for Node.js, bundled by the real esbuild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.synthesis import Recorder

from preamp.bundling.node import NodeBundle, NodeRequest, bundle_node
from preamp.contract.site import Site

if TYPE_CHECKING:
    from pathlib import Path

DEFINED: Site = Site("amplify/backend.py", 5)
"""Where the functions are defined."""

TYPED: dict[str, Any] = {"environments": ("greeter",)}


class NodeProject:
    """A project on disk, and a cache of its own for its bundles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.cache = folder / "cache"
        self.folder.mkdir()

    def write(self, path: str, text: str) -> Path:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return place

    def bundle(self, entry: str, runtime: str = "nodejs22.x", **options: Any) -> NodeBundle:
        asked = NodeRequest(
            self.folder / entry, self.folder, runtime, site=DEFINED, **{**TYPED, **options}
        )
        return bundle_node(asked, cache=self.cache, reporter=Recorder())

    def code(self, entry: str, **options: Any) -> str:
        return (self.bundle(entry, **options).directory / "index.mjs").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> NodeProject:
    """An empty project."""
    return NodeProject(tmp_path)
