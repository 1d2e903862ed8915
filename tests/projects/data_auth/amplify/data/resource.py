"""The API of data_auth."""

from preamp import define_data

from .models import api, authorizer

data = define_data(
    schema=api,
    authorization_modes={
        "default_authorization_mode": "userPool",
        "api_key_authorization_mode": {"expires_in_days": 14},
        "lambda_authorization_mode": {"function": authorizer, "time_to_live_in_seconds": 300},
        "oidc_authorization_mode": {
            "oidc_provider_name": "example-provider",
            "oidc_issuer_url": "https://id.example.com",
            "client_id": "abc123",
            "token_expiry_from_auth_in_seconds": 3600,
            "token_expire_from_issue_in_seconds": 7200,
        },
    },
)
