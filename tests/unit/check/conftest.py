"""Templates and assemblies made by hand, without a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from preamp.assembly.read import AssemblyStack, CloudAssembly

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.contract.site import Site


def _stack(
    resources: dict[str, Any],
    path: str = "",
    children: dict[str, AssemblyStack] | None = None,
    **sections: object,
) -> AssemblyStack:
    return AssemblyStack(
        path=path,
        template_file=Path("no-such.template.json"),
        template={"Resources": resources, **sections},
        children=children or {},
        paths={},
    )


def _assembly(stack: AssemblyStack, sites: dict[str, Site] | None = None) -> CloudAssembly:
    # Our rules never look at assets.
    return CloudAssembly(Path(), "root", stack, None, (), sites=sites or {})  # type: ignore[arg-type]


@pytest.fixture
def stack() -> Callable[..., AssemblyStack]:
    return _stack


@pytest.fixture
def assembly() -> Callable[..., CloudAssembly]:
    return _assembly
