"""The classic file as the first generation's libraries for mobile devices read it.

Their file names the plugin that reads each section. The official tool writes its own name where
it says who made the file; here it is ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from preamp.outputs.json_values import without_absent

if TYPE_CHECKING:
    from collections.abc import Mapping

    Classic = Mapping[str, Any]

_VERSION: Final = "1.0"
_NOTIFICATIONS: Final = {
    "SMS": "awsPinpointSmsNotificationsPlugin",
    "EMAIL": "awsPinpointEmailNotificationsPlugin",
    "InAppMessaging": "awsPinpointInAppMessagingNotificationsPlugin",
    "Push": "awsPinpointPushNotificationsPlugin",
}


def mobile_document(classic: Classic) -> dict[str, Any]:
    """Rewrite a classic document for mobile devices.

    Args:
        classic: What `classic_document` made.
    """
    from importlib.metadata import version

    made_by = {"UserAgent": f"preamp/{version('preamp')}", "Version": _VERSION}
    return without_absent(
        **made_by,
        auth=_auth(classic, made_by) if classic.get("aws_user_pools_id") else None,
        api=_api(classic) if classic.get("aws_appsync_graphqlEndpoint") else None,
        geo=_geo(classic["geo"]["amazon_location_service"]) if classic.get("geo") else None,
        analytics=_analytics(classic["Analytics"]) if classic.get("Analytics") else None,
        notifications=_notifications(classic.get("Notifications")),
        storage=_storage(classic) if classic.get("aws_user_files_s3_bucket") else None,
    )


def _auth(classic: Classic, made_by: Mapping[str, str]) -> dict[str, Any]:
    region, client = classic["aws_cognito_region"], classic["aws_user_pools_web_client_id"]
    pool = {"PoolId": classic["aws_user_pools_id"], "AppClientId": client, "Region": region}
    identities = without_absent(PoolId=classic.get("aws_cognito_identity_pool_id"), Region=region)
    return _plugin(
        "awsCognitoAuthPlugin",
        without_absent(
            **made_by,
            CognitoUserPool={"Default": pool},
            CredentialsProvider={"CognitoIdentity": {"Default": identities}},
            Auth={"Default": _signing_in(classic)},
            AppSync=_data_clients(classic) if classic.get("aws_appsync_graphqlEndpoint") else None,
        ),
    )


def _signing_in(classic: Classic) -> dict[str, Any]:
    password = classic.get("aws_cognito_password_protection_settings", {})
    oauth = classic.get("oauth")
    return without_absent(
        authenticationFlowType="USER_SRP_AUTH",
        mfaConfiguration=classic.get("aws_cognito_mfa_configuration"),
        mfaTypes=classic.get("aws_cognito_mfa_types"),
        passwordProtectionSettings=without_absent(
            passwordPolicyMinLength=password.get("passwordPolicyMinLength"),
            passwordPolicyCharacters=password.get("passwordPolicyCharacters", []),
        ),
        signupAttributes=classic.get("aws_cognito_signup_attributes", []),
        usernameAttributes=classic.get("aws_cognito_username_attributes", []),
        verificationMechanisms=classic.get("aws_cognito_verification_mechanisms", []),
        socialProviders=classic.get("aws_cognito_social_providers", []),
        OAuth=_oauth(oauth, classic["aws_user_pools_web_client_id"]) if oauth else None,
    )


def _oauth(oauth: Classic, client: str) -> dict[str, Any]:
    return {
        "WebDomain": oauth["domain"],
        "Scopes": oauth["scope"],
        "SignInRedirectURI": oauth["redirectSignIn"],
        "SignOutRedirectURI": oauth["redirectSignOut"],
        "AppClientId": client,
    }


def _data_clients(classic: Classic) -> dict[str, Any]:
    """One client for each way of authorization, the default one first."""
    default = classic["aws_appsync_authenticationType"]
    further = classic.get("aws_appsync_additionalAuthenticationTypes", "")
    return {
        "Default": _data_client(classic, default),
        **{f"data_{mode}": _data_client(classic, mode) for mode in further.split(",") if mode},
    }


def _data_client(classic: Classic, mode: str) -> dict[str, Any]:
    return without_absent(
        ApiUrl=classic["aws_appsync_graphqlEndpoint"],
        Region=classic["aws_appsync_region"],
        AuthMode=mode,
        ApiKey=classic.get("aws_appsync_apiKey"),
        ClientDatabasePrefix=f"data_{mode}",
    )


def _api(classic: Classic) -> dict[str, Any]:
    data = without_absent(
        endpointType="GraphQL",
        endpoint=classic["aws_appsync_graphqlEndpoint"],
        region=classic["aws_appsync_region"],
        authorizationType=classic["aws_appsync_authenticationType"],
        apiKey=classic.get("aws_appsync_apiKey"),
    )
    return _plugin("awsAPIPlugin", {"data": data})


def _geo(service: Classic) -> dict[str, Any]:
    content = without_absent(
        region=service["region"],
        maps=service.get("maps"),
        searchIndices=service.get("search_indices"),
    )
    return _plugin("awsLocationGeoPlugin", content)


def _analytics(analytics: Classic) -> dict[str, Any]:
    app, region = analytics["Pinpoint"]["appId"], analytics["Pinpoint"]["region"]
    return _plugin(
        "awsPinpointAnalyticsPlugin",
        {
            "pinpointAnalytics": {"region": region, "appId": app},
            "pinpointTargeting": {"region": region},
        },
    )


def _notifications(channels: Classic | None) -> dict[str, Any] | None:
    if channels is None:
        return None
    plugins = {
        plugin: channels[channel]["AWSPinpoint"]
        for channel, plugin in _NOTIFICATIONS.items()
        if channel in channels
    }
    return {"plugins": plugins}


def _storage(classic: Classic) -> dict[str, Any]:
    return _plugin(
        "awsS3StoragePlugin",
        {
            "bucket": classic["aws_user_files_s3_bucket"],
            "region": classic["aws_user_files_s3_bucket_region"],
        },
    )


def _plugin(name: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"plugins": {name: content}}
