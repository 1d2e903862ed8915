from aws_cdk import aws_sqs as sqs

from preamp import define_backend

from .auth.resource import auth
from .storage.resource import files, noter, shelf

backend = define_backend(auth=auth, files=files, shelf=shelf, noter=noter)

client = backend[auth].resources.cfn_resources.cfn_user_pool_client
client.explicit_auth_flows = [*client.explicit_auth_flows, "ALLOW_USER_PASSWORD_AUTH"]

notes = sqs.Queue(backend.create_stack("notes"), "Notes")
notes.grant_send_messages(backend[noter].resources.lambda_)
backend[noter].add_environment("NOTES", notes.queue_url)
backend.add_output(custom={"notes": notes.queue_url})
