"""A user pool to sign up in, and what a client of it computes: secure passwords and one-time codes.

RFC 6238: "TOTP". SRP as Cognito's clients do it: "Using SRP password verification in custom
authentication flow".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.local.cognito.code_messages import newest_code
from tests.local.engine.local_engine import unique_name

if TYPE_CHECKING:
    from preamp.engine.protocol import EngineConnection

PASSWORD = "Passw0rd!"
ALL_FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
]


@dataclass
class Accounts:
    """A user pool with an app client.

    Attributes:
        cognito: A client that signs nothing, as an app has it.
        admin: A client that may do anything.
        engine: How to speak with the engine.
        pool: The pool's id.
        client: The app client's id.
    """

    cognito: Any
    admin: Any
    engine: EngineConnection
    pool: str
    client: str

    def sign_up(self, name: str, password: str | None = PASSWORD, **attributes: str) -> Any:
        """Sign somebody up."""
        given = attributes or {"email": f"{name}@example.com"}
        options = {"Password": password} if password else {}
        return self.cognito.sign_up(
            ClientId=self.client,
            Username=name,
            UserAttributes=[{"Name": key, "Value": value} for key, value in given.items()],
            **options,
        )

    def code(self, recipient: str) -> str:
        """The code that was sent last; a name stands for its e-mail address."""
        is_address = "@" in recipient or recipient.startswith("+")
        return newest_code(self.engine, recipient if is_address else f"{recipient}@example.com")

    def confirm(self, name: str, code: str | None = None, **options: Any) -> Any:
        """Confirm somebody with a code, the one that was sent if none is given."""
        return self.cognito.confirm_sign_up(
            ClientId=self.client,
            Username=name,
            ConfirmationCode=code or self.code(name),
            **options,
        )

    def join(self, name: str) -> dict[str, Any]:
        """Sign somebody up, confirm and sign in; returns the tokens."""
        self.sign_up(name)
        self.confirm(name)
        tokens: dict[str, Any] = self.sign_in(name)["AuthenticationResult"]
        return tokens

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        """Sign in with a password."""
        return self.begin("USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=password)

    def begin(self, flow: str, **parameters: str) -> Any:
        """Begin a sign-in."""
        return self.cognito.initiate_auth(
            ClientId=self.client, AuthFlow=flow, AuthParameters=parameters
        )

    def respond(self, asked: dict[str, Any], **responses: str) -> Any:
        """Answer a challenge."""
        return self.cognito.respond_to_auth_challenge(
            ClientId=self.client,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses=responses,
        )

    def attributes(self, name: str) -> dict[str, str]:
        """The attributes somebody has."""
        user = self.admin.admin_get_user(UserPoolId=self.pool, Username=name)
        return {each["Name"]: each["Value"] for each in user["UserAttributes"]}


def make_accounts(cognito: Any, admin: Any, engine: EngineConnection, **options: Any) -> Accounts:
    """Make a pool whose e-mail addresses are verified; options are the pool's."""
    settings = {"AutoVerifiedAttributes": ["email"], **options}
    pool = admin.create_user_pool(PoolName=unique_name("pool"), **settings)["UserPool"]["Id"]
    made = admin.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=ALL_FLOWS
    )
    return Accounts(cognito, admin, engine, pool, made["UserPoolClient"]["ClientId"])


def permit_pool(functions: Any, function: str, pool: str) -> None:
    """Let a pool call a function; both by their ARN."""
    functions.add_permission(
        FunctionName=function,
        StatementId="pool",
        Action="lambda:InvokeFunction",
        Principal="cognito-idp.amazonaws.com",
        SourceArn=pool,
    )


def claims(token: str) -> dict[str, Any]:
    """Read a token's claims."""
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * 4))
    return found


def one_time_code(secret: str) -> str:
    """Compute what an authenticator shows now."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 0xF
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


class SecurePassword:
    """A password that is proven without being sent.

    Args:
        pool: The pool's id.
        password: The password.
    """

    _GROUP = int(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A0879"
        "8E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B"
        "0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA4836"
        "1C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804"
        "F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6"
        "955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64"
        "ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D226"
        "1AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
        "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
        16,
    )
    _GENERATOR = 2

    def __init__(self, pool: str, password: str) -> None:
        self._pool = pool.partition("_")[2]
        self._password = password
        self._secret = secrets.randbelow(self._GROUP)
        self._public = pow(self._GENERATOR, self._secret, self._GROUP)

    @property
    def public(self) -> str:
        """What the server is told first."""
        return f"{self._public:x}"

    def proof(self, asked: dict[str, str]) -> dict[str, str]:
        """Answer the challenge, given its parameters."""
        user = asked["USER_ID_FOR_SRP"]
        now = time.gmtime()
        stamp = time.strftime(f"%a %b {now.tm_mday} %H:%M:%S UTC %Y", now)
        block = base64.b64decode(asked["SECRET_BLOCK"])
        message = f"{self._pool}{user}".encode() + block + stamp.encode()
        signature = hmac.digest(self._key(user, asked), message, "sha256")
        return {
            "USERNAME": user,
            "PASSWORD_CLAIM_SECRET_BLOCK": asked["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signature).decode(),
            "TIMESTAMP": stamp,
        }

    def _key(self, user: str, asked: dict[str, str]) -> bytes:
        theirs = int(asked["SRP_B"], 16)
        mixed = _number(_padded(self._public) + _padded(theirs))
        factor = _number(_padded(self._GROUP) + _padded(self._GENERATOR))
        identity = hashlib.sha256(f"{self._pool}{user}:{self._password}".encode()).digest()
        private = _number(_padded(int(asked["SALT"], 16)) + identity)
        base = theirs - factor * pow(self._GENERATOR, private, self._GROUP)
        shared = pow(base, self._secret + mixed * private, self._GROUP)
        extracted = hmac.digest(_padded(mixed), _padded(shared), "sha256")
        return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]


def _padded(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _number(content: bytes) -> int:
    return int.from_bytes(hashlib.sha256(content).digest(), "big")
