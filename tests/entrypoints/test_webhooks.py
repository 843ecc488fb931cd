"""The webhook route: who is let in, what is too large, and that all refusals are alike."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from tests.builders import VIENNA
from tests.entrypoints.conftest import Hub, check_described
from tests.fakes import received, waiting

NOTICE = {"EnterpriseId": "e-1", "Events": [{"Discriminator": "ServiceOrderUpdated", "Value": {"Id": "r-1"}}]}
PATH = "/webhooks/mews-vienna?secret=opensesame-of-forty"


@pytest.fixture
def mews(hub: Hub) -> Hub:
    connections.put(
        Connection(
            id=ConnectionId("mews-vienna"),
            vendor="mews",
            secrets=("opensesame-of-forty",),
            credentials={"client_token": "c", "access_token": "a"},
            base_url="https://pms.example.com",
            properties={"e-1": VIENNA.id},
        )
    )
    return hub


def push(hub: Hub, path: str, body: Any = NOTICE, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = hub.client.http.post(path, headers={"Content-Type": "application/json", **headers}, body=raw)
    check_described("POST", path, response)
    return response


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain; charset=utf-8", "application/xml", "weird/thing"]
)
def test_a_push_is_taken_in_any_content_type(mews: Hub, content_type: str) -> None:
    response = push(mews, PATH, **{"Content-Type": content_type})
    assert response.status_code == 200
    assert response.body == b""
    (record,) = received("fetch")["Records"]
    assert json.loads(record["body"])["body"] == NOTICE


def test_every_refusal_is_the_same(mews: Hub) -> None:
    for path in [
        "/webhooks/nobody?secret=opensesame-of-forty",
        "/webhooks/mews-vienna?secret=wrong",
        "/webhooks/mews-vienna",
    ]:
        response, other = push(mews, path), push(mews, "/webhooks/another")
        assert response.status_code == 401
        assert response.body == other.body
        assert response.headers["Content-Type"] == "application/problem+json"
        assert waiting("fetch") == 0


def test_a_body_over_four_megabytes_is_refused(mews: Hub) -> None:
    assert push(mews, PATH, b"x" * (4 * 1024 * 1024 + 1)).status_code == 413


def test_a_declared_length_is_believed_before_the_body_is_touched(mews: Hub) -> None:
    assert push(mews, PATH, b"{}", **{"Content-Length": str(5_000_000)}).status_code == 413


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"not JSON", "body"),
        (b'{"snapshot": []}', "snapshots"),
        (b'{"snapshots": [{"kind": "guest", "changed_at": "yesterday"}]}', "snapshots.0.changed_at"),
    ],
)
def test_a_signed_canonical_push_that_cannot_be_read_is_told_its_field(hub: Hub, body: bytes, field: str) -> None:
    secret = "whsec_YS1zaWduaW5nLWtleS1vZi0yNC1ieXRlcw=="
    connections.put(Connection(id=ConnectionId("own"), vendor="canonical", secrets=(secret,), properties={}))
    sent = datetime.now(UTC)
    headers = {"webhook-id": "m1", "webhook-timestamp": str(int(sent.timestamp()))}
    signature = Webhook(secret).sign("m1", sent, body.decode())
    response = push(hub, "/webhooks/own", body, **headers, **{"webhook-signature": signature})
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert [each["field"] for each in response.json_body["errors"]] == [field]
    assert push(hub, "/webhooks/own", body, **headers, **{"webhook-signature": "v1,x"}).status_code == 401
    assert waiting("inbox") == 0


def test_a_head_is_a_get_without_its_body(mews: Hub) -> None:
    for path in ("/health", "/openapi.json", "/u/nobodys", "/v1/properties", "/v1/connections/none"):
        head, get = (mews.call(method, path) for method in ("HEAD", "GET"))
        assert (head.status_code, head.body) == (get.status_code, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert mews.call("HEAD", "/v1/properties", key=None).status_code == 401


def test_what_cannot_be_read_is_taken_and_left_to_the_worker(mews: Hub) -> None:
    for body in (b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b""):
        assert push(mews, PATH, body).status_code == 200
    assert waiting("fetch") == 5


def test_a_push_leaves_one_line_without_what_was_pushed(mews: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    push(mews, PATH, {**NOTICE, "Email": "anna.lee@example.com"})
    (text,) = capsys.readouterr().out.splitlines()
    line = json.loads(text)
    assert (line["function"], line["route"], line["status"]) == ("api_handler", "POST /webhooks/{connection}", 200)
    assert line["calls"]["SendMessage"] == 1
    assert "anna" not in text
    assert "opensesame-of-forty" not in text


def test_health_needs_no_key(hub: Hub, aws: Settings) -> None:
    response = hub.call("GET", "/health", key=None)
    assert (response.status_code, response.json_body["status"]) == (200, "ok")
