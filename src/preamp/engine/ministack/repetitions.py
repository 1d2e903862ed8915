"""What ministack works out again and again for one request is worked out once.

Everything here is remembered by its whole content, so that nothing can be out of date: a policy
that is changed is another text, a form that is another is read, and another second has its date.

AWS has no page for this.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from preamp.engine.mail_addresses import name_and_address
from preamp.engine.ministack.upstream import Mend, Symbol, Tools, Upstream, module

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMS: Final = 32
_LARGEST_FORM: Final = 16 * 1024
_ARNS: Final = 1024
_POLICIES: Final = 512
_READERS_OF_FORMS: Final = ("app", "services.ses", "services.sns", "services.sqs")
_READERS_OF_ARNS: Final = ("services.lambda_svc", "services.sns")


def repetitions() -> Mend:
    """Remember forms, ARNs, policies and dates; ask who calls without asking what they may."""
    return Mend(
        name="what is worked out again and again",
        reference="none: it is about this machine",
        symbols=(
            *(Symbol(f"{name}:parse_qs") for name in _READERS_OF_FORMS),
            *(Symbol(f"{name}:parse_arn", "value") for name in _READERS_OF_ARNS),
            Symbol("app:formatdate"),
            Symbol("services.ses:parseaddr"),
            Symbol("core.iam_evaluator:parse_policy_document", "doc"),
            Symbol("core.iam_evaluator:request_caller_arn", "headers query_params"),
            Symbol("core.iam_evaluator:resolve_credential"),
            Symbol("core.router:extract_access_key_id", "headers query_params"),
            Symbol("core.responses:_account_from_sts_session", "access_key_id"),
            Symbol("core.responses:get_account_id", ""),
            Symbol("services.ssm:request_caller_arn", "headers query_params"),
        ),
        apply=_apply,
    )


def read_form(qs: str, keep_blank_values: bool = False) -> dict[str, list[str]]:  # noqa: FBT001, FBT002
    """Read a form or query, as `urllib.parse.parse_qs` does.

    Args:
        qs: Its text.
        keep_blank_values: Whether a field without a value counts.
    """
    if len(qs) > _LARGEST_FORM:
        return parse_qs(qs, keep_blank_values=keep_blank_values)
    form = _form(qs, keep_blank_values)
    # whoever asks may change what they get
    return {name: list(values) for name, values in form.items()}


@lru_cache(maxsize=_FORMS)
def _form(text: str, keep_blank_values: bool) -> dict[str, list[str]]:  # noqa: FBT001
    return parse_qs(text, keep_blank_values=keep_blank_values)


def date_now(*, usegmt: bool = False) -> str:
    """Write this second as an e-mail or an answer's head has it, as `email.utils.formatdate` does.

    Args:
        usegmt: Whether the time zone is written ``GMT``.
    """
    return _date_of(int(time.time()), usegmt)


@lru_cache(maxsize=2)
def _date_of(second: int, usegmt: bool) -> str:  # noqa: FBT001
    return formatdate(second, usegmt=usegmt)


def _apply(_: Tools) -> None:
    evaluator = module("core.iam_evaluator")
    for name in _READERS_OF_FORMS:
        module(name).parse_qs = read_form
    for name in _READERS_OF_ARNS:
        module(name).parse_arn = remembering(module(name).parse_arn, _ARNS)
    module("app").formatdate = date_now
    module("services.ses").parseaddr = name_and_address
    evaluator.parse_policy_document = remembering(evaluator.parse_policy_document, _POLICIES)
    caller = _caller_of(evaluator)
    evaluator.request_caller_arn = module("services.ssm").request_caller_arn = caller


def remembering(upstream: Callable[[Any], Any], most: int) -> Callable[[Any], Any]:
    """Remember what a function makes of a text; of anything else it is asked each time.

    Args:
        upstream: The function; the same text always gives the same.
        most: How many texts are remembered.
    """
    remembered = lru_cache(maxsize=most)(upstream)

    def ask(value: object) -> Any:  # noqa: ANN401
        return remembered(value) if isinstance(value, str) else upstream(value)

    return ask


def _caller_of(evaluator: Upstream) -> Callable[..., str]:
    """What ministack has for this reads every policy of the caller, to throw them away."""
    router, responses = module("core.router"), module("core.responses")

    def request_caller_arn(
        headers: dict[str, str] | None, query_params: dict[str, Any] | None = None
    ) -> str:
        account = responses.get_account_id()
        key = router.extract_access_key_id(headers or {}, query_params or {})
        found = None
        if key:
            own = responses._account_from_sts_session(key) or account
            found = evaluator.resolve_credential(key, own)
        return getattr(found, "principal_arn", "") or f"arn:aws:iam::{account}:root"

    return request_caller_arn
