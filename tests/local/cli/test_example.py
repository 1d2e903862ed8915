"""The example, run through the command line as its README says."""

from __future__ import annotations

import json
import signal
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from tests.local.cli.commandline import Project

MESSAGE = {"recipient": "ada@example.org", "subject": "Grüße", "body": "It works.\nTwo lines."}
PUBLISHER = "CustomNotifications/CustomNotifications/Publisher"


def publish(project: Project, path: str, message: dict[str, str]) -> None:
    answer = project.run("invoke", path, "--event", json.dumps(message))
    assert answer.status == 0, answer.err
    assert answer.json["messageId"]
    assert "published" in answer.err


def client(project: Project, service: str) -> Any:
    variables = project.run("sandbox", "env", "--json").json
    return boto3.session.Session().client(
        service,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )


def test_a_published_message_arrives_as_an_e_mail(example: Project) -> None:
    example.run("mail", "clear")
    publish(example, "CustomNotifications/Publisher", MESSAGE)
    shown = example.run("mail", "show", "--wait", "30")
    assert shown.status == 0, shown.err
    headers, _, body = shown.out.partition("--- plain ---")
    assert headers.startswith("From: sender@example.com\n")
    assert "MIME-Version" not in headers
    assert "To: ada@example.org\n" in headers
    assert "Subject: Grüße\n" in headers
    assert body.strip() == MESSAGE["body"]
    facts = example.run("mail", "show", "--json").json
    assert ["To", "ada@example.org"] in facts["headers"]
    assert (facts["plain"].strip(), facts["html"], facts["attachments"]) == (
        MESSAGE["body"],
        None,
        [],
    )
    [listed] = example.run("mail", "list", "--json").json
    assert (listed["sender"], listed["to"]) == ("sender@example.com", ["ada@example.org"])


def test_the_second_instance_sends_from_its_own_address(example: Project) -> None:
    example.run("mail", "clear")
    assert example.run("mail", "clear", "--json").json == {"deleted": 0}
    publish(example, "Alerts/Publisher", MESSAGE)
    assert "From: alerts@example.com\n" in example.run("mail", "show", "--wait", "30").out


def test_the_outputs_file_holds_what_add_output_was_given(example: Project) -> None:
    outputs = json.loads((example.folder / "amplify_outputs.json").read_text())
    topics = {topic["TopicArn"] for topic in client(example, "sns").list_topics()["Topics"]}
    custom = outputs["custom"]
    assert custom["topicArn"].endswith(f":{custom['topicName']}")
    assert {custom["topicArn"], custom["alerts"]["topicArn"]} < topics
    assert custom["topicArn"] != custom["alerts"]["topicArn"]


def test_a_mail_that_cannot_be_sent_ends_in_the_dead_letter_queue(example: Project) -> None:
    outputs = json.loads((example.folder / "amplify_outputs.json").read_text())
    topic = outputs["custom"]["topicArn"]
    client(example, "sns").publish(TopicArn=topic, Message='{"recipient": "nobody"}')
    sqs = client(example, "sqs")
    [url] = [
        url
        for url in sqs.list_queues()["QueueUrls"]
        if "DeadLetters" in url and "CustomNotif" in url
    ]
    [letter] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert "nobody" in letter["Body"]
    log = example.run("logs", "CustomNotifications/Emailer").out
    assert log.count("InvalidMessageError: missing: subject, body") == 3


def test_invoking_with_a_wrong_event_shows_the_handlers_own_error(example: Project) -> None:
    answer = example.run("invoke", PUBLISHER, "--event", '{"recipient": "ada@example.org"}')
    assert (answer.status, answer.out) == (1, "")
    assert "InvalidMessageError: missing: subject, body" in answer.err
    assert answer.err.count("InvalidMessageError: ") == 1
    # the file of the project, and not Lambda's copy of it
    assert 'File "amplify/custom/notifications/publisher.py", line ' in answer.err
    assert "\r" not in answer.err


def test_an_invocation_is_one_piece_of_json_for_scripts(example: Project) -> None:
    failed = example.run("invoke", PUBLISHER, "--json")
    assert (failed.status, failed.err) == (1, "")
    assert failed.json["failure"]["error_type"] == "InvalidMessageError"
    good = example.run("invoke", PUBLISHER, "--json", "--event", json.dumps(MESSAGE))
    assert (good.status, good.json["failure"]) == (0, None)
    assert good.json["result"]["messageId"]
    assert "published" in good.json["log"]


def test_logs_are_followed_filtered_and_shown_once(example: Project) -> None:
    following = example.start("logs", PUBLISHER, "--follow", "--filter", "published", "--json")
    assert following.stdout is not None
    seen = []
    for _ in range(2):
        publish(example, PUBLISHER, MESSAGE)
        seen.append(following.stdout.readline())
    following.send_signal(signal.SIGINT)
    rest = following.communicate()[0]
    assert following.returncode == 0
    texts = [json.loads(line)["text"] for line in [*seen, *rest.splitlines()]]
    assert all(text.startswith("published ") for text in texts)
    assert len(set(texts)) == len(texts)


def test_a_function_is_called_by_as_little_of_its_path_as_tells_it_apart(example: Project) -> None:
    publish(example, PUBLISHER, MESSAGE)
    assert " Publisher  published" in example.run("logs", PUBLISHER).out
    assert " CustomNotifications/Publisher  published" in example.run("logs").out
    [line, *_] = example.run("logs", PUBLISHER, "--json").out.splitlines()
    assert json.loads(line)["path"] == PUBLISHER


def test_logs_since_a_time_leaves_out_what_is_older(example: Project) -> None:
    publish(example, PUBLISHER, MESSAGE)
    assert "published" in example.run("logs", PUBLISHER, "--since", "1h").out
    tomorrow = example.run("logs", PUBLISHER, "--since", "2999-01-01T00:00")
    assert (tomorrow.out, "nothing was logged" in tomorrow.err) == ("", True)


def test_a_path_that_could_be_two_functions_is_refused_with_both(example: Project) -> None:
    answer = example.run("invoke", "Publisher")
    assert answer.status == 1
    assert "AmbiguousFunctionError" in answer.err
    assert PUBLISHER in answer.err
    assert "Alerts/Alerts/Publisher" in answer.err


def test_a_misspelt_path_gets_a_suggestion(example: Project) -> None:
    answer = example.run("invoke", "CustomNotifications/Publsher")
    assert "FunctionNotFoundError" in answer.err
    assert f"did you mean {PUBLISHER}?" in answer.err


def test_attachments_are_saved_where_they_are_told_and_nowhere_else(
    example: Project, tmp_path: Any
) -> None:
    from email.message import EmailMessage

    message = EmailMessage(policy=policy.default)
    message["From"], message["To"], message["Subject"] = "sender@example.com", "a@b.example", "s"
    message.set_content("plain")
    message.add_alternative("<b>html</b>", subtype="html")
    for name in ("../../evil.txt", "report.txt", "report.txt"):
        message.add_attachment(b"x", maintype="text", subtype="plain", filename=name)
    client(example, "ses").send_raw_email(RawMessage={"Data": message.as_bytes()})
    shown = example.run("mail", "show", "--save-attachments", str(tmp_path / "saved"))
    assert "--- plain ---" in shown.out
    assert "<b>html</b>" in shown.out
    saved = sorted(path.name for path in (tmp_path / "saved").iterdir())
    assert saved == ["evil.txt", "report-2.txt", "report.txt"]


def test_only_the_publisher_may_publish_and_the_emailer_sends_from_its_address(
    example: Project,
) -> None:
    iam = client(example, "iam")
    allowed = {}
    for role in iam.list_roles()["Roles"]:
        if role["RoleName"].startswith("cdk-"):
            continue
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            found = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)
            for statement in found["PolicyDocument"]["Statement"]:
                allowed[statement["Action"]] = statement
    assert set(allowed) == {"sns:Publish", "sqs:SendMessage", "ses:SendEmail"}
    condition = allowed["ses:SendEmail"]["Condition"]["StringEquals"]["ses:FromAddress"]
    assert allowed["ses:SendEmail"]["Resource"].endswith(f":identity/{condition}")


def test_the_message_module_imports_nothing_that_lambda_lacks(example: Project) -> None:
    mail = message_from_bytes(b"Subject: x\n\n", policy=policy.default)
    assert mail["subject"] == "x"
    bundles = list((example.folder / ".preamp").rglob("asset.*/amplify/custom/notifications"))
    assert bundles
    for bundle in bundles:
        names = {path.name for path in bundle.glob("*.py")}
        assert "resource.py" not in names
        assert "messages.py" in names
