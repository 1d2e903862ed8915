from __future__ import annotations

import pytest

from preamp.definition.names import check_reserved, check_resource_name, nearest
from preamp.errors import UserError


@pytest.mark.parametrize("name", ["a", "MyStack", "my-stack_2", "with space"])
def test_good_names_pass(name: str) -> None:
    check_resource_name(name, None)


@pytest.mark.parametrize("name", ["", "1a", "-a", "a/b", "a.b", "ä", "a\n"])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(UserError) as caught:
        check_resource_name(name, None)
    assert caught.value.code == "InvalidResourceNameError"
    assert repr(name) in caught.value.message


@pytest.mark.parametrize("name", ["stack", "create_stack", "add_output", "_private"])
def test_a_backend_keeps_its_own_attributes(name: str) -> None:
    with pytest.raises(UserError) as caught:
        check_reserved([name], None)
    assert caught.value.code == "ReservedResourceNameError"


def test_a_misspelt_name_gets_a_suggestion() -> None:
    assert nearest("aut", ["auth", "data"]) == "; did you mean 'auth'?"
    assert nearest("zzz", ["auth", "data"]) == ""
