"""What is read from a module's text."""

from __future__ import annotations

import pytest

from preamp.bundling.imports import Import, read_module


def imported(source: str) -> list[str]:
    return [str(each) for each in read_module(source.encode()).imports]


def test_every_form_of_import_is_found_with_its_line() -> None:
    text = read_module(b"import a.b\nfrom c import d, e\nfrom ..f import g\nfrom . import h\n")

    assert text.imports == (
        Import("a.b", 0, (), 1, optional=False),
        Import("c", 0, ("d", "e"), 2, optional=False),
        Import("f", 2, ("g",), 3, optional=False),
        Import("", 1, ("h",), 4, optional=False),
    )


@pytest.mark.parametrize(
    "block",
    [
        "def f():\n    import x",
        "async def f():\n    import x",
        "class C:\n    import x",
        "if 1:\n    pass\nelif 2:\n    import x",
        "for i in y:\n    pass\nelse:\n    import x",
        "while 1:\n    import x",
        "with y:\n    import x",
        "try:\n    pass\nfinally:\n    import x",
        "try:\n    pass\nexcept E:\n    import x",
        "try:\n    pass\nexcept* E:\n    import x",
        "match y:\n    case 1:\n        import x",
    ],
)
def test_imports_are_found_in_every_block(block: str) -> None:
    assert imported(block) == ["x"]


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_imports_for_type_checkers_do_not_count_but_their_else_does(test: str) -> None:
    assert imported(f"if {test}:\n    import a\nelse:\n    import b") == ["b"]


@pytest.mark.parametrize(
    ("caught", "optional"),
    [
        ("except ImportError", True),
        ("except (KeyError, ModuleNotFoundError)", True),
        ("except", True),
        ("except KeyError", False),
    ],
)
def test_an_import_is_optional_where_its_failure_is_caught(caught: str, *, optional: bool) -> None:
    text = read_module(f"try:\n    import a\n{caught}:\n    a = None".encode())

    assert [each.optional for each in text.imports] == [optional]


def test_a_computed_import_with_a_literal_name_counts() -> None:
    source = "import_module('a.b')\nimportlib.import_module('.c', __package__)\nimport_module(name)"

    assert imported(source) == ["a.b", ".c"]


def test_names_of_the_top_level_are_found() -> None:
    source = """
import os.path, sys as system
from a import b as c
one = two = 1
three, (four, *five) = x
six: int = 6
seven: int
def eight(): inner = 1
async def nine(): ...
class Ten: inner = 1
if one:
    eleven = 1
try:
    twelve = 1
except E:
    thirteen = 1
"""
    names = read_module(source.encode()).names

    assert set(names) == {
        *("os", "system", "c", "one", "two", "three", "four", "five", "six", "eight", "nine"),
        *("Ten", "eleven", "twelve", "thirteen"),
    }


@pytest.mark.parametrize("source", [b"from a import *", b"def __getattr__(name): ..."])
def test_a_module_may_define_more_than_it_shows(source: bytes) -> None:
    assert read_module(source).open_ended
    assert not read_module(b"a = 1").open_ended


@pytest.mark.parametrize("source", [b"def f(:", b"a = 1\0", b"\xff = 1"])
def test_what_is_not_python_is_a_syntax_error(source: bytes) -> None:
    with pytest.raises(SyntaxError):
        read_module(source)


def test_a_declared_encoding_and_a_doubtful_escape_are_no_obstacle() -> None:
    assert read_module(b'# coding: latin-1\na = "\xe9"\nb = "\\d"').names == ("a", "b")
