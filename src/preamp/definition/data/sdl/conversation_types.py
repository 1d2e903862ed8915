"""The types that every schema with a conversation has.

Amplify's clients and its function for conversations speak in them. ``~`` stands for the start of
their names.
"""

from __future__ import annotations

import re
from typing import Final

from preamp.definition.data.sdl.directives import block

_PREFIX: Final = "AmplifyAI"
_OWN: Final = re.compile(r"~(\w+)")
_USERS: Final = " @aws_cognito_user_pools"

_BOTH: Final = {
    "DocumentBlockSource": "bytes: String",
    "DocumentBlock": "format: String!, name: String!, source: ~DocumentBlockSource!",
    "ImageBlockSource": "bytes: String",
    "ImageBlock": "format: String!, source: ~ImageBlockSource!",
    "ToolUseBlock": "toolUseId: String!, name: String!, input: AWSJSON!, type: String",
    "ToolResultContentBlock": (
        "document: ~DocumentBlock, image: ~ImageBlock, json: AWSJSON, text: String"
    ),
    "ToolResultBlock": ("content: [~ToolResultContentBlock!]!, toolUseId: String!, status: String"),
    "ContentBlock": (
        "text: String, document: ~DocumentBlock, image: ~ImageBlock, "
        "toolResult: ~ToolResultBlock, toolUse: ~ToolUseBlock"
    ),
    "ToolConfiguration": "tools: [~Tool]",
    "Tool": "toolSpec: ~ToolSpecification",
    "ToolSpecification": "name: String!, description: String, inputSchema: ~ToolInputSchema!",
    "ToolInputSchema": "json: AWSJSON",
}
"""What is sent and received: a type and an input each."""

_RECEIVED: Final = {
    "type ~ContentBlockText": "text: String",
    "type ~ContentBlockImage": "image: ~ImageBlock",
    "type ~ContentBlockDocument": "document: ~DocumentBlock",
    "type ~ContentBlockToolUse": "toolUse: ~ToolUseBlock",
    "type ~ContentBlockToolResult": "toolResult: ~ToolResultBlock",
    "enum ~ConversationParticipantRole": "user, assistant",
    "interface ~ConversationMessage": (
        "id: ID!, conversationId: ID!, associatedUserMessageId: ID, "
        "role: ~ConversationParticipantRole, content: [~ContentBlock], aiContext: AWSJSON, "
        "toolConfiguration: ~ToolConfiguration, createdAt: AWSDateTime, updatedAt: AWSDateTime, "
        "owner: String"
    ),
    f"type ~ConversationMessageStreamPart{_USERS}": (
        "id: ID!, owner: String, conversationId: ID!, associatedUserMessageId: ID!, "
        "contentBlockIndex: Int, contentBlockText: String, contentBlockDeltaIndex: Int, "
        "contentBlockToolUse: ~ToolUseBlock, contentBlockDoneAtIndex: Int, stopReason: String, "
        "errors: [~ConversationTurnError], p: String"
    ),
    f"type ~ConversationTurnError{_USERS}": "message: String!, errorType: String!",
}
"""What is received only."""


def conversation_types() -> list[str]:
    """The types as GraphQL."""
    received = [_block(head, fields, "") for head, fields in _RECEIVED.items()]
    for name, fields in _BOTH.items():
        received.append(_block(f"type ~{name}", fields, ""))
        received.append(_block(f"input ~{name}", fields, "Input"))
    return received


def _block(head: str, fields: str, suffix: str) -> str:
    named = rf"{_PREFIX}\1{suffix}"
    return block(_OWN.sub(named, head), _OWN.sub(named, fields).split(", "))
