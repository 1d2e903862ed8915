from preamp import define_backend, reference_auth

from .data.resource import data
from .storage.resource import storage
from .user_admin.resource import user_admin

ROLE = "arn:aws:iam::123456789012:role"

auth = reference_auth(
    user_pool_id="us-east-1_abcdef123",
    identity_pool_id="us-east-1:11111111-2222-3333-4444-555555555555",
    user_pool_client_id="client1234567890",
    auth_role_arn=f"{ROLE}/existing-auth-role",
    unauth_role_arn=f"{ROLE}/existing-unauth-role",
    groups={"ADMINS": f"{ROLE}/existing-admins-role"},
    access=lambda allow: [allow.resource(user_admin).to(["manageUsers", "listUsers"])],
)
backend = define_backend(auth=auth, data=data, storage=storage, user_admin=user_admin)
