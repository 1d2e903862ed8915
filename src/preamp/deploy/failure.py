"""Words for what can go wrong at the target: each failure as a UserError that helps.

Owns the texts and codes of deployment errors. Must not call anyone.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from preamp.deploy.deployed import ROLLBACK_STUCK
from preamp.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from botocore.exceptions import ClientError

    from preamp.assembly.read import CloudAssembly
    from preamp.deploy.approval import DataRisk
    from preamp.deploy.deployed import DeployedStack
    from preamp.deploy.progress import Failure
    from preamp.deploy.target import Target

_VERBS: Final = {"CREATE": "created", "UPDATE": "updated", "DELETE": "deleted"}
_AFTERMATH: Final = {
    "ROLLBACK_COMPLETE": "mend it and deploy again; nothing of this first deployment was kept",
    "UPDATE_ROLLBACK_COMPLETE": "mend it and deploy again; the backend is as it was before",
}
_CREDENTIAL_CODES: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


_EXPIRED_CODES: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
THROTTLING_CODES: Final = frozenset(
    {
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Codes by which AWS asks a caller to slow down."""

_GOES_ON: Final = "what CloudFormation has begun goes on, and the same command waits for it"


@contextlib.contextmanager
def explained(target: Target) -> Iterator[None]:
    """Turn what the AWS client raises into errors of ours.

    Args:
        target: Who was called.

    Raises:
        UserError: ``TargetUnreachableError``, ``CredentialsError``, ``CredentialsExpiredError`` or
            ``ThrottledError``.
        Fault: ``TargetFault`` for an answer that no one expected.
    """
    from botocore import exceptions

    try:
        yield
    except (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.ProfileNotFound,
        exceptions.CredentialRetrievalError,
        exceptions.TokenRetrievalError,
        exceptions.SSOError,
    ) as error:
        raise _not_allowed(target, str(error)) from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise _unreachable(target, error) from error
    except exceptions.ClientError as error:
        raise _answered(target, error) from error


def _unreachable(target: Target, error: Exception) -> UserError:
    hint = "see that it is running and reachable, then deploy again"
    if target.bootstrapped:
        hint = f"look at your network, then run the command again; {_GOES_ON}"
    return UserError("TargetUnreachableError", f"{target.name} does not answer: {error}", hint)


def _answered(target: Target, error: ClientError) -> UserError | Fault:
    code = error.response.get("Error", {}).get("Code")
    if code in _EXPIRED_CODES:
        return UserError(
            "CredentialsExpiredError",
            f"the credentials for {target.name} have expired",
            f"{_sign_in(target)}, then run the command again; {_GOES_ON}",
        )
    if code in THROTTLING_CODES:
        return UserError(
            "ThrottledError",
            f"{target.name} asks us to slow down, again and again: {error}",
            f"wait a minute, then run the command again; {_GOES_ON}",
        )
    if code in _CREDENTIAL_CODES:
        return _not_allowed(target, str(error))
    return Fault("TargetFault", f"{target.name} answered unexpectedly: {error}")


def _not_allowed(target: Target, reason: str) -> UserError:
    hint = "use credentials that are valid there and may deploy"
    if target.bootstrapped:
        hint = f"{_sign_in(target)}, or choose credentials that may deploy with --profile"
    return UserError("CredentialsError", f"{target.name} does not let us in: {reason}", hint)


def _sign_in(target: Target) -> str:
    if target.profile is None:
        return "sign in again"
    return f"sign in again, for example with: aws sso login --profile {target.profile}"


def empty_backend(assembly: CloudAssembly) -> UserError:
    """Describe a backend without a single resource, which CloudFormation cannot hold.

    Args:
        assembly: What was to be deployed.
    """
    return UserError(
        "EmptyBackendError",
        f"{assembly.stack_name} has no resources, there is nothing to deploy",
        "define one in the backend, for example with backend.create_stack(name)",
    )


def deployment_failed(
    assembly: CloudAssembly, stack: DeployedStack, failures: Sequence[Failure]
) -> UserError:
    """Describe a deployment that CloudFormation did not complete.

    Args:
        assembly: What was deployed.
        stack: The stack afterwards.
        failures: What failed, first things first.
    """
    hint = _AFTERMATH.get(stack.status) or _way_out(assembly.stack_name, stack.status)
    if not failures:
        reason = stack.reason or "CloudFormation gave no reason"
        return UserError(
            "DeploymentFailedError", f"{assembly.stack_name} was not deployed: {reason}", hint
        )
    first, *others = failures
    site = assembly.site_of(first.path)
    return UserError(
        "DeploymentFailedError",
        _sentence(first),
        hint,
        sites=[site] if site else [],
        details=[f"then {_sentence(other)}" for other in others if other.path != first.path],
    )


def deletion_failed(
    stack_name: str,
    stack: DeployedStack,
    failures: Sequence[Failure],
    assembly: CloudAssembly | None,
) -> UserError:
    """Describe a stack that could not be deleted altogether.

    Args:
        stack_name: Its name.
        stack: What is left of it.
        failures: What failed, first things first.
        assembly: What it was made from, if known.
    """
    sites = [site for f in failures if assembly and (site := assembly.site_of(f.path))]
    told = "; ".join(_sentence(failure) for failure in failures)
    return UserError(
        "DeletionFailedError",
        f"{stack_name} was not deleted: {told or stack.reason or stack.status}",
        "remove what holds it, for example the objects of a bucket, and delete again",
        sites=sites[:1],
    )


def stack_stuck(
    stack_name: str,
    stack: DeployedStack,
    failures: Sequence[Failure] = (),
    assembly: CloudAssembly | None = None,
) -> UserError:
    """Describe a stack that cannot be deployed to in the status it is in.

    Args:
        stack_name: Its name.
        stack: The stack as it is.
        failures: What keeps it there, if that was tried just now.
        assembly: What is to be deployed, to find the user's lines.
    """
    told = "; ".join(map(_sentence, failures)) or stack.reason
    sites = [site for f in failures if assembly and (site := assembly.site_of(f.path))]
    return UserError(
        "StackStuckError",
        f"{stack_name} cannot be deployed to, its status is {stack.status}"
        + (f": {told}" if told else ""),
        _way_out(stack_name, stack.status),
        sites=sites[:1],
    )


def stack_protected(stack_name: str) -> UserError:
    """Describe a stack that refuses to be deleted.

    Args:
        stack_name: Its name.
    """
    return UserError(
        "StackProtectedError",
        f"{stack_name} has termination protection",
        "take it off first: aws cloudformation update-termination-protection "
        f"--no-enable-termination-protection --stack-name {stack_name}",
    )


def data_would_be_lost(risks: Sequence[DataRisk]) -> UserError:
    """Describe an update that would lose data and may not.

    Args:
        risks: What would be lost.
    """
    lines = ["the deployment would lose data", *map(str, risks)]
    sites = dict.fromkeys(risk.site for risk in risks if risk.site)
    return UserError(
        "DataLossError",
        "\n".join(lines),
        f"{_keep_hint(risks[0])}; or lose the data with --allow-data-loss. Nothing was changed",
        sites=list(sites),
    )


def _keep_hint(risk: DataRisk) -> str:
    if not risk.properties:
        return f"to keep it, leave {risk.path} in the backend or give it the removal policy RETAIN"
    return f"to keep it, leave {' and '.join(risk.properties)} of {risk.path} as before"


def change_set_refused(assembly: CloudAssembly, reason: str) -> UserError:
    """Describe a template that CloudFormation refuses before anything is changed.

    Args:
        assembly: What was to be deployed.
        reason: CloudFormation's reason.
    """
    return UserError(
        "TemplateRefusedError",
        f"CloudFormation does not accept {assembly.stack_name}: {reason}",
        "mend it and deploy again; nothing was changed",
    )


def _sentence(failure: Failure) -> str:
    verb = _VERBS.get(failure.status.partition("_")[0], "changed")
    reason = failure.reason or "CloudFormation gave no reason"
    return f"{failure.path} ({failure.resource_type}) could not be {verb}: {reason}"


def _way_out(stack_name: str, status: str) -> str:
    if status == ROLLBACK_STUCK:
        return (
            "mend what the reason names and deploy again; or leave the resource as it is: "
            f"aws cloudformation continue-update-rollback --stack-name {stack_name} "
            "--resources-to-skip LOGICAL_ID"
        )
    return "delete the stack and deploy again"
