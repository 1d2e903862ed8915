from __future__ import annotations

import pytest

from preamp.deploy.target import Credentials, Target


def target(region: str = "eu-west-1") -> Target:
    return Target("somewhere", region, "123456789012")


def test_placeholders_are_filled_in() -> None:
    text = "cdk-${AWS::AccountId}-${AWS::Region}-${AWS::Partition}"
    assert target().substitute(text) == "cdk-123456789012-eu-west-1-aws"


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_the_region_tells_the_partition(region: str, partition: str, suffix: str) -> None:
    assert (target(region).partition, target(region).url_suffix) == (partition, suffix)


def test_secrets_are_not_shown() -> None:
    shown = repr(Credentials("AKIA", "s3cr3t", "t0k3n"))
    assert "AKIA" in shown
    assert "s3cr3t" not in shown
    assert "t0k3n" not in shown


def test_the_clients_stay_with_their_target() -> None:
    one = target()
    assert one.clients is one.clients
    assert one.clients is not target().clients
