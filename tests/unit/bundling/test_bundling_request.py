"""What follows from a request alone, and what uv is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preamp.bundling import BundleRequest
from preamp.bundling.uv import uv_environment, uv_identity
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.bundling import Architecture


def request(runtime: str, architecture: Architecture = "x86_64") -> BundleRequest:
    return BundleRequest(
        entry=Path("h.py"), project=Path(), runtime=runtime, architecture=architecture
    )


@pytest.mark.parametrize(
    ("runtime", "architecture", "platform"),
    [
        ("python3.13", "x86_64", "x86_64-manylinux_2_34"),
        ("python3.12", "arm64", "aarch64-manylinux_2_34"),
        ("python3.11", "x86_64", "x86_64-manylinux2014"),
        ("python3.9", "arm64", "aarch64-manylinux2014"),
    ],
)
def test_wheels_are_as_new_as_the_runtime_allows(
    runtime: str, architecture: Architecture, platform: str
) -> None:
    assert request(runtime, architecture).wheel_platform == platform


@pytest.mark.parametrize("runtime", ["nodejs22.x", "python3", "python3.13.1", "Python3.13"])
def test_a_runtime_that_is_not_python_is_refused(runtime: str) -> None:
    with pytest.raises(UserError) as caught:
        _ = request(runtime).python_version

    assert caught.value.code == "UnsupportedRuntimeError"


def test_uv_keeps_the_index_and_the_network_but_no_environment_of_the_user() -> None:
    kept = {
        "HOME": "/h",
        "UV_DEFAULT_INDEX": "i",
        "UV_INDEX_PRIVATE_PASSWORD": "p",
        "UV_CACHE_DIR": "c",
        "UV_OFFLINE": "1",
        "SSL_CERT_FILE": "s",
    }
    dropped = {"VIRTUAL_ENV": "v", "PYTHONPATH": "p", "UV_PROJECT": "x", "UV_LINK_MODE": "symlink"}

    assert uv_environment(kept | dropped) == kept


def test_another_index_gives_another_lock_but_being_offline_does_not() -> None:
    plain = uv_identity({})

    assert uv_identity({"UV_DEFAULT_INDEX": "i"}) != plain
    assert uv_identity({"UV_OFFLINE": "1", "UV_INDEX_PRIVATE_PASSWORD": "p"}) == plain
