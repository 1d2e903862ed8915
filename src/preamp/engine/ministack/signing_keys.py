"""Keys that tokens are signed with are kept with their user pool.

ministack keeps them in files beside its state, which here is kept otherwise: after a restart
nobody's token would be good, and everybody had to sign in again.

AWS: "Verifying JSON web tokens" (Amazon Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable


def signing_keys() -> Mend:
    """Keep the keys of a pool in its record, and lay them out as the files they are looked for."""
    return Mend(
        name="keys of user pools",
        reference="Verifying JSON web tokens",
        symbols=(
            Symbol("services.cognito:_pool_signing_key", "pool_id use"),
            Symbol("services.cognito:_POOL_KEYS_DIR"),
            Symbol("services.cognito:_get_pool_unscoped", "pool_id"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    cognito = module("services.cognito")
    upstream: Callable[[str, str], Any] = cognito._pool_signing_key

    def pool_signing_key(pool_id: str, use: str) -> object:
        pool = cognito._get_pool_unscoped(pool_id)
        if pool is None:
            return upstream(pool_id, use)
        kept, file = pool.setdefault("_keys", {}), _file(cognito, pool_id, use)
        if use in kept and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(kept[use], encoding="ascii")
        found = upstream(pool_id, use)
        if use not in kept:
            kept[use] = file.read_text(encoding="ascii")
        return found

    cognito._pool_signing_key = pool_signing_key


def _file(cognito: Upstream, pool_id: str, use: str) -> Path:
    return Path(cognito._POOL_KEYS_DIR, f"{pool_id}-{use}.pem")
