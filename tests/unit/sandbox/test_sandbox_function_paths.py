from __future__ import annotations

import pytest

from preamp.sandbox.functions import DeployedFunction, find_function, shortest_path

PATHS = ["Orders/Api/Handler", "Orders/Worker", "Users/Api/Handler", "Handler"]


@pytest.mark.parametrize(
    ("path", "start", "shortest"),
    [
        ("Orders/Worker", "", "Worker"),
        ("Orders/Worker", "Ord", "Orders/Worker"),
        ("Orders/Worker", "Orders/Worker", "Orders/Worker"),
        ("Orders/Api/Handler", "", "Orders/Api/Handler"),
        ("Orders/Api/Handler", "Api", None),
        ("Orders/Api/Handler", "x", None),
        ("Handler", "", "Handler"),
    ],
)
def test_the_shortest_end_that_tells_a_function_apart(
    path: str, start: str, shortest: str | None
) -> None:
    assert shortest_path(path, PATHS, start=start) == shortest


@pytest.mark.parametrize("path", PATHS)
def test_a_command_finds_a_function_by_its_shortest_end(path: str) -> None:
    functions = [DeployedFunction(one, f"name of {one}") for one in PATHS]
    shortest = shortest_path(path, PATHS)
    assert shortest
    assert find_function(shortest, functions).path == path
