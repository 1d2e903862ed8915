"""The classic file: what the first generation of Amplify called ``amplifyconfiguration``.

Made from a document of the present schema, as the official tool makes version 0. Keys are those
that Amplify's libraries read before there was ``amplify_outputs.json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.outputs.json_values import without_absent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Section = Mapping[str, Any]

_MFA: Final = {"NONE": "OFF", "OPTIONAL": "OPTIONAL", "REQUIRED": "ON"}
_SOCIAL: Final = {"SIGN_IN_WITH_APPLE": "APPLE", "LOGIN_WITH_AMAZON": "AMAZON"}
_REQUIREMENTS: Final = ("numbers", "lowercase", "uppercase", "symbols")
_CHANNELS: Final = {
    "IN_APP_MESSAGING": "InAppMessaging",
    "FCM": "Push",
    "APNS": "Push",
    "EMAIL": "EMAIL",
    "SMS": "SMS",
}


def classic_document(document: Section) -> dict[str, Any]:
    """Rewrite a document for libraries of the first generation.

    Args:
        document: The present form, version 1.4 or later.
    """
    regions = (document[name]["aws_region"] for name in _REGIONAL if name in document)
    classic: dict[str, Any] = without_absent(aws_project_region=next(regions, None))
    for name, rewrite in _SECTIONS.items():
        if document.get(name):
            classic.update(rewrite(document[name]))
    return classic


def _auth(auth: Section) -> dict[str, Any]:
    oauth = auth.get("oauth")
    return without_absent(
        aws_user_pools_id=auth["user_pool_id"],
        aws_cognito_region=auth["aws_region"],
        aws_user_pools_web_client_id=auth["user_pool_client_id"],
        aws_cognito_identity_pool_id=auth.get("identity_pool_id"),
        allowUnauthenticatedIdentities=(
            "true" if auth.get("unauthenticated_identities_enabled") else None
        ),
        aws_cognito_mfa_types=auth.get("mfa_methods"),
        aws_cognito_mfa_configuration=_MFA.get(auth.get("mfa_configuration", "")),
        aws_cognito_signup_attributes=_upper(auth.get("standard_required_attributes")),
        aws_cognito_username_attributes=_upper(auth.get("username_attributes")),
        aws_cognito_verification_mechanisms=_upper(auth.get("user_verification_types")),
        aws_cognito_password_protection_settings=_password(auth.get("password_policy")),
        oauth=_oauth(oauth) if oauth else None,
        aws_cognito_social_providers=(
            [_SOCIAL.get(name, name) for name in oauth["identity_providers"]] if oauth else None
        ),
    )


def _upper(names: list[str] | None) -> list[str] | None:
    return None if names is None else [name.upper() for name in names]


def _password(policy: Section | None) -> dict[str, Any] | None:
    if not policy:
        return None
    required = [
        f"REQUIRES_{name.upper()}" for name in _REQUIREMENTS if policy.get(f"require_{name}")
    ]
    return without_absent(
        passwordPolicyMinLength=policy.get("min_length") or None,
        passwordPolicyCharacters=required,
    )


def _oauth(oauth: Section) -> dict[str, Any]:
    return without_absent(
        domain=oauth["domain"],
        scope=oauth["scopes"],
        redirectSignIn=",".join(oauth["redirect_sign_in_uri"]),
        redirectSignOut=",".join(oauth["redirect_sign_out_uri"]),
        responseType=oauth.get("response_type"),
    )


def _data(data: Section) -> dict[str, Any]:
    further = data.get("authorization_types")
    return without_absent(
        aws_appsync_authenticationType=data["default_authorization_type"],
        aws_appsync_region=data["aws_region"],
        aws_appsync_graphqlEndpoint=data["url"],
        modelIntrospection=data.get("model_introspection"),
        aws_appsync_apiKey=data.get("api_key") or None,
        aws_appsync_additionalAuthenticationTypes=",".join(further) if further else None,
    )


def _storage(storage: Section) -> dict[str, Any]:
    return {
        "aws_user_files_s3_bucket": storage["bucket_name"],
        "aws_user_files_s3_bucket_region": storage["aws_region"],
    }


def _analytics(analytics: Section) -> dict[str, Any]:
    pinpoint = analytics.get("amazon_pinpoint")
    if not pinpoint:
        return {}
    app, region = pinpoint["app_id"], pinpoint["aws_region"]
    return {
        "Analytics": {"Pinpoint": {"appId": app, "region": region}},
        "aws_mobile_analytics_app_id": app,
        "aws_mobile_analytics_app_region": region,
    }


def _geo(geo: Section) -> dict[str, Any]:
    maps = geo.get("maps")
    styles = {
        name: {"style": item["style"]}
        for name, item in (maps["items"] if maps else {}).items()
        if item.get("style")
    }
    service = without_absent(
        region=geo["aws_region"],
        maps={"default": maps["default"], "items": styles} if maps else None,
        search_indices=geo.get("search_indices"),
        geofenceCollections=geo.get("geofence_collections"),
    )
    return {"geo": {"amazon_location_service": service}}


def _notifications(notifications: Section) -> dict[str, Any]:
    app, region = notifications.get("amazon_pinpoint_app_id"), notifications.get("aws_region")
    channels = notifications.get("channels")
    if not app or not region or channels is None:
        return {}
    pinpoint = {"AWSPinpoint": {"appId": app, "region": region}}
    known = {_CHANNELS[name]: pinpoint for name in channels if name in _CHANNELS}
    return {"Notifications": known}


def _custom(custom: Section) -> dict[str, Any]:
    return {"custom": custom}


_REGIONAL: Final = ("auth", "data", "storage")
"""Sections whose region counts as that of the project; the first one that is there."""

_SECTIONS: Final[Mapping[str, Callable[[Section], dict[str, Any]]]] = {
    "auth": _auth,
    "data": _data,
    "storage": _storage,
    "analytics": _analytics,
    "geo": _geo,
    "notifications": _notifications,
    "custom": _custom,
}
