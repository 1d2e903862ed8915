"""Enums of data models."""

from __future__ import annotations

import enum


class Enum(enum.StrEnum):
    """A type whose values are some texts.

    Amplify Gen 2, "Add fields to data model": ``a.enum``. The values are what the API has, the
    names are for Python::

        class Priority(Enum):
            low = "low"
            high = "high"

    A class inside a model carries the model's name too: ``Priority`` in ``Todo`` is
    ``TodoPriority``.
    """
