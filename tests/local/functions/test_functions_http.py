"""Functions behind REST APIs, HTTP APIs and URLs of their own.

AWS: "Set up Lambda proxy integrations in API Gateway", "Create AWS Lambda proxy integrations for
HTTP APIs", "Invoking Lambda function URLs", "Control access to Lambda function URLs".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from tests.local.engine.local_engine import unique_name
from tests.local.functions.arrivals import FAILS, REPORTS, Queue

if TYPE_CHECKING:
    from tests.local.engine.local_engine import Functions

    from preamp.engine.protocol import EngineConnection

ClientFactory = Callable[..., Any]
Browser = Callable[..., Any]

_SHOWS = """
import json
def handler(event, context):
    return {"statusCode": 201, "headers": {"X-Shown": "yes"}, "body": json.dumps(event)}
"""
_WAITS = (
    REPORTS + "def handler(event, context):\n"
    "    sqs('ReceiveMessage', QueueUrl=os.environ['QUEUE'], WaitTimeSeconds=20)\n"
    "    return {'statusCode': 200, 'body': 'late'}\n"
)


@pytest.fixture
def browse(engine: EngineConnection) -> Browser:
    """Make a request, signed if asked for; the answer has ``status_code`` and ``text``."""
    session = URLLib3Session()

    def request(
        path: str, method: str = "GET", *, data: str = "", signed: bool = False, **headers: str
    ) -> Any:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        made = AWSRequest(method, engine.endpoint + path, names, data.encode())
        if signed:
            keys = Credentials(engine.access_key_id, engine.secret_access_key)
            SigV4Auth(keys, "lambda", engine.region).add_auth(made)
        return session.send(made.prepare())

    return request


def rest_api(client: ClientFactory, arn: str, **integration: Any) -> str:
    """Put a function behind a REST API; return the path of its stage."""
    gateway = client("apigateway")
    api = gateway.create_rest_api(name=unique_name("api"))["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart="{proxy+}")["id"]
    where = {"restApiId": api, "resourceId": resource, "httpMethod": "ANY"}
    gateway.put_method(**where, authorizationType="NONE")
    functions = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions"
    gateway.put_integration(
        **where,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"{functions}/{arn}/invocations",
        **integration,
    )
    gateway.create_deployment(restApiId=api, stageName="prod")
    return f"/_aws/execute-api/{api}/prod"


def http_api(client: ClientFactory, arn: str, version: str = "2.0", **integration: Any) -> str:
    """Put a function behind an HTTP API; return the path of its stage."""
    gateway = client("apigatewayv2")
    api = gateway.create_api(Name=unique_name("api"), ProtocolType="HTTP")["ApiId"]
    made = gateway.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=arn,
        PayloadFormatVersion=version,
        **integration,
    )
    target = f"integrations/{made['IntegrationId']}"
    gateway.create_route(ApiId=api, RouteKey="ANY /{proxy+}", Target=target)
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return f"/_aws/execute-api/{api}/$default"


def test_a_rest_api_passes_the_request_and_the_answer(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    path = rest_api(client, functions.arn(functions.create(_SHOWS)))
    answer = browse(
        f"{path}/a/b?x=1&x=2", "POST", data="hello", Content_Type="text/plain", X_Color="red"
    )
    assert (answer.status_code, answer.headers["X-Shown"]) == (201, "yes")
    event = json.loads(answer.text)
    assert (event["httpMethod"], event["path"], event["body"]) == ("POST", "/a/b", "hello")
    assert event["resource"] == "/{proxy+}"
    assert event["pathParameters"] == {"proxy": "a/b"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    headers = {name.lower(): value for name, value in event["headers"].items()}
    assert headers["x-color"] == "red"
    assert event["requestContext"]["stage"] == "prod"


def test_an_http_api_speaks_version_2(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    path = http_api(client, functions.arn(functions.create(_SHOWS)))
    answer = browse(
        f"{path}/a?x=1&x=2", "POST", data="hello", Content_Type="text/plain", Cookie="c=1; d=2"
    )
    assert answer.status_code == 201
    event = json.loads(answer.text)
    assert (event["version"], event["rawPath"], event["body"]) == ("2.0", "/a", "hello")
    assert event["routeKey"] == "ANY /{proxy+}"
    assert event["queryStringParameters"] == {"x": "1,2"}
    assert event["cookies"] == ["c=1", "d=2"]
    assert event["requestContext"]["http"]["method"] == "POST"


def test_an_http_api_speaks_version_1(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    path = http_api(client, functions.arn(functions.create(_SHOWS)), "1.0")
    answer = browse(f"{path}/a?x=1&x=2", Cookie="c=1; d=2")
    assert (answer.status_code, answer.headers["X-Shown"]) == (201, "yes")
    event = json.loads(answer.text)
    assert (event["version"], event["httpMethod"], event["path"]) == ("1.0", "GET", "/a")
    assert event["resource"] == "/{proxy+}"
    assert event["pathParameters"] == {"proxy": "a"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert event["headers"]["cookie"] == "c=1; d=2"
    assert event["requestContext"]["stage"] == "$default"


def test_an_http_api_infers_an_answer(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    """AWS: "Lambda function response for format 2.0"."""
    path = http_api(client, functions.arn(functions.create("def handler(e, c): return {'a': 1}")))
    answer = browse(f"{path}/a")
    assert (answer.status_code, json.loads(answer.text)) == (200, {"a": 1})


@pytest.mark.parametrize("source", [FAILS, "def handler(event, context): return {'a': 1}"])
def test_a_rest_api_hides_failures_and_what_is_no_answer(
    functions: Functions, client: ClientFactory, browse: Browser, source: str
) -> None:
    """AWS: "Handle Lambda errors in API Gateway"."""
    answer = browse(rest_api(client, functions.arn(functions.create(source))) + "/a")
    assert answer.status_code == 502
    assert json.loads(answer.text) == {"message": "Internal server error"}


def test_an_http_api_hides_failures(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    """AWS: "Troubleshooting issues with HTTP API Lambda integrations"."""
    answer = browse(http_api(client, functions.arn(functions.create(FAILS))) + "/a")
    assert answer.status_code == 500
    assert json.loads(answer.text) == {"message": "Internal Server Error"}


@pytest.mark.parametrize("make", [rest_api, http_api])
def test_an_api_does_not_wait_for_ever(
    functions: Functions,
    client: ClientFactory,
    browse: Browser,
    queue: Queue,
    make: Callable[..., str],
) -> None:
    """AWS: "Quotas", integration timeout."""
    name = functions.create(_WAITS, Environment=queue.reporting(), Timeout=30)
    is_rest = make is rest_api
    limit = {"timeoutInMillis": 100} if is_rest else {"TimeoutInMillis": 100}
    answer = browse(make(client, functions.arn(name), **limit) + "/a")
    queue.send("go")
    expected = (504, "Endpoint request timed out") if is_rest else (503, "Service Unavailable")
    assert (answer.status_code, json.loads(answer.text)["message"]) == expected


def function_url(client: ClientFactory, name: str, kind: str, **more: Any) -> str:
    """Give a function a URL; return its path."""
    made = client("lambda").create_function_url_config(FunctionName=name, AuthType=kind, **more)
    identity = made["FunctionUrl"].split("//")[1].split(".")[0]
    return f"/_aws/lambda-url/{identity}"


def test_a_url_is_open_if_the_function_says_so(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    name = functions.create(_SHOWS)
    path = function_url(client, name, "NONE")
    assert browse(f"{path}/a").status_code == 403
    for action, more in (
        ("lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client("lambda").add_permission(
            FunctionName=name,
            StatementId=unique_name("open"),
            Action=action,
            Principal="*",
            **more,
        )
    answer = browse(f"{path}/a", "POST", data="hello", Content_Type="text/plain", Cookie="c=1")
    assert answer.status_code == 201
    event = json.loads(answer.text)
    assert (event["version"], event["rawPath"], event["body"]) == ("2.0", "/a", "hello")
    assert event["cookies"] == ["c=1"]


def test_a_url_with_iam_wants_a_signature(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    path = function_url(client, functions.create(_SHOWS), "AWS_IAM")
    assert browse(f"{path}/a").status_code == 403
    assert browse(f"{path}/a", signed=True).status_code == 201


def test_a_url_answers_for_its_cors_and_its_failures(
    functions: Functions, client: ClientFactory, browse: Browser
) -> None:
    cors = {"AllowOrigins": ["http://localhost:3000"], "AllowMethods": ["GET"]}
    path = function_url(client, functions.create(FAILS), "AWS_IAM", Cors=cors)
    asked = browse(
        path + "/",
        "OPTIONS",
        signed=True,
        Origin="http://localhost:3000",
        Access_Control_Request_Method="GET",
    )
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    failed = browse(path + "/", signed=True)
    assert failed.status_code == 502
    assert "always" not in failed.text
