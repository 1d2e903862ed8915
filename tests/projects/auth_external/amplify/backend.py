from aws_cdk import aws_cognito as cognito

from preamp import define_auth, define_backend, secret

auth = define_auth(
    login_with={
        "email": True,
        "external_providers": {
            "google": {
                "client_id": secret("GOOGLE_CLIENT_ID"),
                "client_secret": secret("GOOGLE_CLIENT_SECRET"),
                "scopes": ["email", "profile"],
                "attribute_mapping": {
                    "email": "email",
                    "fullname": "name",
                    "custom": {"custom:locale": "locale"},
                },
            },
            "facebook": {
                "client_id": secret("FACEBOOK_CLIENT_ID"),
                "client_secret": secret("FACEBOOK_CLIENT_SECRET"),
                "scopes": ["public_profile", "email"],
                "api_version": "v17.0",
            },
            "login_with_amazon": {
                "client_id": secret("AMAZON_CLIENT_ID"),
                "client_secret": secret("AMAZON_CLIENT_SECRET"),
                "attribute_mapping": {"email": "email", "nickname": "name"},
            },
            "sign_in_with_apple": {
                "client_id": secret("APPLE_CLIENT_ID"),
                "team_id": secret("APPLE_TEAM_ID"),
                "key_id": secret("APPLE_KEY_ID"),
                "private_key": secret("APPLE_PRIVATE_KEY"),
                "scopes": ["email", "name"],
            },
            "oidc": [
                {
                    "name": "MicrosoftEntraID",
                    "client_id": secret("MICROSOFT_ENTRA_ID_CLIENT_ID"),
                    "client_secret": secret("MICROSOFT_ENTRA_ID_CLIENT_SECRET"),
                    "issuer_url": "https://login.example.com/tenant/v2.0",
                    "scopes": ["openid", "email"],
                    "attribute_request_method": "POST",
                },
                {
                    "client_id": secret("OTHER_CLIENT_ID"),
                    "client_secret": secret("OTHER_CLIENT_SECRET"),
                    "issuer_url": "https://id.example.org",
                    "identifiers": ["example.org"],
                    "endpoints": {
                        "authorization": "https://id.example.org/auth",
                        "jwks_uri": "https://id.example.org/keys",
                        "token": "https://id.example.org/token",
                        "user_info": "https://id.example.org/me",
                    },
                },
            ],
            "saml": {
                "name": "MicrosoftEntraIDSAML",
                "metadata": {
                    "metadata_content": "https://login.example.com/federationmetadata.xml",
                    "metadata_type": "URL",
                },
                "attribute_mapping": {"email": "emailaddress"},
                "identifiers": ["corp"],
                "idp_signout": True,
            },
            "scopes": ["EMAIL", "OPENID", "PROFILE"],
            "callback_urls": ["http://localhost:3000/profile", "https://app.example.com/profile"],
            "logout_urls": ["http://localhost:3000/", "https://app.example.com"],
        },
    },
    user_attributes={
        "nickname": {"required": False, "mutable": True},
        "custom:locale": {"data_type": "String"},
    },
)
backend = define_backend(auth=auth)

pool = backend[auth].resources.user_pool
domain = pool.node.find_child("UserPoolDomain").node.default_child
assert isinstance(domain, cognito.CfnUserPoolDomain)
domain.managed_login_version = 1
