"""Every mend, in the order they are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.engine.ministack import (
    asynchronous,
    auto_delete,
    bucket_deployments,
    buckets,
    conditions,
    credentials,
    custom_resources,
    function_properties,
    functions,
    invocations,
    names,
    nested_stacks,
    ses,
    ses_permissions,
    summaries,
    surroundings,
    update_events,
    workers,
)

if TYPE_CHECKING:
    from preamp.engine.ministack.upstream import Mend


def all_mends() -> tuple[Mend, ...]:
    """Return every mend of the emulator."""
    return (
        surroundings.no_init_scripts(),
        surroundings.loopback_only(),
        surroundings.secure_transport(),
        credentials.root_key(),
        credentials.nobody(),
        names.physical_names(),
        conditions.conditions(),
        nested_stacks.nested_stacks(),
        update_events.update_events(),
        summaries.template_summaries(),
        buckets.bucket_tags(),
        buckets.full_buckets(),
        bucket_deployments.bucket_deployments(),
        auto_delete.auto_delete_objects(),
        functions.missing_code(),
        functions.deleted_functions(),
        function_properties.function_properties(),
        workers.python_workers(),
        invocations.invocation_results(),
        # After the one above: it watches what that returns.
        custom_resources.failing_custom_resources(),
        asynchronous.asynchronous_invocations(),
        ses.mail_store(),
        ses_permissions.sending_permissions(),
    )
