"""The triggers of user pools.

AWS: "Customizing user pool workflows with Lambda triggers", and the page of each trigger.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from tests.local.cognito.accounts import permit_pool
from tests.local.cognito.code_messages import newest_code, newest_text
from tests.local.engine.local_engine import unique_name
from tests.local.functions.arrivals import REPORTS, Queue

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]

_REPORTS_AND = REPORTS + "def handler(event, context):\n    report(event)\n"
_WATCHES = _REPORTS_AND + "    return event\n"
_REFUSES = "def handler(event, context): raise ValueError('not today')\n"
_PASSWORD = "Passw0rd!"


@dataclass
class Pool:
    """A user pool with a client."""

    cognito: Any
    identity: str
    client: str
    engine: EngineConnection

    def sign_up(self, **more: Any) -> Any:
        """Sign Jo up."""
        attributes = [{"Name": "email", "Value": "jo@example.com"}]
        return self.cognito.sign_up(
            ClientId=self.client,
            Username="jo",
            Password=_PASSWORD,
            UserAttributes=attributes,
            **more,
        )

    def confirm(self, **more: Any) -> None:
        """Confirm Jo."""
        self.cognito.confirm_sign_up(
            ClientId=self.client, Username="jo", ConfirmationCode=self.code(), **more
        )

    def code(self) -> str:
        """The code that Jo was sent last."""
        return newest_code(self.engine, "jo@example.com")

    def sign_in(self, username: str = "jo", password: str = _PASSWORD, **more: Any) -> Any:
        """Sign in with a password."""
        return self.cognito.initiate_auth(
            ClientId=self.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
            **more,
        )


@pytest.fixture
def pool_with(
    client: ClientFactory, functions: Functions, engine: EngineConnection
) -> Callable[..., Pool]:
    """Make a pool with triggers, given by their sources; its reports go to a queue."""

    def make(queue: Queue, **triggers: str) -> Pool:
        cognito = client("cognito-idp")
        arns = {
            name: functions.arn(functions.create(source, Environment=queue.reporting()))
            for name, source in triggers.items()
        }
        pool = cognito.create_user_pool(
            PoolName=unique_name("pool"),
            AutoVerifiedAttributes=["email"],
            LambdaConfig=arns,
        )
        identity = pool["UserPool"]["Id"]
        for arn in arns.values():
            permit_pool(client("lambda"), arn, pool["UserPool"]["Arn"])
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH"]
        made = cognito.create_user_pool_client(
            UserPoolId=identity, ClientName="app", ExplicitAuthFlows=flows
        )
        return Pool(cognito, identity, made["UserPoolClient"]["ClientId"], engine)

    return make


PoolWith = Callable[..., Pool]


def test_a_trigger_that_does_not_permit_the_pool_is_not_called(
    queue: Queue, pool_with: PoolWith, client: ClientFactory
) -> None:
    """AWS: "Customizing user pool workflows with Lambda triggers", section about permissions."""
    pool = pool_with(queue, PreSignUp=_WATCHES)
    (function,) = _triggers(pool).values()
    client("lambda").remove_permission(FunctionName=function, StatementId="pool")
    with pytest.raises(ClientError, match="PreSignUp invocation failed due to error AccessDenied"):
        pool.sign_up()
    assert queue.is_empty()


def test_post_confirmation_is_called(queue: Queue, pool_with: PoolWith) -> None:
    """AWS: "Post confirmation Lambda trigger"."""
    pool = pool_with(queue, PostConfirmation=_WATCHES)
    pool.sign_up()
    pool.confirm(ClientMetadata={"a": "b"})
    (event,) = queue.bodies()
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert (event["userPoolId"], event["userName"]) == (pool.identity, "jo")
    assert event["callerContext"]["clientId"] == pool.client
    assert event["request"]["userAttributes"]["email"] == "jo@example.com"
    assert event["request"]["clientMetadata"] == {"a": "b"}
    pool.cognito.forgot_password(ClientId=pool.client, Username="jo")
    pool.cognito.confirm_forgot_password(
        ClientId=pool.client, Username="jo", ConfirmationCode=pool.code(), Password=_PASSWORD
    )
    (event,) = queue.bodies()
    assert event["triggerSource"] == "PostConfirmation_ConfirmForgotPassword"


def test_a_user_pre_sign_up_confirms_is_confirmed_for_all(
    queue: Queue, pool_with: PoolWith
) -> None:
    """AWS: "Pre sign-up Lambda trigger"."""
    confirms = "def handler(e, c):\n    e['response']['autoConfirmUser'] = True\n    return e\n"
    pool = pool_with(queue, PreSignUp=confirms, PostConfirmation=_WATCHES)
    assert pool.sign_up()["UserConfirmed"] is True
    assert queue.bodies()[0]["triggerSource"] == "PostConfirmation_ConfirmSignUp"


@pytest.mark.parametrize("trigger", ["PreSignUp", "PostConfirmation"])
def test_a_trigger_that_fails_refuses_in_its_own_words(
    queue: Queue, pool_with: PoolWith, trigger: str
) -> None:
    pool = pool_with(queue, **{trigger: _REFUSES})
    message = f"{trigger} failed with error not today."
    with pytest.raises(ClientError, match=message) as caught:  # noqa: PT012 - either may refuse
        pool.sign_up()
        pool.confirm()
    assert caught.value.response["Error"]["Code"] == "UserLambdaValidationException"


def test_signing_in_is_announced_and_reported(queue: Queue, pool_with: PoolWith) -> None:
    """AWS: "Pre authentication Lambda trigger", "Post authentication Lambda trigger"."""
    pool = pool_with(queue, PreAuthentication=_WATCHES, PostAuthentication=_WATCHES)
    pool.sign_up()
    pool.confirm()
    signed_in = pool.sign_in(ClientMetadata={"a": "b"})
    before, after = queue.bodies(2)
    assert before["triggerSource"] == "PreAuthentication_Authentication"
    assert before["request"]["validationData"] == {"a": "b"}
    assert before["request"]["userNotFound"] is False
    assert after["triggerSource"] == "PostAuthentication_Authentication"
    assert after["request"]["newDeviceUsed"] is False
    pool.cognito.initiate_auth(
        ClientId=pool.client,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": signed_in["AuthenticationResult"]["RefreshToken"]},
    )
    with pytest.raises(ClientError, match="Incorrect username or password"):
        pool.sign_in(password="Wrong0ne!")
    # Neither a refresh nor a wrong password is a sign-in; the attempt was announced.
    assert queue.bodies()[0]["triggerSource"] == "PreAuthentication_Authentication"
    assert queue.is_empty()


@pytest.mark.parametrize("trigger", ["PreAuthentication", "PostAuthentication"])
def test_signing_in_may_be_refused(queue: Queue, pool_with: PoolWith, trigger: str) -> None:
    pool = pool_with(queue, **{trigger: _REFUSES})
    pool.sign_up()
    pool.confirm()
    with pytest.raises(ClientError, match=f"{trigger} failed with error not today."):
        pool.sign_in()


_MIGRATES = _REPORTS_AND + (
    "    if event['userName'] == 'stranger':\n"
    "        raise ValueError('who?')\n"
    "    event['response'].update(\n"
    "        userAttributes={'email': 'jo@example.com', 'email_verified': 'true'},\n"
    "        finalUserStatus='CONFIRMED', messageAction='SUPPRESS')\n"
    "    return event\n"
)


def test_an_unknown_user_is_migrated_at_the_first_sign_in(
    queue: Queue, pool_with: PoolWith
) -> None:
    """AWS: "Migrate user Lambda trigger"."""
    pool = pool_with(queue, UserMigration=_MIGRATES)
    assert "AccessToken" in pool.sign_in()["AuthenticationResult"]
    (event,) = queue.bodies()
    assert event["triggerSource"] == "UserMigration_Authentication"
    assert event["request"]["password"] == _PASSWORD
    user = pool.cognito.admin_get_user(UserPoolId=pool.identity, Username="jo")
    attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
    assert (user["UserStatus"], attributes["email"]) == ("CONFIRMED", "jo@example.com")
    pool.sign_in()
    with pytest.raises(ClientError) as caught:
        pool.sign_in("stranger")
    assert caught.value.response["Error"]["Code"] in {
        "NotAuthorizedException",
        "UserNotFoundException",
    }
    assert queue.bodies()[0]["userName"] == "stranger"
    assert queue.is_empty()


def test_a_user_who_forgot_the_password_is_migrated(queue: Queue, pool_with: PoolWith) -> None:
    pool = pool_with(queue, UserMigration=_MIGRATES)
    pool.cognito.forgot_password(ClientId=pool.client, Username="jo")
    assert queue.bodies()[0]["triggerSource"] == "UserMigration_ForgotPassword"
    pool.cognito.confirm_forgot_password(
        ClientId=pool.client, Username="jo", ConfirmationCode=pool.code(), Password=_PASSWORD
    )
    assert "AccessToken" in pool.sign_in()["AuthenticationResult"]


def test_tokens_and_messages_are_customized(queue: Queue, pool_with: PoolWith) -> None:
    """AWS: "Pre token generation Lambda trigger", "Custom message Lambda trigger"."""
    claims = (
        "    overrides = {'claimsToAddOrOverride': {'team': 'red'}}\n"
        "    event['response']['claimsOverrideDetails'] = overrides\n"
        "    return event\n"
    )
    message = (
        "    event['response'].update(emailSubject='Hi', emailMessage='Code {####}')\n"
        "    return event\n"
    )
    pool = pool_with(
        queue, PreTokenGeneration=_REPORTS_AND + claims, CustomMessage=_REPORTS_AND + message
    )
    pool.sign_up()
    assert queue.bodies()[0]["triggerSource"] == "CustomMessage_SignUp"
    text = newest_text(pool.engine, "jo@example.com")
    assert text.strip() == f"Code {pool.code()}"
    pool.confirm()
    token = pool.sign_in()["AuthenticationResult"]["IdToken"]
    assert queue.bodies()[0]["triggerSource"] == "TokenGeneration_Authentication"
    assert _claims(token)["team"] == "red"


def test_the_trigger_of_tokens_is_asked_once_for_both(queue: Queue, pool_with: PoolWith) -> None:
    overrides = (
        "    groups = {'groupsToOverride': ['RED']}\n"
        "    event['response']['claimsAndScopeOverrideDetails'] = {\n"
        "        'idTokenGeneration': {'claimsToAddOrOverride': {'team': 'red'}},\n"
        "        'accessTokenGeneration': {'scopesToAdd': ['team/play']},\n"
        "        'groupOverrideDetails': groups}\n"
        "    return event\n"
    )
    pool = pool_with(queue, PreTokenGeneration=_REPORTS_AND + overrides)
    (function,) = _triggers(pool).values()
    second = {"LambdaArn": function, "LambdaVersion": "V2_0"}
    pool.cognito.update_user_pool(
        UserPoolId=pool.identity,
        AutoVerifiedAttributes=["email"],
        LambdaConfig={"PreTokenGenerationConfig": second, "PreTokenGeneration": function},
    )
    pool.sign_up()
    pool.confirm()
    tokens = pool.sign_in()["AuthenticationResult"]
    (event,) = queue.bodies()
    assert (event["version"], queue.is_empty()) == ("2", True)
    of_id, of_access = _claims(tokens["IdToken"]), _claims(tokens["AccessToken"])
    assert of_id["team"] == "red"
    assert "team/play" in of_access["scope"].split()
    assert of_id["cognito:groups"] == of_access["cognito:groups"] == ["RED"]


def _triggers(pool: Pool) -> dict[str, str]:
    described = pool.cognito.describe_user_pool(UserPoolId=pool.identity)
    found: dict[str, str] = described["UserPool"]["LambdaConfig"]
    return found


def test_without_its_trigger_nobody_gets_tokens(queue: Queue, pool_with: PoolWith) -> None:
    pool = pool_with(queue, PreTokenGeneration=_REFUSES)
    pool.sign_up()
    pool.confirm()
    with pytest.raises(ClientError, match="PreTokenGeneration failed with error not today"):
        pool.sign_in()


def test_who_is_invited_is_announced_too(queue: Queue, pool_with: PoolWith) -> None:
    pool = pool_with(queue, PreSignUp=_WATCHES, CustomMessage=_WATCHES)
    attributes = [{"Name": "email", "Value": "jo@example.com"}]
    pool.cognito.admin_create_user(
        UserPoolId=pool.identity, Username="jo", UserAttributes=attributes
    )
    before, message = queue.bodies(2)
    assert before["triggerSource"] == "PreSignUp_AdminCreateUser"
    assert message["triggerSource"] == "CustomMessage_AdminCreateUser"


def _claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * 4))
    return found


def test_a_custom_challenge_lets_in_who_answers_it(queue: Queue, pool_with: PoolWith) -> None:
    """AWS: "Custom authentication challenge Lambda triggers"."""
    define = (
        "def handler(event, context):\n"
        "    session = event['request']['session']\n"
        "    passed = bool(session) and session[-1]['challengeResult']\n"
        "    event['response'].update(issueTokens=passed, failAuthentication=len(session) > 1,\n"
        "        challengeName=None if passed else 'CUSTOM_CHALLENGE')\n"
        "    return event\n"
    )
    create = (
        "def handler(event, context):\n"
        "    event['response'].update(publicChallengeParameters={'question': '6 * 7'},\n"
        "        privateChallengeParameters={'answer': '42'}, challengeMetadata='sum')\n"
        "    return event\n"
    )
    verify = (
        "def handler(event, context):\n"
        "    request = event['request']\n"
        "    event['response']['answerCorrect'] = (\n"
        "        request['privateChallengeParameters']['answer'] == request['challengeAnswer'])\n"
        "    return event\n"
    )
    pool = pool_with(
        queue,
        DefineAuthChallenge=define,
        CreateAuthChallenge=create,
        VerifyAuthChallengeResponse=verify,
        PostAuthentication=_WATCHES,
    )
    pool.sign_up()
    pool.confirm()
    asked = pool.cognito.initiate_auth(
        ClientId=pool.client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "jo"}
    )
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert asked["ChallengeParameters"]["question"] == "6 * 7"
    answered = pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "jo", "ANSWER": "42"},
    )
    assert "AccessToken" in answered["AuthenticationResult"]
    assert queue.bodies()[0]["triggerSource"] == "PostAuthentication_Authentication"
