"""Which standby interpreter a function's worker may be a copy of."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from preamp.contract.interpreters import Interpreter
from preamp.lambda_host.python.standby import standby_for
from preamp.lambda_host.specification import FunctionSpec, Standby

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are started one by one")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with code that uses the SDK, and with what is installed for it."""
    for file in ("support/boto3/x", "support/urllib3/x", "support/six.py", "support/.lock",
                 "support/__pycache__/x", "code/.preamp-sources", "code/__pycache__/x",
                 "code/orders/x"):  # fmt: skip
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "code" / "orders" / "app.py").write_text("import boto3")
    return tmp_path


def chosen(place: Path, *search: Path, **options: Any) -> Standby | None:
    """What is chosen for a function with that code."""
    spec = FunctionSpec(
        name="orders", arn="", version="$LATEST", runtime="python3.13", handler="orders.app.run",
        code=place / "code", region="", account="", endpoint="", credentials=dict, **options,
    )  # fmt: skip
    interpreter = Interpreter(Path(sys.executable), sys.version_info.minor, exact=True)
    places = [str(each) for each in (spec.code, *search)]
    return standby_for(spec, interpreter, place / "support", places)


def has_sdk(standby: Standby | None) -> bool:
    """Whether the SDK is loaded in it."""
    assert standby is not None
    return standby.argv[-1] == "sdk"


def test_code_that_names_the_sdk_anywhere_gets_it(place: Path) -> None:
    found = chosen(place)
    assert has_sdk(found)
    assert found is not None
    assert found.arguments == (str(place / "support"), str(place / "code"))
    (place / "code" / "orders" / "app.py").write_text("import json")
    assert not has_sdk(chosen(place))


@pytest.mark.parametrize(
    "own", ["boto3/__init__.py", "urllib3.py", "six.cpython-313.so", "email/x", "a.pth"]
)
def test_what_may_cover_what_the_sdk_imports_keeps_it_away(place: Path, own: str) -> None:
    dependency = place / "dependencies" / own
    dependency.parent.mkdir(parents=True)
    dependency.touch()
    assert not has_sdk(chosen(place, place / "dependencies"))
    assert has_sdk(chosen(place, place / "nowhere"))


def test_there_is_none_for_what_a_process_reads_when_it_starts(place: Path) -> None:
    assert chosen(place, variables={"PYTHONDEVMODE": "1"}) is None
    assert chosen(place, variables={"LD_LIBRARY_PATH": "/opt/lib"}) is None
    assert chosen(place, variables={"TZ": "CET"}) is not None
    (place / "layer" / "lib").mkdir(parents=True)
    assert chosen(place, layers=(place / "layer",)) is not None
    (place / "layer" / "lib" / "libpq.so.5").touch()
    assert chosen(place, layers=(place / "layer",)) is None
