"""Context keys that tell the synth child for whom it synthesizes.

They are the official library's own, so that its constructs and ours read the same.
"""

from __future__ import annotations

from typing import Final

NAMESPACE: Final = "amplify-backend-namespace"
NAME: Final = "amplify-backend-name"
KIND: Final = "amplify-backend-type"

LAST_UPDATED: Final = "secretLastUpdated"
"""When the latest of the backend's secrets was changed, in milliseconds since the epoch."""

UPDATE_TIMES: Final = "preamp:secret-times"
"""Our own: the same for each secret by its name, so that a change concerns only who uses it."""
