"""GetTemplateSummary as Amplify's tools need it: with the template's metadata.

AWS: "GetTemplateSummary", CloudFormation API reference.
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from preamp.engine.ministack.upstream import Mend, Symbol, Tools, module

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGE: Final = "services.cloudformation"
_ACTION: Final = "GetTemplateSummary"
_END: Final = "</GetTemplateSummaryResult>"


def template_summaries() -> Mend:
    """Answer with the metadata, and name a missing stack as AWS does."""
    return Mend(
        name="template summaries",
        reference="GetTemplateSummary, CloudFormation API reference",
        symbols=(
            Symbol(f"{_PACKAGE}.handlers:_ACTION_HANDLERS"),
            Symbol(f"{_PACKAGE}.handlers:_get_template_summary", "params"),
            Symbol(f"{_PACKAGE}.handlers:_resolve_stack", "stack_name"),
            Symbol(f"{_PACKAGE}.helpers:_resolve_template", "params"),
            Symbol(f"{_PACKAGE}.helpers:_error", "code message status"),
            Symbol(f"{_PACKAGE}.engine:_parse_template", "template_body"),
        ),
        apply=_apply,
    )


def _apply(_: Tools) -> None:
    actions = module(f"{_PACKAGE}.handlers")._ACTION_HANDLERS
    upstream: Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]] = actions[_ACTION]
    helpers, engine = module(f"{_PACKAGE}.helpers"), module(f"{_PACKAGE}.engine")

    def summarize(params: dict[str, Any]) -> Any:  # noqa: ANN401
        name = helpers._p(params, "StackName")
        body, _error = helpers._resolve_template(params)
        if name and not body:
            stack = module(f"{_PACKAGE}.handlers")._resolve_stack(name)
            if not stack or stack["StackStatus"] == "DELETE_COMPLETE":
                text = f"Stack with id {name} does not exist"
                return helpers._error("ValidationError", text)
            body = stack.get("_template_body")
        status, headers, answer = upstream(params)
        if status == 200 and body:  # noqa: PLR2004
            answer = _with_metadata(answer, engine._parse_template(body).get("Metadata"))
        return status, headers, answer

    actions[_ACTION] = summarize


def _with_metadata(answer: bytes, metadata: object) -> bytes:
    if not metadata:
        return answer
    element = f"<Metadata>{escape(json.dumps(metadata))}</Metadata>"
    return answer.replace(_END.encode(), (element + _END).encode())
