"""What follows a right password: a new one, a second factor or setting one up, then tokens.

ministack asks for no second factor where one is required, and takes an answer to a challenge that
it never put: who knows a user's name would get tokens.

AWS: "Adding MFA to a user pool", "RespondToAuthChallenge" (Amazon Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pool_codes import random_code, redeem_in_session
from preamp.engine.ministack.user_pool_factors import (
    EMAIL_CODE,
    TEXT_CODE,
    TOTP,
    check_totp,
    factors_of,
    set_preference,
)
from preamp.engine.ministack.user_pool_messages import PHONE, SIGN_IN, Messenger
from preamp.engine.ministack.user_pool_messages import SYMBOLS as MESSAGES
from preamp.engine.ministack.user_pools import (
    OK,
    Data,
    RefusedError,
    Request,
    Response,
    answer,
    refusing,
)
from preamp.engine.ministack.user_pools import SYMBOLS as SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[Data], Response]

_NEW_PASSWORD: Final = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - a challenge's name
_SET_UP: Final = "MFA_SETUP"
_SELECT: Final = "SELECT_MFA_TYPE"
_FIRST_TEXT_CODE: Final = "SMS_OTP"
_CODES: Final = {
    TEXT_CODE: (PHONE, "SMS_MFA_CODE"),
    _FIRST_TEXT_CODE: (PHONE, "SMS_OTP_CODE"),
    EMAIL_CODE: ("email", "EMAIL_OTP_CODE"),
}
_ATTRIBUTE: Final = "userAttributes."
_NOT_TOLD: Final = {"sub", "identities"}


def user_pool_challenges() -> Mend:
    """Put the challenges that follow a password, and take answers to those only."""
    return Mend(
        name="challenges of user pools",
        reference="RespondToAuthChallenge",
        symbols=(
            *SHARED,
            *MESSAGES,
            Symbol(
                "services.cognito:_password_auth_result",
                "pool pid cid user username client_metadata data",
            ),
            Symbol("services.cognito:_respond_to_auth_challenge", "data"),
            Symbol("services.cognito:_admin_respond_to_auth_challenge", "data"),
            Symbol("services.cognito:_create_challenge_session", "pool_id client_id username"),
            Symbol("services.cognito:_get_challenge_session", "token"),
            Symbol("services.cognito:_challenge_sessions"),
            Symbol("services.cognito:_validate_password", "pool password"),
            Symbol("services.cognito:_build_auth_result"),
            Symbol("services.cognito:_record_auth_event"),
            Symbol("services.cognito:_finish_auth_event", "user session challenge passed"),
            Symbol("services.cognito:_associate_software_token", "data"),
            Symbol("services.cognito:_verify_software_token", "data"),
            Symbol("services.cognito:_totp_matches", "secret_b32 user_code"),
            Symbol("services.cognito:_set_user_mfa_preference", "data"),
            Symbol("services.cognito:_admin_set_user_mfa_preference", "data"),
            Symbol("services.cognito:_apply_mfa_preference", "user data"),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    cognito = module("services.cognito")
    challenges = Challenges(cognito, Messenger.of(tools))
    cognito._password_auth_result = challenges.after_password
    for name in ("_respond_to_auth_challenge", "_admin_respond_to_auth_challenge"):
        setattr(cognito, name, refusing(challenges.responding(getattr(cognito, name))))
    associate, verify = cognito._associate_software_token, cognito._verify_software_token
    cognito._associate_software_token = refusing(_associating(cognito, associate))
    cognito._verify_software_token = refusing(_verifying(cognito, verify))
    cognito._apply_mfa_preference = set_preference
    for name in ("_set_user_mfa_preference", "_admin_set_user_mfa_preference"):
        setattr(cognito, name, refusing(getattr(cognito, name)))


class Challenges:
    """Puts challenges and takes their answers.

    Args:
        cognito: The emulator's module.
        messenger: Sends codes.
    """

    def __init__(self, cognito: Upstream, messenger: Messenger) -> None:
        self._cognito = cognito
        self._messenger = messenger
        self._answers: dict[str, Callable[[Request, Data, Data], Response]] = {
            _NEW_PASSWORD: self._take_password,
            _SET_UP: self._take_set_up,
            _SELECT: self._take_choice,
            TOTP: self._take_totp,
            **dict.fromkeys(_CODES, self._take_code),
        }

    def after_password(
        self,
        pool: Data,
        pid: str,  # noqa: ARG002 - upstream's
        cid: str,
        user: Data,
        username: str,  # noqa: ARG002 - upstream's
        client_metadata: Data | None = None,
        data: Data | None = None,
    ) -> Response:
        """Answer a right password; takes the place of ministack's own."""
        request = Request(self._cognito, pool, cid, user["Username"], client_metadata or {})
        if user.get("UserStatus") == "FORCE_CHANGE_PASSWORD":
            return self.put(request, _NEW_PASSWORD, _about_new_password(request))
        response = self._next(request)
        content = json.loads(response[2])
        session = content.get("Session")
        how = "InProgress" if session else "Pass"
        passed = (("Password", "Success"),)
        self._cognito._record_auth_event(pool, user, data or {}, "SignIn", how, passed, session)
        return response

    def put(self, request: Request, name: str, about: Data, **kept: object) -> Response:
        """Put a challenge.

        Args:
            request: Who signs in.
            name: The challenge's name.
            about: Its parameters.
            kept: What its session keeps, to check the answer by.
        """
        session = self.session(request, name, **kept)
        user = request.known_user["Username"]
        parameters = {"USER_ID_FOR_SRP": user, **about}
        return answer(
            {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}
        )

    def session(self, request: Request, name: str, **kept: object) -> str:
        """Begin a session that only an answer to this challenge continues."""
        user = request.known_user["Username"]
        token, session = self._cognito._create_challenge_session(
            request.pool["Id"], request.client_id, user
        )
        session.update(challenge=name, **kept)
        return str(token)

    def find_session(self, token: str | None, name: str, client_id: str) -> Data:
        """Return the session of a challenge that was put.

        Raises:
            RefusedError: It was not, or not to this client, or too long ago.
        """
        session, _ = self._cognito._get_challenge_session(token) if token else (None, None)
        is_it = session and session.get("challenge") == name and session["client_id"] == client_id
        if not is_it:
            raise RefusedError("Invalid session for the user.", "NotAuthorizedException")
        return session or {}

    def end_session(self, token: str) -> None:
        """Let a session not be used again."""
        self._cognito._challenge_sessions.pop(token, None)

    def send_code(self, request: Request, name: str) -> Response:
        """Send a code and ask for it."""
        attribute, _ = _CODES[name]
        code = random_code()
        details = self._messenger.send(request, SIGN_IN, attribute, code)
        about = {
            "CODE_DELIVERY_DELIVERY_MEDIUM": details["DeliveryMedium"],
            "CODE_DELIVERY_DESTINATION": details["Destination"],
        }
        return self.put(request, name, about, code=code, attribute=attribute)

    def responding(self, upstream: Handler) -> Handler:
        """Take answers to challenges; those of others are for upstream."""

        def respond(data: Data) -> Response:
            name = data.get("ChallengeName", "")
            take = self._answers.get(name)
            if take is None:
                return upstream(data)
            session = self.find_session(data.get("Session"), name, data.get("ClientId", ""))
            pool = self._cognito._user_pools.get(session["pool_id"])
            metadata = data.get("ClientMetadata") or {}
            request = Request(
                self._cognito, pool, session["client_id"], session["username"], metadata
            )
            response = take(request, session, data.get("ChallengeResponses") or {})
            self._finish(request, data, response)
            return response

        return respond

    def _finish(self, request: Request, data: Data, response: Response) -> None:
        if response[0] == OK:
            self.end_session(data["Session"])
            if data["ChallengeName"] in {TOTP, TEXT_CODE}:
                user = request.known_user
                self._cognito._finish_auth_event(user, data["Session"], "Mfa", passed=True)

    def _next(self, request: Request, source: str = "Authentication") -> Response:
        """Ask for a second factor if there is to be one, or let the user in."""
        factors = factors_of(request)
        if not factors:
            is_required = request.pool.get("MfaConfiguration") == "ON"
            return self._set_up(request) if is_required else self.tokens(request, source)
        preferred = request.known_user.get("_preferred_mfa")
        if preferred in factors:
            return self._ask(request, preferred)
        if len(factors) == 1:
            return self._ask(request, factors[0])
        choice = {"MFAS_CAN_CHOOSE": json.dumps(factors)}
        return self.put(request, _SELECT, choice, factors=factors)

    def _set_up(self, request: Request) -> Response:
        return self.put(request, _SET_UP, {"MFAS_CAN_SETUP": json.dumps([TOTP])})

    def _ask(self, request: Request, factor: str) -> Response:
        if factor in _CODES:
            return self.send_code(request, factor)
        return self.put(request, factor, {"FRIENDLY_DEVICE_NAME": "TOTP device"})

    def tokens(self, request: Request, source: str = "Authentication") -> Response:
        """Let a user in."""
        result = self._cognito._build_auth_result(
            request.pool["Id"],
            request.client_id,
            request.known_user,
            trigger_source=f"TokenGeneration_{source}",
            client_metadata=request.metadata,
        )
        return answer({"ChallengeParameters": {}, "AuthenticationResult": result})

    def _take_password(self, request: Request, _: Data, given: Data) -> Response:
        password = given.get("NEW_PASSWORD") or given.get("PASSWORD") or ""
        refused: Response | None = self._cognito._validate_password(request.pool, password)
        if refused:
            return refused
        names = [key for key in given if key.startswith(_ATTRIBUTE)]
        request.set_attributes(**{key.removeprefix(_ATTRIBUTE): given[key] for key in names})
        user = request.known_user
        user.update(_password=password, UserStatus="CONFIRMED")
        self._cognito._record_auth_event(request.pool, user, {}, "PasswordChange", "Pass")
        return self._next(request, "NewPasswordChallenge")

    def _take_set_up(self, request: Request, session: Data, _: Data) -> Response:
        if not session.get("is_set_up"):
            raise RefusedError("Invalid session for the user.", "NotAuthorizedException")
        return self.tokens(request)

    def _take_choice(self, request: Request, session: Data, given: Data) -> Response:
        factor = given.get("ANSWER", "")
        if factor not in session["factors"]:
            message = "The chosen factor is not one of those that can be chosen."
            raise RefusedError(message, "InvalidParameterException")
        return self._ask(request, factor)

    def _take_totp(self, request: Request, session: Data, given: Data) -> Response:
        check_totp(request, session, given.get("SOFTWARE_TOKEN_MFA_CODE"))
        return self.tokens(request)

    def _take_code(self, request: Request, session: Data, given: Data) -> Response:
        _, field = _CODES[session["challenge"]]
        redeem_in_session(session, given.get(field))
        request.set_attributes(**{f"{session['attribute']}_verified": "true"})
        return self.tokens(request)


def _about_new_password(request: Request) -> Data:
    given = request.attributes()
    required = [
        f"{_ATTRIBUTE}{each['Name']}"
        for each in request.pool.get("SchemaAttributes") or ()
        if each.get("Required") and each["Name"] not in given and each["Name"] not in _NOT_TOLD
    ]
    told = {name: value for name, value in given.items() if name not in _NOT_TOLD}
    return {"requiredAttributes": json.dumps(required), "userAttributes": json.dumps(told)}


def _associating(cognito: Upstream, upstream: Handler) -> Handler:
    def associate_software_token(data: Data) -> Response:
        response = upstream(data)
        token = data.get("Session")
        if data.get("AccessToken") or not token:
            return response
        session = _being_set_up(cognito, token)
        content = json.loads(response[2])
        session["secret"] = content["SecretCode"]
        return answer({**content, "Session": token})

    return associate_software_token


def _verifying(cognito: Upstream, upstream: Handler) -> Handler:
    def verify_software_token(data: Data) -> Response:
        token = data.get("Session")
        if token and not data.get("AccessToken"):
            session = _being_set_up(cognito, token)
            _enroll(cognito, session, data.get("UserCode"))
            return answer({"Status": "SUCCESS", "Session": token})
        request = Request.of_token(cognito, data)
        user = request.known_user
        before = list(user.get("_mfa_enabled", [])), user.get("_preferred_mfa", "")
        response = upstream(data)
        # Whether it is asked for is the user's preference, which is set apart.
        user["_mfa_enabled"], user["_preferred_mfa"] = before
        return response

    return verify_software_token


def _being_set_up(cognito: Upstream, token: str) -> Data:
    session, _ = cognito._get_challenge_session(token)
    if session is None or session.get("challenge") != _SET_UP:
        raise RefusedError("Invalid session for the user.", "NotAuthorizedException")
    found: Data = session
    return found


def _enroll(cognito: Upstream, session: Data, code: str | None) -> None:
    if not cognito._totp_matches(session.get("secret", ""), code):
        raise RefusedError("Code mismatch", "EnableSoftwareTokenMFAException")
    pool = cognito._user_pools.get(session["pool_id"])
    user = cognito._resolve_user(pool, session["username"])[0]
    user.update(_totp_secret=session["secret"], _mfa_enabled=[TOTP], _preferred_mfa=TOTP)
    session["is_set_up"] = True
