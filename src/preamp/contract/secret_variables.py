"""How a function's environment says which of its variables are secrets.

As in the official library: a variable holds a placeholder, and one more variable says where the
value is. Runs inside Lambda too, on every Python that Lambda has.
"""

from __future__ import annotations

from typing import Final

CONFIG_VARIABLE: Final = "AMPLIFY_SSM_ENV_CONFIG"
"""Holds JSON: variable -> `PATH` and `SHARED_PATH` of its parameter."""

PATH: Final = "path"
SHARED_PATH: Final = "sharedPath"

PLACEHOLDER: Final = "<value will be resolved during runtime>"
"""What such a variable holds until the function is initialized."""

RENEWAL_VARIABLE: Final = "PREAMP_SECRETS_LAST_UPDATED"
"""Changes with the secrets, so that the function's environments are replaced by new ones."""
