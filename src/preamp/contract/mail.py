"""An e-mail of the local cloud, as its engine tells it to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MailSummary:
    """A message SES accepted.

    Attributes:
        id: The message id SES answered with.
        timestamp: When it was accepted, in seconds since the epoch.
        sender: The address in ``From``.
        to: Recipients in ``To``.
        cc: Recipients in ``Cc``.
        bcc: Recipients named to SES and in neither header.
        subject: Its subject, decoded.
        source: The Lambda function that sent it, or else the caller's ARN; may be empty.
        attachments: File names of its attachments.
    """

    id: str
    timestamp: float
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    source: str
    attachments: tuple[str, ...]
