"""The output entries a stack carries: their names, versions and fields.

The definition side writes an entry into the root template's ``Metadata`` as
``{"version": ..., "stackOutputs": [...]}`` and its values into the template's ``Outputs``; the
deployment side reads both back. This module knows the names only, neither templates nor files.
Defined by the Amplify documentation page "Outputs file" and kept byte for byte, so that
Amplify's own tools read our stacks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class EntryKind:
    """One kind of output entry.

    Attributes:
        key: The key in the root template's ``Metadata``.
        version: The entry's schema version, a string.
        required: Stack outputs that must be there, in the order in which they are listed.
        optional: Stack outputs that may be there.
    """

    key: str
    version: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutputEntry:
    """An entry as it was found on a stack.

    Attributes:
        kind: Which entry it is.
        payload: Values of the stack outputs the entry names; empty ones are left out.
    """

    kind: EntryKind
    payload: Mapping[str, str] = field(default_factory=dict)


PLATFORM: Final = EntryKind("AWS::Amplify::Platform", "1", ("deploymentType", "region"))
"""How and where the backend is deployed; not written to the outputs file."""

CUSTOM: Final = EntryKind("AWS::Amplify::Custom", "1", ("customOutputs",))
"""What ``backend.add_output`` collected: one JSON text, a partial outputs file."""

FUNCTION: Final = EntryKind("AWS::Amplify::Function", "1", ("definedFunctions",))
"""The names of the backend's functions, a JSON list; not written to the outputs file."""

AUTH: Final = EntryKind(
    "AWS::Amplify::Auth",
    "1",
    ("userPoolId", "webClientId", "identityPoolId", "authRegion"),
    (
        "allowUnauthenticatedIdentities",
        "signupAttributes",
        "usernameAttributes",
        "verificationMechanisms",
        "passwordPolicyMinLength",
        "passwordPolicyRequirements",
        "mfaConfiguration",
        "mfaTypes",
        "passwordlessOptions",
        "socialProviders",
        "oauthCognitoDomain",
        "oauthScope",
        "oauthRedirectSignIn",
        "oauthRedirectSignOut",
        "oauthResponseType",
        "oauthClientId",
        "groups",
    ),
)
"""The user pool, its client and the identity pool; lists and objects are JSON texts."""

STORAGE: Final = EntryKind(
    "AWS::Amplify::Storage", "1", ("storageRegion", "bucketName"), ("buckets",)
)
"""The default bucket; ``buckets`` is a JSON list of JSON texts, one for each bucket."""

GRAPHQL: Final = EntryKind(
    "AWS::Amplify::GraphQL",
    "1",
    (
        "awsAppsyncApiId",
        "awsAppsyncApiEndpoint",
        "awsAppsyncAuthenticationType",
        "awsAppsyncRegion",
        "amplifyApiModelSchemaS3Uri",
    ),
    (
        "awsAppsyncApiKey",
        "awsAppsyncAdditionalAuthenticationTypes",
        "awsAppsyncConflictResolutionMode",
    ),
)
"""The GraphQL API; further authorization types are one text with commas."""

KINDS: Final[Mapping[str, EntryKind]] = {
    kind.key: kind for kind in (PLATFORM, AUTH, GRAPHQL, STORAGE, CUSTOM, FUNCTION)
}
"""Every kind known, by its key; unknown ones on a stack are passed over, as Amplify does."""

METADATA_PREFIX: Final = "AWS::Amplify::"
"""What the key of every entry begins with."""

OUTPUTS_VERSIONS: Final = ("1", "1.1", "1.2", "1.3", "1.4", "1.5")
"""Schema versions of the outputs file, the oldest first."""

DEFAULT_OUTPUTS_VERSION: Final = "1.5"
"""Schema version of the outputs file when nothing asks for another."""

ADD_OUTPUT_VERSION: Final = "1.4"
"""Schema version that ``add_output`` stamps on a part that names none."""
