"""The API of data_operations."""

from preamp import define_data

from .models import api

data = define_data(
    schema=api,
    authorization_modes={
        "default_authorization_mode": "userPool",
        "api_key_authorization_mode": {},
    },
)
