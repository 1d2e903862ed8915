"""The snippets of the page about data make backends."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.functional.synth.page_backends import Page

PAGE: Final = Path(__file__).parents[3] / "docs" / "data.md"
DEFINITION: Final = "amplify/data/resource.py"
PLAIN: Final = {
    "amplify/auth/resource.py": "from preamp import define_auth\n"
    'auth = define_auth(login_with={"email": True})\n',
    "amplify/backend.py": "from preamp import define_backend\n"
    "from .auth.resource import auth\nfrom .data.resource import data\n"
    "backend = define_backend(auth=auth, data=data)\n",
}
EXPECTED: Final = {
    "Who may call": ["OPENID_CONNECT", "AWS_LAMBDA", '"AuthenticationType": "API_KEY"'],
    "GraphQL": ["notesByTag", "CloudWatchLogsRoleArn"],
    "Resources": ['"XrayEnabled": true', '"expires"', '"readCapacityUnits": 5'],
    "Functions": ["GraphqlAccessPolicy1", "AMPLIFY_DATA_GRAPHQL_ENDPOINT"],
}
"""What the templates of a section's backends must have in them."""


def test_each_backend_of_the_page_has_what_its_section_says(tmp_path: Path) -> None:
    Page(PAGE, DEFINITION, PLAIN, EXPECTED, always="AWS::AppSync::GraphQLApi").check(tmp_path)
