"""The output entry of storage: the default bucket, and what frontends know of each bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from preamp.constructs.storage.grants import place_of
from preamp.contract.entries import STORAGE
from preamp.definition.storage.definition import StorageDefinition
from preamp.errors import UserError

if TYPE_CHECKING:
    from preamp.constructs.storage.live import LiveStorage
    from preamp.definition.backend import ResourceScope
    from preamp.definition.storage.access import Caller


def check_default(definition: StorageDefinition, scope: ResourceScope) -> None:
    """See to it that one bucket is the default, and that each has a name of its own.

    Raises:
        UserError: ``MultipleDefaultStorageError``, ``NoDefaultStorageError`` or
            ``StorageNameTakenError``.
    """
    every = scope.definitions(StorageDefinition)
    namesakes = [each for each in every if each.name == definition.name]
    if len(namesakes) > 1:
        raise UserError(
            "StorageNameTakenError",
            f"two buckets are named {definition.name!r}",
            "give each define_storage() a name of its own",
            sites=[each.site for each in namesakes if each.site],
        )
    default = [each for each in every if each.is_default]
    if len(default) > 1:
        raise UserError(
            "MultipleDefaultStorageError",
            "the backend has more than one default bucket",
            "keep 'is_default=True' in one define_storage()",
            sites=[each.site for each in default if each.site],
        )
    if len(every) > 1 and not default:
        raise UserError(
            "NoDefaultStorageError",
            f"of the backend's {len(every)} buckets none is the default",
            "add 'is_default=True' to the one that frontends use if they name none",
            sites=[each.site for each in every if each.site],
        )


def add_outputs(definition: StorageDefinition, scope: ResourceScope, built: LiveStorage) -> None:
    """Tell frontends of a bucket."""
    bucket = built.resources.bucket.bucket_name
    if definition.is_default or len(scope.definitions(StorageDefinition)) == 1:
        payload = {"storageRegion": built.stack.region, "bucketName": bucket}
        scope.add_output_entry(STORAGE.key, STORAGE.version, payload)
    told: dict[str, object] = {
        "name": definition.name,
        "bucketName": bucket,
        "storageRegion": built.stack.region,
    }
    if definition.access is not None:
        told["paths"] = _paths(definition)
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    scope.append_output_entry(STORAGE.key, STORAGE.version, {"buckets": text})


def _paths(definition: StorageDefinition) -> dict[str, dict[str, list[str]]]:
    """Who may do what, by path, as the outputs file has it."""
    found: dict[str, dict[str, list[str]]] = {}
    for each in definition.access or ():
        for rule in each.rules:
            for caller in rule.callers:
                who = _told(caller)
                there = found.setdefault(place_of(each.path, caller), {})
                if who:
                    there[who] = list(rule.actions)
    return found


def _told(caller: Caller) -> str | None:
    return {
        "guest": "guest",
        "authenticated": "authenticated",
        "group": f"groups{caller.group}",
        "owner": "entityidentity",
    }.get(caller.kind)
