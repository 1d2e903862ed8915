"""Every mend, in the order they are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preamp.engine.ministack import (
    answer_headers,
    asynchronous,
    auto_delete,
    bucket_deployments,
    bucket_notifications,
    buckets,
    concurrency,
    conditions,
    credentials,
    custom_resources,
    denials,
    function_properties,
    functions,
    http_answers,
    http_api_events,
    invocation_threads,
    invocations,
    invoke_requests,
    names,
    nested_stacks,
    parameter_permissions,
    queue_mappings,
    repetitions,
    rule_targets,
    schedules,
    ses,
    ses_permissions,
    state_machine_roles,
    stream_mappings,
    summaries,
    surroundings,
    tables,
    topic_deliveries,
    topic_policies,
    update_events,
    user_pool_triggers,
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
        repetitions.repetitions(),
        answer_headers.answer_headers(),
        credentials.root_key(),
        credentials.nobody(),
        names.physical_names(),
        conditions.conditions(),
        nested_stacks.nested_stacks(),
        update_events.update_events(),
        summaries.template_summaries(),
        buckets.bucket_tags(),
        buckets.full_buckets(),
        tables.replaced_tables(),
        bucket_deployments.bucket_deployments(),
        auto_delete.auto_delete_objects(),
        functions.missing_code(),
        functions.deleted_functions(),
        function_properties.function_properties(),
        workers.lambda_workers(),
        invocations.invocation_results(),
        # After the one above: it watches what that returns.
        custom_resources.failing_custom_resources(),
        concurrency.shared_concurrency(),
        invoke_requests.invoke_requests(),
        invocation_threads.invocation_threads(),
        asynchronous.asynchronous_invocations(),
        topic_deliveries.topic_deliveries(),
        topic_policies.topic_policies(),
        bucket_notifications.bucket_notifications(),
        rule_targets.rule_targets(),
        schedules.schedules(),
        state_machine_roles.state_machine_roles(),
        queue_mappings.queue_mappings(),
        stream_mappings.stream_mappings(),
        http_answers.http_answers(),
        http_api_events.http_api_events(),
        user_pool_triggers.user_pool_triggers(),
        ses.mail_store(),
        ses_permissions.sending_permissions(),
        parameter_permissions.parameter_permissions(),
        # After every mend of the decision: it is the decision that is told.
        denials.denials(),
    )
