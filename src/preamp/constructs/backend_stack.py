"""The root stack of a backend: its names, tags, description and removal policy.

All of it is as the official library has it, so that a backend keeps its resources when it
moves between the two. Amplify Gen 2, "Custom resources" and "Resource tagging".
"""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from aws_cdk import App, CfnStack, NestedStack, RemovalPolicies, Stack, Tags

if TYPE_CHECKING:
    from constructs import Construct

    from preamp.contract.identity import BackendId, Kind

_ENGINES: Final[dict[Kind, str]] = {
    "sandbox": "AmplifySandbox",
    "branch": "AmplifyPipelineDeploy",
    "standalone": "AmplifyStandalone",
}
_PLATFORMS: Final = {"Darwin": "Mac", "Windows": "Windows", "Linux": "Linux"}


def create_root_stack(app: App, backend_id: BackendId) -> Stack:
    """Make the root stack of a backend with everything that marks it as one."""
    described = description(backend_id, "root")
    stack = Stack(
        app,
        backend_id.stack_name,
        description=described,
        # others depend on it: whoever deletes it says so first
        termination_protection=backend_id.kind != "sandbox",
    )
    _tag(stack, backend_id)
    if backend_id.kind == "sandbox":
        RemovalPolicies.of(stack).destroy()
    return stack


def create_nested_stack(root: Stack, name: str, described: str | None = None) -> NestedStack:
    """Make a nested stack under the root whose logical id is its name and a hash.

    Args:
        root: The root stack.
        name: The stack's name.
        described: Its description.
    """
    nested = NestedStack(root, name, description=described)
    shorten_logical_id(nested, name)
    return nested


def shorten_logical_id(nested: NestedStack, *path: str) -> None:
    """Give a stack nested in the root the logical id that Amplify gives it.

    The CDK's own is ``<name>NestedStack<name>NestedStackResource<hash>``; Amplify keeps the
    name once. An override on the element costs one call where a method overridden from Python
    would be called back for every element of the tree.

    Args:
        nested: The nested stack.
        path: Its construct path below the root stack.
    """
    resource = nested.nested_stack_resource
    if not isinstance(resource, CfnStack):
        return
    *parents, name = path
    full = [*parents, f"{name}.NestedStack", f"{name}.NestedStackResource"]
    digest = hashlib.md5("/".join(full).encode(), usedforsecurity=False).hexdigest()[:8]
    plain = "".join(letter for part in (*parents, name) for letter in part if letter.isalnum())
    resource.override_logical_id(plain + digest.upper())


def description(backend_id: BackendId, stack_type: str) -> str:
    """What a stack's description notes of what made it.

    Args:
        backend_id: The backend it belongs to.
        stack_type: ``root``, ``custom`` or the name of a category.
    """
    parts = {
        "createdOn": _PLATFORMS.get(platform.system(), "Other"),
        "createdBy": _ENGINES[backend_id.kind],
        "createdWith": own_version(),
        "stackType": stack_type,
        "metadata": {},
    }
    return json.dumps(parts, separators=(",", ":"))


def set_output_entry(stack: Stack, key: str, entry_version: str, names: list[str]) -> None:
    """Note in the root template's metadata which outputs make up an entry."""
    stack.add_metadata(key, {"version": entry_version, "stackOutputs": names})


@functools.cache
def own_version() -> str:
    """The version of preamp; kept, as finding it out parses a file."""
    return version("preamp")


def _tag(scope: Construct, backend_id: BackendId) -> None:
    tags = Tags.of(scope)
    tags.add("created-by", "amplify")
    tags.add("amplify:deployment-type", backend_id.kind)
    if backend_id.kind == "branch":
        tags.add("amplify:app-id", backend_id.namespace)
    if backend_id.kind != "sandbox":
        tags.add("amplify:branch-name", backend_id.name)
