"""What code is asked for, with the official tool's defaults.

Amplify Gen 2, "CLI commands": ``ampx generate graphql-client-code``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Format = Literal["graphql-codegen", "modelgen", "introspection"]
ModelTarget = Literal["java", "swift", "javascript", "typescript", "dart"]
StatementTarget = Literal["javascript", "graphql", "flow", "typescript", "angular"]
TypeTarget = Literal["json", "swift", "typescript", "flow", "scala", "flow-modern", "angular"]

FORMATS: Final[tuple[str, ...]] = get_args(Format)
MODEL_TARGETS: Final[tuple[str, ...]] = get_args(ModelTarget)
STATEMENT_TARGETS: Final[tuple[str, ...]] = get_args(StatementTarget)
TYPE_TARGETS: Final[tuple[str, ...]] = get_args(TypeTarget)

_TYPES_OF: Final[Mapping[str, TypeTarget]] = {
    "typescript": "typescript",
    "flow": "flow",
    "angular": "angular",
}
_TYPES_MODULE: Final = "./API"
"""What statements in TypeScript import the types from."""


@dataclass(frozen=True)
class CodeRequest:
    """Code that is asked for.

    Attributes:
        format: Of which kind.
        options: The generator's own options, by its names.
    """

    format: Format
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def takes_models(self) -> bool:
        """Whether it is made of the schema of the models, and not of the API's."""
        return self.format != "graphql-codegen"


def statements(
    target: StatementTarget = "typescript",
    types: TypeTarget | None = None,
    *,
    max_depth: int | None = None,
    typename_introspection: bool | None = None,
    multiple_swift_files: bool | None = None,
) -> CodeRequest:
    """Ask for statements, and types of what they give.

    Args:
        target: In which language.
        types: In which language the types are; that of the statements if left out.
        max_depth: How deep statements go into relations; 2 if left out.
        typename_introspection: Whether they ask for ``__typename``; they do if left out.
        multiple_swift_files: Whether types in Swift are in a file for each model.
    """
    kind = types or _TYPES_OF.get(target)
    options = _given(
        target=target, maxDepth=max_depth, typenameIntrospection=typename_introspection
    )
    if target == kind == "typescript":
        options["relativeTypesPath"] = _TYPES_MODULE
    if kind:
        options["types"] = _given(target=kind, multipleSwiftFiles=multiple_swift_files)
    return CodeRequest("graphql-codegen", options)


def model_classes(target: ModelTarget = "typescript", **options: bool | None) -> CodeRequest:
    """Ask for classes of the models, as DataStore and mobile clients use them.

    Args:
        target: In which language.
        options: The generator's own, by its names; None for its default.
    """
    return CodeRequest("modelgen", _given(target=target, **options))


def introspection() -> CodeRequest:
    """Ask for the description of the models."""
    return CodeRequest("introspection")


def _given(**options: object) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}
