"""Nobody but this machine's programs, with the right keys, may speak to the engine."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from botocore.exceptions import ClientError
from tests.local.engine.local_engine import policy

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
_CREATE_FUNCTION = ("POST", "/2015-03-31/functions")
_FOREIGN = "https://evil.example"


def ask(
    engine: EngineConnection,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> tuple[int, dict[str, str], bytes]:
    """Send a request with exactly these headers, and Host unless it is given as empty."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=10)
    try:
        wanted = {"Host": f"127.0.0.1:{engine.port}", **(headers or {})}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in wanted.items():
            if value:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        fields = {name.lower(): value for name, value in response.getheaders()}
        return response.status, fields, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "localhost:1",
        "localhost.evil:{port}",
    ],
)
def test_a_foreign_host_is_refused(engine: EngineConnection, host: str) -> None:
    status, _, _ = ask(engine, "GET", "/", {"Host": host.format(port=engine.port)})
    # A missing Host header is refused by the HTTP server or by the guard.
    assert status in {400, 403}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "bucket.localhost"])
def test_our_hosts_are_accepted(engine: EngineConnection, host: str) -> None:
    headers = {"Host": f"{host}:{engine.port}"}
    assert ask(engine, "GET", "/_ministack/health", headers)[0] == 200


@pytest.mark.parametrize("origin", [_FOREIGN, "null", "http://localhost.evil.example", "http://x"])
def test_a_foreign_page_is_refused_and_cannot_read_why(
    engine: EngineConnection, origin: str
) -> None:
    status, headers, _ = ask(engine, "GET", "/_ministack/health", {"Origin": origin})
    assert status == 403
    assert "access-control-allow-origin" not in headers


def test_a_foreign_page_cannot_create_a_function_without_preflight(
    engine: EngineConnection,
) -> None:
    headers = {"Content-Type": "text/plain", "Origin": _FOREIGN}
    query = "?X-Amz-Credential=test/20260101/us-east-1/lambda/aws4_request"
    method, path = _CREATE_FUNCTION
    assert ask(engine, method, path + query, headers, b"{}")[0] == 403


def test_a_cross_site_request_without_origin_is_refused(engine: EngineConnection) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Referer": f"{_FOREIGN}/"}
    assert ask(engine, "GET", "/_ministack/health", headers)[0] == 403


def test_an_image_on_a_page_of_this_machine_may_be_loaded(engine: EngineConnection) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost:5173/"}
    assert ask(engine, "GET", "/_ministack/health", headers)[0] == 200


def test_a_page_of_this_machine_gets_exact_cors_headers(engine: EngineConnection) -> None:
    headers = {
        "Origin": "http://localhost:5173",
        "Sec-Fetch-Site": "cross-site",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-amz-target",
    }
    status, answered, _ = ask(engine, "OPTIONS", "/", headers)
    assert status == 200
    assert answered["access-control-allow-origin"] == "http://localhost:5173"
    assert answered["access-control-allow-headers"] == "authorization,x-amz-target"


@pytest.mark.parametrize("origin", ["", "http://localhost:5173"])
def test_headers_for_pages_are_sent_to_pages_alone(client: ClientFactory, origin: str) -> None:
    sqs = client("sqs")

    def come_from_a_page(request: Any, **_: object) -> None:
        request.headers["Origin"] = origin

    if origin:
        sqs.meta.events.register("before-sign.sqs", come_from_a_page)
    answered = sqs.list_queues()["ResponseMetadata"]["HTTPHeaders"]
    sqs.meta.events.unregister("before-sign.sqs", come_from_a_page)
    assert any(name.startswith("access-control-") for name in answered) is bool(origin)
    assert answered.get("access-control-allow-origin", "") == origin


def test_a_foreign_websocket_is_refused(engine: EngineConnection) -> None:
    headers = {
        "Origin": _FOREIGN,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert ask(engine, "GET", "/_aws/execute-api/x/y", headers)[0] == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/_ministack/lambda-code/x"),
        ("PUT", "/_ministack/cfn-response/short"),
        ("POST", "/_ministack/cfn-response/0123456789abcdef0123"),
        ("GET", "/_preamp/mail"),
        ("POST", "/_preamp/reset"),
        ("GET", "/_preamp/health"),
    ],
)
@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong"])
def test_the_engines_own_paths_need_the_token(
    engine: EngineConnection, method: str, path: str, token: str
) -> None:
    assert ask(engine, method, path, {"Authorization": token})[0] == 403


def test_with_the_token_they_answer(engine: EngineConnection) -> None:
    headers = {"Authorization": f"Bearer {engine.token}"}
    assert ask(engine, "GET", "/_preamp/health", headers)[0] == 200


@pytest.mark.parametrize("key", ["test", "000000000000", "123456789012", "AKIAIOSFODNN7EXAMPLE"])
def test_no_other_key_is_root(client: ClientFactory, key: str) -> None:
    with pytest.raises(ClientError) as caught:
        client("s3", aws_access_key_id=key, aws_secret_access_key="test").list_buckets()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    with pytest.raises(ClientError):
        client("sts", aws_access_key_id=key, aws_secret_access_key="test").get_caller_identity()


@pytest.mark.parametrize("service", ["sqs", "iam", "dynamodb", "lambda"])
def test_the_root_keys_signature_is_verified(client: ClientFactory, service: str) -> None:
    operation = {
        "sqs": "list_queues",
        "iam": "list_roles",
        "dynamodb": "list_tables",
        "lambda": "list_functions",
    }[service]
    getattr(client(service), operation)()
    with pytest.raises(ClientError) as caught:
        getattr(client(service, aws_secret_access_key="wrong"), operation)()
    code = caught.value.response["Error"]["Code"]
    assert code in {"SignatureDoesNotMatch", "InvalidSignatureException"}


def test_a_presigned_url_with_another_signature_is_refused(
    engine: EngineConnection, client: ClientFactory
) -> None:
    bucket = "cdk-hnb659fds-assets-000000000000-us-east-1"
    client("s3").put_object(Bucket=bucket, Key="signed", Body=b"x")
    url = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "signed"}
    )
    path = url.removeprefix(engine.endpoint)
    assert ask(engine, "GET", path)[0] == 200
    assert ask(engine, "GET", path[:-1] + ("0" if path[-1] != "0" else "1"))[0] == 403


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS4-HMAC-SHA256 x"])
def test_without_a_key_nobody_is_root(engine: EngineConnection, authorization: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": authorization}
    for body in (b"Action=ListRoles&Version=2010-05-08", b"Action=ListQueues&Version=2012-11-05"):
        assert ask(engine, "POST", "/", form, body)[0] >= 400
    target = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
        "Authorization": authorization,
    }
    assert ask(engine, "POST", "/", target, b"{}")[0] >= 400


def test_without_a_key_a_bucket_is_closed(engine: EngineConnection, client: ClientFactory) -> None:
    bucket = "closed-to-the-public"
    client("s3").create_bucket(Bucket=bucket)
    client("s3").put_object(Bucket=bucket, Key="key", Body=b"x")
    assert ask(engine, "GET", f"/{bucket}/key")[0] == 403
    assert ask(engine, "PUT", f"/{bucket}/key", body=b"y")[0] == 403
    assert ask(engine, "GET", f"/{bucket}/key", {"Authorization": "Bearer x"})[0] >= 400


def test_without_a_key_a_public_bucket_is_open_as_far_as_its_policy_says(
    engine: EngineConnection, client: ClientFactory
) -> None:
    bucket = "open-to-the-public"
    client("s3").create_bucket(Bucket=bucket)
    client("s3").put_object(Bucket=bucket, Key="key", Body=b"x")
    client("s3").delete_public_access_block(Bucket=bucket)
    reading = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    document = policy({**reading, "Resource": f"arn:aws:s3:::{bucket}/*"})
    client("s3").put_bucket_policy(Bucket=bucket, Policy=document)
    assert ask(engine, "GET", f"/{bucket}/key")[0] == 200
    assert ask(engine, "PUT", f"/{bucket}/key", body=b"y")[0] == 403
    assert ask(engine, "DELETE", f"/{bucket}")[0] == 403


def test_a_function_url_without_authorization_needs_a_permission(
    engine: EngineConnection,
    client: ClientFactory,
    functions: Functions,
) -> None:
    name = functions.create("def handler(event, context): return {'statusCode': 200, 'body': 'x'}")
    created = client("lambda").create_function_url_config(FunctionName=name, AuthType="NONE")
    url_id = created["FunctionUrl"].removeprefix("https://").split(".")[0]
    path = f"/_aws/lambda-url/{url_id}/"
    assert ask(engine, "GET", path)[0] == 403
    client("lambda").add_permission(
        FunctionName=name,
        StatementId="public",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    assert ask(engine, "GET", path)[::2] == (200, b"x")


def test_operations_aws_serves_unsigned_are_served(client: ClientFactory) -> None:
    from botocore import UNSIGNED
    from botocore.config import Config

    pools = client("cognito-idp")
    pool = pools.create_user_pool(PoolName="unsigned")["UserPool"]["Id"]
    app = pools.create_user_pool_client(UserPoolId=pool, ClientName="app")["UserPoolClient"]
    unsigned = client("cognito-idp", config=Config(signature_version=UNSIGNED))
    answer = unsigned.sign_up(ClientId=app["ClientId"], Username="jo", Password="Passw0rd!")
    assert answer["UserSub"]


def test_everything_listens_on_loopback_only(engine: EngineConnection) -> None:
    process = psutil.Process(engine.pid)
    addresses = {
        connection.laddr.ip
        for each in [process, *process.children(recursive=True)]
        for connection in each.net_connections("inet")
        if connection.status in {psutil.CONN_LISTEN, psutil.CONN_NONE}
    }
    assert addresses == {"127.0.0.1"}
