"""Makes the users of a definition, with all their options.

Construct ids, stack and tags are the official library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Tags
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from preamp.constructs.auth.access import grant_access
from preamp.constructs.auth.functions import (
    add_triggers,
    let_send,
    sender_key,
    sending_functions,
)
from preamp.constructs.auth.identities import create_groups, create_identities
from preamp.constructs.auth.live import LiveAuth
from preamp.constructs.auth.outputs import output_payload
from preamp.constructs.auth.providers import create_providers
from preamp.constructs.auth.stack import DEFAULT_NAME, FRIENDLY_NAME, auth_stack
from preamp.constructs.auth.user_pool import create_user_pool, user_pool_resource
from preamp.contract.entries import AUTH
from preamp.definition.auth.built import AuthCfnResources, AuthResources

if TYPE_CHECKING:
    from preamp.constructs.auth.providers import ProvidersMade
    from preamp.constructs.auth.user_pool import Naming
    from preamp.definition.auth.definition import AuthDefinition
    from preamp.definition.backend import ResourceScope


def build_auth(definition: AuthDefinition, scope: ResourceScope) -> LiveAuth:
    """Make the user pool, its client, the identity pool and the roles.

    Raises:
        UserError: ``MultipleSingletonResourcesError`` or ``InvalidPasswordlessConfigError``.
    """
    # before the stack: if they are in it, it is described by them, as in the official library
    senders = sending_functions(definition.senders, scope)
    stack = auth_stack(definition, scope)
    own_name = definition.name or DEFAULT_NAME
    construct = Construct(stack, own_name)

    def name(ending: str) -> str:
        return f"{definition.name or ''}{ending}"

    key = sender_key(construct, name, definition.senders, senders)
    user_pool = create_user_pool(construct, definition, name, scope.backend_id, key)
    let_send(user_pool, senders, key)
    providers = create_providers(construct, name, definition.login, user_pool, scope.backend_id)
    client = _client(construct, name, definition, user_pool, providers)
    identities = create_identities(construct, name, user_pool, client, providers.logins)
    groups = create_groups(construct, name, user_pool, identities.pool, definition.groups)
    resources = AuthResources(
        user_pool,
        client,
        identities.authenticated,
        identities.unauthenticated,
        identities.pool.ref,
        groups,
        AuthCfnResources(
            user_pool_resource(user_pool),
            cast("cognito.CfnUserPoolClient", client.node.default_child),
            identities.pool,
            identities.attachment,
        ),
    )
    Tags.of(construct).add(FRIENDLY_NAME, own_name)
    add_triggers(user_pool, definition.triggers, scope)
    grant_access(definition.access, scope, stack, user_pool, own_name)
    built = LiveAuth(resources, stack, providers.domain)
    scope.after_all(
        lambda: scope.add_output_entry(
            AUTH.key, AUTH.version, output_payload(built, definition.preferred_challenge)
        )
    )
    return built


def _client(
    scope: Construct,
    name: Naming,
    definition: AuthDefinition,
    user_pool: cognito.UserPool,
    providers: ProvidersMade,
) -> cognito.UserPoolClient:
    client = cognito.UserPoolClient(
        scope,
        name("UserPoolAppClient"),
        user_pool=user_pool,
        auth_flows=cognito.AuthFlow(user_srp=True, custom=True),
        prevent_user_existence_errors=True,
        o_auth=providers.settings,
    )
    if definition.login.is_passwordless:
        resource = cast("cognito.CfnUserPoolClient", client.node.default_child)
        resource.explicit_auth_flows = [*(resource.explicit_auth_flows or ()), "ALLOW_USER_AUTH"]
    return client
