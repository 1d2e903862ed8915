"""What is said of an asset where it is kept: the same as by the CDK's command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preamp.assembly.read import FileAsset
from preamp.deploy.assets import content_type

if TYPE_CHECKING:
    from preamp.assembly.read import Packaging


@pytest.mark.parametrize(
    ("path", "packaging", "expected"),
    [
        ("asset.abc", "zip", "application/zip"),
        ("asset.abc.zip", "file", "application/zip"),
        ("a.template.json", "file", "application/json"),
        ("resolver.js", "file", "application/javascript"),
        ("resolver.vtl", "file", "application/octet-stream"),
        ("asset.abc", "file", "application/octet-stream"),
    ],
)
def test_content_types(path: str, packaging: Packaging, expected: str) -> None:
    asset = FileAsset("abc", "asset", Path(path), packaging, "bucket", "key")
    assert content_type(asset) == expected
