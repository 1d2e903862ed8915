"""Every trigger of the user pool: says that it was called, and has a say in what follows."""

import logging
from typing import Any

ANSWER = "42"
LOG = logging.getLogger(__name__)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    source = event["triggerSource"]
    LOG.warning("called %s", source)
    say = SAY.get(source.partition("_")[0])
    if say:
        say(event["request"], event["response"], event["userName"])
    return event


def refuse_strangers(request: dict[str, Any], _response: dict[str, Any], _user: str) -> None:
    if request["userAttributes"]["email"].endswith("@stranger.example"):
        raise ValueError("strangers are not welcome")


def greet(request: dict[str, Any], response: dict[str, Any], _user: str) -> None:
    if request.get("codeParameter"):
        response["emailSubject"] = "Hello"
        response["emailMessage"] = f"Hello, the code is {request['codeParameter']}"


def name_team(_request: dict[str, Any], response: dict[str, Any], _user: str) -> None:
    response["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"team": "red"}}


def migrate(_request: dict[str, Any], response: dict[str, Any], user: str) -> None:
    if not user.startswith("old"):
        raise ValueError("there was no such user")
    response["userAttributes"] = {"email": user, "email_verified": "true"}
    response["finalUserStatus"] = "CONFIRMED"


def define(request: dict[str, Any], response: dict[str, Any], _user: str) -> None:
    rounds = request["session"]
    passed = bool(rounds) and rounds[-1]["challengeResult"]
    response["issueTokens"] = passed
    response["failAuthentication"] = not passed and len(rounds) > 1
    response["challengeName"] = None if passed else "CUSTOM_CHALLENGE"


def create(_request: dict[str, Any], response: dict[str, Any], _user: str) -> None:
    response["publicChallengeParameters"] = {"question": "6 * 7"}
    response["privateChallengeParameters"] = {"answer": ANSWER}


def verify(request: dict[str, Any], response: dict[str, Any], _user: str) -> None:
    expected = request["privateChallengeParameters"]["answer"]
    response["answerCorrect"] = request["challengeAnswer"] == expected


SAY = {
    "PreSignUp": refuse_strangers,
    "CustomMessage": greet,
    "TokenGeneration": name_team,
    "UserMigration": migrate,
    "DefineAuthChallenge": define,
    "CreateAuthChallenge": create,
    "VerifyAuthChallengeResponse": verify,
}
