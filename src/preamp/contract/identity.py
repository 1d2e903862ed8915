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
_STABLE_HASH_LENGTH: Final = 20
_PREFIX: Final = "amplify"
_NOT_IN_PARAMETERS: Final = re.compile(r"[^A-Za-z0-9_./-]")


@dataclass(frozen=True)
class SecretPaths:
    """The parameters that may hold a secret.

    Attributes:
        own: That of this deployment; it wins.
        shared: That of all deployments of the app.
    """

    own: str
    shared: str


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
        namespace, deployment = self._parts()
        return f"{_PREFIX}-{namespace}-{deployment}"

    def secret_paths(self, name: str) -> SecretPaths:
        """Where Systems Manager keeps a secret.

        The first path has the names in the form that they have in the stack's name. The shared
        one has the namespace as it is, less what the name of no parameter may have.
        """
        namespace, deployment = self._parts()
        shared = _NOT_IN_PARAMETERS.sub("", self.namespace)
        return SecretPaths(
            own=f"/{_PREFIX}/{namespace}/{deployment}/{name}",
            shared=f"/{_PREFIX}/shared/{shared}/{name}",
        )

    def reference_path(self, name: str) -> str:
        """Where Systems Manager keeps what functions are told of a resource.

        Args:
            name: The variable that holds it.
        """
        namespace, deployment = self._parts()
        return f"/{_PREFIX}/resource_reference/{namespace}/{deployment}/{name}"

    @property
    def stable_hash(self) -> str:
        """Twenty letters and digits that are always the same, for names all over the world."""
        text = f"{self.kind}{self.namespace}{self.name}"
        return hashlib.sha512(text.encode()).hexdigest()[:_STABLE_HASH_LENGTH]

    def _parts(self) -> tuple[str, str]:
        """The app and the deployment of it, as they stand in names."""
        name = _letters_and_digits(self.name)[:_LONGEST_NAME]
        digest = hashlib.sha512((self.namespace + self.name).encode()).hexdigest()[:_HASH_LENGTH]
        fixed = len(_PREFIX) + len(name) + len(self.kind) + _HASH_LENGTH + 4
        namespace = _letters_and_digits(self.namespace)[: _LONGEST_STACK_NAME - 1 - fixed]
        return namespace, f"{name}-{self.kind}-{digest}"


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)
