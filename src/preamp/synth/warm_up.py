"""Makes the first synthesis as quick as the later ones: loads and runs what it will need.

The CDK loads a service's code, in Python and in Node, when it is first used, and Node compiles what
it runs often. So the warm-up makes a backend that nobody wants, out of what backends are made of.
It comes in steps, so that whoever has something better to do can leave off between two.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aws_cdk import Stack

_OURS: Final = ("compose", "inputs", "load", "sites", "write")
_USUAL: Final = ("aws_iam", "aws_lambda", "aws_logs", "aws_s3", "aws_sns", "aws_sqs")
_GRAPHQL_CONSTRUCT: Final = "preamp.constructs.data.bindings"
_OURS_FOR_DATA: Final = frozenset({"graphql", "pluralizer"})
"""Libraries of preamp's own, which no project can have others of."""
_ROUNDS: Final = 2
_STUBS: Final = 1000


def load() -> None:
    """Import what every synthesis needs; starts the kernel."""
    for name in _OURS:
        importlib.import_module(f"preamp.synth.{name}")


def steps(usage: Usage | None = None) -> Iterator[Callable[[], None]]:
    """What can be done before the first request, the most useful first.

    Args:
        usage: What the project is known to use.
    """
    yield lambda: _import(f"aws_cdk.{name}" for name in _USUAL)
    yield lambda: _import(["preamp.constructs.python_function", "preamp.bundling.bundler"])
    yield _ask_for_the_usual
    for _ in range(_ROUNDS):
        yield _synthesize
    if usage is not None:
        yield usage.load


def steps_after_run(usage: Usage, *, is_ready: bool) -> Iterator[Callable[[], None]]:
    """What is left to do after a run, in which Node has seen all that the project uses.

    Args:
        usage: What the run has used that was not there before.
        is_ready: Whether all of `steps` was done before it.
    """
    yield usage.load
    if not is_ready:
        yield _ask_for_the_usual
        yield _synthesize


@dataclass(frozen=True)
class Usage:
    """What a run has loaded that the next one will want.

    Attributes:
        modules: Names of modules: the CDK's, other libraries' of constructs, preamp's and Python's;
            no others, as to import them ahead of time could make a difference.
        stubs: Modules and names of functions whose type hints the CDK has looked up.
    """

    modules: tuple[str, ...]
    stubs: tuple[tuple[str, str], ...]

    @staticmethod
    def of_this_process() -> Usage:
        """What was used here so far."""
        from jsii import _type_checking

        libraries = {name.partition(".")[0] for name in sys.modules if name.endswith("._jsii")}
        known = libraries | {"preamp"} | _OURS_FOR_DATA | sys.stdlib_module_names
        modules = [name for name in sys.modules if name.partition(".")[0] in known]
        stubs = list(getattr(_type_checking, "_type_hints_cache", ()))[-_STUBS:]
        return Usage(tuple(modules), tuple((stub.__module__, stub.__name__) for stub in stubs))

    @staticmethod
    def from_json(text: str) -> Usage:
        """What `to_json` told."""
        modules, stubs = json.loads(text)
        return Usage(tuple(modules), tuple((module, name) for module, name in stubs))

    def to_json(self) -> str:
        """As text."""
        return json.dumps([self.modules, self.stubs])

    def since(self, earlier: Usage) -> Usage:
        """What is in this one and not in an earlier one."""
        modules, stubs = set(earlier.modules), set(earlier.stubs)
        return Usage(
            tuple(each for each in self.modules if each not in modules),
            tuple(each for each in self.stubs if each not in stubs),
        )

    def load(self) -> None:
        """Use it here, as far as it is there."""
        from jsii import _type_checking

        look_up = getattr(_type_checking, "cached_type_hints", None)
        _import(self.modules)
        if _GRAPHQL_CONSTRUCT in self.modules:
            _load_graphql_construct()
        for module, name in self.stubs:
            found = sys.modules.get(module)
            # what a module of the CDK does not publish, it keeps in another one
            stub = getattr(getattr(found, "_private", found), name, None)
            if stub is not None and look_up is not None:
                look_up(stub)


def _load_graphql_construct() -> None:
    from preamp.constructs.data.library import load_ahead

    with contextlib.suppress(Exception):  # what fails here fails again when it is asked for
        load_ahead()


def _import(modules: Iterable[str]) -> None:
    for name in modules:
        with contextlib.suppress(ImportError):  # no longer installed
            importlib.import_module(name)


def _ask_for_the_usual() -> None:
    from preamp.constructs.backend_stack import own_version
    from preamp.constructs.python_function import usual

    own_version()
    usual()


def _synthesize() -> None:
    from aws_cdk import App, CfnOutput, NestedStack, RemovalPolicies, Stack, Tags

    with tempfile.TemporaryDirectory(prefix="preamp-warm-up-") as folder:
        Path(folder, "code").mkdir()
        Path(folder, "code", "index.py").write_text("", encoding="utf-8")
        app = App(outdir=f"{folder}/out", auto_synth=False, analytics_reporting=False)
        root = Stack(app, "Root")
        RemovalPolicies.of(root).destroy()
        Tags.of(root).add("warm", "up")
        for name in _BUILDERS:
            nested = NestedStack(root, name)
            for build in _BUILDERS.values():
                CfnOutput(root, f"{name}{build.__name__}", value=build(nested, folder))
        app.synth()


def _messages(stack: Stack, _: str) -> str:
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sns_subscriptions as subscriptions
    from aws_cdk import aws_sqs as sqs

    queue, topic = sqs.Queue(stack, "Queue"), sns.Topic(stack, "Topic")
    topic.add_subscription(subscriptions.SqsSubscription(queue))
    return queue.queue_url


def _function(stack: Stack, folder: str) -> str:
    from aws_cdk import AssetHashType, Duration
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_lambda as lambda_

    code = lambda_.Code.from_asset(
        f"{folder}/code", asset_hash="0" * 64, asset_hash_type=AssetHashType.CUSTOM
    )
    function = lambda_.Function(
        stack,
        "Function",
        code=code,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.X86_64,
        timeout=Duration.seconds(30),
        environment={"NAME": stack.stack_name},
    )
    function.add_to_role_policy(iam.PolicyStatement(actions=["ses:SendEmail"], resources=["*"]))
    return function.function_arn


def _storage(stack: Stack, _: str) -> str:
    from aws_cdk import aws_s3 as s3

    return s3.Bucket(stack, "Bucket").bucket_name


_BUILDERS: Final = {"messages": _messages, "function": _function, "storage": _storage}
