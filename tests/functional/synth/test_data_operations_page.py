"""The snippets about other data sources make backends."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.functional.synth.page_backends import Page

PAGE: Final = Path(__file__).parents[3] / "docs" / "data-operations.md"
DATA: Final = "amplify/data"
RESOLVERS: Final = (
    "addPost", "deletePost", "generateHaiku", "getPost", "identifyText", "increment-like",
    "onOrderFromEventBridge", "publishOrderFromEventBridge", "publishOrderToEventBridge",
    "resolvers/kbResolver", "translate", "updatePost",
)  # fmt: skip
PLAIN: Final = {
    "amplify/auth/resource.py": "from preamp import define_auth\n"
    'auth = define_auth(login_with={"email": True})\n',
    f"{DATA}/convert_text_to_speech.py": "def handler(event, context): ...\n",
    **{f"{DATA}/{name}.js": "export const request = () => ({});\n" for name in RESOLVERS},
}
EXPECTED: Final = {
    "Add custom queries and mutations 3": ["ExternalTableDataSource", "MyExternalTable"],
    "Connect to external Amazon DynamoDB data sources": ["ExternalPostTableDataSource"],
    "Connect to Amazon Polly for Text-To-Speech APIs": ["polly:StartSpeechSynthesisTask"],
    "Connect to Amazon Rekognition for Image Analysis APIs": ["rekognition:DetectText"],
    "Connect to Amazon Translate for language translation APIs": ["translate:TranslateText"],
    "Connect to Amazon Bedrock for generative AI use cases": ["bedrock:InvokeModel"],
    "Connect to Amazon Bedrock for generative AI use cases 2": ['"EnvironmentVariables"'],
    "Connect to Amazon EventBridge to send and receive events": ["AMAZON_EVENTBRIDGE"],
    "Connect to an external HTTP endpoint": ["https://www.example.com"],
    "Knowledge Base": ["bedrock:Retrieve", "bedrock-agent-runtime"],
}
"""What the templates of a section's backends must have in them."""


def test_each_backend_of_the_page_has_what_its_section_says(tmp_path: Path) -> None:
    page = Page(
        PAGE,
        f"{DATA}/resource.py",
        PLAIN,
        EXPECTED,
        always="AWS::AppSync::GraphQLApi",
        showing="amplify/backend.py",
    )
    page.check(tmp_path)
