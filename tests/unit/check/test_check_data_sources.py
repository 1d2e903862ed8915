from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preamp.check.data_sources import unknown_data_sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.assembly.read import AssemblyStack, CloudAssembly


def _source(name: str) -> dict[str, Any]:
    return {"Type": "AWS::AppSync::DataSource", "Properties": {"Name": name}}


def _step(name: object) -> dict[str, Any]:
    properties = {"DataSourceName": name} if name else {}
    return {"Type": "AWS::AppSync::FunctionConfiguration", "Properties": properties}


def test_a_data_source_that_is_nowhere_is_found(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    resources = {"One": _source("PostTable"), "A": _step("PostTabel"), "B": _step("Orders")}

    close, other = unknown_data_sources(assembly(stack(resources)))

    assert (close.logical_id, close.property_path) == ("A", "DataSourceName")
    assert close.message == "the data source PostTabel is not in the backend"
    assert close.hint == "did you mean PostTable?"
    assert 'add_dynamo_db_data_source("Orders", table)' in other.hint


def test_data_sources_of_other_stacks_and_computed_names_are_fine(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    child = stack({"One": _source("Orders")}, "Other")
    steps = {"A": _step("Orders"), "B": _step({"Fn::GetAtt": ["X", "Name"]}), "C": _step(None)}

    assert list(unknown_data_sources(assembly(stack(steps, children={"Other": child})))) == []


def test_an_api_without_data_sources_is_made_elsewhere(
    stack: Callable[..., AssemblyStack], assembly: Callable[..., CloudAssembly]
) -> None:
    assert list(unknown_data_sources(assembly(stack({"A": _step("Orders")})))) == []
