"""Bearing with a target that does not answer while CloudFormation goes on without us.

Owns for how long. AWS's client has tried again, with pauses that grow and vary, before anything
comes here.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from preamp.deploy.failure import THROTTLING_CODES
from preamp.events import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.deploy.target import Target
    from preamp.events import Reporter


class Patience:
    """Lets looks at a running operation fail for a while."""

    def __init__(self, target: Target, reporter: Reporter) -> None:
        """Begin with a target that answers.

        Args:
            target: Who is asked, and for how long it may be silent.
            reporter: Told when it falls silent.
        """
        self._target = target
        self._reporter = reporter
        self._silent_since: float | None = None

    @contextlib.contextmanager
    def trying(self) -> Iterator[None]:
        """Look, inside; what fails is passed over if it may pass by itself.

        Raises:
            ConnectionError: Nobody has answered for too long.
            ClientError: The answer was another one than to slow down.
        """
        from botocore import exceptions

        try:
            yield
        except (exceptions.ConnectionError, exceptions.HTTPClientError):
            if not self._bears_it():
                raise
        except exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") not in THROTTLING_CODES:
                raise
        else:
            self._silent_since = None

    def _bears_it(self) -> bool:
        now = time.monotonic()
        if self._silent_since is None:
            self._silent_since = now
            if self._target.patience:
                told = (
                    f"{self._target.name} does not answer; the operation goes on there, "
                    f"trying for {self._target.patience:.0f} s to hear of it again"
                )
                self._reporter.report(Notice(told))
        return now - self._silent_since < self._target.patience
