"""Where a backend is deployed to, and the AWS clients for it.

Owns every setting of those clients: endpoint, credentials, retries, proxies. Must not know what
is deployed. A target with explicit credentials depends on nothing of the machine's own AWS
configuration, so that a developer's profile can never be deployed to by mistake.
"""

from __future__ import annotations

import ipaddress
import os
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.config import Config
    from botocore.session import Session
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

PARALLEL_REQUESTS: Final = 8
"""Requests that one deployment sends at a time, and connections kept for them."""

_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 60
_NOWHERE: Final = os.devnull
# Each of these would otherwise come from the environment or from ~/.aws.
_SEALED_SETTINGS: Final[dict[str, tuple[None, None, object, None]]] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, _NOWHERE, None),
    "credentials_file": (None, None, _NOWHERE, None),
    "use_fips_endpoint": (None, None, None, None),
    "use_dualstack_endpoint": (None, None, None, None),
    "defaults_mode": (None, None, "legacy", None),
}


@dataclass(frozen=True)
class Credentials:
    """Explicit credentials.

    Attributes:
        access_key_id: Public half of the key.
        secret_access_key: Secret half; never shown.
        session_token: For temporary credentials.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Target:
    """One account and region, at AWS or on an engine.

    Attributes:
        name: What to call it, for people.
        region: Region name.
        account: Account id, twelve digits.
        endpoint_url: Where its API is; None for AWS's own endpoints.
        credentials: None for the machine's own credential chain.
        poll_interval: Seconds between two looks at a running deployment, at most.
        session: Whose credentials are used, if it is open already.
        bootstrapped: Whether ``cdk bootstrap`` prepares it: its version is looked at and its roles
            are taken. An engine has what a deployment needs from the start.
        patience: Seconds for which a lost connection may be lost while CloudFormation goes on.
        attempts: How often a request is tried that fails for a reason that may pass.
        profile: The profile of the machine's AWS configuration that was asked for.
    """

    name: str
    region: str
    account: str
    endpoint_url: str | None = None
    credentials: Credentials | None = None
    poll_interval: float = 2.0
    session: Session | None = field(default=None, repr=False, compare=False)
    bootstrapped: bool = False
    patience: float = 0.0
    attempts: int = 5
    profile: str | None = None

    @property
    def where(self) -> str:
        """What the CDK calls an account and region."""
        return f"aws://{self.account}/{self.region}"

    @property
    def partition(self) -> str:
        """The partition of the region, e.g. ``aws``."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @property
    def url_suffix(self) -> str:
        """Domain of AWS's endpoints in the region."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    @cached_property
    def clients(self) -> ClientFactory:
        """The clients for this target, made on first use and kept with it."""
        return ClientFactory(self)

    def substitute(self, text: str) -> str:
        """Fill in the placeholders that the CDK leaves in an assembly.

        Args:
            text: For example ``cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}``.
        """
        values = {
            "${AWS::AccountId}": self.account,
            "${AWS::Region}": self.region,
            "${AWS::Partition}": self.partition,
        }
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        return text


class ClientFactory:
    """Makes the AWS clients of one target, each once; safe to use from several threads."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._clients: dict[str, Any] = {}
        self._session: Session | None = None
        self._lock = threading.Lock()

    @property
    def session(self) -> Session:
        """The session that all clients come from."""
        with self._lock:
            return self._opened()

    @property
    def cloudformation(self) -> CloudFormationClient:
        """The CloudFormation client."""
        client: CloudFormationClient = self.client("cloudformation")
        return client

    @property
    def s3(self) -> S3Client:
        """The S3 client."""
        client: S3Client = self.client("s3")
        return client

    def client(self, service: str) -> Any:  # noqa: ANN401 - one class per service, made at run time
        """Return the client of a service.

        Args:
            service: botocore's name for it, e.g. ``lambda``.
        """
        made = self._clients.get(service)
        if made is not None:
            return made
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def preload(self, services: Iterable[str] = ("cloudformation", "s3")) -> threading.Thread:
        """Make clients in the background, while something else runs.

        Args:
            services: botocore's names; by default those that every deployment needs.

        Returns:
            The thread that does it; there is no need to join it.
        """

        def make() -> None:
            for service in services:
                self.client(service)

        thread = threading.Thread(target=make, name="preamp-clients", daemon=True)
        thread.start()
        return thread

    def _make(self, service: str) -> Any:  # noqa: ANN401 - see client
        return self._opened().create_client(
            service,
            region_name=self._target.region,
            endpoint_url=self._target.endpoint_url,
            config=_client_config(self._target, service),
        )

    def _opened(self) -> Session:
        if self._session is None:
            self._session = self._target.session or _open_session(self._target)
        return self._session


def _open_session(target: Target) -> Session:
    from botocore.session import Session

    if target.credentials is None:
        return Session()
    session = Session(session_vars=_SEALED_SETTINGS)
    session.set_credentials(
        target.credentials.access_key_id,
        target.credentials.secret_access_key,
        target.credentials.session_token,
    )
    return session


def _client_config(target: Target, service: str) -> Config:
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        max_pool_connections=PARALLEL_REQUESTS,
        # In this mode pauses grow, and vary so that many callers do not come back at once.
        retries={"mode": "standard", "total_max_attempts": target.attempts},
        user_agent_extra="preamp",
    )
    if target.endpoint_url is None:
        return config
    local = Config(s3={"addressing_style": "path"}, proxies=_proxies_for(target.endpoint_url))
    if service == "lambda":
        # A function may take its time, all the more if it is debugged.
        local = local.merge(Config(read_timeout=None))
    return config.merge(local)


def _proxies_for(endpoint_url: str) -> dict[str, str] | None:
    """Return no proxies for an address of this machine, which no proxy can reach."""
    host = urlsplit(endpoint_url).hostname or ""
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost" or host.endswith(".localhost")
    return {} if is_here else None
