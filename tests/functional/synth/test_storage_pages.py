"""The snippets of Amplify's pages about storage, as our page has them, make backends."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.functional.synth.page_backends import Page

PAGE: Final = Path(__file__).parents[3] / "docs" / "storage.md"
DEFINITION: Final = "amplify/storage/resource.py"
PLAIN: Final = {
    "amplify/auth/resource.py": "from preamp import define_auth\n"
    'auth = define_auth(login_with={"email": True})\n',
    "amplify/backend.py": "from preamp import define_backend\n"
    "from .auth.resource import auth\nfrom .storage.resource import storage\n"
    "backend = define_backend(auth=auth, storage=storage)\n",
}
ETAG: Final = '"ExposedHeaders": ["x-amz-server-side-encryption"'
OWN: Final = "${cognito-identity.amazonaws.com:sub}/*"
EXPECTED: Final = {
    "Set up Storage": [ETAG, "Custom::S3AutoDeleteObjects"],
    "Set up Storage 2": [f"/profile-pictures/{OWN}", "/profile-pictures/*", "/picture-submi"],
    "Set up Storage 3": ["storagefirstBucket", "storagesecondBucket", f"/private/{OWN}"],
    "Customize authorization rules": ["unauthenticatedUserRole", "media/*"],
    "Customize authorization rules 3": ["auditorGroupRole", "adminGroupRole", "s3:DeleteObject"],
    "Customize authorization rules 4": ["auditorGroupRole", "adminGroupRole", "s3:PutObject"],
    "Customize authorization rules 5": [f"/media/{OWN}"],
    "Customize authorization rules 6": [f"/media/profile-pictures/{OWN}"],
    "Customize authorization rules 7": ["MY_PROJECT_FILES_BUCKET_NAME", "s3:DeleteObject"],
    "Customize authorization rules 8": ['"Effect": "Deny"', "media/albums/*"],
    "Customize authorization rules 9": [f"/private/{OWN}", f"/protected/{OWN}", "/public/*"],
    "Lambda S3 triggers": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
    "Lambda S3 triggers 2": ["s3:ObjectCreated:Put", "-uploadManifest.json"],
    "Extend S3 resources": ['"AccelerationStatus": "Enabled"'],
}
"""What the templates of a section's backends must have in them."""


def test_each_backend_of_the_page_has_what_its_section_says(tmp_path: Path) -> None:
    Page(PAGE, DEFINITION, PLAIN, EXPECTED, always="AWS::S3::Bucket").check(tmp_path)
