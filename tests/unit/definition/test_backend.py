from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.synthesis import Recorder

from preamp import UserError, define_backend
from preamp.definition.backend import SYNTHESIS, ResourceScope, Synthesis
from preamp.definition.site import calling_site, is_user_code


class Composed:
    """A composer that hands back what it is given."""

    def compose(self, resources: Any, site: Any) -> Any:
        return resources, site


class Thing:
    def build(self, scope: ResourceScope) -> str:
        return scope.name


@pytest.fixture
def synthesis() -> Any:
    token = SYNTHESIS.set(Synthesis(Composed(), Recorder(), Path.cwd(), Path.cwd() / "out"))
    yield
    SYNTHESIS.reset(token)


def test_outside_a_synthesis_it_names_the_command_to_run() -> None:
    with pytest.raises(UserError) as caught:
        define_backend()
    assert caught.value.code == "NotSynthesizingError"
    assert "preamp sandbox" in caught.value.hint
    assert caught.value.sites[0].file.endswith("test_backend.py")


@pytest.mark.usefixtures("synthesis")
def test_it_hands_over_the_resources_and_the_place() -> None:
    thing = Thing()
    composed: Any = define_backend(thing=thing)
    resources, site = composed
    assert resources == {"thing": thing}
    assert site.file.endswith("test_backend.py")


@pytest.mark.usefixtures("synthesis")
@pytest.mark.parametrize("wrong", [None, "auth", Thing, object()])
def test_what_is_no_resource_is_refused(wrong: Any) -> None:
    with pytest.raises(UserError) as caught:
        define_backend(auth=wrong)
    assert caught.value.code == "InvalidResourceError"


@pytest.mark.usefixtures("synthesis")
def test_reserved_names_are_refused() -> None:
    with pytest.raises(UserError) as caught:
        define_backend(stack=Thing())
    assert caught.value.code == "ReservedResourceNameError"


def test_the_site_is_where_an_object_is_made_not_its_constructor() -> None:
    class Made:
        def __init__(self) -> None:
            self.inside = calling_site()
            self.outside = calling_site(self)

    made = Made()
    assert made.inside is not None
    assert made.outside is not None
    assert made.outside.line > made.inside.line


@pytest.mark.parametrize(
    "filename", ["<string>", "/x/site-packages/a.py", calling_site.__code__.co_filename]
)
def test_installed_code_is_not_the_users(filename: str) -> None:
    assert not is_user_code(filename)
