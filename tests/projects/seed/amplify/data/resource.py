from preamp import define_data
from preamp.data import Model, allow


class Todo(Model, authorization=[allow.owner(), allow.public_api_key()]):
    content: str | None


data = define_data(
    schema=[Todo],
    authorization_modes={
        "default_authorization_mode": "userPool",
        "api_key_authorization_mode": {"expires_in_days": 30},
    },
)
