"""Remembers for every construct which line of the user's code made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import App, NestedStack
from constructs import Construct

from preamp.definition.site import calling_site

if TYPE_CHECKING:
    from preamp.contract.site import Site


class SiteRecorder:
    """Sites of constructs by construct path, and the nested stacks among them.

    Attributes:
        sites: By path from the app, e.g. ``amplify-shop-me-sandbox-…/Orders/Queue``.
        nested_stacks: The nested stacks by the same paths.
    """

    def __init__(self) -> None:
        self.sites: dict[str, Site] = {}
        self.nested_stacks: dict[str, NestedStack] = {}
        self._paths: dict[str, str] = {}

    def install(self) -> None:
        """Record every construct that Python code makes from now on.

        Every generated class makes its object through `jsii.create`, which is part of jsii's
        contract with them; constructors of subclasses may name their parameters as they like.
        """
        create = jsii.create

        def recording(klass: type[Any], instance: Any, args: list[Any] | None = None) -> Any:  # noqa: ANN401
            made = create(klass, instance, args)
            if isinstance(instance, App):
                self._paths[_reference(instance)] = ""
            elif (
                args
                and len(args) > 1
                and isinstance(args[0], Construct)
                and isinstance(args[1], str)
            ):
                self._record(instance, args[0], args[1])
            return made

        jsii.create = recording  # type: ignore[assignment]

    def _record(self, construct: object, scope: Construct, name: str) -> None:
        path = f"{self._path(scope)}/{name.replace('/', '--')}".lstrip("/")
        self._paths[_reference(construct)] = path
        site = calling_site(construct)
        if isinstance(construct, NestedStack):
            self.nested_stacks[path] = construct
        if site:
            self.sites[path] = site
            if isinstance(construct, NestedStack):
                self.sites[f"{path}.NestedStack"] = site

    def _path(self, construct: Construct) -> str:
        reference = _reference(construct)
        if reference not in self._paths:
            self._paths[reference] = construct.node.path
        return self._paths[reference]


def _reference(construct: object) -> str:
    reference: str = construct.__jsii_ref__.ref  # type: ignore[attr-defined]
    return reference
