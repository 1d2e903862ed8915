"""Context keys that tell the synth child for whom it synthesizes.

They are the official library's own, so that its constructs and ours read the same.
"""

from __future__ import annotations

from typing import Final

NAMESPACE: Final = "amplify-backend-namespace"
NAME: Final = "amplify-backend-name"
KIND: Final = "amplify-backend-type"
