"""What bundling brings into the CDK: its directories as code, and who hears of its work."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

from preamp.definition.backend import BUNDLING, SYNTHESIS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.events import Event, Reporter


class _Bundled(Protocol):
    @property
    def directory(self) -> Path:
        """The files."""

    @property
    def digest(self) -> str:
        """What tells them from others."""


@contextmanager
def bundling() -> Iterator[Reporter]:
    """While a handler is bundled: what is read then is no part of the definition.

    Yields:
        Who hears of it.
    """
    synthesis = SYNTHESIS.get()
    begun = BUNDLING.set(True)
    try:
        yield synthesis.reporter if synthesis else _Silence()
    finally:
        BUNDLING.reset(begun)


def code_of(bundled: _Bundled) -> lambda_.Code:
    """A bundle as the code of a function."""
    return lambda_.Code.from_asset(
        str(bundled.directory), asset_hash=bundled.digest, asset_hash_type=AssetHashType.CUSTOM
    )


class _Silence:
    """Takes events outside a synthesis of ours, where nobody listens."""

    def report(self, event: Event) -> None:
        """Drop the event."""
