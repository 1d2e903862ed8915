"""Handlers that cannot work in Lambda are refused, with the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preamp.contract.site import Site

if TYPE_CHECKING:
    from tests.functional.bundling.bundled_project import Project

OK = "def handler(e, c): ...\n"
CALL = Site("amplify/resource.py", 12)


def test_a_missing_entry_suggests_the_nearest_file(project: Project) -> None:
    project.write("fn/publisher.py", OK)

    error = project.refusal("fn/publishr.py", site=CALL)

    assert error.code == "EntryNotFoundError"
    assert error.message == "there is no file fn/publishr.py"
    assert error.hint == 'did you mean "publisher.py"?'
    assert error.sites == (CALL,)


def test_an_entry_in_a_missing_folder_is_missing(project: Project) -> None:
    assert project.refusal("nowhere/h.py").code == "EntryNotFoundError"


def test_a_syntax_error_is_shown_with_its_line(project: Project) -> None:
    project.write("fn/h.py", "import os\nfrom words import *\ndef handler(e, c): ...\n")
    project.write("fn/words.py", "\n\nx = = 1\n")

    error = project.refusal("fn/h.py")

    assert error.code == "EntrySyntaxError"
    assert error.sites == (Site("fn/words.py", 3),)
    assert error.details == ("x = = 1",)


def test_a_missing_handler_suggests_the_nearest_name(project: Project) -> None:
    project.write("fn/h.py", "def handle(e, c): ...")

    error = project.refusal("fn/h.py")

    assert error.code == "HandlerNotFoundError"
    assert error.message == 'fn/h.py does not define "handler"'
    assert error.hint == 'did you mean "handle"?'


@pytest.mark.parametrize("name", ["my.handler.py", "handler.txt", "__init__.py", "email.py"])
def test_a_file_that_cannot_be_imported_by_its_name_is_refused(project: Project, name: str) -> None:
    project.write(f"fn/{name}", OK)

    assert project.refusal(f"fn/{name}").code == "EntryNameError"


@pytest.mark.parametrize(
    "statement",
    [
        "import aws_cdk",
        "import aws_cdk.aws_sns as sns",
        "from aws_cdk import aws_sns",
        "from constructs import Construct",
        "import jsii",
        "from preamp import define_backend",
        "from preamp.constructs import PythonFunction",
    ],
)
def test_a_handler_that_imports_the_cdk_is_refused(project: Project, statement: str) -> None:
    project.write("fn/h.py", f"import os\n{statement}\n{OK}")

    error = project.refusal("fn/h.py", site=CALL)

    assert error.code == "HandlerImportsCdkError"
    assert error.sites == (Site("fn/h.py", 2), CALL)


@pytest.mark.parametrize("dot", ["", "."])
def test_the_way_to_the_cdk_is_shown(project: Project, dot: str) -> None:
    project.write("amplify/__init__.py")
    project.write("amplify/fn/h.py", f"import json\nfrom {dot}words import x\n{OK}")
    project.write("amplify/fn/words.py", f"x = 1\n\ndef f():\n    from {dot}resource import M\n")
    project.write("amplify/fn/resource.py", "from aws_cdk import Stack\n")

    error = project.refusal("amplify/fn/h.py")

    assert error.code == "HandlerImportsCdkError"
    assert error.message == (
        "the handler amplify/fn/h.py imports aws_cdk through amplify/fn/resource.py;"
        " the CDK cannot run in Lambda"
    )
    assert error.details == (
        f"amplify/fn/h.py:2 imports {dot}words",
        f"amplify/fn/words.py:4 imports {dot}resource",
        "amplify/fn/resource.py:1 imports aws_cdk",
    )


def test_a_package_that_brings_the_cdk_is_found(project: Project) -> None:
    project.write("amplify/__init__.py", "from .backend import backend")
    project.write("amplify/backend.py", "import aws_cdk")
    project.write("amplify/fn/words.py")
    project.write("amplify/fn/h.py", f"from . import words\n{OK}")

    assert project.refusal("amplify/fn/h.py").details[1:] == (
        "amplify/__init__.py:1 imports .backend",
        "amplify/backend.py:1 imports aws_cdk",
    )


def test_a_module_of_ones_own_may_be_called_constructs(project: Project) -> None:
    project.write("fn/constructs.py", "x = 1")
    project.write("fn/h.py", f"from constructs import x\n{OK}")

    assert project.bundle("fn/h.py").handler == "h.handler"


def test_an_import_of_the_cdk_that_may_fail_is_allowed(project: Project) -> None:
    project.write("fn/h.py", f"try:\n    import aws_cdk\nexcept ImportError:\n    pass\n{OK}")

    assert project.bundle("fn/h.py").handler == "h.handler"


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("from .wrods import x", "amplify.fn.wrods"),
        ("from . import wrods", "amplify.fn.wrods"),
        ("from amplify.fnn import words", "amplify.fnn"),
    ],
)
def test_a_module_that_is_not_there_is_named(
    project: Project, statement: str, missing: str
) -> None:
    project.write("amplify/__init__.py")
    project.write("amplify/fn/words.py", "x = 1")
    project.write("amplify/fn/h.py", f"{statement}\n{OK}")

    error = project.refusal("amplify/fn/h.py")

    assert error.code == "HandlerModuleNotFoundError"
    assert error.message.endswith(f"but there is no module {missing}")
    assert error.hint in ('did you mean "words"?', 'did you mean "fn"?')


def test_a_relative_import_without_a_package_is_refused(project: Project) -> None:
    project.write("fn/h.py", f"import words\n{OK}")
    project.write("fn/words.py", "from .deep import x")
    project.write("fn/deep.py", "x = 1")
    project.write("top.py", f"from .words import x\n{OK}")

    assert project.refusal("fn/h.py").code == "RelativeImportError"
    assert project.refusal("top.py").code == "RelativeImportError"


def test_a_module_that_is_a_link_out_of_the_project_is_refused(project: Project) -> None:
    outside = project.folder.parent / "outside.py"
    outside.write_text("x = 1")
    project.write("fn/h.py", f"import words\n{OK}")
    (project.folder / "fn/words.py").symlink_to(outside)

    assert project.refusal("fn/h.py").code == "SourceOutsideProjectError"


def test_a_runtime_of_another_language_is_refused(project: Project) -> None:
    project.write("fn/h.py", OK)

    assert project.refusal("fn/h.py", runtime="nodejs22.x", dependencies=("six",)).code == (
        "UnsupportedRuntimeError"
    )


def test_a_bundle_that_lambda_would_not_take_is_refused(project: Project) -> None:
    project.write("fn/h.py", OK)
    with project.write("fn/model.bin").open("wb") as model:
        model.truncate(262_144_001)

    error = project.refusal("fn/h.py")

    assert error.code == "BundleTooLargeError"
    assert error.message == "the bundle of fn/h.py is 250 MB unzipped; Lambda takes 250 MB"
