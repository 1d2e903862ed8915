"""The API of data_types."""

from preamp import define_data

from .models import api

data = define_data(
    schema=api,
    name="typesApi",
    authorization_modes={
        "default_authorization_mode": "apiKey",
        "api_key_authorization_mode": {
            "description": "for the types case",
            "expires_in_days": 365,
        },
    },
    logging=True,
)
