"""How names in Python become names in the API."""

from __future__ import annotations


def graphql_name(name: str) -> str:
    """A name as Amplify writes it: ``list_id`` is ``listId``, ``from_`` is ``from``.

    A name with capital letters stays as it is.
    """
    if name != name.lower():
        return name
    start = name[: len(name) - len(name.lstrip("_"))]
    first, *others = [part for part in name.split("_") if part] or [""]
    return start + first + "".join(capitalized(part) for part in others)


def capitalized(name: str) -> str:
    """A name with a capital letter first."""
    return name[:1].upper() + name[1:]


def type_name(cls: type) -> str:
    """The name of a class in the API: that of the class around it, and its own."""
    return "".join(class_path(cls))


def class_path(cls: type) -> list[str]:
    """The names of the classes around a class, and its own."""
    return cls.__qualname__.rpartition("<locals>.")[2].split(".")
