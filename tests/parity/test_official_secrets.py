"""What secrets are in templates: the same as in the official library's.

`canonical/secrets.json` holds what the official library makes of fourteen secrets in identity
providers and of two in a function's environment. `DIFFERENCES` says what is different on purpose.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.parity.normalize import differences, normalize
from tests.synthesis import PROJECTS, synthesize

OFFICIAL: Final = json.loads((Path(__file__).parent / "canonical" / "secrets.json").read_text())

LEAST = "the function may read the secrets it fetches, in its own region and account, and no others"
PYTHON = "our own function, in Python"

FETCHER: Final = "AmplifySecretFetcherResourceProviderLambda"
DIFFERENCES: Final = {
    f"fetcher.{FETCHER}/ServiceRole/DefaultPolicy.Properties.PolicyDocument.Statement": LEAST,
    f"code.auth:{FETCHER}.Code.files": PYTHON,
    f"code.auth:{FETCHER}.Handler": PYTHON,
    f"code.auth:{FETCHER}.Runtime": PYTHON,
}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("secrets") / "cdk.out"
    synthesize(PROJECTS / "secrets", output)
    form: dict[str, Any] = normalize(output, ids=True).form
    return form


def fetchers(section: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in section.items() if "SecretFetcher" in name}


def test_the_custom_resource_and_its_provider_are_the_official_ones(ours: dict[str, Any]) -> None:
    resources = fetchers(ours["stacks"]["auth"]["resources"])
    found = {
        place.split("[")[0]: f"{expected} != {actual}"
        for name, mine in (("fetcher", resources), ("code", fetchers(ours["code"])))
        for place, expected, actual in differences(OFFICIAL[name], mine, name)
    }
    assert set(found) == set(DIFFERENCES), found


def test_a_functions_variables_are_the_official_ones(ours: dict[str, Any]) -> None:
    function = ours["stacks"]["jobs"]["resources"]["all-options-lambda"]
    assert function["Properties"]["Environment"]["Variables"] == OFFICIAL["variables"]


def test_a_function_may_read_what_the_official_one_may(ours: dict[str, Any]) -> None:
    policy = ours["stacks"]["jobs"]["resources"]["all-options-lambda/ServiceRole/DefaultPolicy"]
    assert policy["Properties"]["PolicyDocument"] == OFFICIAL["policy"]
