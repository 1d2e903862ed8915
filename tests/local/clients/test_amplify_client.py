"""Amplify's own JavaScript client, in Node and in a browser, against the local cloud.

It reads the file that Amplify reads, and imports the module beside it first; nothing else is
different from a frontend whose backend is on AWS.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.local.conftest import Recorder, aws_client

from preamp.bundling.node.esbuild import find_esbuild
from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.cli.commandline import Project
    from tests.local.clients.dev_server import DevServer
    from tests.local.clients.notes import Notes

    from preamp.engine.protocol import EngineConnection

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_PATIENCE: Final = 240
_PAGE: Final = "<!doctype html><meta charset=utf-8><script type=module src=bundle.js></script>"


@pytest.fixture(scope="module", params=["node", "browser"])
def told(
    request: pytest.FixtureRequest,
    frontend: Path,
    dev_server: DevServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """What the client told of every step."""
    if request.param == "node":
        return in_node(frontend, dev_server)
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium on this machine: the client is tried in Node alone")
    return in_browser(browser, frontend, dev_server, tmp_path_factory.mktemp("profile"))


def in_node(frontend: Path, dev_server: DevServer) -> dict[str, Any]:
    """Run the scenario in Node."""
    command = [
        str(node_binary()),
        "--import",
        "./amplify_local.mjs",
        "node.mjs",
        dev_server.address,
    ]
    finished = subprocess.run(
        command, cwd=frontend, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    assert finished.returncode == 0, finished.stderr
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return found


def in_browser(
    browser: str, frontend: Path, dev_server: DevServer, profile: Path
) -> dict[str, Any]:
    """Run the scenario in a page."""
    bundle(frontend)
    (frontend / "index.html").write_text(_PAGE)
    command = [browser, *_OPTIONS, f"--user-data-dir={profile}", "--remote-debugging-port=0"]
    with (profile / "log").open("wb") as log:
        process = subprocess.Popen([*command, dev_server.address], stdout=log, stderr=log)
        try:
            return dev_server.result(_PATIENCE)
        finally:
            process.terminate()
            process.wait()


def bundle(frontend: Path) -> None:
    """Bundle the page's script, as a frontend's own tools do."""
    esbuild = find_esbuild(frontend, Recorder())
    subprocess.run(
        [
            node_binary(),
            esbuild.package / "bin" / "esbuild",
            "browser.mjs",
            "--bundle",
            "--format=esm",
            "--outfile=bundle.js",
            "--log-level=error",
        ],
        cwd=frontend,
        check=True,
    )


def test_who_signs_up_confirms_with_the_code_in_the_mail(told: dict[str, Any]) -> None:
    step, details = told["signUp"]
    assert (step, details["deliveryMedium"]) == ("CONFIRM_SIGN_UP", "EMAIL")
    assert told["wrongCode"] == "CodeMismatchException"
    assert told["confirmSignUp"] == "DONE"
    assert told["wrongPassword"] == "NotAuthorizedException"
    assert told["signIn"] is True
    assert told["attributes"]["email_verified"] == "true"
    assert told["devices"] == []


def test_a_session_has_tokens_an_identity_and_credentials(told: dict[str, Any]) -> None:
    session = told["session"]
    assert (session["groups"], session["isSigned"]) == ([], True)
    assert session["identityId"].startswith("us-east-1:")


def test_files_are_kept_under_the_rules_for_paths(told: dict[str, Any]) -> None:
    assert told["upload"].startswith("private/us-east-1:")
    assert (told["ownPath"], told["download"]) == ("second", "hello")
    assert sorted(told["list"]) == sorted([told["upload"].rpartition("/")[2], "second ü.txt"])
    assert told["properties"] == len("hello")
    for step in ("ofOthers", "listOfOthers", "ofAdmins", "otherBucket"):
        assert told[step] == "AccessDenied", step
    assert told["remove"] == "NotFound"


def test_another_bucket_is_reached_by_its_name(told: dict[str, Any]) -> None:
    assert told["toOtherBucket"] == [["books/a.txt"], "a book"]
    assert told["belowWhatIsAllowed"] == "AccessDenied"


def test_a_function_is_told_of_files_that_come_and_go(told: dict[str, Any], notes: Notes) -> None:
    came = {"event": "ObjectCreated", "key": told["upload"], "size": len("hello")}
    went = {"event": "ObjectRemoved", "key": told["upload"]}
    notes.wait_for([came, went])


def test_an_address_that_was_signed_is_good_for_what_was_signed(told: dict[str, Any]) -> None:
    host, content = told["presigned"]
    assert (host.endswith(".s3.us-east-1.amazonaws.com"), content) == (True, "hello")
    assert told["forged"] in {400, 403}


def test_a_page_shows_pictures_and_uploads_in_parts(told: dict[str, Any]) -> None:
    assert told["picture"] in {1, "no browser"}
    assert told["inParts"] in {11 << 20, "no browser"}
    assert (told["picture"] == "no browser") is (told["inParts"] == "no browser")


def test_a_group_is_in_the_tokens_and_has_a_role_of_its_own(told: dict[str, Any]) -> None:
    assert told["group"] == ["ADMINS"]
    assert told["asAdmin"] == "admin/a.txt"


def test_an_authenticator_is_a_second_factor(told: dict[str, Any]) -> None:
    assert told["authenticator"] == [
        "CONFIRM_SIGN_IN_WITH_TOTP_CODE",
        "CodeMismatchException",
        True,
    ]


def test_a_password_is_changed_and_sent_where_that_is_allowed(told: dict[str, Any]) -> None:
    assert told["changedPassword"] is True
    assert told["deleted"] in {"NotAuthorizedException", "UserNotFoundException"}


def test_codes_alone_let_users_in(told: dict[str, Any]) -> None:
    assert told["autoSignIn"] == ["COMPLETE_AUTO_SIGN_IN", True]
    assert told["oneTimeCode"] == ["CONFIRM_SIGN_IN_WITH_EMAIL_CODE", True]
    assert told["forgotten"] == ["CONFIRM_RESET_PASSWORD_WITH_CODE", True]


def test_a_password_is_one_of_the_choices(told: dict[str, Any]) -> None:
    assert told["chosenSecurePassword"] is True
    assert told["chosenLater"] == [
        "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION",
        "CONFIRM_SIGN_IN_WITH_PASSWORD",
        True,
    ]


def test_guests_do_what_guests_may(told: dict[str, Any]) -> None:
    assert told["asGuest"] == [True, True]
    assert told["guestReads"] == "welcome"
    assert told["guestWrites"] == "AccessDenied"


def test_triggers_have_a_say_in_what_follows(told: dict[str, Any]) -> None:
    name, message = told["stranger"]
    assert name == "UserLambdaValidationException"
    assert "strangers are not welcome" in message
    assert told["session"]["team"] == "red"
    assert told["migrated"] is True
    assert told["ownChallenge"] == ["CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE", "6 * 7", True]


def test_every_trigger_was_called(told: dict[str, Any], cloud: EngineConnection) -> None:
    assert told["asGuest"] == [True, True]
    logs = aws_client(cloud, "logs")
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    (group,) = [group for group in groups if "trigger" in group["logGroupName"]]
    lines = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
    logs.close()
    sources = re.findall(r"called ([A-Za-z]+)_", " ".join(line["message"] for line in lines))
    assert set(sources) == {
        "CreateAuthChallenge",
        "CustomMessage",
        "DefineAuthChallenge",
        "PostAuthentication",
        "PostConfirmation",
        "PreAuthentication",
        "PreSignUp",
        "TokenGeneration",
        "UserMigration",
        "VerifyAuthChallengeResponse",
    }


def test_codes_are_read_by_the_command_line(told: dict[str, Any], sandbox: Project) -> None:
    assert told["signIn"] is True
    mails = sandbox.run("mail", "list", "--json").json
    assert {mail["subject"] for mail in mails} == {"Hello"}
    shown = sandbox.run("mail", "show", mails[-1]["id"], "--json").json
    assert re.fullmatch(r"Hello, the code is \d{6}", shown["plain"].strip())
