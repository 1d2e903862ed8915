"""Codes for a pool's own senders: encrypted with its KMS key, as their function decrypts them.

A message of the AWS Encryption SDK, version 1, in one block, under its suite that neither signs
nor commits to a key.

AWS: "Custom sender Lambda triggers" (Amazon Cognito), "AWS Encryption SDK message format
reference".
"""
# ruff: noqa: SLF001 - private names are what a mend takes hold of

from __future__ import annotations

import base64
import json
import secrets
import struct
from importlib import import_module
from typing import Any, Final

from preamp.engine.ministack.upstream import Symbol, module
from preamp.engine.ministack.user_pools import OK, RefusedError

_SUITE: Final = 0x0178
_VERSION_AND_TYPE: Final = b"\x01\x80"
_ONE_BLOCK: Final = b"\x01"
_IV_SIZE: Final = 12
_TAG_SIZE: Final = 16
_PROVIDER: Final = b"aws-kms"
_BODY: Final = b"AWSKMSEncryptionClient Single Block"

SYMBOLS: Final = (Symbol("services.kms:_generate_data_key", "data"),)
"""What of ministack's is used here."""


def encrypted(code: str, key: str, pool: str) -> str:
    """Encrypt a code for a function that may use the key.

    Args:
        code: The code.
        key: The key's ARN or id.
        pool: The user pool's id, which the message names.

    Raises:
        RefusedError: There is no such key.
    """
    context = {"userpool-id": pool}
    data_key = _data_key(key, context)
    message_id = secrets.token_bytes(16)
    plain = base64.b64decode(data_key["Plaintext"])
    ciphertext = base64.b64decode(data_key["CiphertextBlob"])
    header = _header(message_id, context, data_key["KeyId"], ciphertext)
    cipher = _cipher(plain, message_id)
    iv = bytes(_IV_SIZE)
    authenticated = header + iv + cipher.encrypt(iv, b"", header)
    whole = authenticated + _body(cipher, message_id, code.encode())
    return base64.b64encode(whole).decode()


def _data_key(key: str, context: dict[str, str]) -> dict[str, Any]:
    request = {"KeyId": key, "KeySpec": "AES_256", "EncryptionContext": context}
    status, _, body = module("services.kms")._generate_data_key(request)
    if status != OK:
        raise RefusedError(
            f"the key of the sender cannot be used: {key}", "InvalidParameterException"
        )
    content: dict[str, Any] = json.loads(body)
    return content


def _header(message_id: bytes, context: dict[str, str], key: str, ciphertext: bytes) -> bytes:
    pairs = b"".join(_sized(k.encode()) + _sized(context[k].encode()) for k in sorted(context))
    keys = _sized(_PROVIDER) + _sized(key.encode()) + _sized(ciphertext)
    return b"".join(
        (
            _VERSION_AND_TYPE,
            struct.pack(">H", _SUITE),
            message_id,
            _sized(struct.pack(">H", len(context)) + pairs),
            struct.pack(">H", 1) + keys,
            _ONE_BLOCK + bytes(4) + struct.pack(">BI", _IV_SIZE, 0),
        )
    )


def _sized(content: bytes) -> bytes:
    return struct.pack(">H", len(content)) + content


def _cipher(data_key: bytes, message_id: bytes) -> Any:  # noqa: ANN401 - not installed where typed
    hashes = import_module("cryptography.hazmat.primitives.hashes")
    hkdf = import_module("cryptography.hazmat.primitives.kdf.hkdf")
    aead = import_module("cryptography.hazmat.primitives.ciphers.aead")
    info = struct.pack(">H", _SUITE) + message_id
    derived = hkdf.HKDF(hashes.SHA256(), 32, None, info).derive(data_key)
    return aead.AESGCM(derived)


def _body(cipher: Any, message_id: bytes, content: bytes) -> bytes:  # noqa: ANN401
    about = message_id + _BODY + struct.pack(">IQ", 1, len(content))
    iv = (1).to_bytes(_IV_SIZE, "big")
    sealed: bytes = cipher.encrypt(iv, content, about)
    text, tag = sealed[:-_TAG_SIZE], sealed[-_TAG_SIZE:]
    return iv + struct.pack(">Q", len(text)) + text + tag
