"""Who a backend is: the root of every name it has in the cloud.

Names are exactly those of Amplify Gen 2, so that a backend moved from TypeScript keeps its
resources and Amplify's tools find ours. Changing anything here renames deployed resources.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["sandbox", "branch", "standalone"]

KINDS: Final[tuple[Kind, ...]] = ("sandbox", "branch", "standalone")

_LONGEST_NAME: Final = 50
_LONGEST_STACK_NAME: Final = 128
_HASH_LENGTH: Final = 10
_PREFIX: Final = "amplify"


@dataclass(frozen=True)
class BackendId:
    """Names one deployment of a backend.

    Attributes:
        namespace: The app: an Amplify app id, or the project's name for a sandbox.
        name: The branch, or the sandbox's identifier.
        kind: What sort of deployment it is.
    """

    namespace: str
    name: str
    kind: Kind

    @property
    def stack_name(self) -> str:
        """The root stack's name, as the official library derives it."""
        name = _letters_and_digits(self.name)[:_LONGEST_NAME]
        digest = hashlib.sha512((self.namespace + self.name).encode()).hexdigest()[:_HASH_LENGTH]
        fixed = len(_PREFIX) + len(name) + len(self.kind) + _HASH_LENGTH + 4
        namespace = _letters_and_digits(self.namespace)[: _LONGEST_STACK_NAME - 1 - fixed]
        return f"{_PREFIX}-{namespace}-{name}-{self.kind}-{digest}"


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)
