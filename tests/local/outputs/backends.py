"""Root stacks of backends as their outputs see them: entries with values, and no more."""

from __future__ import annotations

import json
from typing import Any, Final

BASE: Final = {
    "userPoolId": "us-east-1_AbCdEf",
    "webClientId": "7client",
    "identityPoolId": "us-east-1:11111111-2222-3333-4444-555555555555",
    "authRegion": "us-east-1",
    "allowUnauthenticatedIdentities": "true",
    "signupAttributes": '["email"]',
    "usernameAttributes": '["email"]',
    "verificationMechanisms": '["email"]',
    "passwordPolicyMinLength": "8",
    "passwordPolicyRequirements": '["REQUIRES_NUMBERS","REQUIRES_SYMBOLS"]',
    "mfaConfiguration": "OFF",
    "mfaTypes": "[]",
    "groups": "[]",
}
EXTERNAL: Final = {
    **BASE,
    "allowUnauthenticatedIdentities": "false",
    "signupAttributes": '["email","phone_number","birthdate"]',
    "verificationMechanisms": '["email","phone_number"]',
    "mfaConfiguration": "ON",
    "mfaTypes": '["SMS","TOTP"]',
    "socialProviders": '["GOOGLE","LOGIN_WITH_AMAZON","SIGN_IN_WITH_APPLE","MyOidc"]',
    "oauthCognitoDomain": "shop.auth.us-east-1.amazoncognito.com",
    "oauthScope": '["email","openid"]',
    "oauthRedirectSignIn": "http://localhost:3000/profile,https://example.com/profile",
    "oauthRedirectSignOut": "http://localhost:3000/",
    "oauthResponseType": "code",
    "oauthClientId": "7client",
    "groups": '[{"ADMINS":{"precedence":0}},{"EDITORS":{"precedence":1}}]',
}
PASSWORDLESS: Final = {
    **BASE,
    "mfaConfiguration": "OPTIONAL",
    "mfaTypes": '["EMAIL"]',
    "passwordlessOptions": (
        '{"emailOtpEnabled":true,"smsOtpEnabled":false,"webAuthn":{"relyingPartyId":"example.com",'
        '"userVerification":"required"},"preferredChallenge":"WEB_AUTHN"}'
    ),
}


def _bucket(name: str, **more: Any) -> str:
    return json.dumps(
        {"name": name, "bucketName": f"shop-{name}", "storageRegion": "us-east-1", **more}
    )


STORAGE: Final = {
    "storageRegion": "us-east-1",
    "bucketName": "shop-media",
    "buckets": json.dumps(
        [
            _bucket(
                "media",
                paths={
                    "public/*": {"guest": ["get", "list"], "authenticated": ["get", "write"]},
                    "own/${cognito-identity.amazonaws.com:sub}/*": {"entityidentity": ["delete"]},
                    "reports/*": {"groupsadmin": ["get"], "resource": ["list"]},
                },
            ),
            _bucket("scratch"),
        ]
    ),
}
DATA: Final = {
    "awsAppsyncApiId": "api",
    "awsAppsyncApiEndpoint": "http://127.0.0.1:4600/graphql/api",
    "awsAppsyncAuthenticationType": "API_KEY",
    "awsAppsyncRegion": "us-east-1",
    "amplifyApiModelSchemaS3Uri": "s3://shop-codegen/model-schema.graphql",
    "awsAppsyncApiKey": "da2-key",
    "awsAppsyncAdditionalAuthenticationTypes": "AWS_IAM,AMAZON_COGNITO_USER_POOLS",
}
CUSTOM: Final = {
    "customOutputs": json.dumps(
        {
            "version": "1",
            "custom": {"price": 1.5, "whole": 2.0, "none": None, "list": [], "text": "Grüße $x"},
            "geo": {
                "aws_region": "us-east-1",
                "maps": {"items": {"map": {"style": "VectorEsri"}}, "default": "map"},
                "search_indices": {"items": ["places"], "default": "places"},
                "geofence_collections": {"items": ["fences"], "default": "fences"},
            },
            "analytics": {"amazon_pinpoint": {"aws_region": "us-east-1", "app_id": "app"}},
            "notifications": {
                "aws_region": "us-east-1",
                "amazon_pinpoint_app_id": "app",
                "channels": ["APNS", "EMAIL", "IN_APP_MESSAGING", "SMS"],
            },
        }
    )
}
MODELS: Final = {"version": 1, "models": {"Todo": {"name": "Todo", "fields": {}}}, "enums": {}}

BACKENDS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "base": {"Auth": BASE},
    "external": {"Auth": EXTERNAL, "Storage": STORAGE, "Custom": CUSTOM},
    "passwordless": {"Auth": PASSWORDLESS, "GraphQL": DATA, "Storage": STORAGE},
    "custom": {"Custom": CUSTOM},
    "empty": {},
}
"""Entries of each backend, less what all have."""

MODELS_BUCKET: Final = "shop-models"


def template(entries: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The template of a root stack with these entries."""
    platform = {"deploymentType": "sandbox", "region": "us-east-1"}
    everything = {**entries, "Platform": platform}
    values = {name: value for entry in everything.values() for name, value in entry.items()}
    return {
        "Metadata": {
            f"AWS::Amplify::{kind}": {"version": "1", "stackOutputs": list(entry)}
            for kind, entry in everything.items()
        },
        "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
        "Outputs": {name: {"Value": value} for name, value in values.items()},
    }


def models_template(name: str = MODELS_BUCKET) -> dict[str, Any]:
    """The template of a stack that holds the bucket with what an API says of its models."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    return {"Resources": {"modelIntrospectionSchemaBucket1234": bucket}}
