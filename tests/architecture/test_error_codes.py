"""Every error has a code in the table, every code is used, and the page of codes is current."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import preamp
from preamp.errors import CODES

ROOT = Path(preamp.__file__).parent
REPOSITORY = Path(__file__).parents[2]
CODE = re.compile(r"[A-Z][A-Za-z]+(Error|Fault)")
OTHERS = {
    "BisectBatchOnFunctionError",
    # names of Python's, botocore's, Lambda's and CloudFormation's that stand in our code as text
    "ClientError",
    "FunctionError",
    "ImportError",
    "ModuleNotFoundError",
    "PreampError",
    "UserError",
    "ValidationError",
}


def literals() -> dict[str, str]:
    """Every text of the code that has the form of a code, and a file it stands in."""
    return {
        node.value: str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if path.name != "errors.py" or path.parent != ROOT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def test_every_code_in_the_source_is_in_the_table() -> None:
    unknown = {code: file for code, file in literals().items() if code not in CODES}
    assert set(unknown) <= OTHERS, unknown


def test_every_code_of_the_table_is_used() -> None:
    assert set(CODES) <= set(literals())


def test_the_table_is_sorted() -> None:
    assert list(CODES) == sorted(CODES)


def test_the_page_of_codes_is_current(tmp_path: Path) -> None:
    script = REPOSITORY / "docs" / "generate_errors.py"
    subprocess.run([sys.executable, script, tmp_path / "errors.md"], check=True)
    committed = (REPOSITORY / "docs" / "errors.md").read_text(encoding="utf-8")
    assert (tmp_path / "errors.md").read_text(encoding="utf-8") == committed
