"""What the library says while it works: typed, coded events, and who listens to them.

The library never prints. It hands events to a `Reporter`; the terminal, JSON lines and tests
are reporters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Protocol

if TYPE_CHECKING:
    from preamp.contract.site import Site


@dataclass(frozen=True)
class Event:
    """Something that happened. Its `code` and fields are the promise; any wording is not."""

    code: ClassVar[str]


@dataclass(frozen=True)
class Notice(Event):
    """Something the user should know that is no error; shown once per run.

    Attributes:
        message: One sentence.
        site: Where in the user's code it comes from, if anywhere.
    """

    code: ClassVar[str] = "notice"
    message: str
    site: Site | None = None


@dataclass(frozen=True)
class StageStarted(Event):
    """A stage of the work began: ``engine``, ``synth``, ``check``, ``assets``, ``deploy``, …."""

    code: ClassVar[str] = "stage.started"
    stage: str


@dataclass(frozen=True)
class StageFinished(Event):
    """A stage ended well.

    Attributes:
        stage: The stage's name.
        seconds: How long it took.
        summary: What came of it, in a few words.
    """

    code: ClassVar[str] = "stage.finished"
    stage: str
    seconds: float
    summary: str = ""


@dataclass(frozen=True)
class AssetPublished(Event):
    """An asset was uploaded (``uploaded=True``) or was there already.

    Attributes:
        name: What the asset is, for people.
        size: Bytes uploaded.
        uploaded: False if the target had it.
    """

    code: ClassVar[str] = "asset.published"
    name: str
    size: int
    uploaded: bool


@dataclass(frozen=True)
class OutputPrinted(Event):
    """The user's own code printed something.

    Attributes:
        text: One line, without its end.
    """

    code: ClassVar[str] = "output.printed"
    text: str


@dataclass(frozen=True)
class AssemblyWritten(Event):
    """A cloud assembly was written.

    Attributes:
        directory: Its folder.
        stack_name: The root stack's name.
    """

    code: ClassVar[str] = "assembly.written"
    directory: str
    stack_name: str


PlannedAction = Literal["add", "modify", "remove", "replace"]
Via = Literal["hotswap", "cloudformation"]


@dataclass(frozen=True)
class ChangePlanned(Event):
    """A resource is going to change; told before anything is done.

    A nested stack that comes or goes as a whole is one event, and so is each stack of a first
    deployment.

    Attributes:
        path: Construct path below the root stack; empty for the root stack itself.
        resource_type: CloudFormation's type.
        action: What happens to it.
        reason: Why, in a few words.
        properties: Names of the top-level properties that differ.
        site: The user's line that made it.
        via: Who changes it: one call to its service, or CloudFormation.
        count: For a stack that comes or goes as a whole, how many resources are in it.
    """

    code: ClassVar[str] = "change.planned"
    path: str
    resource_type: str
    action: PlannedAction
    reason: str
    properties: tuple[str, ...] = ()
    site: Site | None = None
    via: Via = "cloudformation"
    count: int = 0


@dataclass(frozen=True)
class HotswapRejected(Event):
    """A change of a sandbox is not hotswapped, so that CloudFormation makes all of them.

    Attributes:
        path: Construct path below the root stack; empty for the root stack itself.
        reason: Why, in a sentence.
        subject: What it is about: a property, a function, a reference; may be empty.
    """

    code: ClassVar[str] = "hotswap.rejected"
    path: str
    reason: str
    subject: str = ""


ResourceProgress = Literal["started", "done", "failed", "skipped"]


@dataclass(frozen=True)
class ResourceChanged(Event):
    """A resource of the deployment changed its state.

    Attributes:
        path: Construct path below the root stack, e.g. ``CustomNotifications/Publisher``.
        resource_type: CloudFormation's type.
        action: ``create``, ``update``, ``delete`` or ``rollback``.
        progress: How far that is.
        seconds: Since the resource's action started.
        reason: CloudFormation's reason, if it gave one.
        site: The user's line that made the resource.
        via: Who changes it.
    """

    code: ClassVar[str] = "resource.changed"
    path: str
    resource_type: str
    action: str
    progress: ResourceProgress
    seconds: float = 0.0
    reason: str = ""
    site: Site | None = None
    via: Via = "cloudformation"


@dataclass(frozen=True)
class SandboxOpened(Event):
    """A session began: the sandbox is deployed, watched and deployed again.

    Attributes:
        project: The project's name.
        identifier: Which sandbox of the project.
        endpoint: Where AWS's APIs are served; at AWS itself, the account and its region.
        outputs_file: What frontends read.
        watched: The folder whose files are watched.
        enforces_iam: Whether policies are enforced.
    """

    code: ClassVar[str] = "sandbox.opened"
    project: str
    identifier: str
    endpoint: str
    outputs_file: str
    watched: str
    enforces_iam: bool = True


@dataclass(frozen=True)
class SandboxClosed(Event):
    """The session ended; the sandbox keeps its state."""

    code: ClassVar[str] = "sandbox.closed"


@dataclass(frozen=True)
class RoundStarted(Event):
    """The backend is synthesized, and then deployed.

    Attributes:
        saved: Files whose change led to it, relative to the project; empty if it was asked for.
    """

    code: ClassVar[str] = "round.started"
    saved: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoundFinished(Event):
    """What was saved is live.

    Attributes:
        seconds: Since the change was noticed.
        changes: How many resources changed; 0 if nothing had to be done.
    """

    code: ClassVar[str] = "round.finished"
    seconds: float
    changes: int


@dataclass(frozen=True)
class HandlerSaved(Event):
    """Handlers were saved that run from their sources: the next call runs them.

    Attributes:
        saved: The files, relative to the project.
    """

    code: ClassVar[str] = "handler.saved"
    saved: tuple[str, ...]


@dataclass(frozen=True)
class EngineLost(Event):
    """The local cloud ended unasked; it is started again."""

    code: ClassVar[str] = "engine.lost"


@dataclass(frozen=True)
class FunctionInvoked(Event):
    """A function was invoked, by whomever.

    Attributes:
        path: Its construct path, or its name where it has none.
        request_id: Lambda's id of the invocation.
        milliseconds: How long it took, without the initialization.
        outcome: ``succeeded``, ``failed``, ``timed out`` or ``throttled``.
        init_milliseconds: How long its initialization took; 0 if it was warm.
        error_type: The error's type; empty if there is none.
        message: The error's message; empty if there is none.
    """

    code: ClassVar[str] = "function.invoked"
    path: str
    request_id: str
    milliseconds: float
    outcome: str
    init_milliseconds: float = 0.0
    error_type: str = ""
    message: str = ""


@dataclass(frozen=True)
class FunctionLogged(Event):
    """A function logged a line.

    Attributes:
        timestamp: When, in milliseconds since the epoch.
        path: Its construct path.
        name: As much of the end of its path as tells it apart.
        text: The line, without its end.
    """

    code: ClassVar[str] = "function.logged"
    timestamp: int
    path: str
    name: str
    text: str


@dataclass(frozen=True)
class MailReceived(Event):
    """An e-mail was accepted; it never leaves this machine.

    Attributes:
        id: What ``preamp mail show`` takes.
        recipients: Everyone it goes to.
        subject: Its subject.
    """

    code: ClassVar[str] = "mail.received"
    id: str
    recipients: tuple[str, ...]
    subject: str


@dataclass(frozen=True)
class PermissionDenied(Event):
    """A call was made with a role's credentials that its policies do not allow.

    Attributes:
        time: When, in seconds since the epoch; the last time, if it was made several times.
        caller: Construct path of the function or role that called; its ARN if it has none.
        action: What was called, such as ``sns:Publish``.
        resource: Construct path of what it was called on; its ARN if it is none of the backend's.
        role: Construct path of the role; its name if it has none.
        reason: ``not allowed``, ``denied``, ``denied by resource`` or ``limited``; see
            `preamp.contract.activity.CallDenied`.
        policy: Construct path or name of the policy that denies, if one does and has one.
        statement: ``Sid`` of the statement that denies, if one does and has one.
        request_id: Lambda's id of the invocation; empty if it is not known.
        add: Python that allows the call; empty if adding something does not help.
        needs: Imports that it needs and the file does not have, one a line.
        after: The file and line to add it after; empty if that is not known.
        note: What else is to be known of it, one sentence a line.
        count: How often it happened.
        site: The user's line that made the caller.
    """

    code: ClassVar[str] = "permission.denied"
    time: float
    caller: str
    action: str
    resource: str
    role: str
    reason: str
    policy: str = ""
    statement: str = ""
    request_id: str = ""
    add: str = ""
    needs: str = ""
    after: str = ""
    note: str = ""
    count: int = 1
    site: Site | None = None


@dataclass(frozen=True)
class MistakeFound(Event):
    """A check found, after the deployment began, what AWS would refuse or warn of.

    Attributes:
        rule: Stable name of the rule.
        severity: ``error`` if AWS would refuse the deployment, else ``warning``.
        path: Construct path below the root stack; empty for the root stack itself.
        resource_type: CloudFormation's type; empty if it is no resource.
        message: What is wrong, with the offending value.
        hint: What to change.
        site: The user's line that made it.
    """

    code: ClassVar[str] = "mistake.found"
    rule: str
    severity: Literal["error", "warning"]
    path: str
    resource_type: str
    message: str
    hint: str
    site: Site | None = None


EVENTS: Final[dict[str, type[Event]]] = {
    event.code: event
    for event in (
        AssemblyWritten,
        AssetPublished,
        ChangePlanned,
        EngineLost,
        FunctionInvoked,
        FunctionLogged,
        HandlerSaved,
        HotswapRejected,
        MailReceived,
        MistakeFound,
        Notice,
        OutputPrinted,
        PermissionDenied,
        ResourceChanged,
        RoundFinished,
        RoundStarted,
        SandboxClosed,
        SandboxOpened,
        StageFinished,
        StageStarted,
    )
}
"""Every event by its code."""


class Reporter(Protocol):
    """Whoever shows events."""

    def report(self, event: Event) -> None:
        """Take one event; must not raise."""
