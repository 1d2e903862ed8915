"""Who may do what with data: the rules of models, fields, operations and schemas.

Amplify Gen 2, "Customize your auth rules". What a rule can be used for is its type: a model takes
any `Rule`, a custom operation an `OperationRule`, a schema a `ResourceRule` too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, get_args

from preamp.definition.function import FunctionDefinition
from preamp.definition.options import check_choice, listed
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from preamp.contract.site import Site

Operation = Literal[
    "create", "update", "delete", "read", "get", "list", "sync", "listen", "search"
]  # fmt: skip
ResourceOperation = Literal["query", "mutate", "listen"]
SignedInProvider = Literal["userPools", "oidc", "identityPool"]
OwnerProvider = Literal["userPools", "oidc"]
Strategy = Literal["public", "private", "owner", "groups", "custom"]

OPERATIONS: Final[tuple[str, ...]] = get_args(Operation)
RESOURCE_OPERATIONS: Final[tuple[str, ...]] = get_args(ResourceOperation)
CODE: Final = "SchemaAuthorizationError"

R = TypeVar("R", bound="Rule")


@dataclass(frozen=True)
class Rule:
    """Who may do something.

    Attributes:
        strategy: Amplify's word for who.
        provider: What tells who the caller is; None for the usual one.
        operations: What they may do; None for everything.
        field: The field that holds owners or groups.
        many: Whether that field holds several.
        groups: The groups.
        claim: The claim of the caller's token that is compared.
        site: The line of the rule.
    """

    strategy: Strategy
    provider: str | None = None
    operations: tuple[str, ...] | None = None
    field: str | None = None
    many: bool = False
    groups: tuple[str, ...] | None = None
    claim: str | None = None
    site: Site | None = attribute(default=None, compare=False, repr=False)


class ModelRule(Rule):
    """A rule for models and fields, of which no operations were named yet."""

    def to(self, operations: Operation | Sequence[Operation]) -> Rule:
        """Allow some operations only.

        Args:
            operations: One, such as ``"read"``, or a list of several.

        Raises:
            UserError: ``EmptyPolicyError`` or ``SchemaAuthorizationError``.
        """
        return _remade(Rule, self, operations=_checked(operations, OPERATIONS))


class OperationRule(ModelRule):
    """A rule for models, fields and custom operations."""


class OwnerRule(ModelRule):
    """A rule for those who own an item."""

    def identity_claim(self, claim: str) -> OwnerRule:
        """Compare the owner to another claim of the caller's token.

        Amplify Gen 2, "Configure custom identity and group claims".

        Args:
            claim: The claim's name; left out of the rule, the user's id and name.
        """
        return replace(self, claim=claim)


class GroupRule(OperationRule):
    """A rule for members of groups."""

    def with_claim_in(self, claim: str) -> ModelRule:
        """Read the caller's groups from another claim of the token.

        Args:
            claim: The claim's name.
        """
        return _remade(ModelRule, self, claim=claim)


class GroupFieldRule(ModelRule):
    """A rule for members of groups that a field names."""

    def with_claim_in(self, claim: str) -> ModelRule:
        """Read the caller's groups from another claim of the token.

        Args:
            claim: The claim's name.
        """
        return _remade(ModelRule, self, claim=claim)


@dataclass(frozen=True)
class ResourceRule:
    """What a function of the backend may do with the whole schema.

    Attributes:
        function: The function.
        operations: What it may do.
        site: The line of the rule.
    """

    function: FunctionDefinition
    operations: tuple[str, ...] = RESOURCE_OPERATIONS
    site: Site | None = attribute(default=None, compare=False, repr=False)

    def to(self, operations: ResourceOperation | Sequence[ResourceOperation]) -> ResourceRule:
        """Allow some operations only.

        Args:
            operations: Of ``"query"``, ``"mutate"`` and ``"listen"``.

        Raises:
            UserError: ``EmptyPolicyError`` or ``SchemaAuthorizationError``.
        """
        return replace(self, operations=_checked(operations, RESOURCE_OPERATIONS))


class Allow:
    """Says who may do something; use it as `allow`."""

    def public_api_key(self) -> OperationRule:
        """Whoever has the API's key.

        Amplify Gen 2, "Public data access".
        """
        return OperationRule("public", "apiKey", site=calling_site())

    def guest(self) -> OperationRule:
        """Whoever has the identity pool's credentials without being signed in.

        Amplify Gen 2, "Public data access".
        """
        return OperationRule("public", "identityPool", site=calling_site())

    def authenticated(self, provider: SignedInProvider | None = None) -> OperationRule:
        """Whoever is signed in.

        Amplify Gen 2, "Signed-in user data access".

        Args:
            provider: What tells that they are; the user pool if left out.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        _check_provider(provider, get_args(SignedInProvider))
        return OperationRule("private", provider, site=calling_site())

    def owner(self, provider: OwnerProvider | None = None) -> OwnerRule:
        """Whoever made an item, with the field ``owner`` to tell.

        Amplify Gen 2, "Per-user/per-owner data access".

        Args:
            provider: What tells who they are; the user pool if left out.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        return self.owner_defined_in("owner", provider)

    def owner_defined_in(self, field: str, provider: OwnerProvider | None = None) -> OwnerRule:
        """Whoever a field names.

        Amplify Gen 2, "Per-user/per-owner data access".

        Args:
            field: The field; it is added if the model has none of that name.
            provider: What tells who callers are; the user pool if left out.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        _check_provider(provider, get_args(OwnerProvider))
        return OwnerRule("owner", provider, field=field, site=calling_site())

    def owners_defined_in(self, field: str, provider: OwnerProvider | None = None) -> OwnerRule:
        """All whom a list of the item names.

        Amplify Gen 2, "Multi-user data access".

        Args:
            field: The field with the list; it is added if the model has none of that name.
            provider: What tells who callers are; the user pool if left out.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        _check_provider(provider, get_args(OwnerProvider))
        return OwnerRule("owner", provider, field=field, many=True, site=calling_site())

    def group(self, group: str, provider: OwnerProvider | None = None) -> GroupRule:
        """Members of a group.

        Amplify Gen 2, "User group-based data access".

        Args:
            group: Its name.
            provider: What tells who is in it; the user pool if left out.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        return self.groups([group], provider)

    def groups(self, groups: list[str], provider: OwnerProvider | None = None) -> GroupRule:
        """Members of one of several groups.

        Amplify Gen 2, "User group-based data access".

        Args:
            groups: Their names.
            provider: What tells who is in them; the user pool if left out.

        Raises:
            UserError: ``EmptyPolicyError`` or ``SchemaAuthorizationError``.
        """
        _check_provider(provider, get_args(OwnerProvider))
        if not groups:
            raise _empty("a rule names no group", "name the groups, or leave the rule out")
        return GroupRule("groups", provider, groups=tuple(groups), site=calling_site())

    def group_defined_in(self, field: str, provider: OwnerProvider | None = None) -> GroupFieldRule:
        """Members of the group that a field names.

        Amplify Gen 2, "User group-based data access".

        Args:
            field: The field; it is added if the model has none of that name.
            provider: What tells who is in it; the user pool if left out.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        _check_provider(provider, get_args(OwnerProvider))
        return GroupFieldRule("groups", provider, field=field, site=calling_site())

    def groups_defined_in(
        self, field: str, provider: OwnerProvider | None = None
    ) -> GroupFieldRule:
        """Members of one of the groups that a list of the item names.

        Amplify Gen 2, "User group-based data access".

        Args:
            field: The field with the list; it is added if the model has none of that name.
            provider: What tells who is in them; the user pool if left out.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        _check_provider(provider, get_args(OwnerProvider))
        return GroupFieldRule("groups", provider, field=field, many=True, site=calling_site())

    def custom(self, provider: Literal["function"] | None = None) -> OperationRule:
        """Whomever the function of ``lambda_authorization_mode`` lets in.

        Amplify Gen 2, "Custom data access patterns".

        Args:
            provider: The only one there is, which need not be said.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        _check_provider(provider, ("function",))
        return OperationRule("custom", provider, site=calling_site())

    def resource(self, function: FunctionDefinition) -> ResourceRule:
        """A function of the backend; for schemas only.

        Amplify Gen 2, "Grant Lambda function access to API and Data".

        Args:
            function: What `define_function` returned.

        Raises:
            UserError: ``SchemaAuthorizationError``.
        """
        site = calling_site()
        given: object = function
        if isinstance(given, FunctionDefinition):
            return ResourceRule(given, site=site)
        message = f"allow.resource() was given {given!r}, which is no function of the backend"
        raise UserError(CODE, message, "give what define_function() returns", sites=_sites(site))


allow: Final = Allow()
"""Says who may use models, fields, operations and schemas.

Amplify Gen 2, "Customize your auth rules". ``allow.owner()`` is a rule, and
``allow.owner().to(["read"])`` one for reading only.
"""


def _remade(kind: type[R], rule: Rule, **changes: object) -> R:
    """A rule as one of another kind, which offers less."""
    parts: dict[str, Any] = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    return kind(**{**parts, **changes})


def _checked(operations: object, known: tuple[str, ...]) -> tuple[str, ...]:
    site = calling_site()
    given = (operations,) if isinstance(operations, str) else operations
    if not isinstance(given, list | tuple):
        message = f"to() was given {operations!r}"
        raise UserError(CODE, message, f"give a list of {listed(known)}", sites=_sites(site))
    if not given:
        raise _empty("a rule allows nothing", "name what is allowed, or leave the rule out")
    for operation in given:
        check_choice(operation, known, CODE, "an operation of a rule", site)
    return tuple(given)


def _check_provider(provider: str | None, known: tuple[str, ...]) -> None:
    if provider is not None:
        check_choice(provider, known, CODE, "the provider of a rule", calling_site())


def _empty(message: str, hint: str) -> UserError:
    return UserError("EmptyPolicyError", message, hint, sites=_sites(calling_site()))


def _sites(site: Site | None) -> list[Site]:
    return [site] if site else []
