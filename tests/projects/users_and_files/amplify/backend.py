from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from preamp import define_backend

from .auth.resource import auth

backend = define_backend(auth=auth)

users = backend[auth].resources
client = users.cfn_resources.cfn_user_pool_client
client.explicit_auth_flows = [*client.explicit_auth_flows, "ALLOW_USER_PASSWORD_AUTH"]

stack = backend.create_stack("files")
bucket = s3.Bucket(
    stack,
    "Files",
    cors=[
        s3.CorsRule(
            allowed_headers=["*"],
            allowed_methods=list(s3.HttpMethods),
            allowed_origins=["*"],
            exposed_headers=["ETag"],
        )
    ],
)


def allow(role: iam.Role, path: str, actions: list[str]) -> None:
    """Let a role do something with what lies under a path, and list it."""
    prefixes = [path, path.removesuffix("*")]
    role.attach_inline_policy(
        iam.Policy(
            stack,
            f"{role.node.id}{path.partition('/')[0]}",
            statements=[
                iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects(path)]),
                iam.PolicyStatement(
                    actions=["s3:ListBucket"],
                    resources=[bucket.bucket_arn],
                    conditions={"StringLike": {"s3:prefix": prefixes}},
                ),
            ],
        )
    )


READ = ["s3:GetObject"]
WRITE = [*READ, "s3:PutObject", "s3:DeleteObject"]
allow(users.unauthenticated_user_iam_role, "public/*", READ)
allow(users.authenticated_user_iam_role, "public/*", READ)
allow(users.authenticated_user_iam_role, "private/${cognito-identity.amazonaws.com:sub}/*", WRITE)
allow(users.groups["ADMINS"].role, "admin/*", WRITE)

backend.add_output(
    storage={"aws_region": stack.region, "bucket_name": bucket.bucket_name},
)
