"""Attributes of users: changed as the pool's schema allows, and proven with a code.

ministack lets users change anything, sends no code, and has no operations for codes.

AWS: "Working with user attributes", "Verifying contact information at sign-up or update"
(Amazon Cognito).
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module
from preamp.engine.ministack.user_pool_codes import issue, redeem
from preamp.engine.ministack.user_pool_messages import PHONE, Messenger
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

_VERIFIABLE: Final = ("email", PHONE)
_NOT_THE_USERS: Final = {"sub", "email_verified", "phone_number_verified", "identities"}
_UNAUTHORIZED: Final = "A client attempted to write unauthorized attribute"
_INVALID: Final = "InvalidParameterException"
_PENDING: Final = "_pending_attributes"


def user_pool_attributes() -> Mend:
    """Check changes of attributes, and send codes for those that are to be verified."""
    return Mend(
        name="attributes of users",
        reference="Working with user attributes",
        symbols=(
            *SHARED,
            *MESSAGES,
            Symbol("services.cognito:_update_user_attributes", "data"),
            Symbol("services.cognito:_admin_update_user_attributes", "data"),
            Symbol("services.cognito:_sign_up", "data"),
            Symbol("services.cognito:_token_claims", "token"),
        ),
        apply=_apply,
    )


def _apply(tools: Tools) -> None:
    cognito = module("services.cognito")
    changes = AttributeChanges(cognito, Messenger.of(tools))
    cognito._update_user_attributes = refusing(changes.update)
    updating = changes.updating_for(cognito._admin_update_user_attributes)
    cognito._admin_update_user_attributes = refusing(updating)
    cognito._sign_up = refusing(_signing_up(cognito, cognito._sign_up))


class AttributeChanges:
    """Changes that users make to their attributes, and the codes these take.

    Args:
        cognito: The emulator's module.
        messenger: Sends codes.
    """

    def __init__(self, cognito: Upstream, messenger: Messenger) -> None:
        self._cognito = cognito
        self._messenger = messenger

    def update(self, data: Data) -> Response:
        """Change attributes (UpdateUserAttributes)."""
        request = Request.of_token(self._cognito, data)
        given = self._cognito._attr_list_to_dict(data.get("UserAttributes") or [])
        _refuse_unwritable(request, given, _writable(self._cognito, request, data))
        _refuse_taken(request, given)
        known = request.attributes()
        to_prove = [
            each for each in _VERIFIABLE if each in given and given[each] != known.get(each)
        ]
        pending = {each: given.pop(each) for each in to_prove if _waits(request, each)}
        unproven = {f"{each}_verified": "false" for each in to_prove if each in given}
        request.set_attributes(**given, **unproven)
        request.known_user.setdefault(_PENDING, {}).update(pending)
        verified = request.pool.get("AutoVerifiedAttributes") or ()
        details = [
            self._send(request, "UpdateUserAttribute", each, pending.get(each))
            for each in to_prove
            if each in verified
        ]
        return answer({"CodeDeliveryDetailsList": details})

    def updating_for(self, upstream: Handler) -> Handler:
        """Send codes when an administrator changes addresses without vouching for them."""

        def admin_update_user_attributes(data: Data) -> Response:
            request = Request.of(self._cognito, data)
            known = request.attributes() if request else {}
            given = self._cognito._attr_list_to_dict(data.get("UserAttributes") or [])
            response = upstream(data)
            if response[0] == OK and request is not None:
                self._prove_again(request, known, given)
            return response

        return admin_update_user_attributes

    def _prove_again(self, request: Request, known: Data, given: Data) -> None:
        verified = request.pool.get("AutoVerifiedAttributes") or ()
        for name in _VERIFIABLE:
            is_new = name in given and given[name] != known.get(name)
            if is_new and given.get(f"{name}_verified") != "true":
                request.set_attributes(**{f"{name}_verified": "false"})
                if name in verified:
                    self._send(request, "UpdateUserAttribute", name, None)

    def send_code(self, data: Data) -> Response:
        """Send a code for an attribute (GetUserAttributeVerificationCode)."""
        request = Request.of_token(self._cognito, data)
        name = data.get("AttributeName", "")
        address = request.known_user.get(_PENDING, {}).get(name)
        if name not in _VERIFIABLE or not (address or request.attributes().get(name)):
            raise RefusedError(f"The user has no {name} to verify.", _INVALID)
        details = self._send(request, "VerifyUserAttribute", name, address)
        return answer({"CodeDeliveryDetails": details})

    def verify(self, data: Data) -> Response:
        """Take the code for an attribute (VerifyUserAttribute)."""
        request = Request.of_token(self._cognito, data)
        name = redeem(
            request.known_user, f"attribute:{data.get('AttributeName')}", data.get("Code")
        )
        address = request.known_user.get(_PENDING, {}).pop(name, None)
        changed = {name: address} if address else {}
        request.set_attributes(**changed, **{f"{name}_verified": "true"})
        return answer({})

    def delete(self, data: Data) -> Response:
        """Remove attributes (DeleteUserAttributes)."""
        request = Request.of_token(self._cognito, data)
        names = data.get("UserAttributeNames") or []
        writable = _writable(self._cognito, request, data)
        _refuse_unwritable(request, dict.fromkeys(names, ""), writable)
        return self._remove(request, names)

    def delete_for(self, data: Data) -> Response:
        """Remove attributes of any user (AdminDeleteUserAttributes)."""
        request = Request.of(self._cognito, data)
        if request is None:
            message = f"User pool {data.get('UserPoolId')} does not exist."
            raise RefusedError(message, "ResourceNotFoundException")
        return self._remove(request, data.get("UserAttributeNames") or [])

    def _remove(self, request: Request, names: list[str]) -> Response:
        user = request.known_user
        gone = {*names, *(f"{name}_verified" for name in names)}
        user["Attributes"] = [each for each in user["Attributes"] if each["Name"] not in gone]
        return answer({})

    def _send(self, request: Request, occasion: str, name: str, address: str | None) -> Data:
        code = issue(request.known_user, f"attribute:{name}", name)
        return self._messenger.send(request, occasion, name, code, address)


def _waits(request: Request, name: str) -> bool:
    """Whether the old value stays until the new one is verified."""
    settings = request.pool.get("UserAttributeUpdateSettings") or {}
    return name in (settings.get("AttributesRequireVerificationBeforeUpdate") or ())


def _refuse_taken(request: Request, given: Data) -> None:
    """Refuse an address that another user signs in with."""
    pool = request.pool
    names = {*(pool.get("UsernameAttributes") or ()), *(pool.get("AliasAttributes") or ())}
    for name in names & set(given):
        other = request.cognito._resolve_user(pool, given[name])[0]
        if other is not None and other["Username"] != request.known_user["Username"]:
            message = f"An account with the given {name} already exists."
            raise RefusedError(message, "AliasExistsException")


def _writable(cognito: Upstream, request: Request, data: Data) -> list[str]:
    """What the client of the token may write; empty for everything."""
    client_id = cognito._token_claims(data["AccessToken"]).get("client_id")
    client = request.pool["_clients"].get(client_id) or {}
    return client.get("WriteAttributes") or []


def _refuse_unwritable(request: Request, given: Data, writable: list[str]) -> None:
    schema = {each["Name"]: each for each in request.pool.get("SchemaAttributes") or ()}
    for name in given:
        if name in _NOT_THE_USERS or (writable and name not in writable):
            raise RefusedError(_UNAUTHORIZED, "NotAuthorizedException")
        if name not in schema:
            raise RefusedError(f"user.{name}: Attribute does not exist in the schema.", _INVALID)
        if schema[name].get("Mutable") is False:
            raise RefusedError(f"user.{name}: Attribute cannot be updated.", _INVALID)


def _signing_up(cognito: Upstream, upstream: Handler) -> Handler:
    """Refuse who lacks what the schema requires, and who claims to be verified."""

    def sign_up(data: Data) -> Response:
        request = Request.of(cognito, data)
        if request is not None:
            _refuse_new(request, cognito._attr_list_to_dict(data.get("UserAttributes") or []))
        return upstream(data)

    return sign_up


def _refuse_new(request: Request, given: Data) -> None:
    alias = request.cognito._username_alias_attribute(request.pool, request.username)
    has = {*given, *([alias] if alias else []), "sub"}
    schema = {each["Name"]: each for each in request.pool.get("SchemaAttributes") or ()}
    writable = request.client.get("WriteAttributes") or ()
    for name in given:
        if name in _NOT_THE_USERS or (writable and name not in writable):
            raise RefusedError(_UNAUTHORIZED, "NotAuthorizedException")
        if name not in schema:
            message = f"{name}: Attribute does not exist in the schema."
            raise RefusedError(f"Attributes did not conform to the schema: {message}", _INVALID)
    for name, attribute in schema.items():
        if attribute.get("Required") and name not in has:
            message = f"{name}: The attribute {name} is required"
            raise RefusedError(f"Attributes did not conform to the schema: {message}", _INVALID)
