"""An engine that does not enforce permissions still knows who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.local.conftest import Recorder
from tests.local.engine.local_engine import Aws, Functions

from preamp.engine.client import EngineClient
from preamp.engine.process import EngineProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preamp.engine.protocol import EngineConnection

_HANDLER = """
    import boto3

    def handler(event, context):
        boto3.client("sqs").create_queue(QueueName="mine")
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the engine keeps its state."""
    return tmp_path_factory.mktemp("unenforced") / "state"


@pytest.fixture(scope="module")
def unenforced(directory: Path) -> Iterator[EngineConnection]:
    """An engine that enforces nothing."""
    process = started(directory, enforce_iam=False)
    yield process.start()
    process.stop()


def started(directory: Path, *, enforce_iam: bool | None) -> EngineProcess:
    """The engine's process."""
    return EngineProcess(directory, port=None, reporter=Recorder(), enforce_iam=enforce_iam)


def test_a_role_may_do_what_nothing_allows(unenforced: EngineConnection) -> None:
    with Aws(unenforced) as aws:
        functions = Functions(aws)
        _, answer = functions.invoke(functions.create(_HANDLER, Timeout=20, Statements=[]))
        assert "FunctionError" not in answer
        assert aws("sqs").get_queue_url(QueueName="mine")
    assert EngineClient(unenforced).denials() == ()


def test_who_calls_is_checked_all_the_same(unenforced: EngineConnection) -> None:
    with Aws(unenforced) as aws, pytest.raises(ClientError, match="is denied"):
        aws("sqs", config=Config(signature_version=UNSIGNED)).list_queues()
    with Aws(unenforced) as aws, pytest.raises(ClientError, match="signature"):
        aws("sqs", aws_secret_access_key="guessed").list_queues()


def test_enforcing_again_starts_it_anew_with_everything_in_it(
    unenforced: EngineConnection, directory: Path
) -> None:
    with Aws(unenforced) as aws:
        aws("sns").create_topic(Name="kept")
    asked_nothing = started(directory, enforce_iam=None).start()
    assert (asked_nothing.pid, asked_nothing.enforces_iam) == (unenforced.pid, False)
    enforced = started(directory, enforce_iam=True).start()
    assert (enforced.endpoint, enforced.enforces_iam) == (unenforced.endpoint, True)
    assert enforced.pid != unenforced.pid
    with Aws(enforced) as aws:
        [topic] = aws("sns").list_topics()["Topics"]
        assert topic["TopicArn"].endswith(":kept")
        functions = Functions(aws)
        _, answer = functions.invoke(functions.create(_HANDLER, Timeout=20, Statements=[]))
        assert answer["FunctionError"] == "Unhandled"
