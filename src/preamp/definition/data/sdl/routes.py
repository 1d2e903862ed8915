"""AI routes as GraphQL, and the types that conversations bring along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from preamp.definition.data.models import Model
from preamp.definition.data.naming import capitalized, type_name
from preamp.definition.data.operations import Query
from preamp.definition.data.routes import AI_MODELS, AiModel, DataTool, InferenceConfiguration
from preamp.definition.data.rules import CODE, Rule
from preamp.definition.data.sdl.directives import directive, number, text
from preamp.definition.data.sdl.places import Place, place_at
from preamp.definition.data.sdl.root_fields import own_operations
from preamp.definition.names import nearest

if TYPE_CHECKING:
    from preamp.definition.data.routes import AiModelName, Conversation, Generation
    from preamp.definition.data.sdl.catalogue import Catalogue

_ROUTE: Final = "SchemaRouteError"
_TOOL_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,63}")
_INFERENCE: Final = {"top_p": "topP", "temperature": "temperature", "max_tokens": "maxTokens"}
_SIGNATURE: Final = (
    "(conversationId: ID!, content: [AmplifyAIContentBlockInput], aiContext: AWSJSON, "
    "toolConfiguration: AmplifyAIToolConfigurationInput): AmplifyAIConversationMessage"
)


def generation_directive(route: Generation) -> str:
    """What makes a query one that a model of Bedrock's answers.

    Raises:
        UserError: ``SchemaRouteError``.
    """
    place = place_at(route.name, route.site)
    return directive(
        "generation",
        [
            ("aiModel", text(_model(route.ai_model, place))),
            ("systemPrompt", text(route.system_prompt)),
            ("inferenceConfiguration", _inference(route.inference, place)),
        ],
    )


def conversation_text(catalogue: Catalogue, route: Conversation) -> str:
    """A conversation as a field of ``Mutation``.

    Raises:
        UserError: ``SchemaRouteError`` or ``SchemaAuthorizationError``.
    """
    place = place_at(route.name, route.site)
    _check_rules(route, place)
    handler = None
    if route.handler:
        name = text(conversation_function(route))
        handler = f"{{ functionName: {name}, eventVersion: {text(route.event_version)} }}"
    tools = [_tool(catalogue, each, place) for each in route.tools]
    made = directive(
        "conversation",
        [
            ("aiModel", text(_model(route.ai_model, place))),
            ("systemPrompt", text(route.system_prompt)),
            ("inferenceConfiguration", _inference(route.inference, place)),
            ("auth", "{ strategy: owner, provider: userPools }"),
            ("handler", handler),
            ("tools", f"[{', '.join(tools)}]" if tools else None),
        ],
    )
    return f"{route.name}{_SIGNATURE} {made} @aws_cognito_user_pools"


def conversation_function(route: Conversation) -> str:
    """The name of a conversation's own function."""
    return f"Fn{capitalized(route.name)}"


def _check_rules(route: Conversation, place: Place) -> None:
    rules = route.authorization
    if isinstance(rules, list | tuple) and len(rules) == 1 and isinstance(rules[0], Rule):
        rule = rules[0]
        if rule.strategy == "owner" and rule.provider in (None, "userPools"):
            return
    message = f"the conversation {route.name} has other rules than that of its owner"
    hint = "write authorization=[allow.owner()]: conversations belong to who has them"
    raise place.error(CODE, message, hint)


def _model(given: AiModelName | AiModel, place: Place) -> str:
    if isinstance(given, AiModel):
        return given.resource_path
    if given in AI_MODELS:
        return AI_MODELS[given]
    message = f"there is no ai_model {given!r}{nearest(str(given), AI_MODELS)}"
    hint = 'name another by AiModel("…"), as Bedrock calls it'
    raise place.error(_ROUTE, message, hint)


def _inference(given: InferenceConfiguration, place: Place) -> str | None:
    parts = []
    for name, value in given.items():
        most = None if name == "max_tokens" else 1
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        least = 1 if name == "max_tokens" else 0
        if name not in _INFERENCE:
            message = f"inference_configuration has no option {name!r}{nearest(name, _INFERENCE)}"
            raise place.error(_ROUTE, message, f"use {', '.join(_INFERENCE)}")
        if not isinstance(value, int | float) or not is_number or value < least or (
            most is not None and value > most
        ):  # fmt: skip
            message = f"{name} of {place.label} is {value!r}"
            hint = "give a whole number from 1 on" if most is None else "give a number from 0 to 1"
            raise place.error(_ROUTE, message, hint)
        parts.append(f"{_INFERENCE[name]}: {number(value)}")
    return f"{{ {', '.join(parts)} }}" if parts else None


def _tool(catalogue: Catalogue, tool: object, place: Place) -> str:
    if not isinstance(tool, DataTool):
        message = f"{place.label} has the tool {tool!r}"
        raise place.error(_ROUTE, message, "make tools with DataTool(…)")
    if not _TOOL_NAME.fullmatch(tool.name):
        message = f"a tool of {place.label} is named {tool.name!r}"
        hint = "use up to 64 letters, digits and underscores; start with a letter"
        raise place.error(_ROUTE, message, hint, tool.site)
    if (tool.model is None) == (tool.query is None):
        message = f"the tool {tool.name} has neither a model nor a query, or both"
        raise place.error(_ROUTE, message, "give it one of them", tool.site)
    parts = f"name: {text(tool.name)}, description: {text(tool.description)}"
    if tool.model is not None and issubclass(tool.model, Model):
        catalogue.model(tool.model, place)
        if tool.model_operation not in own_operations(tool.model):
            message = f"the tool {tool.name} lists {tool.model.__name__}, whose list is disabled"
            raise place.error(_ROUTE, message, "leave the tool out, or list enabled", tool.site)
        name = text(type_name(tool.model))
        return f"{{ {parts}, modelName: {name}, modelOperation: {tool.model_operation} }}"
    if isinstance(tool.query, Query):
        catalogue.check_operation(tool.query, place)
        return f"{{ {parts}, queryName: {text(tool.query.name)} }}"
    message = f"the tool {tool.name} has {tool.query!r} for its query"
    raise place.error(_ROUTE, message, "give it what @query made of a function", tool.site)
