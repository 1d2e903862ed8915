"""`define_backend` and what it returns.

Definitions are inert, but `define_backend` builds at once: the synth child installs a
`Synthesis` before it imports the user's file, and its composer makes the constructs. Anywhere
else the call is refused with the command to run.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, runtime_checkable

from preamp.definition.names import check_reserved, check_resource_name
from preamp.definition.secret import SecretUses
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from aws_cdk import Stack

    from preamp.contract.identity import BackendId
    from preamp.contract.site import Site
    from preamp.events import Reporter

Built_co = TypeVar("Built_co", covariant=True)
D = TypeVar("D")
T = TypeVar("T")


class ResourceScope(Protocol):
    """What a resource is given when a backend builds it."""

    @property
    def name(self) -> str:
        """The keyword the resource has in `define_backend`."""

    @property
    def backend_id(self) -> BackendId:
        """The identity of the backend."""

    def stack(self, group: str, stack_type: str | None = None) -> Stack:
        """The nested stack of a resource group, made when first asked for.

        Args:
            group: The group's name.
            stack_type: What Amplify calls what is in it, such as ``function-Lambda``; noted in
                the description of a stack that is made now.
        """

    def construct(self, definition: object) -> Any:  # noqa: ANN401 - one type for each kind
        """What preamp's own constructs make of one of its definitions."""

    def built(self, definition: ResourceDefinition[T]) -> T:
        """What a definition is built to; it is built now if it was not yet.

        A definition need not be among those given to `define_backend`, as a function that only
        another resource names.

        Args:
            definition: Of another resource.

        Raises:
            UserError: ``ResourceCycleError`` if it is being built already.
        """

    def definitions(self, kind: type[D]) -> tuple[D, ...]:
        """The definitions of a class that `define_backend` was given, in their order."""

    def after_all(self, do: Callable[[], None]) -> None:
        """Call something when the user's code has ended, so that what it changed is seen."""

    def add_output_entry(self, key: str, version: str, payload: Mapping[str, str]) -> None:
        """Add the root stack's outputs from which the outputs file is written.

        Args:
            key: The entry's name in the template's metadata, e.g. ``AWS::Amplify::Auth``.
            version: The entry's version.
            payload: Output names and values; values may be tokens.
        """

    def append_output_entry(self, key: str, version: str, payload: Mapping[str, str]) -> None:
        """Add to outputs that are lists, to which every resource of a kind adds its part.

        Args:
            key: The entry's name in the template's metadata, e.g. ``AWS::Amplify::Function``.
            version: The entry's version.
            payload: Output names, and what to append to each; values may be tokens.
        """


@runtime_checkable
class ResourceDefinition(Protocol[Built_co]):
    """The resource protocol: anything `define_backend` can build."""

    def build(self, scope: ResourceScope) -> Built_co:
        """Make the constructs and return what `backend.<name>` shall be."""


class Backend(Protocol):
    """A backend with live constructs.

    ``backend.<name>`` is what the resource of that keyword was built to, and
    ``backend[definition]`` is the same with its static type.
    """

    @property
    def stack(self) -> Stack:
        """The root stack."""

    def create_stack(self, name: str) -> Stack:
        """Make a nested stack for custom resources.

        Amplify Gen 2, "Custom resources".

        Args:
            name: The stack's name, unique in the backend.

        Raises:
            UserError: ``StackAlreadyExistsError`` or ``InvalidResourceNameError``.
        """

    def add_output(
        self,
        *,
        custom: Mapping[str, Any] | None = None,
        auth: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        storage: Mapping[str, Any] | None = None,
        geo: Mapping[str, Any] | None = None,
        analytics: Mapping[str, Any] | None = None,
        notifications: Mapping[str, Any] | None = None,
        version: str | None = None,
    ) -> None:
        """Add values to ``amplify_outputs.json``; may be called many times.

        Parts merge deeply and lists are joined. Values may be CDK tokens anywhere. Amplify
        Gen 2, "Custom resources" and "Set up Amplify Data with existing resources".

        Args:
            custom: Free content, read by the frontend as ``outputs.custom``.
            auth: Part of the auth section.
            data: Part of the data section.
            storage: Part of the storage section.
            geo: Part of the geo section.
            analytics: Part of the analytics section.
            notifications: Part of the notifications section.
            version: Schema version the part is written for; ``1.4`` if left out.

        Raises:
            UserError: ``OutputEntryAlreadyExistsError`` if a value was set before,
                ``InvalidOutputValueError`` or ``InvalidOutputVersionError``.
        """

    def __getitem__(self, definition: ResourceDefinition[T]) -> T:
        """What a definition was built to."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the types are in `backend[...]`
        """What the resource of that keyword was built to."""


class Composer(Protocol):
    """Turns definitions into constructs; the synth child has one."""

    def compose(
        self, resources: Mapping[str, ResourceDefinition[Any]], site: Site | None
    ) -> Backend:
        """Build all resources in their order."""


@dataclass(frozen=True)
class Synthesis:
    """One synthesis and what the user's code is built with in it.

    Attributes:
        composer: Makes the constructs.
        reporter: Takes what is worth telling meanwhile.
        project: The project's folder, absolute.
        output: Where the cloud assembly goes, absolute.
        local: Whether functions will run on this machine; otherwise they go to AWS.
        secrets: Takes note of the secrets that are used.
        sources: Files that are read on the definition's behalf, as by a bundler; absolute.
        finishing: What is called, in the end, with the folder of the assembly that was written.
    """

    composer: Composer
    reporter: Reporter
    project: Path
    output: Path
    local: bool = False
    secrets: SecretUses = field(default_factory=SecretUses)
    sources: set[Path] = field(default_factory=set)
    finishing: list[Callable[[Path], None]] = field(default_factory=list)


SYNTHESIS: Final[ContextVar[Synthesis | None]] = ContextVar("preamp.synthesis", default=None)
"""The synthesis that is going on; None outside a synth child."""

BUNDLING: Final[ContextVar[bool]] = ContextVar("preamp.bundling", default=False)
"""Whether a handler is being bundled: what is read meanwhile is no part of the definition."""


def define_backend(**resources: ResourceDefinition[Any]) -> Backend:
    """Build a backend from its resources.

    Amplify Gen 2, "How Amplify works". Call it once, at the top level of ``amplify/backend.py``.

    Args:
        resources: The resources by name. ``backend.<name>`` gives each one's constructs; the
            names ``create_stack``, ``add_output`` and ``stack`` are taken.

    Returns:
        The backend, to create stacks in and to add outputs to.

    Raises:
        UserError: ``NotSynthesizingError`` when the file is run directly,
            ``ReservedResourceNameError``, ``InvalidResourceNameError`` or
            ``InvalidResourceError``.
    """
    site = calling_site()
    synthesis = SYNTHESIS.get()
    if synthesis is None:
        raise UserError(
            "NotSynthesizingError",
            "define_backend() was called outside a synthesis",
            "do not run or import the backend file directly; run 'preamp sandbox' or "
            "'preamp synth'",
            sites=[site] if site else [],
        )
    check_reserved(resources, site)
    for name, definition in resources.items():
        check_resource_name(name, site)
        _check_definition(name, definition, site)
    return synthesis.composer.compose(resources, site)


def _check_definition(name: str, definition: object, site: Site | None) -> None:
    if isinstance(definition, ResourceDefinition) and not isinstance(definition, type):
        return
    raise UserError(
        "InvalidResourceError",
        f"define_backend() got {name}={definition!r}, which is no resource",
        "give what a define_… function returns, or an object with a build(scope) method; CDK "
        "constructs go into backend.create_stack(…) instead",
        sites=[site] if site else [],
    )
