"""What was hotswapped at AWS is remembered in a bucket, by whoever may write there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.aws.conftest import Account

from preamp.deploy.account import aws_account
from preamp.deploy.deployed import DeployedStack
from preamp.deploy.hotswap.record import BucketRecord
from preamp.deploy.hotswap.state import Hotswapped, HotswapState
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preamp.engine.protocol import EngineConnection

BUCKET: Final = "remembered"
STACK: Final = DeployedStack("arn:stack/1", "CREATE_COMPLETE", revision="2026-01-01T00:00:00")
RESOURCES: Final[dict[tuple[str, ...], dict[str, Any]]] = {
    ("Child", "Q"): {"Type": "AWS::SQS::Queue"}
}


@pytest.fixture(scope="module")
def account(engine: EngineConnection) -> Iterator[Account]:
    found = Account(engine, engine.region)
    s3 = found.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    yield found
    for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def hotswaps(account: Account, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes what somebody with these rights remembers."""

    def remembered(*actions: str, bucket: str = BUCKET) -> HotswapState:
        user = account.user({"Effect": "Allow", "Action": list(actions), "Resource": "*"})
        for name, value in user.items():
            monkeypatch.setenv(name, value)
        target = aws_account()
        record = BucketRecord(target.clients.s3, bucket, "preamp/one.json", target.account)
        return HotswapState(record)

    return remembered


def test_what_one_has_written_another_reads_until_it_is_forgotten(hotswaps: Any) -> None:
    mine, others = hotswaps("s3:*"), hotswaps("s3:GetObject", "s3:ListBucket")
    assert others.read(STACK) is None
    mine.write(STACK, RESOURCES)
    assert others.read(STACK) == Hotswapped(RESOURCES)
    mine.forget()
    assert others.read(STACK) is None


def test_whoever_may_not_write_it_is_told_before_anything_is_changed(hotswaps: Any) -> None:
    reader = hotswaps("s3:GetObject", "s3:ListBucket")
    with pytest.raises(UserError) as caught:
        reader.write(STACK, RESOURCES)
    assert caught.value.code == "HotswapRecordError"
    assert f"s3://{BUCKET}/preamp/one.json" in caught.value.message


def test_where_nothing_may_be_read_nothing_is_known(hotswaps: Any) -> None:
    hotswaps("s3:*").write(STACK, RESOURCES)
    assert hotswaps("s3:PutObject").read(STACK) is None
    assert hotswaps("s3:*", bucket="never-made").read(STACK) is None
