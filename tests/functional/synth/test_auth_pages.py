"""The snippets of Amplify's pages about auth, as our page has them, make backends."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.functional.synth.warm_project import WarmProject

from preamp.assembly.warm import WarmSynthesizer

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = Path(__file__).parents[3] / "docs" / "auth.md"
SNIPPET: Final = re.compile(
    r"^```python\n# in (?P<file>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
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


def backends() -> Iterator[tuple[str, dict[str, str]]]:
    """The files of each backend: of a section's definition, and what follows it."""
    _, *sections = PAGE.read_text(encoding="utf-8").split("\n## ")
    for section in sections:
        title, _, text = section.partition("\n")
        made: list[dict[str, str]] = []
        for found in SNIPPET.finditer(text):
            if not made or (found["file"] == DEFINITION and DEFINITION in made[-1]):
                made.append({})
            made[-1][found["file"]] = found["text"]
        for number, files in enumerate(made, 1):
            yield title if number == 1 else f"{title} {number}", files


@pytest.fixture(scope="module")
def synthesizer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WarmProject, Any]]:
    project = WarmProject(tmp_path_factory.mktemp("pages"))
    with WarmSynthesizer(project.folder) as warm:
        warm.start()
        yield project, warm


def synthesized(project: WarmProject, warm: WarmSynthesizer, files: dict[str, str]) -> str:
    """The templates of a backend, as one text."""
    shutil.rmtree(project.folder / "amplify", ignore_errors=True)
    for name, text in {**PLAIN, **files}.items():
        (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / name).write_text(text, encoding="utf-8")
    project.synthesize(warm)
    found = [json.loads(file.read_text()) for file in project.output.glob("*.template.json")]
    return json.dumps(found, ensure_ascii=False)


def test_each_backend_of_the_page_has_what_its_section_says(
    synthesizer: tuple[WarmProject, WarmSynthesizer],
) -> None:
    seen = set()
    for name, files in backends():
        templates = synthesized(*synthesizer, files)
        expected = EXPECTED.get(name, ["AWS::Cognito::UserPool"])
        assert [text for text in expected if text not in templates] == [], name
        seen.add(name)
    assert set(EXPECTED) <= seen
