from __future__ import annotations

import pytest

from preamp.contract.identity import BackendId


@pytest.mark.parametrize(
    ("backend_id", "name"),
    [
        (BackendId("demo", "me", "sandbox"), "amplify-demo-me-sandbox-b83aa8c917"),
        (
            BackendId("d1a2b3c4e5f6g7", "main", "branch"),
            "amplify-d1a2b3c4e5f6g7-main-branch-8500a8d617",
        ),
    ],
)
def test_stack_names_are_the_official_ones(backend_id: BackendId, name: str) -> None:
    assert backend_id.stack_name == name


def test_only_letters_and_digits_are_kept_but_all_count_for_the_hash() -> None:
    plain = BackendId("myapp", "feature1", "branch").stack_name
    dashed = BackendId("my-app", "feature/1", "branch").stack_name
    assert dashed.rpartition("-")[0] == plain.rpartition("-")[0]
    assert dashed != plain


def test_long_names_are_cut_to_what_cloudformation_takes() -> None:
    name = BackendId("n" * 300, "b" * 300, "standalone").stack_name
    assert len(name) <= 128
    assert f"-{'b' * 50}-standalone-" in name


def test_secrets_are_where_the_official_library_keeps_them() -> None:
    sandbox = BackendId("demo", "me", "sandbox").secret_paths("API_KEY")
    assert sandbox.own == "/amplify/demo/me-sandbox-b83aa8c917/API_KEY"
    assert sandbox.shared == "/amplify/shared/demo/API_KEY"
    branch = BackendId("d1a2b3c4e5f6g7", "main", "branch").secret_paths("API_KEY")
    assert branch.own == "/amplify/d1a2b3c4e5f6g7/main-branch-8500a8d617/API_KEY"


def test_paths_of_secrets_have_the_names_that_parameters_may_have() -> None:
    paths = BackendId("my-app at home", "feature/1", "branch").secret_paths("API_KEY")
    assert paths.own.startswith("/amplify/myappathome/feature1-branch-")
    assert paths.shared == "/amplify/shared/my-appathome/API_KEY"
