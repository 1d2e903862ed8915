"""`PythonFunction`: a Lambda function whose code is a Python file of the project."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from aws_cdk import AssetHashType, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_s3_assets import Asset

from preamp.bundling import Bundle, BundleRequest, LambdaDestination, LocalDestination, bundle
from preamp.constructs.bundled import bundling, code_of
from preamp.constructs.function_secrets import FunctionSecrets
from preamp.contract.cache import cache_root
from preamp.contract.interpreters import find_interpreter, is_python
from preamp.definition.backend import SYNTHESIS, Synthesis
from preamp.definition.secret import Secret
from preamp.definition.site import calling_file, calling_site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from constructs import Construct

    from preamp.constructs.function_options import FunctionOptions

_TIMEOUT_SECONDS: Final = 30
_MEMORY_MB: Final = 512
_RESOLVE: Final = "preamp.runtime.secrets.resolve_secrets"


class PythonFunction(lambda_.Function):
    """A Lambda function made of a Python file, its neighbours and its dependencies.

    Dependencies are installed without Docker for the function's runtime and architecture; on
    the local cloud, the same versions for the interpreter of this machine. They are taken from
    the list given, or else from the inline script metadata of the entry (PEP 723), or else from
    a ``requirements.txt`` or ``pyproject.toml`` beside it. The rest of the entry's folder or
    package comes along; tests, caches, virtual environments and ``.env`` files do not.

    Works in an ``amplify/`` folder and in any CDK app in Python.
    """

    _environments: tuple[str, ...] = ()
    """The typed environments that its code may import."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        entry: str | Path,
        handler: str = "handler",
        dependencies: Sequence[str] | None = None,
        runtime: lambda_.Runtime | None = None,
        architecture: lambda_.Architecture | None = None,
        timeout: Duration | None = None,
        memory_size: int = _MEMORY_MB,
        environment: Mapping[str, str | Secret] | None = None,
        **options: Unpack[FunctionOptions],
    ) -> None:
        """Make the function.

        Args:
            scope: The construct or stack the function belongs to.
            construct_id: Its id there.
            entry: The handler's file, relative to the file that makes this call.
            handler: The name of the function in it.
            dependencies: Requirements as pip takes them, instead of those found beside the
                entry.
            runtime: Python 3.13 if left out.
            architecture: x86_64 if left out.
            timeout: 30 seconds if left out.
            memory_size: Memory in MB.
            environment: Environment variables. One that is a `secret` gets its value when the
                function is initialized, before the handler's file is imported.
            options: Everything else that `aws_lambda.Function` takes.

        Raises:
            UserError: The entry or its dependencies cannot be bundled, or
                ``SecretOutsideBackendError``.
        """
        chosen_runtime = runtime or usual().runtime
        chosen_architecture = architecture or usual().architecture
        variables, secrets = _sorted_out(environment or {})
        self._request = replace(
            _request(_located(entry), handler, chosen_runtime, chosen_architecture),
            dependencies=None if dependencies is None else tuple(dependencies),
            call_first=_RESOLVE if secrets else None,
            environments=self._environments,
        )
        self._bundled = _bundle(self._request)
        super().__init__(
            scope,
            construct_id,
            code=code_of(self._bundled),
            handler=self._bundled.handler,
            runtime=chosen_runtime,
            architecture=chosen_architecture,
            timeout=timeout or usual().timeout,
            memory_size=memory_size,
            environment=variables,
            **options,
        )
        self._secrets = FunctionSecrets(self)
        if secrets:
            self._secrets.add(secrets, self._request.site)

    def add_secret(self, key: str, value: Secret) -> None:
        """Let an environment variable hold a secret, after the function was made.

        Args:
            key: The variable.
            value: The secret.

        Raises:
            UserError: ``SecretOutsideBackendError``.
        """
        self._resolve_first()
        self._secrets.add_secret(key, value)

    def add_parameter(self, key: str, path: str) -> None:
        """Let an environment variable hold the value of a parameter of Systems Manager.

        Args:
            key: The variable.
            path: The parameter's path. The function gets its value as it gets secrets.
        """
        self._resolve_first()
        self._secrets.add_parameter(key, path)

    def _resolve_first(self) -> None:
        """Let the bundle bring what gets the values before the handler's file is imported."""
        if self._request.call_first is None:
            self._request = replace(self._request, call_first=_RESOLVE)
            self._use(_bundle(self._request))

    def _use(self, bundled: Bundle) -> None:
        """Take another bundle for the code."""
        asset = Asset(
            self,
            "CodeWithSecrets",
            path=str(bundled.directory),
            asset_hash=bundled.digest,
            asset_hash_type=AssetHashType.CUSTOM,
        )
        resource = self.node.default_child
        if isinstance(resource, lambda_.CfnFunction):
            resource.handler = bundled.handler
            resource.code = lambda_.CfnFunction.CodeProperty(
                s3_bucket=asset.s3_bucket_name, s3_key=asset.s3_object_key
            )
            asset.add_resource_metadata(resource, "Code")


class _Usual(NamedTuple):
    """What most functions have, and the names of it."""

    runtime: lambda_.Runtime
    runtime_name: str
    architecture: lambda_.Architecture
    architecture_name: str
    timeout: Duration


@functools.cache
def usual() -> _Usual:
    """What a function has where nothing else is said; asked of the CDK once, not for each."""
    runtime, architecture = lambda_.Runtime.PYTHON_3_13, lambda_.Architecture.X86_64
    timeout = Duration.seconds(_TIMEOUT_SECONDS)
    return _Usual(runtime, runtime.name, architecture, architecture.name, timeout)


def _located(entry: str | Path) -> Path:
    """The entry as an absolute path; a relative one starts at the file of the user's call."""
    caller = calling_file()
    return ((caller.parent if caller else Path.cwd()) / entry).resolve()


def _sorted_out(
    environment: Mapping[str, str | Secret],
) -> tuple[dict[str, str], dict[str, Secret]]:
    """The variables that are text, and those that are secrets."""
    secrets = {key: value for key, value in environment.items() if isinstance(value, Secret)}
    texts = {key: value for key, value in environment.items() if not isinstance(value, Secret)}
    return texts, secrets


def _request(
    entry: Path, handler: str, runtime: lambda_.Runtime, architecture: lambda_.Architecture
) -> BundleRequest:
    synthesis = SYNTHESIS.get()
    name = usual().runtime_name if runtime is usual().runtime else runtime.name
    is_usual = architecture is usual().architecture
    machine = usual().architecture_name if is_usual else architecture.name
    return BundleRequest(
        entry=entry,
        handler=handler,
        runtime=name,
        architecture="arm64" if machine == "arm64" else "x86_64",
        site=calling_site(),
        project=synthesis.project if synthesis else Path.cwd(),
        exclude=(synthesis.output,) if synthesis else (),
        destination=_destination(synthesis, name),
    )


def _bundle(request: BundleRequest) -> Bundle:
    with bundling() as reporter:
        return bundle(request, cache=cache_root(), reporter=reporter)


def _destination(synthesis: Synthesis | None, runtime: str) -> LambdaDestination | LocalDestination:
    if synthesis is None or not synthesis.local or not is_python(runtime):
        # What is no Python runtime is refused by whoever bundles.
        return LambdaDestination()
    return _local_destination(runtime)


@functools.cache
def _local_destination(runtime: str) -> LocalDestination:
    # looks through the whole PATH, which does not change during a synthesis
    interpreter = find_interpreter(runtime)
    return LocalDestination(interpreter.path, interpreter.minor)
