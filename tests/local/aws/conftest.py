"""The engine as an account at AWS: reached by its endpoint alone, and bootstrapped by the CDK."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.amplify_service import amplify_service
from tests.local.cdk import run_cdk
from tests.local.conftest import aws_client
from tests.local.engine.local_engine import unique_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.amplify_service import AmplifyService

    from preamp.engine.protocol import EngineConnection

REGION: Final = "eu-west-1"
OTHER_REGION: Final = "eu-west-2"
EMPTY_REGION: Final = "eu-west-3"
TAKES_ROLES: Final = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Resource": "arn:aws:iam::*:role/cdk-hnb659fds-*",
}
EVERYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Account:
    """An account at AWS in one region.

    Attributes:
        engine: What stands in for AWS.
        region: The region.
    """

    engine: EngineConnection
    region: str = REGION

    def client(self, service: str) -> Any:
        """A client with all rights."""
        return aws_client(replace(self.engine, region=self.region), service)

    def root(self) -> dict[str, str]:
        """The environment of whoever may do everything."""
        return {
            **self.engine.variables(),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def user(self, *statements: dict[str, Any]) -> dict[str, str]:
        """The environment of a new user with rights of its own."""
        iam, name = self.client("iam"), unique_name("user")
        iam.create_user(UserName=name)
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            **self.root(),
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def bootstrap(self, folder: Path) -> None:
        """Prepare it, as its administrator would."""
        where = f"aws://{self.engine.account}/{self.region}"
        done = run_cdk(folder, self.root(), "bootstrap", where)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def account(engine: EngineConnection, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """An account that was bootstrapped."""
    made = Account(engine)
    made.bootstrap(tmp_path_factory.mktemp("bootstrap"))
    return made


@pytest.fixture(scope="session")
def amplify() -> Iterator[AmplifyService]:
    """Amplify's own service, beside the account."""
    with amplify_service() as service:
        yield service
