from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement

from preamp.scaffold.project_files import package_name, pyproject, requirements


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("shop", "shop"),
        ("My Shop!", "my-shop"),
        ("Büro", "buro"),
        ("2026", "2026"),
        ("--x--", "x"),
        ("", "backend"),
        ("店", "backend"),
        ("preamp", "preamp-backend"),
        ("constructs", "constructs-backend"),
    ],
)
def test_any_folder_gives_a_name_that_packaging_accepts(folder: str, name: str) -> None:
    assert package_name(folder) == name
    assert Requirement(name).name == name


def test_the_dependencies_are_preamp_and_what_users_import_beside_it() -> None:
    names = [Requirement(line).name for line in requirements()]
    assert names == ["preamp", "aws-cdk-lib", "constructs"]


def test_every_requirement_has_a_lower_bound() -> None:
    for line in requirements():
        assert ">=" in str(Requirement(line).specifier)


def test_the_project_file_is_toml_with_these_dependencies() -> None:
    project = tomllib.loads(pyproject("shop"))["project"]
    assert (project["name"], project["dependencies"]) == ("shop", list(requirements()))
