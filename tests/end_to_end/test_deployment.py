"""The application as one CloudFormation stack: it answers, its queue functions run, dead letters have reasons."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import staff_mail_of
from chalicelib.messages.queued import SendToStaff, body_of
from infra import dead_letters, queue_urls, replay
from infra.demo.api import Api
from infra.deploy import LocalHub
from tests.fakes import waiting

pytestmark = pytest.mark.end_to_end


def test_health_answers_without_a_key(hub: LocalHub) -> None:
    with urllib.request.urlopen(f"{hub.api_url}/health", timeout=30) as answer:
        assert answer.status == 200


def test_an_unknown_connection_is_unauthorized(hub: LocalHub) -> None:
    request = urllib.request.Request(f"{hub.api_url}/webhooks/nobodys?secret=guess", data=b"{}", method="POST")
    request.add_header("Content-Type", "application/json")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 401


@pytest.mark.parametrize("authorization", [None, "Bearer xk_nobodys"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("DELETE", "/health"), ("POST", "/v1/guests/g/x/y")])
def test_an_unknown_address_or_method_is_a_problem_that_repeats_no_key(
    hub: LocalHub, method: str, path: str, authorization: str | None
) -> None:
    """API Gateway answers by itself: the application never hears of it."""
    request = urllib.request.Request(f"{hub.api_url}{path}", method=method)
    if authorization:
        request.add_header("Authorization", authorization)
    with pytest.raises(urllib.error.HTTPError) as unknown:
        urllib.request.urlopen(request, timeout=30)
    body = unknown.value.read().decode()
    assert (unknown.value.code, unknown.value.headers["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404
    assert "xk_nobodys" not in body


def test_a_page_speaks_the_guests_language(hub: LocalHub) -> None:
    request = urllib.request.Request(f"{hub.api_url}/u/nobodys", headers={"Accept-Language": "de"})
    with pytest.raises(urllib.error.HTTPError) as unknown:
        urllib.request.urlopen(request, timeout=30)
    assert unknown.value.code == 404
    assert "Diese Seite gibt es nicht" in unknown.value.read().decode()


def test_every_queue_function_reports_the_failures_of_a_batch(hub: LocalHub) -> None:
    mappings = boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert len(mappings) == len(queue_urls.NAMES)
    assert all(mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for mapping in mappings)


def test_what_cannot_be_read_becomes_a_dead_letter_with_its_reason_and_can_be_redriven(
    hub: LocalHub, eventually: Callable[[Callable[[], object]], None]
) -> None:
    def lies_dead() -> bool:
        (inbox,) = [each for each in dead_letters.listed(hub.stage) if each.queue == "inbox"]
        return inbox.count == 1 and dead_letters.CRASHED not in inbox.reasons

    boto3.client("sqs").send_message(QueueUrl=queue_urls.url_of(hub.stage, "inbox"), MessageBody="not JSON")
    eventually(lies_dead)
    assert len(list(dead_letters.redrive(hub.stage, "inbox"))) == 1
    eventually(lies_dead)


def test_a_letter_is_set_aside_listed_opened_sent_back_and_gone(
    hub: LocalHub, eventually: Callable[[Callable[[], object]], None]
) -> None:
    api = Api(hub.api_url, hub.admin_key)
    before = waiting("inbox-dlq")
    api.put("/v1/properties/late", {"name": "Late", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR"})
    named = {"given_name": "Lotte", "family_name": "Later", "email": "lotte@mail.example"}
    guest = {"kind": "guest", "source_id": "1", "property_id": "late", "changed_at": "2026-02-03T10:00:00Z", **named}
    told = {"v": 1, "connection": "late-pms", "vendor": "canonical", "request": "late-1"}
    notice = {**told, "received_at": "2026-02-03T10:00:00Z", "body": {"snapshots": [guest]}}
    inbox = queue_urls.url_of(hub.stage, "inbox")
    boto3.client("sqs").send_message(QueueUrl=inbox, MessageBody=json.dumps(notice))

    def listed() -> Any:
        return api.get("/v1/dead-letters?connection=late-pms")["items"]

    eventually(lambda: len(listed()) == 1)
    (letter,) = listed()
    assert (letter["id"], letter["reason"], letter["queue"]) == ("late-1", "unknown_connection", "inbox")
    assert api.get("/v1/dead-letters/late-1")["holds"] == notice
    api.put("/v1/connections/late-pms", {"vendor": "canonical", "properties": {"late": "late"}})
    assert api.post("/v1/dead-letters/redrive", {"connection": "late-pms"}, once="late")["count"] == 1
    eventually(lambda: len(api.get("/v1/guests?email=lotte@mail.example")["items"]) == 1)
    assert listed() == []
    eventually(lambda: waiting("inbox-dlq") == before)


def test_the_settings_row_says_where_the_archive_is(hub: LocalHub) -> None:
    assert replay.bucket(hub.stage) == "xenia-dev-raw-000000000000-eu-central-1"


def test_the_tick_runs(hub: LocalHub) -> None:
    event = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "0"}
    when = {"time": "2026-03-29T01:00:00Z", "region": "eu-central-1", "resources": [], "detail": {}}
    answer = boto3.client("lambda").invoke(FunctionName="xenia-dev-tick", Payload=json.dumps(event | when).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_a_mail_to_the_staff_is_sent_once_by_its_own_configuration_set(
    hub: LocalHub, eventually: Callable[[Callable[[], object]], None]
) -> None:
    asked = SendToStaff(staff_mail_of("e2e"), "ops@stay.example.com", "Welcome aboard", "<p>Hello</p>", "Hello")
    for _ in range(2):
        url = queue_urls.url_of(hub.stage, "send")
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body_of(asked)))

    def is_sent() -> bool:
        row = table.get(keys.staff_mail(asked.id)) or {}
        return row.get("state") == "sent" and waiting("send") == 0

    eventually(is_sent)
    with urllib.request.urlopen(hub.cloud.mailbox_url, timeout=30) as answer:
        assert answer.read().decode().count("ops@stay.example.com") == 1


def test_a_run_of_four_mails_ends_within_ten_seconds(hub: LocalHub) -> None:
    """Planned, paced, sent and ended by functions that wake each other, without waiting for a tick."""
    api = Api(hub.api_url, hub.admin_key)
    api.put("/v1/properties/quick", {"name": "Quick", "time_zone": "Europe/Vienna", "country": "AT", "currency": "EUR"})
    guests = [
        {
            "kind": "guest",
            "source_id": f"quick-{number}",
            "property_id": "quick",
            "changed_at": "2026-02-03T10:00:00Z",
            "given_name": "Quickly",
            "family_name": f"Lee{number}",
            "email": f"quick{number}@mail.example",
            "marketing_email": True,
        }
        for number in range(4)
    ]
    api.post("/v1/events", {"snapshots": guests}, once="quick-guests")
    segment = {"name": "Quick", "rule": {"trait": "given_name", "op": "eq", "value": "Quickly"}}
    template = {"name": "Quick", "subject": "Hello", "html": "<p>Hello</p>", "text": "Hello"}
    api.put("/v1/segments/quick", segment)
    api.put("/v1/templates/quick", template)
    asked = {"id": "quick", "name": "Quick", "segment": "quick", "template": "quick"}
    api.post("/v1/campaigns", asked, once="quick")
    _until(lambda: len(api.get("/v1/guests?email=quick3@mail.example")["items"]) == 1, 30)
    api.post("/v1/campaigns/quick/launch", once="quick-first")  # the functions' processes start: a machine's matter
    _until(lambda: api.get("/v1/campaigns/quick")["run"]["state"] == "finished", 60)
    began = time.monotonic()
    api.post("/v1/campaigns/quick/launch?again=true", once="quick-launch")
    _until(lambda: api.get("/v1/campaigns/quick")["run"]["state"] == "finished", 30)
    seconds = time.monotonic() - began
    assert api.get("/v1/campaigns/quick")["run"]["counts"] == {"sent": 4}
    assert seconds < 10


def _until(question: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.2)
