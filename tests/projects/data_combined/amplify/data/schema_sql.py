"""The database's tables as models, as a tool would write them."""

from preamp import secret
from preamp.data import Model, configure


class places(Model):  # noqa: N801
    id: int
    name: str
    kind: str | None
    owner_id: int | None


class people(Model):  # noqa: N801
    id: int
    name: str | None


generated_sql_schema = configure(
    database={
        "identifier": "IDplaces",
        "engine": "postgresql",
        "connection_uri": secret("SQL_CONNECTION_STRING"),
        "vpc_config": {
            "vpc_id": "vpc-0123456789abcdef0",
            "security_group_ids": ["sg-0123456789abcdef0"],
            "subnet_availability_zones": [
                {"subnet_id": "subnet-0a", "availability_zone": "us-east-1a"},
                {"subnet_id": "subnet-0b", "availability_zone": "us-east-1b"},
            ],
        },
    }
).schema([places, people])
