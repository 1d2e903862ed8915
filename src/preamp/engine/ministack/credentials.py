"""Who is root, and what a request without a key may do.

ministack takes an empty key, ``test`` and any account number for root and never checks root's
signature; so a web page, or any program that guesses, is root. Here one random key is root, its
signature is verified like everyone's, and no key means nobody.

AWS: "AWS security credentials" (root) and "Policy evaluation logic" of the IAM user guide.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable


def root_key() -> Mend:
    """Make the sandbox's own key the only root, and verify its signature."""
    return Mend(
        name="root key",
        reference="AWS Signature Version 4 for API requests",
        symbols=(
            Symbol("core.iam_evaluator:is_root_access_key", "access_key_id"),
            Symbol("core.iam_evaluator:_is_root_key", "access_key_id"),
            Symbol(
                "core.iam_evaluator:resolve_credential", "access_key_id account_id session_token"
            ),
            Symbol("core.iam_evaluator:resolve_caller_identity", "access_key_id"),
            Symbol("core.iam_evaluator:ResolvedCredential"),
            Symbol("core.iam_evaluator:_SESSION_TOKEN_NOT_CHECKED"),
            Symbol("core.iam_evaluator:_invalid_session_token", ""),
            Symbol("services.sts:is_root_access_key", "access_key_id"),
            *(Symbol(f"{name}:resolve_credential") for name in _USERS_OF_CREDENTIALS),
        ),
        apply=_apply_root_key,
    )


def nobody() -> Mend:
    """Give a request without a key the rights of nobody instead of root's."""
    return Mend(
        name="requests without a key",
        reference="Identity and access management for anonymous requests",
        symbols=(
            Symbol("core.iam_evaluator:resolve_principal", "access_key_id account_id credential"),
            Symbol(
                "core.iam_evaluator:enforce",
                "access_key_id iam_action service region resource_arn service_context",
            ),
            Symbol("core.iam_evaluator:check_credentials", "access_key_id service"),
            Symbol("core.iam_evaluator:_served_unsigned", "service iam_action"),
            Symbol("core.iam_evaluator:_signed_request"),
            Symbol("core.iam_evaluator:PrincipalInfo"),
            Symbol("core.iam_evaluator:AuthError"),
            Symbol("core.iam_actions:anonymous_denial_message", "service iam_action resource_arn"),
        ),
        apply=_apply_nobody,
    )


_USERS_OF_CREDENTIALS = (
    "services.eks",
    "services.sts",
    "services.s3_object_lambda",
    "services.s3",
    "core.rds_iam",
)


def _apply_root_key(tools: Tools) -> None:
    evaluator = module("core.iam_evaluator")
    key = tools.setup.access_key_id

    def is_root(access_key_id: str) -> bool:
        return hmac.compare_digest((access_key_id or "").encode(), key.encode())

    # Asked where a signature could be skipped; the identity below needs the truth.
    evaluator._is_root_key = lambda _: False
    evaluator.is_root_access_key = is_root
    module("services.sts").is_root_access_key = is_root
    _resolve_root_with(evaluator, tools, is_root)
    _identify_root_with(evaluator, tools, is_root)


def _resolve_root_with(evaluator: Upstream, tools: Tools, is_root: Callable[[str], bool]) -> None:
    upstream = evaluator.resolve_credential
    unchecked = evaluator._SESSION_TOKEN_NOT_CHECKED
    setup = tools.setup
    root = evaluator.ResolvedCredential(
        access_key_id=setup.access_key_id,
        secret_access_key=setup.secret_access_key,
        account_id=setup.account,
        principal_arn=f"arn:aws:iam::{setup.account}:root",
        principal_id=setup.account,
        principal_type="Root",
        source_access_key_id=setup.access_key_id,
    )

    def resolve_credential(
        access_key_id: str,
        account_id: str | None = None,
        session_token: Any = unchecked,  # noqa: ANN401
    ) -> object:
        if not is_root(access_key_id):
            return upstream(access_key_id, account_id, session_token)
        has_token = session_token is not unchecked and bool(session_token)
        return evaluator._invalid_session_token() if has_token else root

    evaluator.resolve_credential = resolve_credential
    for name in _USERS_OF_CREDENTIALS:
        module(name).resolve_credential = resolve_credential


def _identify_root_with(evaluator: Upstream, tools: Tools, is_root: Callable[[str], bool]) -> None:
    upstream = evaluator.resolve_caller_identity
    account = tools.setup.account

    def resolve_caller_identity(access_key_id: str) -> object:
        if not is_root(access_key_id):
            return upstream(access_key_id)
        return {
            "accessKey": access_key_id,
            "accountId": account,
            "userArn": f"arn:aws:iam::{account}:root",
            "userId": account,
            "principalOrgId": evaluator._principal_org_id(account),
            "session": None,
        }

    evaluator.resolve_caller_identity = resolve_caller_identity


def _apply_nobody(_: Tools) -> None:
    evaluator = module("core.iam_evaluator")
    _resolve_nobody(evaluator)
    _check_nobody(evaluator)


def _resolve_nobody(evaluator: Upstream) -> None:
    upstream = evaluator.resolve_principal

    def resolve_principal(
        access_key_id: str,
        account_id: str,
        credential: object = None,
    ) -> object:
        if access_key_id:
            return upstream(access_key_id, account_id, credential)
        # With no policy of its own, only a resource's policy can let it in.
        return evaluator.PrincipalInfo(
            arn="anonymous", type="Anonymous", account=account_id, policies=[], keys={}, limits=[]
        )

    evaluator.resolve_principal = resolve_principal


def _check_nobody(evaluator: Upstream) -> None:
    enforce_upstream, check_upstream = evaluator.enforce, evaluator.check_credentials
    denial = module("core.iam_actions").anonymous_denial_message

    def is_unsigned(access_key_id: str) -> bool:
        return not access_key_id and evaluator._signed_request.get() is None

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> object:
        if is_unsigned(access_key_id):
            # S3 knows itself what it shows to everyone.
            if service == "s3" or evaluator._served_unsigned(service, iam_action):
                return None
            if iam_action != "lambda:InvokeFunctionUrl":
                message = denial(service, iam_action, resource_arn)
                return evaluator.AuthError("MissingAuthenticationToken", message)
        return enforce_upstream(
            access_key_id, iam_action, service, region, resource_arn, service_context
        )

    def check_credentials(access_key_id: str, service: str | None = None) -> object:
        if is_unsigned(access_key_id):
            message = "The request is missing an authentication token"
            return evaluator.AuthError("MissingAuthenticationToken", message)
        return check_upstream(access_key_id, service)

    evaluator.enforce = enforce
    evaluator.check_credentials = check_credentials
