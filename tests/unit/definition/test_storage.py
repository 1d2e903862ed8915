"""What `define_storage` takes, and what it refuses at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from preamp import UserError, define_function, define_storage

if TYPE_CHECKING:
    from preamp.definition.storage.access import StorageAllow

FUNCTION: Final = define_function(entry="main.py")
OTHER: Final = define_function(entry="other.py")


def refused(**options: Any) -> UserError:
    with pytest.raises(UserError) as raised:
        define_storage(**{"name": "files", **options})
    (site,) = raised.value.sites
    assert site.file.endswith("test_storage.py")
    assert raised.value.hint
    return raised.value


def path_refused(*paths: str) -> UserError:
    return refused(access=lambda allow: {path: [allow.guest.to(["read"])] for path in paths})


def test_nobody_may_anything_without_rules() -> None:
    definition = define_storage(name="files")
    assert definition.access is None
    assert not definition.is_default
    assert not definition.versioned
    assert not definition.keep_on_delete
    assert definition.triggers == {}


def test_reading_is_two_things() -> None:
    definition = define_storage(
        name="files",
        access=lambda allow: {
            "a/*": [
                allow.guest.to(["read", "write"]),
                allow.authenticated.to(["list", "list", "delete"]),
                allow.groups(["one", "two", "one"]).to(["get"]),
            ],
            "b/{entity_id}/*": [allow.entity("identity").to(["read"])],
        },
    )
    assert definition.access is not None
    first, second = definition.access
    assert first.path == "a/*"
    assert [rule.actions for rule in first.rules] == [
        ("get", "list", "write"),
        ("list", "delete"),
        ("get",),
    ]
    assert [caller.group for caller in first.rules[2].callers] == ["one", "two"]
    assert second.rules[0].callers[0].kind == "owner"


def test_functions_may_share_a_path() -> None:
    definition = define_storage(
        name="files",
        access=lambda allow: {
            "a/*": [allow.resource(FUNCTION).to(["read"]), allow.resource(OTHER).to(["write"])]
        },
    )
    assert definition.access is not None
    functions = [rule.callers[0].function for rule in definition.access[0].rules]
    assert functions == [FUNCTION, OTHER]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/a/*", "begins with '/'"),
        ("/*", "begins with '/'"),
        ("a", "does not end with '/*'"),
        ("a/", "does not end with '/*'"),
        ("a*", "does not end with '/*'"),
        ("a//b/*", "has '//'"),
        ("a/*/b/*", "'*' before its end"),
        ("a*/*", "'*' before its end"),
        ("a?/*", "letters that no rule"),
        ("a/{entity_id}/{entity_id}/*", "twice"),
        ("a/{entity_id}/b/*", "goes on after {entity_id}"),
        ("{entity_id}/*", "begins with {entity_id}"),
        ("a/me-{entity_id}/*", "more than {entity_id}"),
        ("a/{entityId}/*", "placeholder"),
        ("a/${cognito-identity.amazonaws.com:sub}/*", "placeholder"),
        (f"{'a' * 1024}/*", "can never match"),
    ],
)
def test_paths_have_a_form(path: str, words: str) -> None:
    error = path_refused(path)
    assert error.code == "InvalidStorageAccessPathError"
    assert words in error.message


def test_what_the_hint_says_is_accepted() -> None:
    for path, better in (
        ("/a/*", "a/*"),
        ("a", "a/*"),
        ("a//b/*", "a/b/*"),
        ("a/{entity_id}/b/*", "a/{entity_id}/*"),
        ("a/me-{entity_id}/*", "a/me-/{entity_id}/*"),
    ):
        assert repr(better) in path_refused(path).hint
        define_storage(name="files", access=_for_guests(better))


def _for_guests(path: str) -> Any:
    return lambda allow: {path: [allow.guest.to(["read"])]}


def test_a_path_is_below_one_other_at_most() -> None:
    error = path_refused("a/*", "a/b/*", "a/b/c/*")
    assert error.code == "InvalidStorageAccessPathError"
    assert "'a/b/c/*' lies under 'a/*' and 'a/b/*'" in error.message


def test_what_belongs_to_users_is_below_no_other_path() -> None:
    error = path_refused("a/*", "a/{entity_id}/*")
    assert error.code == "InvalidStorageAccessPathError"
    assert "lies under 'a/*'" in error.message


def test_a_rule_for_owners_names_them_in_its_path() -> None:
    error = refused(access=lambda allow: {"a/*": [allow.entity("identity").to(["read"])]})
    assert error.code == "InvalidStorageAccessDefinitionError"
    assert "no {entity_id}" in error.message
    assert "'a/{entity_id}/*'" in error.hint


@pytest.mark.parametrize("who", ["guest", "authenticated", "group", "owner"])
def test_a_path_has_one_rule_for_each(who: str) -> None:
    def access(allow: StorageAllow) -> Any:
        each = {
            "guest": allow.guest,
            "authenticated": allow.authenticated,
            "group": allow.groups(["one"]),
            "owner": allow.entity("identity"),
        }[who]
        return {"a/{entity_id}/*": [each.to(["get"]), each.to(["write"])]}

    error = refused(access=access)
    assert error.code == "InvalidStorageAccessDefinitionError"
    assert "two rules" in error.message


def test_actions_exist_and_say_nothing_twice() -> None:
    for actions, code, words in (
        ([], "EmptyPolicyError", "nothing"),
        ("read", "InvalidStorageAccessDefinitionError", "'read'"),
        (["reed"], "InvalidStorageAccessDefinitionError", "did you mean 'read'?"),
        (["read", "get"], "InvalidStorageAccessDefinitionError", "'read' and 'get'"),
        (["list", "read"], "InvalidStorageAccessDefinitionError", "'read' and 'list'"),
    ):
        given: Any = actions
        error = refused(access=lambda allow, given=given: {"a/*": [allow.guest.to(given)]})
        assert error.code == code
        assert words in error.message


def test_rules_are_for_somebody() -> None:
    nobody: list[tuple[Any, str]] = [
        (lambda allow: {"a/*": [allow.groups([]).to(["read"])]}, "no group"),
        (lambda allow: {"a/*": [allow.groups("one").to(["read"])]}, "'one'"),
        (lambda allow: {"a/*": [allow.entity("sub").to(["read"])]}, "'sub'"),
        (lambda allow: {"a/*": [allow.resource("main").to(["read"])]}, "'main'"),
        (lambda allow: {"a/*": allow.guest.to(["read"])}, "no list of rules"),
        (lambda allow: {"a/*": [allow.guest]}, "no list of rules"),
        (lambda allow: [allow.guest.to(["read"])], "no dictionary of paths"),
    ]
    for access, words in nobody:
        error = refused(access=access)
        assert error.code == "InvalidStorageAccessDefinitionError"
        assert words in error.message
    assert (
        refused(access=lambda allow: {"a/*": [allow.groups(["a b"]).to(["read"])]}).code
        == "InvalidGroupError"
    )


def test_options_have_values_they_can_have() -> None:
    for options, code in (
        ({"name": 3}, "DefineStorageConfigurationError"),
        ({"name": "3 files"}, "InvalidResourceNameError"),
        ({"is_default": 1}, "DefineStorageConfigurationError"),
        ({"versioned": "yes"}, "DefineStorageConfigurationError"),
        ({"keep_on_delete": None}, "DefineStorageConfigurationError"),
        ({"triggers": {"on_upload": "main"}}, "DefineStorageConfigurationError"),
        ({"triggers": {"onUpload": FUNCTION}}, "UnknownOptionError"),
        ({"triggers": [FUNCTION]}, "UnknownOptionError"),
    ):
        assert refused(**options).code == code
