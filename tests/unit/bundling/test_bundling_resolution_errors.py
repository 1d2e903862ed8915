"""What the user is told when uv refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from preamp.bundling import BundleRequest
from preamp.bundling.declaration import Dependencies, parse
from preamp.bundling.resolution_errors import explain
from preamp.contract.site import Site

NO_SOLUTION = "error: No solution found when resolving dependencies\n  cause: Because "
REQUEST = BundleRequest(entry=Path("/p/h.py"), project=Path("/p"), site=Site("resource.py", 7))
DECLARED = Dependencies(
    (parse("docopt", Site("h.py", 2)), parse("Other_Name>1", Site("h.py", 3))),
)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "all versions of docopt have no usable wheels and you require docopt, we can conclude",
            "NoWheelError",
            "docopt has no wheel for Lambda",
        ),
        (
            "numpy==1.21.0 has no usable wheels\n         and you require numpy==1.21.0",
            "NoWheelError",
            "numpy has no wheel for Lambda",
        ),
        (
            "pywin32<=306 has no\n   wheels with a matching Python ABI tag (e.g., `cp313`)",
            "NoWheelError",
            "pywin32 has no wheel for Lambda",
        ),
        (
            "nothing-here was not found in the package registry and you require nothing-here",
            "DependencyNotFoundError",
            "there is no package nothing-here",
        ),
        (
            "there is no version of six==99 and you require six==99",
            "DependencyNotFoundError",
            "there is no version 99 of six",
        ),
        (
            "there are no versions of six[extra]>99 and you require six",
            "DependencyNotFoundError",
            "there is no version >99 of six",
        ),
        (
            (
                "the current Python version (3.11.2) does not satisfy Python>=3.12 and numpy==2.5.5"
                " depends on Python>=3.12, we can conclude"
            ),
            "DependencyPythonError",
            "numpy 2.5.5 requires Python >=3.12, and the function is for Lambda",
        ),
        (
            (
                "you require idna==3.1 and idna==3.2, we can conclude that your requirements are"
                " unsatisfiable."
            ),
            "DependencyConflictError",
            "the dependencies contradict each other",
        ),
        (
            (
                "anyio was not found in the cache\n\nhint: Packages were unavailable because the"
                " network was disabled."
            ),
            "DependencyOfflineError",
            "the dependencies are not in the cache, and the package index cannot be reached",
        ),
    ],
)
def test_a_refusal_is_explained(text: str, code: str, message: str) -> None:
    error = explain(NO_SOLUTION + text, "Lambda", DECLARED, REQUEST)

    assert (error.code, error.message) == (code, message)
    assert error.hint
    assert error.details[0] == "error: No solution found when resolving dependencies"


def test_the_package_is_found_where_it_was_declared() -> None:
    error = explain("other-name has no wheels", "Lambda", DECLARED, REQUEST)

    assert error.sites == (Site("h.py", 3), Site("resource.py", 7))


def test_a_package_that_nobody_declared_points_to_all_that_may_need_it() -> None:
    error = explain("deep has no wheels", "Lambda", DECLARED, REQUEST)

    assert error.sites == (Site("h.py", 2), Site("h.py", 3), Site("resource.py", 7))


def test_an_unknown_refusal_is_passed_on() -> None:
    error = explain("error: something new", "Lambda", DECLARED, REQUEST)

    assert error.code == "DependencyResolutionError"
    assert error.details == ("error: something new",)
