"""Choice-based sign-in: a first factor of the user's choice, a password or a code that is sent.

ministack knows no such flow. Passkeys are not among the choices.

AWS: "Authentication flows with choice-based sign-in", "Passwordless sign-in" (Amazon Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pool_challenges import Challenges
from preamp.engine.ministack.user_pool_codes import random_code
from preamp.engine.ministack.user_pool_messages import PHONE, Messenger
from preamp.engine.ministack.user_pool_messages import SYMBOLS as MESSAGES
from preamp.engine.ministack.user_pools import (
    OK,
    Data,
    RefusedError,
    Request,
    Response,
    answer,
    content_of,
    refusing,
)
from preamp.engine.ministack.user_pools import SYMBOLS as SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[Data], Response]

_FLOW: Final = "USER_AUTH"
_SELECT: Final = "SELECT_CHALLENGE"
_PASSWORD: Final = "PASSWORD"  # noqa: S105 - a challenge's name
_SRP: Final = "PASSWORD_SRP"
_SIGNED_UP: Final = "SIGN_UP"
_CONFIRMED: Final = "CONFIRMED_SIGN_UP"
_OF_CODES: Final = {"EMAIL_OTP": "email", "SMS_OTP": PHONE}
_PASSWORD_FLOWS: Final = {
    "_initiate_auth": "USER_PASSWORD_AUTH",
    "_admin_initiate_auth": "ADMIN_USER_PASSWORD_AUTH",
}
_NO_PASSWORD: Final = "_passwordless"  # noqa: S105 - a field's name


def user_pool_choices() -> Mend:
    """Let users choose how to sign in."""
    return Mend(
        name="choice-based sign-in",
        reference="Authentication flows with choice-based sign-in",
        symbols=(
            *SHARED,
            *MESSAGES,
            Symbol("services.cognito:_initiate_auth", "data"),
            Symbol("services.cognito:_admin_initiate_auth", "data"),
            Symbol("services.cognito:_respond_to_auth_challenge", "data"),
            Symbol("services.cognito:_admin_respond_to_auth_challenge", "data"),
            Symbol("services.cognito:_sign_up", "data"),
            Symbol("services.cognito:_confirm_sign_up", "data"),
            Symbol("services.cognito:_EMAIL_OTP_CODE"),
            Symbol("services.cognito:_initiate_user_srp_auth", "pool pid cid auth_params"),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    cognito = module("services.cognito")
    challenges = Challenges(cognito, Messenger.of(tools))
    for name, flow in _PASSWORD_FLOWS.items():
        choices = Choices(cognito, challenges, getattr(cognito, name), flow)
        setattr(cognito, name, refusing(choices.initiate))
        answering = name.replace("_initiate_auth", "_respond_to_auth_challenge")
        setattr(cognito, answering, refusing(choices.responding(getattr(cognito, answering))))
    # The hosted pages have one code for all.
    cognito._EMAIL_OTP_CODE = random_code()
    cognito._sign_up = refusing(_signing_up(cognito, challenges, cognito._sign_up))
    cognito._confirm_sign_up = refusing(_confirming(cognito, challenges, cognito._confirm_sign_up))


class Choices:
    """The flow in which users choose.

    Args:
        cognito: The emulator's module.
        challenges: Puts challenges.
        upstream: Begins the other flows.
        password_flow: Its flow for passwords.
    """

    def __init__(
        self, cognito: Upstream, challenges: Challenges, upstream: Handler, password_flow: str
    ) -> None:
        self._cognito = cognito
        self._challenges = challenges
        self._upstream = upstream
        self._password_flow = password_flow

    def initiate(self, data: Data) -> Response:
        """Begin a sign-in."""
        request = Request.of(self._cognito, data)
        if data.get("AuthFlow") != _FLOW or request is None:
            return self._upstream(data)
        if not allows_choice(request):
            message = "USER_AUTH is not enabled for the client."
            raise RefusedError(message, "InvalidParameterException")
        _refuse_unless_ready(request)
        if data.get("Session"):
            return self._go_on(request, data["Session"])
        parameters = data.get("AuthParameters") or {}
        available = available_factors(request)
        preferred = parameters.get("PREFERRED_CHALLENGE")
        if preferred in available:
            return self._start(request, preferred, parameters)
        chosen = content_of(self._challenges.put(request, _SELECT, {}))
        return answer({**chosen, "AvailableChallenges": available})

    def _go_on(self, request: Request, token: str) -> Response:
        """Let a user in who has just proven who they are, by confirming the sign-up."""
        session = self._challenges.find_session(token, _CONFIRMED, request.client_id)
        if session["username"] != request.known_user["Username"]:
            raise RefusedError("Invalid session for the user.", "NotAuthorizedException")
        self._challenges.end_session(token)
        return self._challenges.tokens(request)

    def _start(self, request: Request, factor: str, given: Data) -> Response:
        if factor in _OF_CODES:
            return self._challenges.send_code(request, factor)
        if factor == _SRP and given.get("SRP_A"):
            return self._prove(request, given)
        if factor == _PASSWORD and given.get("PASSWORD"):
            return self._check(request, given["PASSWORD"])
        return self._challenges.put(request, factor, {})

    def _prove(self, request: Request, given: Data) -> Response:
        parameters = {"USERNAME": request.username, "SRP_A": given["SRP_A"]}
        pool = request.pool
        response: Response = self._cognito._initiate_user_srp_auth(
            pool, pool["Id"], request.client_id, parameters
        )
        return response

    def _check(self, request: Request, password: str) -> Response:
        return self._upstream(
            {
                "AuthFlow": self._password_flow,
                "UserPoolId": request.pool["Id"],
                "ClientId": request.client_id,
                "AuthParameters": {"USERNAME": request.username, "PASSWORD": password},
                "ClientMetadata": request.metadata,
            }
        )

    def responding(self, upstream: Handler) -> Handler:
        """Take a choice, and a password where that was chosen."""

        def respond(data: Data) -> Response:
            name = data.get("ChallengeName", "")
            if name not in {_SELECT, _PASSWORD, _SRP}:
                return upstream(data)
            token = data.get("Session", "")
            session = self._challenges.find_session(token, name, data.get("ClientId", ""))
            pool = self._cognito._user_pools.get(session["pool_id"])
            metadata = data.get("ClientMetadata") or {}
            request = Request(
                self._cognito, pool, session["client_id"], session["username"], metadata
            )
            given = data.get("ChallengeResponses") or {}
            factor = given.get("ANSWER") if name == _SELECT else name
            if factor not in available_factors(request):
                message = "The chosen challenge is not available."
                raise RefusedError(message, "InvalidParameterException")
            self._challenges.end_session(token)
            return self._start(request, str(factor), given)

        return respond


def allows_choice(request: Request) -> bool:
    """Tell whether an app client lets users choose."""
    return "ALLOW_USER_AUTH" in (request.client.get("ExplicitAuthFlows") or ())


def available_factors(request: Request) -> list[str]:
    """Return the first factors that a user may choose from.

    Args:
        request: Who signs in.
    """
    policy = (request.pool.get("Policies") or {}).get("SignInPolicy") or {}
    allowed = policy.get("AllowedFirstAuthFactors") or [_PASSWORD]
    given = request.attributes()
    found = [
        each for each, attribute in _OF_CODES.items() if each in allowed and given.get(attribute)
    ]
    user = request.known_user
    # Whoever has set a password since has another one.
    if _PASSWORD in allowed and user.get("_password") != user.get(_NO_PASSWORD):
        found += [_PASSWORD, _SRP]
    return found


def _refuse_unless_ready(request: Request) -> None:
    user = request.user
    if user is None:
        if request.cognito._hides_user_existence(request.pool, request.client_id):
            raise RefusedError("Incorrect username or password.", "NotAuthorizedException")
        raise RefusedError("User does not exist.", "UserNotFoundException")
    if not user.get("Enabled", True):
        raise RefusedError("User is disabled.", "NotAuthorizedException")
    if user.get("UserStatus") == "UNCONFIRMED":
        raise RefusedError("User is not confirmed.", "UserNotConfirmedException")


def _signing_up(cognito: Upstream, challenges: Challenges, upstream: Handler) -> Handler:
    def sign_up(data: Data) -> Response:
        request = Request.of(cognito, data)
        if request is None or not allows_choice(request):
            return upstream(data)
        has_password = bool(data.get("Password"))
        if not has_password and _may_have_none(request):
            # Nobody knows it, so nobody signs in with it.
            data = {**data, "Password": f"aA1!{secrets.token_urlsafe(64)}"}
        response = upstream(data)
        if response[0] != OK:
            return response
        content = content_of(response)
        signed_up = Request.of(cognito, {**data, "Username": content["UserSub"]})
        if signed_up is None:
            return response
        if not has_password:
            signed_up.known_user[_NO_PASSWORD] = data.get("Password")
        name = _CONFIRMED if content["UserConfirmed"] else _SIGNED_UP
        return answer({**content, "Session": challenges.session(signed_up, name)})

    return sign_up


def _may_have_none(request: Request) -> bool:
    policy = (request.pool.get("Policies") or {}).get("SignInPolicy") or {}
    return any(each in _OF_CODES for each in policy.get("AllowedFirstAuthFactors") or ())


def _confirming(cognito: Upstream, challenges: Challenges, upstream: Handler) -> Handler:
    def confirm_sign_up(data: Data) -> Response:
        response = upstream(data)
        request = Request.of(cognito, data)
        if response[0] != OK or request is None or not allows_choice(request):
            return response
        # The code was proof enough: with this session the user is let in at once.
        challenges.end_session(data.get("Session", ""))
        return answer({"Session": challenges.session(request, _CONFIRMED)})

    return confirm_sign_up
