"""Which names modules have in a bundle, proved by running the handler from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.functional.bundling.bundled_project import Project, files, run

from preamp.bundling import BundleRequest, bundle

if TYPE_CHECKING:
    from pathlib import Path

HERE = "amplify/custom/notifications"


@pytest.fixture
def amplify(project: Project) -> Project:
    project.write("amplify/__init__.py")
    project.write("amplify/backend.py", "import aws_cdk")
    project.write(f"{HERE}/resource.py", "import aws_cdk")
    project.write(f"{HERE}/messages.py", "text = 'hello'\nname = __name__")
    project.write("amplify/shared/__init__.py", "from .greeting import greet")
    project.write("amplify/shared/greeting.py", "def greet(): return 'shared ' + __name__")
    return project


def test_a_sibling_is_imported_by_its_plain_name(amplify: Project) -> None:
    source = "from messages import text, name\ndef handler(e, c): return [text, name, __name__]"
    amplify.write(f"{HERE}/publisher.py", source)

    made = amplify.bundle(f"{HERE}/publisher.py")

    assert made.handler == "publisher.handler"
    assert files(made) == ["messages.py", "publisher.py"]
    assert run(made) == ["hello", "messages", "publisher"]


@pytest.mark.parametrize("statement", ["from .messages import text", "from . import messages"])
@pytest.mark.parametrize("package", [True, False])
def test_a_relative_import_keeps_the_dotted_name(
    amplify: Project, statement: str, *, package: bool
) -> None:
    if package:
        amplify.write("amplify/custom/__init__.py")
        amplify.write(f"{HERE}/__init__.py")
    amplify.write(f"{HERE}/publisher.py", f"{statement}\ndef handler(e, c): return __name__")

    made = amplify.bundle(f"{HERE}/publisher.py")

    assert made.handler == "amplify.custom.notifications.publisher.handler"
    assert run(made) == "amplify.custom.notifications.publisher"
    packages = ["amplify/custom/__init__.py", f"{HERE}/__init__.py"] if package else []
    expected = ["amplify/__init__.py", *packages, f"{HERE}/messages.py", f"{HERE}/publisher.py"]
    assert files(made) == sorted(expected)


def test_a_module_of_the_project_is_imported_by_its_dotted_name(amplify: Project) -> None:
    source = "from amplify.shared import greet\nfrom messages import text\n"
    amplify.write(f"{HERE}/publisher.py", f"{source}def handler(e, c): return [greet(), text]")

    made = amplify.bundle(f"{HERE}/publisher.py")

    assert run(made) == ["shared amplify.shared.greeting", "hello"]
    assert files(made) == [
        *("amplify/__init__.py", "amplify/shared/__init__.py", "amplify/shared/greeting.py"),
        *("messages.py", "publisher.py"),
    ]


def test_relative_and_absolute_imports_mix(amplify: Project) -> None:
    source = "from ...shared import greet\nfrom amplify.custom.notifications.messages import text\n"
    amplify.write(f"{HERE}/publisher.py", f"{source}def handler(e, c): return [greet(), text]")

    assert run(amplify.bundle(f"{HERE}/publisher.py")) == [
        "shared amplify.shared.greeting",
        "hello",
    ]


def test_a_folder_with_hyphens_works(amplify: Project) -> None:
    amplify.write("amplify/functions/say-hello/words.py", "word = 'hi'")
    source = "from .words import word\ndef handler(e, c): return word"
    amplify.write("amplify/functions/say-hello/handler.py", source)

    made = amplify.bundle("amplify/functions/say-hello/handler.py")

    assert made.handler == "amplify.functions.say-hello.handler.handler"
    assert run(made) == "hi"


def test_a_source_layout_starts_below_src(project: Project) -> None:
    project.write("src/app/__init__.py")
    project.write("src/app/rules.py", "limit = 3")
    project.write("src/app/api/__init__.py")
    source = "from app.rules import limit\nfrom ..rules import limit as same\n"
    project.write("src/app/api/entry.py", f"{source}def handler(e, c): return limit + same")

    made = project.bundle("src/app/api/entry.py")

    assert made.handler == "app.api.entry.handler"
    assert run(made) == 6


def test_a_source_root_can_be_given(project: Project) -> None:
    project.write("code/lib/words.py", "word = 'hi'")
    project.write("code/fn/entry.py", "from lib.words import word\ndef handler(e, c): return word")

    assert run(project.bundle("code/fn/entry.py", source_root=project.folder / "code")) == "hi"
    assert project.refusal("code/fn/entry.py", source_root=project.folder / "x").code == (
        "EntryNotFoundError"
    )


def test_a_handler_of_an_installed_package_does_not_bring_its_neighbours(
    project: Project, tmp_path: Path
) -> None:
    installed = tmp_path / "site-packages"
    for path, text in {
        "construct_lib/__init__.py": "",
        "construct_lib/text.py": "word = 'hi'",
        "construct_lib/fn.py": "import neighbour\nfrom construct_lib.text import word\n"
        "def handler(e, c): return word",
        "neighbour/__init__.py": "",
    }.items():
        (installed / path).parent.mkdir(parents=True, exist_ok=True)
        (installed / path).write_text(text)
    request = BundleRequest(entry=installed / "construct_lib/fn.py", project=project.folder)

    made = bundle(request, cache=project.cache, reporter=project.recorder)

    assert files(made) == ["construct_lib/__init__.py", "construct_lib/text.py", "fn.py"]


def test_what_only_a_type_checker_imports_stays_behind(amplify: Project) -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .resource import X\n"
    amplify.write(f"{HERE}/publisher.py", f"{source}def handler(e, c): return 1")

    assert files(amplify.bundle(f"{HERE}/publisher.py")) == ["publisher.py"]


def test_the_standard_library_wins_over_a_folder_and_over_the_source_root(
    project: Project,
) -> None:
    project.write("calendar.py", "raise SystemExit")
    project.write("fn/email/body.html", "<p>")
    source = "import calendar, email\ndef handler(e, c): return [calendar.MONDAY, email.__name__]"
    project.write("fn/entry.py", source)

    made = project.bundle("fn/entry.py")

    assert files(made) == ["email/body.html", "entry.py"]
    assert run(made) == [0, "email"]


def test_an_imported_function_can_be_the_handler(project: Project) -> None:
    project.write("fn/logic.py", "def work(e, c): return 5")
    project.write("fn/entry.py", "from logic import work as main")

    made = project.bundle("fn/entry.py", handler="main")

    assert (made.handler, run(made)) == ("entry.main", 5)
