"""What ``cdk bootstrap`` makes in an account, so that deploying here is like deploying there.

AWS: "Bootstrapping reference" of the AWS CDK developer guide. Talks to the emulator's handlers
directly: nobody needs to be authorized for this.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from preamp.engine.ministack.upstream import module

if TYPE_CHECKING:
    from preamp.engine.setup import Setup

_QUALIFIER: Final = "hnb659fds"
_TEMPLATE_VERSION: Final = "30"
_ROLES: Final = ("deploy", "cfn-exec", "file-publishing", "image-publishing", "lookup")
_FORM: Final = "application/x-www-form-urlencoded"


async def ensure_bootstrapped(setup: Setup) -> None:
    """Make the staging bucket, the roles and the version parameter, where they are not there."""
    place = f"{setup.account}-{setup.region}"
    await _handle("s3", "PUT", f"/cdk-{_QUALIFIER}-assets-{place}", {}, b"")
    for role in _ROLES:
        await _make_role(f"cdk-{_QUALIFIER}-{role}-role-{place}", setup.account)
    parameter = {
        "Name": f"/cdk-bootstrap/{_QUALIFIER}/version",
        "Value": _TEMPLATE_VERSION,
        "Type": "String",
        "Overwrite": True,
    }
    target = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonSSM.PutParameter",
    }
    await _handle("ssm", "POST", "/", target, json.dumps(parameter).encode())


async def _make_role(name: str, account: str) -> None:
    principals = {"AWS": f"arn:aws:iam::{account}:root", "Service": "cloudformation.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    await _iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=_policy(trust))
    await _iam(
        "PutRolePolicy", RoleName=name, PolicyName="default", PolicyDocument=_policy(everything)
    )


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


async def _iam(action: str, **parameters: str) -> None:
    body = urlencode({"Action": action, "Version": "2010-05-08", **parameters}).encode()
    await _handle("iam", "POST", "/", {"content-type": _FORM}, body)


async def _handle(
    service: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    # What is there already answers with an error, which is just as well.
    await module("app").SERVICE_HANDLERS[service](method, path, headers, body, {})
