"""What tells `preamp pipeline-deploy` that it runs in CI."""

from __future__ import annotations

import pytest

from preamp.cli.commands.pipeline_deploy import is_ci


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"CI": "true"}, True),
        ({"CI": "1"}, True),
        ({"CI": "false", "BUILD_NUMBER": "7"}, False),
        ({"CI": ""}, False),
        ({"BUILD_NUMBER": "7"}, True),
        ({"CODEBUILD_BUILD_ARN": "arn:aws:codebuild:x"}, True),
    ],
)
def test_ci_is_known_by_its_variables(environment: dict[str, str], expected: bool) -> None:  # noqa: FBT001
    assert is_ci(environment) is expected
