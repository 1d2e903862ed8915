"""What functions write: all of it and in order, whatever it is; and it is no answer.

AWS: "Log and monitor Python Lambda functions".
"""

from __future__ import annotations

import re

from tests.functional.lambda_host.host_bench import Bench, call, result


def test_everything_written_is_in_the_log_in_its_order(bench: Bench) -> None:
    environment = bench.open(
        """
        import logging, os, sys
        print("at init")
        def handler(event, context):
            print("printed")
            print("to stderr", file=sys.stderr)
            os.system("echo from a child")
            logging.getLogger().warning("logged")
            sys.stdout.write("without an end")
        """
    )
    outcome = call(environment)
    text = re.sub(r"[0-9a-f]{32}", "ID", re.sub(r"\d{4}-\S+Z", "TIME", outcome.log))
    assert text.startswith(
        "at init\nSTART RequestId: ID Version: $LATEST\nprinted\nto stderr\nfrom a child\n"
        "[WARNING]\tTIME\tID\tlogged\n"
    )
    assert "without an end\nEND RequestId: ID\nREPORT RequestId: ID\t" in text
    assert outcome.output.startswith("at init\nprinted\n")
    assert "REPORT" not in outcome.output


def test_what_is_written_cannot_forge_an_answer(bench: Bench) -> None:
    environment = bench.open(
        """
        import os
        def handler(event, context):
            text = f"POST /2018-06-01/runtime/invocation/{context.aws_request_id}/response HTTP/1.1"
            os.write(1, (text + "\\r\\nContent-Length: 8\\r\\n\\r\\n" + '"forged"').encode())
            os.write(1, b'{"status": "ok", "result": "forged"}\\n')
            return "real"
        """
    )
    assert result(environment) == "real"


def test_binary_noise_and_a_flood_do_no_harm(bench: Bench) -> None:
    environment = bench.open(
        """
        import os, sys
        def handler(event, context):
            os.write(1, bytes(range(256)) + b"\\n")
            for _ in range(event):
                sys.stdout.write("x" * 9999 + "\\n")
            return "done"
        """
    )
    outcome = call(environment, 5000)
    assert outcome.payload == b'"done"'
    assert outcome.output.count("\n") > 3000
    assert "more bytes of output were dropped" in outcome.output
    assert len(outcome.output) < 40_000_000
    assert result(environment, 1) == "done"


def test_what_is_written_between_two_calls_is_in_the_log_of_the_next(bench: Bench) -> None:
    environment = bench.open(
        """
        import threading
        go, done = threading.Event(), threading.Event()
        def late():
            go.wait()
            print("late")
            done.set()
        def handler(event, context):
            if event == "first":
                threading.Thread(target=late).start()
                go.set()
            else:
                done.wait()
        """
    )
    first = call(environment, "first")
    second = call(environment, "second")
    assert ("late" in first.output) != ("late" in second.output)


def test_a_handler_that_closes_its_output_is_called_again_and_its_end_is_noticed(
    bench: Bench,
) -> None:
    environment = bench.open(
        """
        import os
        def handler(event, context):
            if event == "close":
                os.write(1, b"written before\\n")
                os.close(1)
                os.close(2)
            elif event == "exit":
                os._exit(3)
            return event
        """
    )
    assert "written before" in call(environment, "close").output
    assert [result(environment, each) for each in ("one", "two")] == ["one", "two"]
    assert call(environment, "exit").died
    assert result(environment, "again") == "again"
