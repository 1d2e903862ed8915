from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preamp import Secret, UserError, secret
from preamp.contract.site import Site
from preamp.definition.secret import SecretUses

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = str(Path(__file__).relative_to(Path.cwd()))


def test_a_secret_knows_its_name_and_its_line() -> None:
    found = secret("API_KEY")
    assert found.name == "API_KEY"
    assert found.site is not None
    assert found.site.file.endswith("test_secret.py")


def test_secrets_of_one_name_are_the_same() -> None:
    assert secret("API_KEY") == Secret("API_KEY")
    assert len({secret("API_KEY"), secret("API_KEY"), secret("OTHER")}) == 2


@pytest.mark.parametrize("name", ["", "API KEY", "a/b", "ключ", "KEY\n"])
def test_a_name_that_no_parameter_may_have_is_refused_at_its_line(name: str) -> None:
    with pytest.raises(UserError) as refused:
        secret(name)
    assert refused.value.code == "InvalidSecretNameError"
    assert repr(name) in refused.value.message
    assert [site.file for site in refused.value.sites] == [HERE]


@pytest.mark.parametrize("use", [str, "{}".format, lambda each: f"https://{each}@host"])
def test_a_secret_cannot_be_part_of_a_text(use: Callable[[Secret], str]) -> None:
    with pytest.raises(UserError) as refused:
        use(Secret("API_KEY"))
    assert refused.value.code == "SecretAsTextError"
    assert "'API_KEY'" in refused.value.message
    assert [site.file for site in refused.value.sites] == [HERE]


def test_uses_are_the_lines_that_name_a_secret_and_those_that_use_it_each_once() -> None:
    uses = SecretUses()
    named, here, there = Site("a.py", 1), Site("b.py", 2), Site("b.py", 3)
    uses.note(Secret("KEY", named), here)
    uses.note(Secret("KEY", named), there)
    uses.note(Secret("OTHER"), None)
    assert uses.sites == {"KEY": [named, here, there], "OTHER": []}
