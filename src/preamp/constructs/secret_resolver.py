"""`resolve_secret`: a secret as the property of any construct.

As in the official library, each stack has one custom resource whose attributes are the secrets it
needs; CloudFormation gets them while it deploys, so that no template has the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import CfnResource, CustomResource, SecretValue, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.custom_resources import Provider

from preamp.constructs.function_secrets import parameter_arn
from preamp.constructs.own_function import own_function
from preamp.constructs.secret_context import last_change, now, owner_of_secrets
from preamp.contract.context import LAST_UPDATED
from preamp.contract.secret_names import FETCHER
from preamp.definition.backend import SYNTHESIS
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from constructs import Construct

    from preamp.contract.identity import BackendId
    from preamp.definition.backend import Synthesis
    from preamp.definition.secret import Secret

_PROVIDER: Final = f"{FETCHER}Provider"
_FUNCTION: Final = f"{_PROVIDER}Lambda"


def resolve_secret(scope: Construct, value: Secret) -> SecretValue:
    """Let CloudFormation put a secret into a property of a construct.

    For a property that is plain text take ``resolve_secret(…).unsafe_unwrap()``. Use the value in
    the stack it was resolved in: a value that crosses stacks becomes an output that people can
    read, and is refused.

    Args:
        scope: A construct of the stack that needs it.
        value: The secret.

    Raises:
        UserError: ``NotSynthesizingError`` or ``SecretOutsideBackendError``.
    """
    site = calling_site()
    synthesis = SYNTHESIS.get()
    if synthesis is None:
        raise UserError(
            "NotSynthesizingError",
            "resolve_secret() was called outside a synthesis",
            "use it in a backend that 'preamp sandbox' or 'preamp synth' synthesizes",
            sites=[site] if site else [],
        )
    synthesis.secrets.note(value, site)
    stack = Stack.of(scope)
    names = synthesis.secrets.fetched.setdefault(stack.node.path, [])
    resource = _fetcher(stack, owner_of_secrets(stack, site), synthesis)
    if value.name not in names:
        names.append(value.name)
        _fetch(stack, resource, owner_of_secrets(stack, site), names)
    return SecretValue.resource_attribute(resource.get_att_string(value.name))


def _fetcher(stack: Stack, owner: BackendId, synthesis: Synthesis) -> CustomResource:
    """The stack's custom resource, made when first asked for."""
    found = stack.node.try_find_child(FETCHER)
    if isinstance(found, CustomResource):
        return found
    provider = Provider(
        stack,
        _PROVIDER,
        on_event_handler=own_function(stack, _FUNCTION, "secret_fetcher", synthesis.project),
        # At any other level the framework logs what the function answers.
        framework_lambda_logging_level=lambda_.ApplicationLogLevel.FATAL,
    )
    return CustomResource(
        stack,
        FETCHER,
        service_token=provider.service_token,
        resource_type=f"Custom::{FETCHER}",
        properties={"namespace": owner.namespace, "name": owner.name, "type": owner.kind},
    )


def _fetch(stack: Stack, resource: CustomResource, owner: BackendId, names: list[str]) -> None:
    """Let a custom resource fetch these secrets, of which the last one is new."""
    settings, function = resource.node.default_child, stack.node.find_child(_FUNCTION)
    if not (isinstance(settings, CfnResource) and isinstance(function, lambda_.Function)):
        return
    changed = last_change(stack, names)
    settings.add_property_override("secretNames", names)
    settings.add_property_override(LAST_UPDATED, now() if changed is None else changed)
    paths = owner.secret_paths(names[-1])
    resources = [parameter_arn(path) for path in (paths.own, paths.shared)]
    function.add_to_role_policy(
        iam.PolicyStatement(actions=["ssm:GetParameters"], resources=resources)
    )
