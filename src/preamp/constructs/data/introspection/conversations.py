"""Conversations with an AI model: the models that frontends are told to keep them in."""

from __future__ import annotations

from typing import Any, Final

from preamp.constructs.data.introspection.names import pascal_case, plural

_ROLE: Final = "AmplifyAIConversationParticipantRole"


def conversation(name: str, operation: dict[str, Any]) -> dict[str, Any]:
    """What is told of a conversation.

    Args:
        name: The mutation that sends a message.
        operation: What is told of that mutation.
    """
    route = pascal_case(name)
    of_all, of_each = f"Conversation{route}", f"ConversationMessage{route}"
    return {
        "name": name,
        "models": {of_all: _conversation(of_all, of_each), of_each: _message(of_all, of_each)},
        "nonModels": {},
        "enums": {"ConversationParticipantRole": {"name": _ROLE, "values": ["user", "assistant"]}},
        "conversation": {"modelName": of_all},
        "message": {
            "modelName": of_each,
            "send": {**operation, "type": {"model": of_each}},
            "subscribe": _subscription(route),
        },
    }


def _conversation(name: str, messages: str) -> dict[str, Any]:
    return _model(
        name,
        {
            "id": _field("id", "ID", isRequired=True),
            "name": _field("name", "String"),
            "metadata": _field("metadata", "AWSJSON"),
            "messages": {
                **_list("messages", {"model": messages}, nullable=True),
                "association": {
                    "connectionType": "HAS_MANY",
                    "associatedWith": ["conversationId"],
                },
            },
            "createdAt": _field("createdAt", "AWSDateTime", isReadOnly=True),
            "updatedAt": _field("updatedAt", "AWSDateTime", isReadOnly=True),
            "owner": _field("owner", "String"),
        },
        {"subscriptions": {"level": "off"}, "mutations": {"update": None}},
    )


def _message(conversations: str, name: str) -> dict[str, Any]:
    tools = {"nonModel": "AmplifyAIToolConfiguration"}
    return _model(
        name,
        {
            "id": _field("id", "ID", isRequired=True),
            "conversationId": _field("conversationId", "ID", isRequired=True),
            "conversation": {
                **_field("conversation", {"model": conversations}),
                "association": {
                    "connectionType": "BELONGS_TO",
                    "targetNames": ["conversationId"],
                },
            },
            "role": _field("role", {"enum": _ROLE}),
            "content": _list("content", {"nonModel": "AmplifyAIContentBlock"}),
            "aiContext": _field("aiContext", "AWSJSON"),
            "toolConfiguration": _list("toolConfiguration", tools, nullable=True),
            "createdAt": _field("createdAt", "AWSDateTime", isReadOnly=True),
            "updatedAt": _field("updatedAt", "AWSDateTime", isReadOnly=True),
        },
        {"subscriptions": {}},
    )


def _model(name: str, fields: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    rule = {
        "provider": "userPools",
        "ownerField": "owner",
        "allow": "owner",
        "identityClaim": "cognito:username",
        "operations": ["create", "update", "delete", "read"],
    }
    return {
        "name": name,
        "fields": fields,
        "syncable": True,
        "pluralName": plural(name),
        "attributes": [
            {"type": "model", "properties": properties},
            {"type": "auth", "properties": {"rules": [rule]}},
        ],
        "primaryKeyInfo": {
            "isCustomPrimaryKey": False,
            "primaryKeyFieldName": "id",
            "sortKeyFieldNames": [],
        },
    }


def _field(name: str, kind: object, **told: bool) -> dict[str, Any]:
    plain = {"isArray": False, "isRequired": False}
    return {"name": name, "type": kind, "attributes": [], **plain, **told}


def _list(name: str, kind: object, *, nullable: bool = False) -> dict[str, Any]:
    told = {"isArrayNullable": True} if nullable else {}
    return {**_field(name, kind), "isArray": True, **told}


def _subscription(route: str) -> dict[str, Any]:
    argument = {"name": "conversationId", "isArray": False, "isRequired": True, "type": "ID"}
    return {
        "isArray": False,
        "isRequired": False,
        "name": f"onCreateAssistantResponse{route}",
        "type": {"nonModel": "AmplifyAIConversationMessageStreamPart"},
        "arguments": {"conversationId": argument},
    }
