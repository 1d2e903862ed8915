"""Senders of a pool's own get the code, and read it with AWS's encryption client.

AWS: "Custom sender Lambda triggers" (Amazon Cognito).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.local.clients.client_packages import SOURCES, link_packages
from tests.local.cognito.accounts import make_accounts, permit_pool
from tests.local.engine.local_engine import Functions
from tests.local.functions.arrivals import REPORTS_EVENT, make_queue

from preamp.contract.node import node_binary
from preamp.engine.client import EngineClient

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]


def test_a_custom_sender_reads_the_code_with_the_key_of_the_pool(
    client: ClientFactory, engine: EngineConnection, tmp_path: Path
) -> None:
    queue, functions = make_queue(client("sqs")), Functions(client)
    sender = functions.arn(functions.create(REPORTS_EVENT, Environment=queue.reporting()))
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    cognito = client("cognito-idp")
    config = {
        "CustomEmailSender": {"LambdaArn": sender, "LambdaVersion": "V1_0"},
        "KMSKeyID": key,
    }
    accounts = make_accounts(cognito, cognito, engine, LambdaConfig=config)
    pool = cognito.describe_user_pool(UserPoolId=accounts.pool)["UserPool"]["Arn"]
    permit_pool(client("lambda"), sender, pool)
    before = EngineClient(engine).mail()
    accounts.sign_up("jo")
    (event,) = queue.bodies()
    assert event["triggerSource"] == "CustomEmailSender_SignUp"
    assert event["request"]["type"] == "customEmailSenderRequestV1"
    assert EngineClient(engine).mail() == before
    code, context = decrypted(engine, tmp_path, key, event["request"]["code"])
    assert context == {"userpool-id": accounts.pool}
    accounts.confirm("jo", code)


def decrypted(
    engine: EngineConnection, folder: Path, key: str, code: str
) -> tuple[str, dict[str, str]]:
    """Decrypt a code in Node; returns it and what it was encrypted for."""
    link_packages(folder)
    shutil.copy(SOURCES / "decrypt.mjs", folder)
    finished = subprocess.run(
        [str(node_binary()), "decrypt.mjs", key, code],
        cwd=folder,
        env={
            "AWS_ENDPOINT_URL": engine.endpoint,
            "AWS_ACCESS_KEY_ID": engine.access_key_id,
            "AWS_SECRET_ACCESS_KEY": engine.secret_access_key,
        },
        check=True,
        capture_output=True,
        text=True,
    )
    found: tuple[str, dict[str, str]] = json.loads(finished.stdout)
    return found
