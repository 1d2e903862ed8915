"""``preamp sandbox --once`` against the CDK's command line, on the same local cloud.

The CDK's command line is given the assembly that preamp has just deployed, so it has nothing to
synthesize; preamp's time is therefore told from the end of its synthesis to the end of the
command. The whole command stands beside what a user of plain CDK waits for.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3

from benchmarks.figures import Samples, ratio, row, title, verdict
from benchmarks.workbench import CommandFailedError, edit_for_cloudformation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from benchmarks.workbench import Sandboxed, Workbench

_STAGES: Final = ("check", "plan", "assets", "deploy")
_PATIENCE: Final = 60


@dataclass
class _Case:
    """One case, measured on both sides."""

    name: str
    goal: float
    whole: Samples = field(default_factory=Samples)
    after: Samples = field(default_factory=Samples)
    cdk: Samples = field(default_factory=Samples)
    stages: dict[str, Samples] = field(default_factory=dict)

    def note(self, ours: Sandboxed, theirs: float, expected: str) -> None:
        if ours.result != expected:
            raise CommandFailedError(f"{self.name}: preamp says {ours.result!r}")
        self.whole.seconds.append(ours.seconds)
        self.after.seconds.append(ours.after_synthesis)
        self.cdk.seconds.append(theirs)
        for stage, seconds in ours.stages.items():
            self.stages.setdefault(stage, Samples()).seconds.append(seconds)

    def show(self, plain_synthesis: float) -> None:
        title(f"Deployment to the local cloud: {self.name}")
        within = verdict(self.after.median, self.goal)
        row("preamp sandbox --once, after synthesis", self.after, within)
        parts: dict[str, float] = {
            name: self.stages[name].median for name in _STAGES if name in self.stages
        }
        parts["the rest"] = self.after.median - sum(parts.values())
        told = ", ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in parts.items())
        print(f"  {told}")
        row("cdk deploy of the same assembly", self.cdk, ratio(self.after.median, self.cdk.median))
        both = plain_synthesis + self.cdk.median
        row("preamp sandbox --once, the whole command", self.whole)
        times = ratio(self.whole.median, both)
        row("plain CDK's synthesis plus cdk deploy", f"{both:.2f} s (sum of medians)", times)
        beside = [name for name in ("synth", "engine") if name in self.stages]
        told = ", ".join(f"{name} {self.stages[name].median:.2f} s" for name in beside)
        print(f"  of preamp's, side by side: {told}")


def measure(bench: Workbench, rounds: int, plain_synthesis: float) -> None:
    """Measure and print; one round of each is not counted.

    Args:
        bench: Where.
        rounds: How often.
        plain_synthesis: Seconds that plain CDK needs for what its command line then deploys.
    """
    _measure_first(bench, rounds, plain_synthesis)
    _measure_later(bench, rounds, plain_synthesis)
    print("note: much of the CDK's time is waiting: it asks every 5 s whether a deployment is done")


def _measure_first(bench: Workbench, rounds: int, plain_synthesis: float) -> None:
    """First deployments, each to a local cloud of its own, which preamp has to start."""
    case = _Case("the first one, with the start of the local cloud", 2.0)
    for number in range(rounds + 1):
        identifier = f"first{number}"
        edit_for_cloudformation(bench.backend, next(bench.values))
        ours = bench.sandbox(identifier)
        assembly = _copied(bench, identifier)
        variables = bench.variables(identifier)
        _undo(ours.stack, variables)
        theirs = bench.cdk_deploy(assembly, variables)
        bench.stop(identifier)
        if number:
            case.note(ours, theirs, "deployed")
    case.show(plain_synthesis)


def _measure_later(bench: Workbench, rounds: int, plain_synthesis: float) -> None:
    """Later deployments: nothing changed, one property changed.

    Both sides change the property from what the other one left. The CDK's command line takes it
    back to a template that was published before, which saves it one upload. The property is none
    that preamp would hotswap: then CloudFormation would see no difference.
    """
    identifier, value = "later", next(bench.values)
    edit_for_cloudformation(bench.backend, value)
    bench.sandbox(identifier)
    before = _copied(bench, identifier)
    variables = bench.variables(identifier)
    nothing, one = _Case("nothing changed", 0.3), _Case("one property changed", 0.5)
    for number in range(rounds + 1):
        edit_for_cloudformation(bench.backend, value)
        # not counted: after a deployment that is not its own, preamp makes sure of what runs
        bench.sandbox(identifier)
        same = bench.sandbox(identifier), bench.cdk_deploy(before, variables)
        edit_for_cloudformation(bench.backend, next(bench.values))
        changed = bench.sandbox(identifier), bench.cdk_deploy(before, variables)
        if number:
            nothing.note(*same, "unchanged")
            one.note(*changed, "deployed")
    nothing.show(plain_synthesis)
    one.show(plain_synthesis)


def _copied(bench: Workbench, identifier: str) -> Path:
    """A copy of a sandbox's assembly: the CDK's command line writes into the one it is given."""
    copy = bench.folder / f"assembly-{identifier}"
    shutil.copytree(bench.assembly(identifier), copy)
    return copy


def _undo(stack: str, variables: Mapping[str, str]) -> None:
    """Make a local cloud as it was before the first deployment: no stack, no assets."""
    cloudformation = _client("cloudformation", variables)
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": _PATIENCE}
    )
    s3 = _client("s3", variables)
    for bucket in s3.list_buckets()["Buckets"]:
        for held in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            s3.delete_object(Bucket=bucket["Name"], Key=held["Key"])


def _client(service: str, variables: Mapping[str, str]) -> Any:  # noqa: ANN401 - one class each
    return boto3.session.Session().client(
        service,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
