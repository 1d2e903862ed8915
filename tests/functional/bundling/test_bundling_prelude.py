"""An entry of our own: something is called before the handler's module is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.functional.bundling.bundled_project import files, run

from preamp.contract.local_code import LocalCode

if TYPE_CHECKING:
    from tests.functional.bundling.bundled_project import Project

RESOLVE = "preamp.runtime.secrets.resolve_secrets"
OURS = [
    "preamp/contract/__init__.py",
    "preamp/contract/secret_variables.py",
    "preamp/runtime/__init__.py",
    "preamp/runtime/secrets.py",
    "preamp_entry/fn.py",
]
HANDLER = "import sys\ndef handler(e, c): return ['preamp_entry.fn' in sys.modules, __name__]"


def test_a_bundle_that_calls_nothing_first_brings_nothing_of_ours(project: Project) -> None:
    project.write("amplify/fn.py", HANDLER)
    made = project.bundle("amplify/fn.py")
    assert files(made) == ["fn.py"]
    assert run(made) == [False, "fn"]


def test_our_entry_runs_first_and_hands_over_the_handler(project: Project) -> None:
    project.write("amplify/fn.py", HANDLER)
    made = project.bundle("amplify/fn.py", call_first=RESOLVE)
    assert made.handler == "preamp_entry.fn.handler"
    assert files(made) == ["fn.py", *OURS]
    assert run(made) == [True, "fn"]


def test_what_is_called_first_sees_the_environment_before_the_handlers_file(
    project: Project,
) -> None:
    source = (
        "import os\nos.environ['SEEN'] = 'by the handler'\n"
        "def handler(e, c): return os.environ['SEEN']"
    )
    project.write("amplify/fn.py", source)
    made = project.bundle("amplify/fn.py", call_first=RESOLVE)
    entry = (made.directory / "preamp_entry" / "fn.py").read_text()
    assert entry.index("resolve_secrets()") < entry.index("from fn import handler")
    assert run(made) == "by the handler"


def test_a_handler_in_a_package_keeps_its_dotted_name(project: Project) -> None:
    project.write("amplify/__init__.py")
    project.write("amplify/words.py", "WORD = 'hello'")
    project.write("amplify/fn.py", "from .words import WORD\ndef main(e, c): return WORD")
    made = project.bundle("amplify/fn.py", handler="main", call_first=RESOLVE)
    assert made.handler == "preamp_entry.amplify.fn.main"
    assert run(made) == "hello"


def test_on_this_machine_the_projects_files_are_named_and_our_entry_is_not(
    project: Project,
) -> None:
    file = project.write("amplify/fn.py", HANDLER)
    made = project.bundle_local("amplify/fn.py", call_first=RESOLVE)
    sources = LocalCode.read(made.directory).sources
    assert sources["fn.py"] == file
    assert "preamp_entry/fn.py" not in sources
    assert run(made) == [True, "fn"]


def test_another_thing_to_call_makes_another_bundle(project: Project) -> None:
    project.write("amplify/fn.py", HANDLER)
    plain = project.bundle("amplify/fn.py")
    first = project.bundle("amplify/fn.py", call_first=RESOLVE)
    assert plain.digest != first.digest
    assert project.bundle("amplify/fn.py", call_first=RESOLVE).digest == first.digest
