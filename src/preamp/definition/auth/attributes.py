"""What is known of each user: OpenID Connect's standard attributes, and custom ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from preamp.definition.names import nearest
from preamp.definition.options import check_choice, check_flag, check_options
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.contract.site import Site

StandardName = Literal[
    "address", "birthdate", "email", "family_name", "fullname", "gender", "given_name",
    "last_update_time", "locale", "middle_name", "nickname", "phone_number", "preferred_username",
    "profile_page", "profile_picture", "timezone", "website",
]  # fmt: skip
DataType = Literal["String", "Number", "Boolean", "DateTime"]

STANDARD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "address": "address",
        "birthdate": "birthdate",
        "email": "email",
        "family_name": "family_name",
        "fullname": "name",
        "gender": "gender",
        "given_name": "given_name",
        "last_update_time": "updated_at",
        "locale": "locale",
        "middle_name": "middle_name",
        "nickname": "nickname",
        "phone_number": "phone_number",
        "preferred_username": "preferred_username",
        "profile_page": "profile",
        "profile_picture": "picture",
        "timezone": "zoneinfo",
        "website": "website",
    }
)
"""Amplify's names of the standard attributes, and Cognito's."""

_PREFIX: Final = "custom:"
_NAME: Final = re.compile(r"[^\s=,\"\\]{1,20}")
_LONGEST_TEXT: Final = 2048
_MOST_CUSTOM: Final = 50
_TYPES: Final = ("String", "Number", "Boolean", "DateTime")
_LIMITS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"String": ("min_len", "max_len"), "Number": ("min", "max")}
)
_CODE: Final = "InvalidUserAttributeError"


class StandardAttribute(TypedDict, total=False):
    """A standard attribute.

    Attributes:
        required: Whether a user must have it; False if left out.
        mutable: Whether it can change; True if left out.
    """

    required: bool
    mutable: bool


class CustomAttribute(TypedDict, total=False):
    """An attribute of the app's own.

    Attributes:
        data_type: What it is.
        mutable: Whether it can change; True if left out.
        min_len: The length of a ``String``, at least.
        max_len: The length of a ``String``, at most.
        min: The least ``Number``.
        max: The greatest ``Number``.
    """

    data_type: DataType
    mutable: bool
    min_len: int
    max_len: int
    min: int
    max: int


UserAttributes = (
    Mapping[StandardName, StandardAttribute] | Mapping[str, StandardAttribute | CustomAttribute]
)


@dataclass(frozen=True)
class Custom:
    """A custom attribute, checked.

    Attributes:
        data_type: What it is.
        mutable: Whether it can change.
        least: Its least length or value.
        most: Its greatest length or value.
    """

    data_type: DataType
    mutable: bool
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Attributes:
    """What is known of each user, checked.

    Attributes:
        standard: Standard attributes by Amplify's names.
        custom: Custom ones by their names, without the prefix.
    """

    standard: Mapping[str, StandardAttribute]
    custom: Mapping[str, Custom]


def read_attributes(given: object, site: Site | None) -> Attributes:
    """Check ``user_attributes``.

    Raises:
        UserError: ``InvalidUserAttributeError``.
    """
    if not isinstance(given, Mapping):
        raise _wrong(f"user_attributes is {given!r}", "give a dictionary of attributes", site)
    standard: dict[str, StandardAttribute] = {}
    custom: dict[str, Custom] = {}
    for name, options in given.items():
        if isinstance(name, str) and name.startswith(_PREFIX):
            custom[name.removeprefix(_PREFIX)] = _custom(name, options, site)
        else:
            standard[name] = _standard(name, options, site)
    if len(custom) > _MOST_CUSTOM:
        raise _wrong(
            f"there are {len(custom)} custom attributes", f"give up to {_MOST_CUSTOM}", site
        )
    return Attributes(MappingProxyType(standard), MappingProxyType(custom))


def check_custom_name(name: str, site: Site | None) -> None:
    """Refuse what no custom attribute is called.

    Args:
        name: Its name without ``custom:``.
        site: The user's line.

    Raises:
        UserError: ``InvalidUserAttributeError``.
    """
    if _NAME.fullmatch(name):
        return
    raise _wrong(
        f"an attribute cannot be named {_PREFIX + name!r}",
        "use up to 20 letters, digits and underscores after custom:",
        site,
    )


def _standard(name: str, given: Any, site: Site | None) -> StandardAttribute:  # noqa: ANN401
    if name not in STANDARD:
        as_custom = isinstance(given, Mapping) and "data_type" in given
        hint = (
            f'an attribute of your own is named with the prefix: "{_PREFIX}{name}"'
            if as_custom
            else f"use one of {', '.join(STANDARD)}, or {_PREFIX}… with a data_type"
        )
        raise _wrong(
            f"there is no standard attribute {name!r}{nearest(str(name), STANDARD)}", hint, site
        )
    options = check_options(given, ("required", "mutable"), f"user_attributes.{name}", site)
    for option, value in options.items():
        check_flag(value, _CODE, f"user_attributes.{name}.{option}", site)
    return StandardAttribute(
        required=options.get("required", False), mutable=options.get("mutable", True)
    )


def _custom(name: str, given: Any, site: Site | None) -> Custom:  # noqa: ANN401
    place = f"user_attributes[{name!r}]"
    check_custom_name(name.removeprefix(_PREFIX), site)
    known = ("data_type", "mutable", "min_len", "max_len", "min", "max")
    if isinstance(given, Mapping) and "required" in given:
        raise _wrong(
            f"{place} says required, and no custom attribute can be",
            "leave it out, and check the attribute in a pre_sign_up trigger",
            site,
        )
    options = check_options(given, known, place, site)
    data_type = options.get("data_type")
    check_choice(data_type, _TYPES, _CODE, f"the data_type of {place}", site)
    mutable = options.get("mutable", True)
    check_flag(mutable, _CODE, f"{place}.mutable", site)
    limits = _LIMITS.get(str(data_type), ())
    for option in ("min_len", "max_len", "min", "max"):
        if option in options and option not in limits:
            raise _wrong(
                f"{place} is a {data_type}, which has no {option}",
                f"use {' and '.join(limits)}" if limits else "leave it out",
                site,
            )
    least, most = (options.get(option) for option in limits) if limits else (None, None)
    _check_limits(str(data_type), least, most, place, site)
    return Custom(data_type, mutable, least, most)  # type: ignore[arg-type]  # checked above


def _check_limits(
    data_type: str, least: object, most: object, place: str, site: Site | None
) -> None:
    for value in (least, most):
        if value is None:
            continue
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or (data_type == "String" and not 0 <= value <= _LONGEST_TEXT):  # type: ignore[operator]  # it is whole
            bounds = f" from 0 to {_LONGEST_TEXT}" if data_type == "String" else ""
            raise _wrong(f"{place} has the limit {value!r}", f"give a whole number{bounds}", site)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        raise _wrong(
            f"{place} must be at least {least} and at most {most}", "give them in order", site
        )


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError(_CODE, message, hint, sites=[site] if site else [])
