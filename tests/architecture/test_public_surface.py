"""The names users import, pinned: a change here is a change of the product."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import preamp

PUBLIC = {
    "preamp": [
        "AuthDefinition",
        "Backend",
        "DataDefinition",
        "Fault",
        "FunctionDefinition",
        "PreampError",
        "ReferenceAuthDefinition",
        "ResourceDefinition",
        "ResourceScope",
        "Secret",
        "StorageDefinition",
        "UserError",
        "define_auth",
        "define_backend",
        "define_data",
        "define_function",
        "define_storage",
        "reference_auth",
        "secret",
    ],
    "preamp.data": [
        "AWSDate",
        "AWSDateTime",
        "AWSEmail",
        "AWSIPAddress",
        "AWSJSON",
        "AWSPhone",
        "AWSTime",
        "AWSTimestamp",
        "AWSURL",
        "AiModel",
        "DataTool",
        "Enum",
        "ID",
        "Index",
        "Model",
        "allow",
        "belongs_to",
        "combine",
        "configure",
        "conversation",
        "custom_type",
        "ends_with",
        "field",
        "generation",
        "gt",
        "gte",
        "handler",
        "has_many",
        "has_one",
        "lt",
        "lte",
        "matches",
        "max_length",
        "min_length",
        "mutation",
        "negative",
        "positive",
        "query",
        "schema",
        "starts_with",
        "subscription",
    ],
    "preamp.constructs": ["PythonFunction", "resolve_secret"],
}
PUBLIC_PACKAGES = ("contract", "definition")


@pytest.mark.parametrize("module", sorted(PUBLIC))
def test_public_names_are_these(module: str) -> None:
    exported = importlib.import_module(module).__all__
    assert sorted(exported) == PUBLIC[module]


@pytest.mark.parametrize("module", sorted(PUBLIC))
def test_public_names_exist_and_are_documented(module: str) -> None:
    found = importlib.import_module(module)
    for name in PUBLIC[module]:
        assert inspect.getdoc(getattr(found, name)), name


def test_nothing_else_is_visible() -> None:
    visible = {name for name in vars(preamp) if not name.startswith("_")}
    submodules = {module.name for module in pkgutil.iter_modules(preamp.__path__)}
    assert visible - submodules - {"annotations"} == set(PUBLIC["preamp"])


def test_every_module_says_what_it_is_for() -> None:
    root = Path(preamp.__file__).parent
    silent = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if not path.read_text(encoding="utf-8").startswith(('"""', "'''", "#!"))
    ]
    assert silent == []
