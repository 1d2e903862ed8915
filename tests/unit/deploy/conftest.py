"""Assemblies and deployed templates made in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from preamp.assembly.read import AssemblyStack, CloudAssembly, FileAsset
from preamp.deploy.deployed import StackValues

if TYPE_CHECKING:
    from preamp.contract.site import Site

Resources = dict[str, dict[str, Any]]
MakeAssembly = Callable[..., CloudAssembly]


def nested_stack(url: str) -> dict[str, Any]:
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}


class Running:
    """Stacks that run: physical ids by stack and logical id, and what CloudFormation computed."""

    def __init__(
        self,
        physical_ids: dict[str, dict[str, str]],
        values: dict[str, StackValues] | None = None,
    ) -> None:
        self._physical_ids = physical_ids
        self._values = values or {}

    def physical_ids(self, stack: str) -> dict[str, str]:
        return self._physical_ids[stack]

    def values(self, stack: str) -> StackValues:
        return self._values.get(stack, StackValues())


def _stack(path: str, resources: Resources, **frame: Any) -> AssemblyStack:
    paths = {logical_id: f"{path}/{logical_id}".strip("/") for logical_id in resources}
    template = {"Resources": resources, **frame}
    return AssemblyStack(path, Path("/nowhere/t.json"), template, {}, paths)


@pytest.fixture
def make_assembly() -> MakeAssembly:
    def make(
        resources: Resources,
        nested: dict[str, Resources] | None = None,
        tags: dict[str, str] | None = None,
        sites: dict[str, Site] | None = None,
        **frame: Any,
    ) -> CloudAssembly:
        root = _stack("", resources, **frame)
        children = {name: _stack(name, inner) for name, inner in (nested or {}).items()}
        stack = AssemblyStack("", root.template_file, root.template, children, root.paths)
        asset = FileAsset("h", "root", root.template_file, "file", "bucket", "h.json")
        return CloudAssembly(
            Path("/nowhere"), "app", stack, asset, (asset,), tags or {}, sites=sites or {}
        )

    return make


@pytest.fixture
def nested() -> Callable[[str], dict[str, Any]]:
    return nested_stack
