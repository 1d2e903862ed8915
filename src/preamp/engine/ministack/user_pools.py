"""What the mends of user pools share: who asks for what, calls of triggers, answers and refusals.

AWS: "Customizing user pool workflows with Lambda triggers".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from preamp.engine.ministack.function_permissions import SYMBOLS as PERMISSIONS
from preamp.engine.ministack.function_permissions import may_call
from preamp.engine.ministack.upstream import Symbol, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[["Data"], "Response"]

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

OK: Final = 200
_PRINCIPAL: Final = "cognito-idp.amazonaws.com"
NO_CLIENT: Final = "CLIENT_ID_NOT_APPLICABLE"

SYMBOLS: Final = (
    Symbol("services.cognito:_user_pools"),
    Symbol("services.cognito:_pool_for_client", "cid"),
    Symbol("services.cognito:_resolve_user", "pool username"),
    Symbol("services.cognito:_hides_user_existence", "pool client_id"),
    Symbol("services.cognito:_attr_list_to_dict", "attrs"),
    Symbol("services.cognito:_dict_to_attr_list", "d"),
    Symbol("services.cognito:_user_pool_for_access_token", "access_token"),
    Symbol("services.cognito:_pool_arn", "pool_id"),
    *PERMISSIONS,
    Symbol("services.lambda_svc:_execution_record_for_config", "func config"),
    Symbol("services.lambda_svc:_execute_function_with_config_scope", "func event"),
    Symbol("core.responses:error_response_json"),
    Symbol("core.responses:json_response"),
)
"""What of ministack's is used here; every mend that uses this module names them."""


class RefusedError(Exception):
    """Cognito refuses a request.

    Args:
        message: Its words.
        code: Its exception's name.
    """

    def __init__(self, message: str, code: str = "UserLambdaValidationException") -> None:
        super().__init__(message)
        self.code = code


def refusing(handler: Handler) -> Handler:
    """Make a handler answer a refusal as AWS does."""

    @wraps(handler)
    def handle(data: Data) -> Response:
        try:
            return handler(data)
        except RefusedError as refused:
            error: Callable[[str, str, int], Response]
            error = module("core.responses").error_response_json
            return error(refused.code, str(refused), 400)

    return handle


def answer(content: Data) -> Response:
    """Answer a request."""
    response: Response = module("core.responses").json_response(content)
    return response


def content_of(response: Response) -> Data:
    """Read what an answer says."""
    content: Data = json.loads(response[2])
    return content


@dataclass(frozen=True)
class Request:
    """Who asks for something, and in which pool.

    Attributes:
        cognito: The emulator's module.
        pool: The pool's record.
        client_id: The app client.
        username: The name that was given, which may be an alias.
        metadata: What the client gives triggers.
    """

    cognito: Upstream
    pool: Data
    client_id: str
    username: str
    metadata: Data

    @classmethod
    def of(cls, cognito: Upstream, data: Data) -> Request | None:
        """Read a request; None if it names no pool."""
        client_id = data.get("ClientId") or NO_CLIENT
        pool = cognito._user_pools.get(data.get("UserPoolId"))
        if pool is None:
            pool, _ = cognito._pool_for_client(client_id)
        username = data.get("Username") or (data.get("AuthParameters") or {}).get("USERNAME")
        metadata = data.get("ClientMetadata") or {}
        return cls(cognito, pool, client_id, username or "", metadata) if pool else None

    @classmethod
    def of_token(cls, cognito: Upstream, data: Data) -> Request:
        """Read a request that a user makes with an access token.

        Raises:
            RefusedError: There is no such user.
        """
        user, pool = cognito._user_pool_for_access_token(data.get("AccessToken", ""))
        if user is None:
            raise RefusedError("Invalid Access Token", "NotAuthorizedException")
        return cls(cognito, pool, NO_CLIENT, user["Username"], data.get("ClientMetadata") or {})

    @property
    def user(self) -> Data | None:
        """The user's record."""
        user: Data | None = self.cognito._resolve_user(self.pool, self.username)[0]
        return user

    @property
    def known_user(self) -> Data:
        """The user's record.

        Raises:
            RefusedError: There is none.
        """
        user = self.user
        if user is None:
            raise RefusedError("User does not exist.", "UserNotFoundException")
        return user

    @property
    def client(self) -> Data:
        """The app client's record, empty if there is none."""
        client: Data = self.pool["_clients"].get(self.client_id) or {}
        return client

    def attributes(self) -> Data:
        """The user's attributes."""
        found: Data = self.cognito._attr_list_to_dict((self.user or {}).get("Attributes", []))
        return found

    def set_attributes(self, **changes: str) -> None:
        """Change attributes of the user's."""
        user = self.known_user
        changed = {**self.attributes(), **changes}
        user["Attributes"] = self.cognito._dict_to_attr_list(changed)
        user["UserLastModifiedDate"] = self.cognito._now_epoch()

    def has(self, trigger: str) -> bool:
        """Tell whether the pool has a trigger."""
        return bool((self.pool.get("LambdaConfig") or {}).get(trigger))

    def call(self, trigger: str, source: str, request: Data, response: Data) -> Data:
        """Call a trigger and return its response, an empty one if there is none.

        Raises:
            RefusedError: The trigger failed.
        """
        if not self.has(trigger):
            return {}
        function = self.pool["LambdaConfig"][trigger]
        if isinstance(function, dict):
            function = function["LambdaArn"]
        event = {
            **event_in(self.pool["Id"], self.client_id),
            "userName": (self.user or {}).get("Username", self.username),
            "triggerSource": f"{trigger}_{source}",
            "request": {"userAttributes": self._public_attributes(), **request},
            "response": response,
        }
        return run_trigger(trigger, function, event)

    def _public_attributes(self) -> Data:
        user = self.user
        if user is None:
            return {}
        status = {"cognito:user_status": user.get("UserStatus", "")}
        return {**self.attributes(), **status}


def event_in(pool_id: str, client_id: str) -> Data:
    """What every event of a pool's triggers begins with.

    Args:
        pool_id: The pool.
        client_id: The app client that the request is from.
    """
    return {
        "version": "1",
        "region": pool_id.partition("_")[0],
        "userPoolId": pool_id,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown", "clientId": client_id},
    }


def run_trigger(trigger: str, function: str, event: Data) -> Data:
    """Call a trigger's function and return its response.

    Args:
        trigger: The trigger's name.
        function: The function's ARN.
        event: What it is called with.

    Raises:
        RefusedError: It failed, there is no such function, or it does not let the pool call it.
    """
    service = module("services.lambda_svc")
    func, config, _ = service._get_func_record_for_ref(function)
    pool = module("services.cognito")._pool_arn(event["userPoolId"])
    may = func and may_call(function, _PRINCIPAL, pool, function.split(":")[4])
    if not may or config is None:
        raise RefusedError(
            f"{trigger} invocation failed due to error AccessDeniedException.",
            "UnexpectedLambdaException",
        )
    record = service._execution_record_for_config(func, config)
    result = service._execute_function_with_config_scope(record, event)
    body = result.get("body")
    if result.get("error"):
        message = body.get("errorMessage", body) if isinstance(body, dict) else body
        raise RefusedError(f"{trigger} failed with error {message}.")
    given = body.get("response") if isinstance(body, dict) else None
    return given if isinstance(given, dict) else {}
