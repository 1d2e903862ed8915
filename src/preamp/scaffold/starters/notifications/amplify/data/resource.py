"""What is kept for them, behind a GraphQL API."""

from preamp import define_data
from preamp.data import Model, allow


class Todo(Model, authorization=[allow.owner(), allow.public_api_key()]):
    """Something to do, of whoever wrote it down, or of anybody with the API's key."""

    content: str | None


data = define_data(
    schema=[Todo],
    authorization_modes={
        "default_authorization_mode": "userPool",
        "api_key_authorization_mode": {"expires_in_days": 30},
    },
)
