"""Reads what the backend's function noted of files that came and went."""

from __future__ import annotations

import json
from typing import Any

_LONGEST_WAIT_SECONDS = 20


class Notes:
    """Notes in a queue, each read once and kept.

    Args:
        sqs: Reads the queue.
        queue_url: The queue.
    """

    def __init__(self, sqs: Any, queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._read: list[dict[str, Any]] = []

    def wait_for(self, wanted: list[dict[str, Any]]) -> None:
        """Read notes until all that are wanted were there.

        Raises:
            AssertionError: One did not come.
        """
        while missing := [note for note in wanted if note not in self._read]:
            found = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                WaitTimeSeconds=_LONGEST_WAIT_SECONDS,
                MaxNumberOfMessages=10,
            ).get("Messages", [])
            assert found, (missing, self._read)
            self._read += [json.loads(message["Body"]) for message in found]
            for message in found:
                receipt = message["ReceiptHandle"]
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=receipt)
