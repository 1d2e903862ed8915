"""Where the module beside the outputs leads requests, run by Node with a browser's classes."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from preamp.contract.node import node_binary
from preamp.outputs.local_client import LocalCloud, local_client

if TYPE_CHECKING:
    from pathlib import Path

HERE = "http://127.0.0.1:4600"
LED = f"{HERE}/_preamp/aws"
DOCUMENT = {
    "storage": {
        "aws_region": "eu-west-1",
        "bucket_name": "media",
        "buckets": [{"name": "a", "bucket_name": "media"}, {"name": "b", "bucket_name": "scratch"}],
    }
}
PAGE = """
const asked = [];
globalThis.fetch = (input, init) => asked.push(["fetch", String(input.url ?? input), init?.method]);
globalThis.XMLHttpRequest = class { open(method, url) { asked.push(["xhr", url, method]); } };
globalThis.WebSocket = class {
  static OPEN = 1;
  constructor(url, protocols) { asked.push(["ws", url, protocols]); }
};
class Element { setAttribute(name, value) { asked.push(["set", value, name]); } }
globalThis.HTMLImageElement = class extends Element {
  set src(value) { asked.push(["img", value, "src"]); }
  get src() { return "it"; }
};
await import(process.argv[1]);
const [, , given] = process.argv;
for (const [how, url] of JSON.parse(given)) {
  const image = new HTMLImageElement();
  if (how === "fetch") fetch(url, { method: "PUT" });
  if (how === "address") fetch(new URL(url));
  if (how === "request") fetch(new Request(url, { method: "POST", body: "x" }));
  if (how === "xhr") new XMLHttpRequest().open("PUT", url);
  if (how === "ws") new WebSocket(url, ["graphql-ws"]);
  if (how === "img") image.src = url;
  if (how === "attribute") image.setAttribute("SRC", url);
  if (how === "other") image.setAttribute("alt", url);
}
console.log(JSON.stringify({ asked, kept: [WebSocket.OPEN, new HTMLImageElement().src] }));
"""


def asked(module: Path, *requests: tuple[str, str]) -> dict[str, Any]:
    """What a page's requests become that has the module."""
    finished = subprocess.run(
        [node_binary(), "--input-type=module", "-e", PAGE, module.as_uri(), json.dumps(requests)],
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(finished.stdout)
    return answer


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module for a sandbox."""
    path = tmp_path_factory.mktemp("frontend") / "amplify_local.mjs"
    path.write_text(local_client(DOCUMENT, LocalCloud(HERE, "eu-west-1")), encoding="utf-8")
    return path


LED_HERE = {
    "https://cognito-idp.eu-west-1.amazonaws.com/": "/",
    "https://cognito-identity.eu-west-1.amazonaws.com/": "/",
    "https://media.s3.eu-west-1.amazonaws.com/b%20c.png?X-Amz-Date=1": "/b%20c.png?X-Amz-Date=1",
    "https://s3.eu-west-1.amazonaws.com/scratch/key": "/scratch/key",
    "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions": "/2015-03-31/functions",
}
LEFT_ALONE = (
    "https://cognito-idp.us-east-1.amazonaws.com/",
    "https://others.s3.eu-west-1.amazonaws.com/key",
    "https://s3.eu-west-1.amazonaws.com/others/key",
    "https://example.com/eu-west-1.amazonaws.com",
    "https://cognito-idp.eu-west-1.amazonaws.com.example.com/",
    "http://127.0.0.1:4600/graphql",
    "/relative",
    "data:image/png;base64,AA==",
)


def test_what_is_asked_of_aws_is_led_here_with_the_host_that_was_meant(module: Path) -> None:
    ways = ("fetch", "address", "xhr", "img", "attribute")
    requests = [(way, url) for url in LED_HERE for way in ways]
    urls = [url for _, url, _ in asked(module, *requests)["asked"]]
    hosts = [url.split("/")[2] for url in LED_HERE]
    led = [f"{LED}/{host}{path}" for host, path in zip(hosts, LED_HERE.values(), strict=True)]
    assert urls == [url for url in led for _ in ways]


def test_a_request_keeps_its_method(module: Path) -> None:
    url = "https://cognito-idp.eu-west-1.amazonaws.com/"
    answer = asked(module, ("fetch", url), ("request", url), ("xhr", url))
    assert [what for _, _, what in answer["asked"]][::2] == ["PUT", "PUT"]
    assert {led for _, led, _ in answer["asked"]} == {f"{LED}/cognito-idp.eu-west-1.amazonaws.com/"}


@pytest.mark.parametrize("way", ["fetch", "xhr", "img", "attribute"])
def test_all_else_is_left_alone(way: str, module: Path) -> None:
    answer = asked(module, *((way, url) for url in LEFT_ALONE))
    assert [url for _, url, _ in answer["asked"]] == list(LEFT_ALONE)


def test_sockets_to_this_machine_go_without_tls(module: Path) -> None:
    answer = asked(module, ("ws", "wss://127.0.0.1:4600/graphql/realtime"), ("ws", "wss://a.b/c"))
    assert answer["asked"] == [
        ["ws", "ws://127.0.0.1:4600/graphql/realtime", ["graphql-ws"]],
        ["ws", "wss://a.b/c", ["graphql-ws"]],
    ]


def test_what_pages_have_is_still_there(module: Path) -> None:
    answer = asked(module, ("other", "https://media.s3.eu-west-1.amazonaws.com/a"))
    assert answer["kept"] == [1, "it"]
    assert answer["asked"] == [["set", "https://media.s3.eu-west-1.amazonaws.com/a", "alt"]]


def test_on_aws_nothing_is_led_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "amplify_local.mjs"
    path.write_text(local_client(DOCUMENT, None), encoding="utf-8")
    url = "https://cognito-idp.eu-west-1.amazonaws.com/"
    assert [led for _, led, _ in asked(path, ("fetch", url), ("xhr", url))["asked"]] == [url, url]
