"""A deployment from beginning to end.

The stages, each fed by the one before:

1. **plan** reads what runs at the target, waits if it is still being changed, and compares it
   with the assembly. Nothing differs: the deployment ends here. Data would be lost: somebody has
   to approve it.
2. **settle**, for a sandbox, sets back what was hotswapped and is CloudFormation's to change now.
3. **hotswap** calls the services, if every change can be made so: the deployment ends here.
4. **assets** publishes the images, files and templates that the target does not have.
5. **deploy** has CloudFormation carry the change out and follows it to its end. A failure is
   rolled back by CloudFormation, and waited for, before it is raised.

Each stage has the rights of the role that the assembly names for it, where the target has roles.

Owns the order of the stages. Must not print, and must not know whether the target is AWS.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from preamp.assembly.read import Bootstrapping
from preamp.deploy.assets import AssetPublisher
from preamp.deploy.bootstrapping import require_bootstrap
from preamp.deploy.cloudformation import StackOperator
from preamp.deploy.data_loss import DataGuard, find_risks
from preamp.deploy.deployed import (
    NEVER_CREATED,
    ROLLBACK_STUCK,
    STUCK,
    DeployedStack,
    is_busy,
    read_stack,
)
from preamp.deploy.drift import find_drift
from preamp.deploy.failure import empty_backend, explained, stack_stuck
from preamp.deploy.hotswap.execution import SwapExecutor, SwapFailedError
from preamp.deploy.hotswap.transition import Transition, needed_assets
from preamp.deploy.images import ImagePublisher
from preamp.deploy.permissions import permission_changes
from preamp.deploy.plan import Action, Plan, PlanKind, plan_creation
from preamp.deploy.planner import Planner
from preamp.deploy.roles import Roles
from preamp.deploy.telling import tell_plan
from preamp.errors import UserError
from preamp.events import Notice, StageFinished, StageStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mypy_boto3_cloudformation.literals import ChangeSetTypeType

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.approval import Approval, DataRisk
    from preamp.deploy.consent import Consent
    from preamp.deploy.drift import Drift
    from preamp.deploy.hotswap.state import HotswapState
    from preamp.deploy.permissions import PermissionChange
    from preamp.deploy.plan import Change
    from preamp.deploy.target import ClientFactory, Target
    from preamp.events import Reporter

BeforeDataLoss: TypeAlias = "Callable[[], str | None]"
"""Saves what may be lost; returns one sentence on how to get it back, shown afterwards."""

_UNCHANGED: Final = "nothing changed"


@dataclass(frozen=True)
class DeploymentResult:
    """What came of a deployment.

    Attributes:
        stack_name: Name of the root stack.
        stack_id: Its ARN.
        no_op: Whether there was nothing to do.
        outputs: Outputs of the root stack by name.
        metadata: ``Metadata`` of the root template, where the output entries are declared.
        changes: The resources that were planned to change, not the stacks around them.
        seconds: How long each stage took, by its name.
        hotswapped: Whether the changes were made past CloudFormation.
    """

    stack_name: str
    stack_id: str
    no_op: bool
    outputs: Mapping[str, str]
    metadata: Mapping[str, Any]
    changes: tuple[Change, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    hotswapped: bool = False


def deploy(
    assembly: CloudAssembly,
    target: Target,
    reporter: Reporter,
    *,
    publisher: AssetPublisher | None = None,
    hotswap: HotswapState | None = None,
    approval: Approval | None = None,
    before_data_loss: BeforeDataLoss | None = None,
    consent: Consent | None = None,
) -> DeploymentResult:
    """Deploy an assembly.

    May be called again and again, in one process and with the same arguments; never twice at a
    time for one stack.

    Args:
        assembly: What shall run.
        target: Where.
        reporter: Told of stages, assets and resources as they go.
        publisher: For repeated deployments to one target: the publisher of the last one, which
            knows what the target has.
        hotswap: For a sandbox: where to remember changes that are made past CloudFormation. None
            if CloudFormation shall make every change.
        approval: Decides about data that would be lost; None if none may be.
        before_data_loss: Called once when data may be lost, before it is.
        consent: Decides about changes of permissions; None if nobody need be asked.

    Returns:
        The result; on return the stack is at rest.

    Raises:
        UserError: ``DataLossError`` if data would be lost and may not be, ``ApprovalMissingError``
            if permissions change and may not; nothing was changed.
            See `StackOperator` and `AssetPublisher`; whatever failed, the next deployment can
            start from what is left.
    """
    guard = DataGuard(approval, before_data_loss, reporter)
    with explained(target):
        roles = Roles(target)
        deployment = _Deployment(assembly, roles, reporter, hotswap, consent)
        return deployment.run(publisher or AssetPublisher(target, roles), guard)


def make_plan(
    assembly: CloudAssembly,
    target: Target,
    reporter: Reporter,
    *,
    hotswap: HotswapState | None = None,
) -> Plan:
    """Tell what `deploy` would do, and do nothing.

    Args:
        assembly: What shall run.
        target: Where.
        reporter: Told if a running change must be waited for.
        hotswap: As for `deploy`.

    Raises:
        UserError: ``StackStuckError`` if the stack allows no update.
    """
    with explained(target):
        return _Deployment(assembly, Roles(target), reporter, hotswap).plan()


@dataclass(frozen=True)
class Foreseen:
    """What a deployment would do.

    Attributes:
        plan: The plan.
        permissions: What it changes of permissions.
        risks: The data that it would lose.
        drifts: What was changed by hand, if that was asked for.
    """

    plan: Plan
    permissions: tuple[PermissionChange, ...] = ()
    risks: tuple[DataRisk, ...] = ()
    drifts: tuple[Drift, ...] = ()


def foresee(
    assembly: CloudAssembly, target: Target, reporter: Reporter, *, drift: bool = False
) -> Foreseen:
    """Tell what `deploy` would do, with what it means for permissions and data, and do nothing.

    Args:
        assembly: What shall run.
        target: Where.
        reporter: Told if a running change must be waited for.
        drift: Whether to find out, too, what was changed by hand.

    Raises:
        UserError: ``StackStuckError`` if the stack allows no update.
    """
    with explained(target):
        return _Deployment(assembly, Roles(target), reporter).foresee(drift=drift)


def destroy(
    stack_name: str,
    target: Target,
    reporter: Reporter,
    *,
    assembly: CloudAssembly | None = None,
    bootstrapping: Bootstrapping | None = None,
) -> bool:
    """Delete a backend with everything in it.

    Args:
        stack_name: Name of the root stack.
        target: Where it is.
        reporter: Told of resources as they go.
        assembly: What it was deployed from, to name resources by construct path.
        bootstrapping: The roles to do it with; None for the caller's own rights.

    Returns:
        False if there was no such stack.

    Raises:
        UserError: ``StackProtectedError`` or ``DeletionFailedError``.
    """
    needs = bootstrapping or Bootstrapping()
    with explained(target):
        roles = Roles(target)
        operator = StackOperator(
            roles.take(needs.deploy_role), reporter, roles.execution(needs.execution_role)
        )
        roles.tell_refused(reporter)
        stack = operator.settle(stack_name)
        if stack is None:
            return False
        with _Clock(reporter).stage("delete"):
            operator.delete(stack, stack_name, assembly)
    return True


class _Clock:
    """Announces stages and keeps their times."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self.seconds: dict[str, float] = {}
        self.summary = ""

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self._reporter.report(StageStarted(name))
        self.summary = ""
        begun = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begun
        self._reporter.report(StageFinished(name, self.seconds[name], self.summary))


class _Deployment:
    def __init__(
        self,
        assembly: CloudAssembly,
        roles: Roles,
        reporter: Reporter,
        hotswap: HotswapState | None = None,
        consent: Consent | None = None,
    ) -> None:
        needs = assembly.bootstrapping
        self._assembly = assembly
        self._roles = roles
        self._target = roles.take(needs.deploy_role)
        self._reporter = reporter
        self._hotswap = hotswap
        self._consent = consent
        self._operator = StackOperator(
            self._target, reporter, roles.execution(needs.execution_role)
        )
        self._clock = _Clock(reporter)

    def run(self, publisher: AssetPublisher, guard: DataGuard) -> DeploymentResult:
        with self._clock.stage("plan"):
            plan, stack, planner = self._planned(mending=True)
            self._clock.summary = _summary(plan)
        tell_plan(plan, self._reporter)
        if self._consent and plan.kind is not PlanKind.NO_OP:
            self._consent.require(permission_changes(plan, self._assembly))
        if stack is None or planner is None:
            return self._by_cloudformation(plan, stack, publisher)
        with guard.watching(plan, stack.stack_id, planner.reader, self._looking()):
            return self._from_running(plan, stack, planner, publisher)

    def plan(self) -> Plan:
        return self._planned()[0]

    def foresee(self, *, drift: bool) -> Foreseen:
        plan, stack, planner = self._planned()
        permissions = permission_changes(plan, self._assembly)
        if stack is None or planner is None:
            return Foreseen(plan, permissions)
        risks = find_risks(plan, stack.stack_id, planner.reader, self._looking())
        found = find_drift(stack.stack_id, self._assembly, self._target) if drift else ()
        return Foreseen(plan, permissions, tuple(risks), found)

    def _looking(self) -> ClientFactory:
        """The clients of whoever may see what tables hold: not the role that deploys."""
        return self._roles.take(self._assembly.bootstrapping.lookup_role).clients

    def _planned(
        self, *, mending: bool = False
    ) -> tuple[Plan, DeployedStack | None, Planner | None]:
        """Make the plan, and get a stack that is stuck out of that first if it is to be mended."""
        assembly = self._assembly
        if not assembly.stack.resources:
            raise empty_backend(assembly)
        require_bootstrap(assembly.bootstrapping, self._roles, self._reporter)
        self._roles.tell_refused(self._reporter)
        stack = self._operator.settle(assembly.stack_name)
        if stack is None:
            return plan_creation(assembly, PlanKind.CREATE), None, None
        if mending and stack.status == ROLLBACK_STUCK:
            stack = self._operator.finish_rollback(assembly, stack)
        if stack.status in STUCK:
            raise stack_stuck(assembly.stack_name, stack)
        if stack.status in NEVER_CREATED:
            return plan_creation(assembly, PlanKind.RECREATE), stack, None
        planner = Planner(assembly, self._target, stack, self._hotswap)
        return planner.plan(), stack, planner

    def _from_running(
        self, plan: Plan, stack: DeployedStack, planner: Planner, publisher: AssetPublisher
    ) -> DeploymentResult:
        if self._hotswap is not None:
            # the bootstrap's role deploys stacks, and may call no service itself
            executor = SwapExecutor(self._roles.take(None), self._assembly, self._reporter)
            transition = Transition(self._hotswap, stack, executor, self._reporter)
            self._settle(plan, transition)
            if plan.kind is PlanKind.HOTSWAP and self._swapped(plan, transition, publisher):
                return self._result(plan, stack, no_op=False)
            if plan.kind is PlanKind.HOTSWAP:
                plan = planner.plan_without_hotswap()
                self._settle(plan, transition)
        if plan.kind is PlanKind.NO_OP:
            return self._result(plan, stack, no_op=True)
        return self._by_cloudformation(plan, stack, publisher)

    def _settle(self, plan: Plan, transition: Transition) -> None:
        """Set back what CloudFormation does not know of."""
        if plan.returns:
            with self._clock.stage("settle"):
                transition.set_back(plan)

    def _swapped(self, plan: Plan, transition: Transition, publisher: AssetPublisher) -> bool:
        """Hotswap; False if a service refused, so that CloudFormation has to."""
        with self._clock.stage("hotswap"):
            assets = needed_assets(plan, self._assembly.assets)
            if assets:
                publisher.publish(assets, self._reporter)
            try:
                transition.swap(plan)
            except SwapFailedError as error:
                told = f"{error} (hotswap); CloudFormation makes the change"
                self._reporter.report(Notice(told, self._assembly.site_of(error.path)))
                return False
        return True

    def _by_cloudformation(
        self, plan: Plan, stack: DeployedStack | None, publisher: AssetPublisher
    ) -> DeploymentResult:
        with self._clock.stage("assets"):
            images = ImagePublisher(self._target, self._roles, self._reporter)
            images.publish(self._assembly.images)
            published = publisher.publish(self._assembly.assets, self._reporter)
            self._clock.summary = f"{published.uploaded} uploaded, {published.present} present"
        with self._clock.stage("deploy"):
            after = self._remembered(lambda: self._carry_out(plan, stack), stack)
            self._clock.summary = after.status if after else _UNCHANGED
        return self._result(plan, after or stack, no_op=after is None)

    def _remembered(
        self, act: Callable[[], DeployedStack | None], stack: DeployedStack | None
    ) -> DeployedStack | None:
        """Have CloudFormation act, and remember that what runs is what it knows.

        Also after it has rolled back; not after an interruption, as then it is not over yet.
        """
        try:
            after = act()
        except UserError:
            name = self._assembly.stack_name
            self._remember(read_stack(self._target.clients.cloudformation, name))
            raise
        self._remember(after or stack)
        return after

    def _remember(self, stack: DeployedStack | None) -> None:
        if self._hotswap is not None and stack is not None and not is_busy(stack.status):
            self._hotswap.settle(stack, {})

    def _carry_out(self, plan: Plan, stack: DeployedStack | None) -> DeployedStack | None:
        """Return the stack afterwards, or None if CloudFormation sees no difference."""
        if stack is not None and plan.kind is PlanKind.RECREATE:
            self._operator.delete(stack, self._assembly.stack_name, self._assembly)
        kind: ChangeSetTypeType = "UPDATE" if plan.kind is PlanKind.UPDATE else "CREATE"
        after = self._operator.bring_about(self._assembly, kind)
        if after and self._assembly.termination_protection and not after.termination_protection:
            self._operator.protect(after.stack_id)
        return after

    def _result(self, plan: Plan, stack: DeployedStack | None, *, no_op: bool) -> DeploymentResult:
        return DeploymentResult(
            stack_name=self._assembly.stack_name,
            stack_id=stack.stack_id if stack else "",
            no_op=no_op,
            outputs=stack.outputs if stack else {},
            metadata=self._assembly.stack.template.get("Metadata") or {},
            changes=() if no_op else plan.own_changes,
            seconds=self._clock.seconds,
            hotswapped=plan.kind is PlanKind.HOTSWAP,
        )


def _summary(plan: Plan) -> str:
    if plan.kind is PlanKind.NO_OP:
        return _UNCHANGED
    counts = Counter(change.action for change in plan.own_changes)
    told = ", ".join(f"{counts[action]} to {action}" for action in Action if counts[action])
    return f"{told} by hotswap" if plan.kind is PlanKind.HOTSWAP else told
