"""SQL databases that a schema takes its models from.

Amplify Gen 2, "Connect your app to existing MySQL and PostgreSQL database".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NotRequired, TypedDict, cast

from preamp.definition.options import check_choice, check_options
from preamp.definition.secret import Secret
from preamp.definition.site import calling_site
from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preamp.contract.site import Site

Engine = Literal["postgresql", "mysql"]


class SubnetAvailabilityZone(TypedDict):
    """A subnet that the database can be reached from.

    Attributes:
        subnet_id: The subnet.
        availability_zone: The zone it lies in.
    """

    subnet_id: str
    availability_zone: str


class VpcConfig(TypedDict):
    """The network that the database is in.

    Attributes:
        vpc_id: The network.
        security_group_ids: The security groups that may reach the database.
        subnet_availability_zones: The subnets that it can be reached from.
    """

    vpc_id: str
    security_group_ids: Sequence[str]
    subnet_availability_zones: Sequence[SubnetAvailabilityZone]


class DatabaseOptions(TypedDict):
    """An SQL database.

    Attributes:
        engine: What it is.
        connection_uri: The secret with its address, user and password.
        identifier: A name that tells databases apart; the engine's if left out.
        ssl_cert: The secret with the certificate it is trusted by.
        vpc_config: The network it is in, if it is not public.
        minimize_rds_vpc_endpoints: Whether as few endpoints as possible are made in the network.
    """

    engine: Engine
    connection_uri: Secret
    identifier: NotRequired[str]
    ssl_cert: NotRequired[Secret]
    vpc_config: NotRequired[VpcConfig]
    minimize_rds_vpc_endpoints: NotRequired[bool]


@dataclass(frozen=True)
class Vpc:
    """The network that a database is in.

    Attributes:
        vpc_id: The network.
        security_group_ids: The security groups.
        subnets: The subnets, each with its availability zone.
    """

    vpc_id: str
    security_group_ids: tuple[str, ...]
    subnets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Database:
    """An SQL database, checked.

    Attributes:
        engine: What it is.
        connection_uri: The secret with its address.
        identifier: What tells databases apart, if that was said.
        ssl_cert: The secret with the certificate, if there is one.
        vpc: The network it is in, if it is not public.
        minimize_rds_vpc_endpoints: Whether few endpoints are made, if that was said.
        site: The line that defines it.
    """

    engine: Engine
    connection_uri: Secret
    identifier: str | None = None
    ssl_cert: Secret | None = None
    vpc: Vpc | None = None
    minimize_rds_vpc_endpoints: bool | None = None
    site: Site | None = field(default=None, compare=False, repr=False)


_CODE: Final = "SchemaSqlError"
_SUBNET: Final = ("subnet_id", "availability_zone")


def read_database(given: DatabaseOptions) -> Database:
    """Check what was said of a database.

    Raises:
        UserError: ``SchemaSqlError`` or ``UnknownOptionError``.
    """
    site = calling_site()
    options = check_options(given, tuple(DatabaseOptions.__annotations__), "database", site)
    engine = options.get("engine")
    check_choice(engine, ("postgresql", "mysql"), _CODE, "engine", site)
    return Database(
        engine=cast("Engine", engine),
        connection_uri=_secret(options, "connection_uri", site),
        identifier=options.get("identifier"),
        ssl_cert=_secret(options, "ssl_cert", site) if "ssl_cert" in options else None,
        vpc=_vpc(options["vpc_config"], site) if "vpc_config" in options else None,
        minimize_rds_vpc_endpoints=options.get("minimize_rds_vpc_endpoints"),
        site=site,
    )


def _secret(options: Mapping[str, object], name: str, site: Site | None) -> Secret:
    value = options.get(name)
    if isinstance(value, Secret):
        return value
    message = f"{name} is no secret" if name in options else f"database has no {name}"
    hint = f'write "{name}": secret("SQL_CONNECTION_STRING")'
    raise UserError(_CODE, message, hint, sites=[site] if site else [])


def _vpc(given: object, site: Site | None) -> Vpc:
    options = check_options(given, tuple(VpcConfig.__annotations__), "vpc_config", site)
    for name in VpcConfig.__annotations__:
        if not options.get(name):
            message, hint = f"vpc_config has no {name}", "add it"
            raise UserError(_CODE, message, hint, sites=[site] if site else [])
    subnets = [
        check_options(each, _SUBNET, "subnet_availability_zones", site)
        for each in options["subnet_availability_zones"]
    ]
    return Vpc(
        options["vpc_id"],
        tuple(options["security_group_ids"]),
        tuple((each["subnet_id"], each["availability_zone"]) for each in subnets),
    )
