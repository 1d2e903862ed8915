"""How the user's code names its constructs, found without running it."""

from __future__ import annotations

import textwrap

import pytest

from preamp.contract.site import Site
from preamp.sandbox.expressions import Expressions

CONSTRUCT = """
    from aws_cdk import aws_sns as sns, Aws
    import aws_cdk.aws_iam as identity


    class Notifications(Construct):
        def __init__(self, scope, construct_id):
            super().__init__(scope, construct_id)
            self.topic = sns.Topic(self, "Topic")
            self.publisher = PythonFunction(
                self,
                "Publisher",
                entry="publisher.py",
            )
            queue = (
                sqs.Queue(self, "Queue")
            )
            self.topics["other"] = sns.Topic(self, "Other")
            if other := sns.CfnTopic(self, "Raw"):
                pass
            self.more()

        def more(self):
            self.later: sns.Topic = sns.Topic(self, "Later")
"""
BACKEND = """
    backend = define_backend()
    stack = backend.create_stack("S")
    notifications = Notifications(
        backend.create_stack("N"),
        "N",
    )
    worker = PythonFunction(stack, "Worker", entry="worker.py")
    sqs.Queue(stack, "Jobs")
    one = make(backend.create_stack("One"), "Thing")
"""
FILES = {
    "construct.py": textwrap.dedent(CONSTRUCT).lstrip(),
    "backend.py": textwrap.dedent(BACKEND).lstrip(),
    "broken.py": "def (",
}


def line_of(file: str, text: str) -> int:
    """The first line with a text."""
    return next(n for n, line in enumerate(FILES[file].splitlines(), 1) if text in line)


def site(file: str, text: str) -> Site:
    """The place of the first line with a text."""
    return Site(file, line_of(file, text))


SITES = {
    "N": site("backend.py", 'create_stack("N")'),
    "N/N": site("backend.py", "Notifications("),
    "N/N/Topic": site("construct.py", '"Topic"'),
    "N/N/Publisher": site("construct.py", "PythonFunction("),
    "N/N/Queue": site("construct.py", '"Queue"'),
    "N/N/Other": site("construct.py", '"Other"'),
    "N/N/Raw": site("construct.py", '"Raw"'),
    "N/N/Later": site("construct.py", '"Later"'),
    "S": site("backend.py", 'create_stack("S")'),
    "S/Worker": site("backend.py", '"Worker"'),
    "S/Jobs": site("backend.py", '"Jobs"'),
    "One": site("backend.py", 'create_stack("One")'),
    "Broken": Site("broken.py", 1),
    "Missing": Site("missing.py", 1),
}


@pytest.fixture
def expressions() -> Expressions:
    """The names of two files."""
    return Expressions(SITES, FILES.get)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("N/N", "notifications"),
        ("N/N/Topic", "self.topic"),
        ("N/N/Publisher", "self.publisher"),
        ("N/N/Queue", "queue"),
        ("N/N/Raw", "other"),
        ("N/N/Later", "self.later"),
        ("S", "stack"),
        ("S/Worker", "worker"),
    ],
)
def test_a_construct_has_the_name_it_is_assigned_to(
    expressions: Expressions, path: str, name: str
) -> None:
    binding = expressions.binding(path)
    assert binding is not None
    assert binding.name == name


@pytest.mark.parametrize(
    "path", ["N", "One", "N/N/Other", "S/Jobs", "N/N/Unknown", "Broken", "Missing"]
)
def test_what_is_assigned_to_no_name_has_none(expressions: Expressions, path: str) -> None:
    assert expressions.binding(path) is None


def test_cloudformations_own_constructs_are_told(expressions: Expressions) -> None:
    assert expressions.is_cfn("N/N/Raw")
    assert not expressions.is_cfn("N/N/Topic")


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("N/N/Topic", "N/N/Publisher", ("self.topic", "self.publisher")),
        ("N/N/Later", "N/N/Publisher", ("self.later", "self.publisher")),
        ("N/N/Topic", "S/Worker", ("notifications.topic", "worker")),
        ("S/Worker", "N/N/Topic", ("worker", "notifications.topic")),
    ],
)
def test_a_scope_knows_both(
    expressions: Expressions, first: str, second: str, names: tuple[str, str]
) -> None:
    found = expressions.common(first, second)
    assert found is not None
    _, one, other = found
    assert (one.text, other.text) == names


@pytest.mark.parametrize("second", ["N/N/Queue", "S/Jobs", "N/N/Other"])
def test_no_scope_knows_what_only_a_method_or_nobody_knows(
    expressions: Expressions, second: str
) -> None:
    assert expressions.common("S/Worker", second) is None


def test_a_name_is_there_after_the_last_line_of_its_statement(expressions: Expressions) -> None:
    found = expressions.common("N/N/Topic", "N/N/Publisher")
    assert found is not None
    assert found[2].end == line_of("construct.py", "publisher.py") + 1


@pytest.mark.parametrize(
    ("module", "name"),
    [("aws_sns", "sns"), ("aws_iam", "identity"), ("Aws", "Aws"), ("aws_sqs", None)],
)
def test_a_file_knows_what_it_imports(
    expressions: Expressions, module: str, name: str | None
) -> None:
    assert expressions.imported("construct.py", module) == name
