"""Who sends e-mails and text messages to users: SES, SNS, or a function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

from preamp.definition.function import FunctionDefinition
from preamp.definition.options import check_options
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.contract.site import Site

_ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_KEY_ARN: Final = re.compile(r"arn:[a-z0-9-]+:kms:[a-z0-9-]+:\d{12}:(key|alias)/\S+")
_ROLE_ARN: Final = re.compile(r"arn:[a-z0-9-]+:iam::\d{12}:role/\S+")
_TOKEN: Final = "${Token["  # noqa: S105 - the CDK's mark, no secret


class SesSender(TypedDict, total=False):
    """E-mails by SES from an address of one's own, which has to be verified there.

    Attributes:
        from_email: The address.
        from_name: The name beside it.
        reply_to: Where answers go.
    """

    from_email: str
    from_name: str
    reply_to: str


class SnsSender(TypedDict, total=False):
    """Text messages by SNS.

    Attributes:
        external_id: What Cognito has to say to take the role.
        sns_caller_arn: The role with which Cognito sends; made if left out.
        sns_region: Where SNS is.
    """

    external_id: str
    sns_caller_arn: str
    sns_region: str


class FunctionSender(TypedDict, total=False):
    """Messages by a function, which gets the code encrypted.

    Attributes:
        handler: The function.
        kms_key_arn: The key it is encrypted with; made if left out.
    """

    handler: FunctionDefinition
    kms_key_arn: str


class SenderOptions(TypedDict, total=False):
    """Who sends messages.

    Attributes:
        email: E-mails: Cognito itself if left out, fifty a day.
        sms: Text messages.
    """

    email: SesSender | FunctionSender
    sms: SnsSender | FunctionSender


@dataclass(frozen=True)
class ByFunction:
    """A function that sends.

    Attributes:
        handler: The function.
        kms_key_arn: The key's ARN, if it is not to be made.
    """

    handler: FunctionDefinition
    kms_key_arn: str | None


@dataclass(frozen=True)
class BySes:
    """An address at SES."""

    from_email: str
    from_name: str | None
    reply_to: str | None


@dataclass(frozen=True)
class BySns:
    """SNS, with a role of one's own or one that is made."""

    external_id: str | None
    sns_caller_arn: str | None
    sns_region: str | None


@dataclass(frozen=True)
class Senders:
    """Who sends messages, checked; None leaves it to Cognito."""

    email: BySes | ByFunction | None = None
    sms: BySns | ByFunction | None = None

    @property
    def sends_own_email(self) -> bool:
        """Whether e-mails come from an address of one's own."""
        return isinstance(self.email, BySes)

    @property
    def functions(self) -> list[ByFunction]:
        """The functions among them, text messages first."""
        return [each for each in (self.sms, self.email) if isinstance(each, ByFunction)]


def read_senders(given: object, site: Site | None) -> Senders:
    """Check ``senders``.

    Raises:
        UserError: ``InvalidSenderError``.
    """
    options = check_options(given, ("email", "sms"), "senders", site)
    email, sms = options.get("email"), options.get("sms")
    found = Senders(
        None if email is None else _email(email, site),
        None if sms is None else _sms(sms, site),
    )
    keys = {each.kms_key_arn for each in found.functions if each.kms_key_arn}
    if len(keys) > 1:
        raise _wrong(
            "the senders of e-mails and of text messages have different keys",
            "give both the same kms_key_arn, or only one of them: a user pool has one key",
            site,
        )
    return found


def _email(given: Any, site: Site | None) -> BySes | ByFunction:  # noqa: ANN401
    options = _one_way(given, ("from_email", "from_name", "reply_to"), "senders.email", site)
    if "handler" in options:
        return _function(options, "senders.email", site)
    if not options.get("from_email"):
        raise _wrong(
            "senders.email has neither an address nor a function",
            'add "from_email" with an address that is verified in SES, or "handler"',
            site,
        )
    for name in ("from_email", "reply_to"):
        address = options.get(name)
        if address is not None and not _is_like(address, _ADDRESS):
            raise _wrong(
                f"senders.email.{name} is {address!r}, which is no e-mail address",
                "give an address alone; the name beside it is from_name",
                site,
            )
    return BySes(options["from_email"], options.get("from_name"), options.get("reply_to"))


def _sms(given: Any, site: Site | None) -> BySns | ByFunction:  # noqa: ANN401
    names = ("external_id", "sns_caller_arn", "sns_region")
    options = _one_way(given, names, "senders.sms", site)
    if "handler" in options:
        return _function(options, "senders.sms", site)
    role = options.get("sns_caller_arn")
    if bool(role) != bool(options.get("external_id")):
        missing = "external_id" if role else "sns_caller_arn"
        raise _wrong(
            f"senders.sms has no {missing}",
            "give sns_caller_arn and external_id together, or neither; the role's trust policy "
            "has the condition sts:ExternalId with that id",
            site,
        )
    if role is not None and not _is_like(role, _ROLE_ARN):
        raise _wrong(
            f"senders.sms.sns_caller_arn is {role!r}, which is no role",
            "give arn:aws:iam::<account>:role/<name>",
            site,
        )
    return BySns(options.get("external_id"), role, options.get("sns_region"))


def _one_way(
    given: Any,  # noqa: ANN401
    names: tuple[str, ...],
    place: str,
    site: Site | None,
) -> Mapping[str, Any]:
    """The options of a sender, which is either a function or not."""
    options = check_options(given, (*names, "handler", "kms_key_arn"), place, site)
    others = [name for name in names if name in options]
    if others and ("handler" in options or "kms_key_arn" in options):
        raise _wrong(
            f"{place} has both a function's options and {others[0]}",
            "give handler, with or without kms_key_arn, or the others",
            site,
        )
    if "kms_key_arn" in options and "handler" not in options:
        raise _wrong(f"{place} has a key but no function", 'add "handler"', site)
    return options


def _function(options: Mapping[str, Any], place: str, site: Site | None) -> ByFunction:
    handler, key = options["handler"], options.get("kms_key_arn")
    if not isinstance(handler, FunctionDefinition):
        raise _wrong(
            f"{place}.handler is {handler!r}, which is no function of the backend",
            "give what define_function() returns",
            site,
        )
    if key is not None and not _is_like(key, _KEY_ARN):
        raise _wrong(
            f"{place}.kms_key_arn is {key!r}, which is no key",
            "give arn:aws:kms:<region>:<account>:key/<id>",
            site,
        )
    return ByFunction(handler, key)


def _is_like(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and (bool(pattern.fullmatch(value)) or _TOKEN in value)


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError("InvalidSenderError", message, hint, sites=[site] if site else [])
