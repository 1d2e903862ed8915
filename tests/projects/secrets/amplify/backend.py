from aws_cdk import aws_sns as sns

from preamp import define_backend, secret
from preamp.constructs import PythonFunction, resolve_secret

FETCHED = [
    "AMAZON_CLIENT_ID",
    "AMAZON_CLIENT_SECRET",
    "APPLE_CLIENT_ID",
    "APPLE_TEAM_ID",
    "APPLE_KEY_ID",
    "APPLE_PRIVATE_KEY",
    "FACEBOOK_CLIENT_ID",
    "FACEBOOK_CLIENT_SECRET",
    "MICROSOFT_ENTRA_ID_CLIENT_ID",
    "MICROSOFT_ENTRA_ID_CLIENT_SECRET",
    "OTHER_CLIENT_ID",
    "OTHER_CLIENT_SECRET",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
]

backend = define_backend()
auth = backend.create_stack("auth")
for name in [*FETCHED, "GOOGLE_CLIENT_ID"]:
    resolved = resolve_secret(auth, secret(name))
sns.Topic(auth, "Topic", display_name=resolved.unsafe_unwrap())

PythonFunction(
    backend.create_stack("jobs"),
    "all-options-lambda",
    entry="main.py",
    environment={
        "PLAIN": "value",
        "API_KEY": secret("MY_API_KEY"),
        "OTHER_KEY": secret("OTHER_KEY"),
    },
)
