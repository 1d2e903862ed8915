from __future__ import annotations

import pytest

from preamp.contract.trace import header_of, request_of

REQUEST = "0c9b7f3e-5a52-4d1c-9f0e-6a8d2b4c1e77"


def test_a_header_names_its_invocation() -> None:
    assert request_of(header_of(REQUEST)) == REQUEST
    assert request_of(f"{header_of(REQUEST)};Lineage=1:0a0b0c0d:3") == REQUEST


def test_two_attempts_at_an_event_have_headers_of_their_own() -> None:
    assert header_of(REQUEST) != header_of(REQUEST)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        "Root=1-5759e988-bd862e3fe1be16a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
    ],
)
def test_another_header_names_none(header: str) -> None:
    assert request_of(header) == ""


def test_a_header_of_another_form_of_request_names_none() -> None:
    assert request_of(header_of("no-such-form").replace("Sampled=0", "Sampled=1")) == ""
