"""The snippets of Amplify's pages about auth, as our page has them, make backends."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.functional.synth.page_backends import Page

PAGE: Final = Path(__file__).parents[3] / "docs" / "auth.md"
DEFINITION: Final = "amplify/auth/resource.py"
BACKEND: Final = "amplify/backend.py"
PLAIN: Final = {
    DEFINITION: 'from preamp import define_auth\nauth = define_auth(login_with={"email": True})\n',
    BACKEND: "from preamp import define_backend\nfrom .auth.resource import auth\n"
    "backend = define_backend(auth=auth)\n",
}
EXPECTED: Final = {
    "Set up Amplify Auth": ["EMAIL_OTP", "ALLOW_USER_AUTH"],
    "Phone": ["phone_number", "SmsConfiguration"],
    "Usernames": ['"UsernameAttributes": []', "preferred_username"],
    "Passwordless": ["SMS_OTP", '"WebAuthnRelyingPartyID": "localhost"'],
    "Passwordless 2": ['"WebAuthnRelyingPartyID": "example.com"', '"required"'],
    "External identity providers": ["LoginWithAmazon", "SignInWithApple", "Facebook", "Google"],
    "External identity providers 2": ["myapp://callback/"],
    "External identity providers 3": ["MicrosoftEntraIDSAML", "https://login.example.com/tenant"],
    "Guest access": ['"AllowUnauthenticatedIdentities": false'],
    "User attributes": ['"MaxLength": "16"', '"MaxValue": "100"', "started_free_trial"],
    "User attributes 2": ["zoneinfo", "updated_at", "picture"],
    "User groups": ["ADMINS", "EDITORS", "mobiletargeting:PutEvents"],
    "Multi-factor authentication": ["EMAIL_OTP", "ChallengeRequiredOnNewDevice"],
    "Email customization": ["Use this code to confirm your account: {####}", "{username}"],
    "Email customization 2": ["CONFIRM_WITH_LINK", "Welcome! {##Confirm your account##}"],
    "Triggers": ["PreSignUp", '"ALLOW_DOMAIN": "example.com"'],
    "Custom auth flows": ["DefineAuthChallenge", "VerifyAuthChallengeResponse"],
    "Grant access to auth resources": ["cognito-idp:AdminAddUserToGroup", "AWS::SSM::Parameter"],
    "Manage passwords": ['"MinimumLength": 32'],
    "Modify Amplify-generated Cognito resources with CDK": ["app.example.com", "ALLOW_USER_AUTH"],
    "Moving to production": ["MyApp <registrations@example.com>", "inquiries@example.com"],
    "Moving to production 2": ["CustomEmailSender", "AWS::KMS::Key"],
    "Microsoft Entra ID (SAML)": ["AWS::Cognito::UserPoolDomain"],
    "Microsoft Entra ID (SAML) 2": ["identity/claims/emailaddress"],
    "Use existing Cognito resources": ["Custom::AmplifyRefAuth", "cognito-idp:AdminGetUser"],
}
"""What the templates of a section's backends must have in them."""


def test_each_backend_of_the_page_has_what_its_section_says(tmp_path: Path) -> None:
    Page(PAGE, DEFINITION, PLAIN, EXPECTED, always="AWS::Cognito::UserPool").check(tmp_path)
