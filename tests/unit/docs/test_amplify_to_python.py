"""The page of Amplify's options beside ours, and how ours are found."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NotRequired, TypedDict, get_args

import pytest

import preamp
from preamp.definition.data.routes import AI_MODELS, AiModelName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

DOCS: Final = Path(__file__).parents[3] / "docs"
DONE: Final = ("defineAuth", "defineData", "defineFunction", "a", "configure", "secret")
"""Definitions of which no option may be missing."""


class Actions:
    def to(self, actions: Sequence[Literal["read", "write"]]) -> None: ...


class Allow:
    guest: Actions

    def groups(self, names: Sequence[str]) -> Actions:
        raise NotImplementedError


class Login(TypedDict):
    email: Literal[True] | EmailLogin


class EmailLogin(TypedDict):
    style: NotRequired[Literal["CODE", "LINK"]]
    body: Callable[[Callable[[], str]], str]


def define_something(
    *,
    login_with: Login,
    triggers: Mapping[Literal["pre_sign_up"], str] | None = None,
    oidc: Sequence[EmailLogin] = (),
    access: Callable[[Allow], Mapping[str, list[None]]] | None = None,
) -> None:
    """Stand for a definition."""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the page."""
    spec = importlib.util.spec_from_file_location("page", DOCS / "generate_amplify_to_python.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def upstream() -> dict[str, dict[str, list[Any]]]:
    found: dict[str, dict[str, list[Any]]] = json.loads(
        (DOCS / "amplify" / "options.json").read_text(encoding="utf-8")
    )["definitions"]
    return found


def test_the_page_is_current(tmp_path: Path) -> None:
    script = DOCS / "generate_amplify_to_python.py"
    subprocess.run([sys.executable, script, tmp_path / "page.md"], check=True)
    committed = (DOCS / "amplify-to-python.md").read_text(encoding="utf-8")
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == committed, "run: make docs"


@pytest.mark.parametrize("definition", DONE)
def test_nothing_is_missing_where_all_is_done(script: ModuleType, definition: str) -> None:
    told = dict(script.rows(definition, upstream()[definition]))
    assert [option for option, said in told.items() if "missing" in said] == []


def test_every_model_that_amplify_names_for_ai_has_its_name_here() -> None:
    assert set(upstream()["a"]["ai.model"]) == set(AI_MODELS) == set(get_args(AiModelName))


def test_an_option_or_value_that_is_new_in_amplify_is_missing(script: ModuleType) -> None:
    options = {"logging.level": ["info", "whisper"], "logging.colour": [], "warmth": []}
    assert dict(script.rows("defineFunction", options)) == {
        "logging.level": "`logging.level`; *missing*: `whisper`",
        "logging.colour": "*missing*",
        "warmth": "*missing*",
    }
    assert dict(script.rows("defineWeather", {"name": []})) == {"name": "*missing*"}


def test_options_are_found_in_parameters_and_their_types(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preamp, "define_something", define_something, raising=False)
    # only preamp's own builders of rules are looked into
    for builder in (Allow, Actions):
        monkeypatch.setattr(builder, "__module__", "preamp.definition.site")
    monkeypatch.setitem(vars(sys.modules["preamp.definition.site"]), "Actions", Actions)
    found = script.ours("defineSomething")
    assert found["login_with.email.style"] == {"CODE", "LINK"}
    assert "login_with.email.body" in found
    assert "triggers.pre_sign_up" in found
    assert found["oidc.style"] == {"CODE", "LINK"}
    for rule in ("guest", "groups"):
        assert found[f"access.{rule}.to"] == {"read", "write"}


def test_names_are_amplifys_in_snake_case(script: ModuleType) -> None:
    names = ("memoryMB", "ephemeralStorageSizeMB", "webAuthn", "callbackUrls", "otpLogin", "name")
    assert [script.snake(name) for name in names] == [
        "memory_mb", "ephemeral_storage_size_mb", "web_authn", "callback_urls", "otp_login", "name",
    ]  # fmt: skip
