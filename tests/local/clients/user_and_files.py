"""The template of a backend with users and files, as Amplify's auth and storage make it."""

from __future__ import annotations

from typing import Any, Final

_IDENTITY: Final = "cognito-identity.amazonaws.com"
_OWN: Final = "${cognito-identity.amazonaws.com:sub}"
_PROVIDER: Final = {"Fn::GetAtt": ["Pool", "ProviderName"]}
_FLOWS: Final = [
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
]
_RULES: Final = {
    "Guest": {"read": ["public/*"]},
    "User": {"read": ["public/*"], "write": [f"private/{_OWN}/*"]},
    "Admin": {"write": ["admin/*"]},
}


def template() -> dict[str, Any]:
    """Write the template."""
    roles = {f"{name}Role": _role(name, rules) for name, rules in _RULES.items()}
    resources = {**_users(), **_identities(), **roles, "Bucket": _bucket()}
    outputs = {
        name: {"Value": {"Ref": name}} for name in ("Pool", "Client", "Identities", "Bucket")
    }
    return {"Resources": resources, "Outputs": outputs}


def _users() -> dict[str, Any]:
    factors = ["PASSWORD", "EMAIL_OTP"]
    pool = {
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "MfaConfiguration": "OPTIONAL",
        "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
        "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": factors}},
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]
        },
    }
    client = {
        "UserPoolId": {"Ref": "Pool"},
        "ExplicitAuthFlows": _FLOWS,
        "PreventUserExistenceErrors": "ENABLED",
    }
    group = {
        "UserPoolId": {"Ref": "Pool"},
        "GroupName": "ADMINS",
        "Precedence": 0,
        "RoleArn": {"Fn::GetAtt": ["AdminRole", "Arn"]},
    }
    return {
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": pool},
        "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": client},
        "Group": {"Type": "AWS::Cognito::UserPoolGroup", "Properties": group},
    }


def _identities() -> dict[str, Any]:
    mapping = {
        "Type": "Token",
        "AmbiguousRoleResolution": "AuthenticatedRole",
        "IdentityProvider": {"Fn::Join": [":", [_PROVIDER, {"Ref": "Client"}]]},
    }
    roles = {
        "authenticated": {"Fn::GetAtt": ["UserRole", "Arn"]},
        "unauthenticated": {"Fn::GetAtt": ["GuestRole", "Arn"]},
    }
    pool = {
        "AllowUnauthenticatedIdentities": True,
        "CognitoIdentityProviders": [{"ClientId": {"Ref": "Client"}, "ProviderName": _PROVIDER}],
    }
    attachment = {
        "IdentityPoolId": {"Ref": "Identities"},
        "Roles": roles,
        "RoleMappings": {"UserPoolWebClientRoleMapping": mapping},
    }
    return {
        "Identities": {"Type": "AWS::Cognito::IdentityPool", "Properties": pool},
        "Attachment": {
            "Type": "AWS::Cognito::IdentityPoolRoleAttachment",
            "Properties": attachment,
        },
    }


def _role(name: str, rules: dict[str, list[str]]) -> dict[str, Any]:
    amr = "unauthenticated" if name == "Guest" else "authenticated"
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": _IDENTITY},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{_IDENTITY}:aud": {"Ref": "Identities"}},
            "ForAnyValue:StringLike": {f"{_IDENTITY}:amr": amr},
        },
    }
    statements = [each for kind, paths in rules.items() for each in _statements(kind, paths)]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": _document([trust]),
            "Policies": [{"PolicyName": "paths", "PolicyDocument": _document(statements)}],
        },
    }


def _statements(kind: str, paths: list[str]) -> list[dict[str, Any]]:
    writing = ["s3:PutObject", "s3:DeleteObject"] if kind == "write" else []
    bucket = {"Fn::GetAtt": ["Bucket", "Arn"]}
    objects = [{"Fn::Join": ["/", [bucket, path]]} for path in paths]
    within = {"StringLike": {"s3:prefix": paths + [path.removesuffix("*") for path in paths]}}
    return [
        {"Effect": "Allow", "Action": ["s3:GetObject", *writing], "Resource": objects},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket, "Condition": within},
    ]


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _bucket() -> dict[str, Any]:
    rule = {
        "AllowedHeaders": ["*"],
        "AllowedMethods": ["GET", "HEAD", "PUT", "POST", "DELETE"],
        "AllowedOrigins": ["*"],
        "ExposedHeaders": ["x-amz-server-side-encryption", "x-amz-request-id", "ETag"],
        "MaxAge": 3000,
    }
    cors = {"CorsConfiguration": {"CorsRules": [rule]}}
    return {"Type": "AWS::S3::Bucket", "Properties": cors}
