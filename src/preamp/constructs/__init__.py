"""CDK constructs of preamp's own, for `amplify/` folders and for plain CDK apps.

Loaded when first used: a backend without functions does not pay for the CDK's Lambda module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from preamp.constructs.python_function import PythonFunction
    from preamp.constructs.secret_resolver import resolve_secret

__all__ = ["PythonFunction", "resolve_secret"]


def __getattr__(name: str) -> object:
    if name == "PythonFunction":
        from preamp.constructs.python_function import PythonFunction

        return PythonFunction
    if name == "resolve_secret":
        from preamp.constructs.secret_resolver import resolve_secret

        return resolve_secret
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
