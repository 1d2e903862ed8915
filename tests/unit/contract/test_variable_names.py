from __future__ import annotations

import pytest

from preamp.contract.variable_names import variable_name


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("amplifyAuth", "AMPLIFY_AUTH_USERPOOL_ID"),
        ("people", "PEOPLE_USERPOOL_ID"),
        ("myAuth2", "MY_AUTH_2_USERPOOL_ID"),
        ("XMLAuth", "XML_AUTH_USERPOOL_ID"),
        ("my auth-one", "MY_AUTH_ONE_USERPOOL_ID"),
        ("users2nd", "USERS_2ND_USERPOOL_ID"),
        ("x1y", "X_1_Y_USERPOOL_ID"),
    ],
)
def test_a_variable_is_called_as_in_amplify(name: str, variable: str) -> None:
    assert variable_name(name, "USERPOOL_ID") == variable
