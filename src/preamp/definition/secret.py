"""`secret`: a value that is not in the code, only its name is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from preamp.contract.secret_names import check_secret_name
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.contract.site import Site


@dataclass(frozen=True)
class Secret:
    """A secret by its name; it never holds the value.

    Attributes:
        name: The name.
        site: Where the definition names it.
    """

    name: str
    site: Site | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        """Refuse to be text, which would end up in a template in the value's place."""
        site = calling_site()
        raise UserError(
            "SecretAsTextError",
            f"the secret {self.name!r} cannot be part of a text: its value is not known here",
            "use resolve_secret(stack, secret(…)).unsafe_unwrap() in the text, or put the text "
            "together in the handler",
            sites=[site] if site else [],
        )

    def __format__(self, spec: str) -> str:
        """Refuse to be text, in an f-string too."""
        return str(self)


def secret(name: str) -> Secret:
    """Name a secret whose value is looked up when the backend is deployed or runs.

    Amplify Gen 2, "Secrets and environment vars". ``preamp sandbox secret set`` stores the value
    for a sandbox.

    Args:
        name: Letters, digits, dots, dashes and underscores.

    Raises:
        UserError: ``InvalidSecretNameError``.
    """
    site = calling_site()
    check_secret_name(name, site)
    return Secret(name, site)


class SecretUses:
    """Which secrets a backend uses, and in which lines.

    Attributes:
        fetched: What the custom resource of each stack fetches, by the stack's construct path.
    """

    def __init__(self) -> None:
        self._sites: dict[str, dict[Site, None]] = {}
        self.fetched: dict[str, list[str]] = {}

    def note(self, used: Secret, site: Site | None) -> None:
        """Remember a use.

        Args:
            used: The secret.
            site: The line that uses it; the one that names it is remembered too.
        """
        found = self._sites.setdefault(used.name, {})
        found.update((place, None) for place in (used.site, site) if place)

    @property
    def sites(self) -> dict[str, list[Site]]:
        """The lines by the secret's name."""
        return {name: list(sites) for name, sites in self._sites.items()}
