"""Context keys that tell the synth child for whom it synthesizes.

The first four are the official library's own, so that `cdk synth` on the same project behaves
alike; the others are ours.
"""

from __future__ import annotations

from typing import Final

NAMESPACE: Final = "amplify-backend-namespace"
NAME: Final = "amplify-backend-name"
KIND: Final = "amplify-backend-type"
SECRETS_CHANGED: Final = "secretLastUpdated"

LOCAL_PYTHON: Final = "preamp:local-python"
"""Path of the interpreter that runs Python functions on this machine; absent for AWS."""
