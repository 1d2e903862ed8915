"""Which profile, region and credentials of the machine's AWS configuration are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preamp.deploy.account import aws_account
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[profile work]
region = eu-central-1
sso_session = company
sso_account_id = 000000000000
sso_role_name = Developer

[sso-session company]
sso_start_url = https://company.example/start
sso_region = eu-central-1
"""


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("profile", "region", "code", "told"),
    [
        (None, None, "RegionMissingError", "no AWS region"),
        (None, "eu-west-1", "CredentialsError", "credentials"),
        ("absent", "eu-west-1", "CredentialsError", "absent"),
        ("work", None, "CredentialsError", "SSO"),
    ],
)
def test_what_is_missing_is_told(
    profile: str | None, region: str | None, code: str, told: str
) -> None:
    with pytest.raises(UserError) as caught:
        aws_account(profile, region)
    assert caught.value.code == code
    assert told in caught.value.message


def test_a_profile_that_nobody_has_signed_in_to_says_how() -> None:
    with pytest.raises(UserError) as caught:
        aws_account("work")
    assert "aws sso login --profile work" in caught.value.hint


def test_the_variable_that_ci_services_set_names_the_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(UserError) as caught:
        aws_account()
    assert caught.value.code == "CredentialsError"
