"""Physical names in which both the stack and the logical id can be read.

ministack cuts the logical id off in deeply nested stacks; policies that name resources by
pattern (Amplify's ``function:*TableManager*``) then match nothing.

AWS: "Name type", CloudFormation template reference: the stack's name, the logical id and an id.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_SUFFIX_LENGTH: Final = 13


def physical_names() -> Mend:
    """Shorten the stack's name before the logical id."""
    return Mend(
        name="physical names",
        reference="Name type",
        symbols=(
            Symbol(
                "services.cloudformation.provisioners:_physical_name",
                "stack_name logical_id lowercase max_len seeded",
            ),
            Symbol("services.cloudformation.provisioners:_NAME_SEED"),
        ),
        apply=_apply,
    )


def physical_name(
    stack_name: str, logical_id: str, seed: str, *, lowercase: bool, max_len: int
) -> str:
    """Make a name from a stack's and a logical id, the same each time.

    Args:
        stack_name: The stack's name.
        logical_id: The resource's logical id.
        seed: Changes when the resource is replaced.
        lowercase: Whether it may have no capitals.
        max_len: Characters it may have.
    """
    key = f"{stack_name}:{logical_id}:{seed}".encode()
    suffix = hashlib.sha256(key).hexdigest()[:_SUFFIX_LENGTH].upper()
    room = max(0, max_len - _SUFFIX_LENGTH - 2)
    logical_id = logical_id[: max(room // 2, room - len(stack_name))]
    stack_name = stack_name[: room - len(logical_id)]
    name = f"{stack_name}-{logical_id}-{suffix}".lstrip("-")[-max_len:]
    return name.lower() if lowercase else name


def _apply(_: Tools) -> None:
    provisioners = module("services.cloudformation.provisioners")
    current_seed: Callable[[], str] = provisioners._NAME_SEED.get

    def upstream_signature(
        stack_name: str,
        logical_id: str,
        *,
        lowercase: bool = False,
        max_len: int = 128,
        seeded: bool = True,
    ) -> str:
        seed = current_seed() if seeded else ""
        return physical_name(stack_name, logical_id, seed, lowercase=lowercase, max_len=max_len)

    provisioners._physical_name = upstream_signature
