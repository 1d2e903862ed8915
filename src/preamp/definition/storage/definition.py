"""`define_storage`: a bucket for files, as its options say.

What becomes of it in the CDK is known elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, get_args

from preamp.definition.function import FunctionDefinition
from preamp.definition.names import check_resource_name
from preamp.definition.options import check_flag, check_options
from preamp.definition.site import calling_site
from preamp.definition.storage.access import read_access
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from preamp.contract.site import Site
    from preamp.definition.backend import ResourceScope
    from preamp.definition.storage.access import PathRules, StorageAccess, StorageAllow
    from preamp.definition.storage.built import BuiltStorage

Trigger = Literal["on_upload", "on_delete"]

_TRIGGERS: Final[tuple[str, ...]] = get_args(Trigger)
_CODE: Final = "DefineStorageConfigurationError"


@dataclass(frozen=True, eq=False)
class StorageDefinition:
    """A bucket for files.

    Attributes:
        name: What frontends call it; the bucket's own name is made by AWS.
        is_default: Whether it is the one that frontends use if they name none.
        versioned: Whether files that are replaced or deleted are kept.
        keep_on_delete: Whether the bucket outlives its stack; it never does in a sandbox.
        triggers: Functions that are called when files come and go.
        access: Who may do what, by path.
        site: The line that defines it.
    """

    name: str
    is_default: bool
    versioned: bool
    keep_on_delete: bool
    triggers: Mapping[str, FunctionDefinition]
    access: tuple[PathRules, ...] | None
    site: Site | None = field(repr=False)

    def build(self, scope: ResourceScope) -> BuiltStorage:
        """Make the bucket and what belongs to it."""
        built: BuiltStorage = scope.construct(self)
        return built


def define_storage(
    *,
    name: str,
    is_default: bool = False,
    versioned: bool = False,
    keep_on_delete: bool = False,
    triggers: Mapping[Trigger, FunctionDefinition] | None = None,
    access: Callable[[StorageAllow], Mapping[str, Sequence[StorageAccess]]] | None = None,
) -> StorageDefinition:
    """Define a bucket for files.

    Amplify Gen 2, "Set up Storage". A backend may have several, of which one is the default.

    Args:
        name: What frontends call the bucket.
        is_default: Whether it is the one that frontends use if they name none. Of several buckets
            one has to be.
        versioned: Whether S3 keeps files that are replaced or deleted.
        keep_on_delete: Whether the bucket stays with its files when its stack is deleted. In a
            sandbox it is deleted all the same.
        triggers: Functions that are called when a file is there (``on_upload``) and when it is
            gone (``on_delete``).
        access: Who may do what with files, by path: ``photos/*``, or ``private/{entity_id}/*``
            for what belongs to each user. Without a rule nobody may do anything.

    Returns:
        The definition, for `define_backend`.

    Raises:
        UserError: ``DefineStorageConfigurationError``, ``InvalidResourceNameError``,
            ``InvalidStorageAccessDefinitionError``, ``InvalidStorageAccessPathError``,
            ``InvalidGroupError``, ``EmptyPolicyError`` or ``UnknownOptionError``.
    """
    site = calling_site()
    _check_name(name, site)
    for option, value in (
        ("is_default", is_default),
        ("versioned", versioned),
        ("keep_on_delete", keep_on_delete),
    ):
        check_flag(value, _CODE, option, site)
    return StorageDefinition(
        name=name,
        is_default=is_default,
        versioned=versioned,
        keep_on_delete=keep_on_delete,
        triggers=_read_triggers(triggers or {}, site),
        access=None if access is None else read_access(access, site),
        site=site,
    )


def _check_name(name: object, site: Site | None) -> None:
    if not isinstance(name, str):
        hint = 'give a text, such as name="photos"'
        raise _wrong(f"the name of a bucket is {name!r}", hint, site)
    check_resource_name(name, site)


def _read_triggers(given: object, site: Site | None) -> Mapping[str, FunctionDefinition]:
    options = check_options(given, _TRIGGERS, "triggers", site)
    for name, function in options.items():
        if not isinstance(function, FunctionDefinition):
            hint = "give what define_function() returns"
            raise _wrong(f"the trigger {name} is {function!r}", hint, site)
    return MappingProxyType(dict(options))


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError(_CODE, message, hint, sites=[site] if site else [])
