"""Builds the construct tree of a backend from its definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from aws_cdk import App, CfnOutput, NestedStack, Stack

from preamp.constructs.backend_stack import (
    create_nested_stack,
    create_root_stack,
    description,
    set_output_entry,
    shorten_logical_id,
)
from preamp.constructs.branch_linker import link_branch
from preamp.constructs.building import build
from preamp.constructs.token_json import to_json
from preamp.contract.context import KIND, NAME, NAMESPACE
from preamp.contract.entries import CUSTOM, PLATFORM
from preamp.definition.names import check_resource_name, nearest
from preamp.definition.outputs import OutputParts
from preamp.definition.site import calling_site, standing_in
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preamp.contract.identity import BackendId
    from preamp.contract.site import Site
    from preamp.contract.synthesis import SynthRequest
    from preamp.definition.backend import Backend, ResourceDefinition

D = TypeVar("D")
T = TypeVar("T")

# what the CDK can trace from here are its own and Node's lines, never the user's; we know those
_QUIET: Final = {
    "aws:cdk:disable-creation-stack-traces": True,
    "aws:cdk:disable-stack-trace": True,
}

# the local cloud has the AWS SDK at hand; AwsCustomResource would fetch it anew inside Lambda
_LOCAL: Final = {"@aws-cdk/customresources:installLatestAwsSdkDefault": False}


class LiveBackend:
    """A backend with its construct tree."""

    def __init__(self, app: App, stack: Stack, backend_id: BackendId, site: Site | None) -> None:
        self.app = app
        self.site = site
        self._stack = stack
        self._backend_id = backend_id
        self._groups: dict[str, NestedStack] = {}
        self._custom: dict[str, Site | None] = {}
        self._entries: dict[str, list[str]] = {}
        self._parts = OutputParts()
        self._built: dict[str, Any] = {}
        self._definitions: dict[str, ResourceDefinition[Any]] = {}
        self._by_definition: dict[int, Any] = {}
        # an id is one definition's for as long as that lives
        self._kept: list[ResourceDefinition[Any]] = []
        self._building: dict[int, ResourceDefinition[Any]] = {}
        self._afterwards: list[Callable[[], None]] = []
        self._lists: dict[tuple[str, str], dict[str, list[str]]] = {}

    @property
    def stack(self) -> Stack:
        """The root stack."""
        return self._stack

    @property
    def root_id(self) -> str:
        """The root stack's id in the app."""
        return self._backend_id.stack_name

    def create_stack(self, name: str) -> Stack:
        """Make a nested stack for custom resources; see `Backend.create_stack`."""
        site = calling_site()
        check_resource_name(name, site)
        if name in self._groups:
            raise _taken(name, site, self._custom.get(name))
        described = description(self._backend_id, "custom")
        nested = self._groups[name] = create_nested_stack(self._stack, name, described)
        self._custom[name] = site
        return nested

    def add_output(self, *, version: str | None = None, **sections: Any) -> None:  # noqa: ANN401
        """Add values to the outputs file; see `Backend.add_output`."""
        part = {name: value for name, value in sections.items() if value is not None}
        self._parts.add(part, version, calling_site())

    def group(self, name: str, stack_type: str | None = None) -> NestedStack:
        """The nested stack of a resource group, made when first asked for."""
        if name not in self._groups:
            described = description(self._backend_id, stack_type) if stack_type else None
            self._groups[name] = create_nested_stack(self._stack, name, described)
        return self._groups[name]

    def add_entry(self, key: str, version: str, payload: Mapping[str, str]) -> None:
        """Add outputs to the root stack and say in its metadata what they are."""
        for name, value in payload.items():
            CfnOutput(self._stack, name, value=value)
        earlier = [name for name in self._entries.get(key, ()) if name not in payload]
        self._entries[key] = [*payload, *earlier]
        set_output_entry(self._stack, key, version, self._entries[key])

    def append_entry(self, key: str, version: str, payload: Mapping[str, str]) -> None:
        """Add to lists that become outputs when the user's code has ended."""
        lists = self._lists.setdefault((key, version), {})
        for name, value in payload.items():
            lists.setdefault(name, []).append(value)

    def build(self, resources: Mapping[str, ResourceDefinition[Any]]) -> None:
        """Build all resources, in their order; each may ask for others first."""
        self._definitions = dict(resources)
        for name, definition in resources.items():
            self._built[name] = self.built(definition)

    def built(self, definition: ResourceDefinition[Any]) -> Any:  # noqa: ANN401
        """What a definition is built to; see `ResourceScope.built`."""
        key = id(definition)
        if key not in self._by_definition:
            if key in self._building:
                raise _circle(list(self._building.values()), definition)
            names = {id(each): name for name, each in self._definitions.items()}
            self._building[key] = definition
            try:
                scope = Scope(self, names.get(key, ""), self._backend_id)
                site = getattr(definition, "site", None)
                self._by_definition[key] = standing_in(site, lambda: definition.build(scope))
            finally:
                del self._building[key]
            self._kept.append(definition)
        return self._by_definition[key]

    def definitions(self) -> tuple[ResourceDefinition[Any], ...]:
        """The definitions of all resources, in their order."""
        return tuple(self._definitions.values())

    def after_all(self, do: Callable[[], None]) -> None:
        """Call something when the user's code has ended."""
        self._afterwards.append(do)

    def finish(self, nested_stacks: Mapping[str, NestedStack]) -> None:
        """Add what can be said only when the user's code has ended.

        Args:
            nested_stacks: All nested stacks of the tree by path from the app.
        """
        for do in self._afterwards:
            do()
        for (key, version), lists in self._lists.items():
            texts = {name: to_json(self._stack, values) for name, values in lists.items()}
            self.add_entry(key, version, texts)
        if self._parts.merged:
            text = to_json(self._stack, self._parts.merged)
            self.add_entry(CUSTOM.key, CUSTOM.version, {"customOutputs": text})
        ours = {id(nested) for nested in self._groups.values()}
        for path, nested in nested_stacks.items():
            _, *below = path.split("/")
            if id(nested) not in ours and nested.nested_stack_parent is self._stack and below:
                shorten_logical_id(nested, *below)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the types are in `backend[...]`
        built = self.__dict__.get("_built", {})
        if name in built:
            return built[name]
        names = [*built, "add_output", "create_stack", "stack"]
        raise AttributeError(f"the backend has no resource {name!r}{nearest(name, names)}")

    def __getitem__(self, definition: object) -> Any:  # noqa: ANN401
        if id(definition) in self._by_definition:
            return self._by_definition[id(definition)]
        site = calling_site()
        raise UserError(
            "UnknownResourceError",
            "backend[…] was asked for a definition that is not part of the backend",
            "pass the definition to define_backend() first",
            sites=[site] if site else [],
        )


class Scope:
    """What one resource is given to build itself; see `ResourceScope`."""

    def __init__(self, backend: LiveBackend, name: str, backend_id: BackendId) -> None:
        self._backend = backend
        self.name: Final = name
        self.backend_id: Final = backend_id

    def stack(self, group: str, stack_type: str | None = None) -> Stack:
        """The nested stack of a resource group."""
        return self._backend.group(group, stack_type)

    def construct(self, definition: object) -> Any:  # noqa: ANN401 - one type for each kind
        """What preamp's own constructs make of a definition."""
        return build(definition, self)

    def built(self, definition: ResourceDefinition[T]) -> T:
        """What another definition is built to."""
        made: T = self._backend.built(definition)
        return made

    def definitions(self, kind: type[D]) -> tuple[D, ...]:
        """The backend's definitions of a class."""
        return tuple(each for each in self._backend.definitions() if isinstance(each, kind))

    def after_all(self, do: Callable[[], None]) -> None:
        """Call something when the user's code has ended."""
        self._backend.after_all(do)

    def add_output_entry(self, key: str, version: str, payload: Mapping[str, str]) -> None:
        """Add an entry to the root stack's outputs."""
        self._backend.add_entry(key, version, payload)

    def append_output_entry(self, key: str, version: str, payload: Mapping[str, str]) -> None:
        """Add to lists among the root stack's outputs."""
        self._backend.append_entry(key, version, payload)


class BackendComposer:
    """Makes the one backend of a synthesis.

    Attributes:
        backend: The backend, once `define_backend` was called.
    """

    def __init__(self, request: SynthRequest) -> None:
        self._request = request
        self.backend: LiveBackend | None = None

    def compose(
        self, resources: Mapping[str, ResourceDefinition[Any]], site: Site | None
    ) -> Backend:
        """Build a backend.

        Raises:
            UserError: ``BackendDefinedTwiceError``.
        """
        if self.backend:
            raise UserError(
                "BackendDefinedTwiceError",
                "define_backend() was called twice",
                "a project has one backend: pass all resources to one call",
                sites=[place for place in (site, self.backend.site) if place],
            )
        backend_id = self._request.backend_id
        app = self._app()
        backend = LiveBackend(app, create_root_stack(app, backend_id), backend_id, site)
        self.backend = backend
        platform = {"deploymentType": backend_id.kind, "region": backend.stack.region}
        backend.add_entry(PLATFORM.key, PLATFORM.version, platform)
        if backend_id.kind == "branch":
            link_branch(backend.stack, backend_id, self._request.project)
        backend.build(resources)
        return backend

    def _app(self) -> App:
        backend_id = self._request.backend_id
        values = (backend_id.namespace, backend_id.name, backend_id.kind)
        context = dict(zip((NAMESPACE, NAME, KIND), values, strict=True))
        local = _LOCAL if self._request.local else {}
        return App(
            outdir=str(self._request.output),
            context={**_QUIET, **local, **context, **self._request.context},
            auto_synth=False,
            analytics_reporting=False,
            # a file for the CDK's own tools, which nothing reads on this machine
            tree_metadata=not self._request.local,
        )


def _circle(building: list[ResourceDefinition[Any]], again: ResourceDefinition[Any]) -> UserError:
    circle = [*building[[id(each) for each in building].index(id(again)) :], again]
    sites = [getattr(each, "site", None) for each in circle[:-1]]
    return UserError(
        "ResourceCycleError",
        "resources need each other to be built: "
        + " needs ".join(type(each).__name__ for each in circle),
        "take one of them out of the circle",
        sites=[site for site in sites if site],
    )


def _taken(name: str, site: Site | None, first: Site | None) -> UserError:
    return UserError(
        "StackAlreadyExistsError",
        f"the backend has a stack named {name!r} already",
        "give each stack a name of its own, or keep the stack in a variable to put more into it",
        sites=[place for place in (site, first) if place],
    )
