"""The secrets of a deployment at AWS, where Amplify's console keeps them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from tests.local.aws.conftest import EVERYTHING, TAKES_ROLES
from tests.local.deploy.assembly_writer import AssemblyWriter

from preamp.assembly.read import read_assembly
from preamp.contract.context import LAST_UPDATED, UPDATE_TIMES
from preamp.contract.identity import BackendId
from preamp.contract.site import Site
from preamp.deploy.account import aws_account
from preamp.deploy.bootstrapping import STANDARD
from preamp.deploy.roles import Roles
from preamp.environment.secrets import EnvironmentSecrets
from preamp.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.aws.conftest import Account

    from preamp.deploy.target import Target

SHOP = BackendId("d1secrets", "main", "branch")
SITE = Site("amplify/backend.py", 4)


def looking(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Target:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Roles(aws_account()).take(STANDARD.lookup_role)


def put(account: Account, path: str) -> None:
    account.client("ssm").put_parameter(
        Name=path, Value="never read", Type="SecureString", Overwrite=True
    )


def test_a_secret_is_the_branchs_or_that_of_all_branches(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(account, SHOP.secret_paths("OWN").own)
    put(account, SHOP.secret_paths("SHARED").shared)
    secrets = EnvironmentSecrets(SHOP, looking(account.user(TAKES_ROLES), monkeypatch))
    assert secrets.times is not None
    assert set(secrets.times) == {"OWN", "SHARED"}
    context = secrets.context()
    assert context[UPDATE_TIMES] == secrets.times
    assert context[LAST_UPDATED] == max(secrets.times.values())

    written = read_assembly(AssemblyWriter(tmp_path / "a", "app").write({}))
    used = {"OWN": (SITE,), "SHARED": (SITE,)}
    secrets.require(dataclasses.replace(written, secrets=used))
    with pytest.raises(UserError) as caught:
        secrets.require(dataclasses.replace(written, secrets={**used, "ABSENT": (SITE,)}))
    assert caught.value.code == "SecretNotSetError"
    assert "ABSENT" in caught.value.message
    assert SHOP.secret_paths("ABSENT").own in caught.value.hint
    assert caught.value.sites == (SITE,)


def test_whoever_may_not_look_is_not_kept_from_deploying(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_of_ssm = {"Effect": "Deny", "Action": "ssm:*", "Resource": "*"}
    no_roles = {**TAKES_ROLES, "Effect": "Deny"}
    user = account.user(EVERYTHING, no_roles, nothing_of_ssm)
    secrets = EnvironmentSecrets(SHOP, looking(user, monkeypatch))
    assert secrets.context() == {}
    written = read_assembly(AssemblyWriter(tmp_path / "a", "app").write({}))
    secrets.require(dataclasses.replace(written, secrets={"ABSENT": (SITE,)}))
