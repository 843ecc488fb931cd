"""What others call their fields and events stands in no log line and no reason: it may be a person's name."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError
from standardwebhooks.webhooks import Webhook

from chalicelib.aws import queues as sent
from chalicelib.canonical.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, TooLarge, XeniaError
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.entrypoints import log, queues
from chalicelib.entrypoints.runtime import BatchIncomplete
from tests.builders import VIENNA, reservation
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_access import HOTEL, PROGRAM, SEGMENT, TEMPLATE
from tests.fake_mews import ENTERPRISE, FakeMews, connect, reservations_changed
from tests.fake_mews import reservation as stay
from tests.fakes import Context, delivery, received

WORDS = [
    "annaleehuber",
    "anna_lee_huber",
    "Anna Lee Huber",
    "anna.lee@huber.example",
    "+43 664 1234567 huber",
    "\ud800huber",
]
QUEUES = {
    "inbox": queues.ingest_notices,
    "fetch": queues.fetch_notices,
    "loyalty": queues.award_points,
    "plan": queues.plan_run,
    "send": queues.send_chunk,
    "mail-events": queues.record_mail_events,
    "jobs": queues.run_job,
}
AT = "2026-11-23T12:00:00.000000Z"
STAY = reservation("r1", property_id=VIENNA.id)
HAPPENED = {"mail": {"messageId": "m", "timestamp": AT, "tags": {"run": ["r"], "guest": ["g"]}}}


def canonical(word: str) -> dict[str, Any]:
    return {
        "snapshots": [
            {**STAY, word: 1},
            {**STAY, "status": word, "channel": word, "payer": word},
            {**STAY, "occupants": [{"role": word, word: {}, "guest": {word: word}}]},
            {"kind": word},
            {word: word},
            word,
            {"kind": "guest", "changed_at": word, "address": {word: word}, "special_dates": [{"kind": word, word: 1}]},
        ]
    }


def noticed(vendor: str, body: Any, **more: Any) -> dict[str, Any]:
    at = {"connection": "api", "vendor": vendor, "request": "q1", "received_at": AT}
    return {"v": 1, **at, "body": body, **more}


def mail_events(word: str) -> list[Any]:
    told = [
        {"eventType": word, word: word},
        {"eventType": "Bounce", "bounce": {"bounceSubType": word, word: word, "bounceType": word}, **HAPPENED},
        {"eventType": "Complaint", "complaint": {"complaintFeedbackType": word}, **HAPPENED},
        {"eventType": "Open", "open": {"timestamp": word}, "mail": {word: word}},
        {"eventType": "Open", "open": word, "mail": word},
    ]
    enveloped = [{"Type": word, "Message": each, word: word} for each in (word, json.dumps({"eventType": word}))]
    return [*told, *enveloped, *[{"Type": "Notification", "Message": json.dumps(each)} for each in told], word]


def bodies(word: str) -> dict[str, list[Any]]:
    """What lies on each queue, with the word wherever its sender may write one."""
    events = {"EnterpriseId": ENTERPRISE, "Events": [{"Discriminator": word, "Value": {word: word}, word: word}]}
    nonsense: list[Any] = [{word: word}, {"kind": word, word: 1}, word, [word]]
    asked = {"leaf": "g", "occasion": "o", "template": word, "channel": "email", "property_id": word}
    return {
        "inbox": [noticed("canonical", canonical(word)), noticed("canonical", {word: word}), *nonsense],
        "fetch": [
            {**noticed("mews", each), "connection": "mews-vienna"}
            for each in (events, {"Action": word, word: word}, {"EnterpriseId": word, "Events": word}, word)
        ],
        "loyalty": [{"detail": {"type": word, word: word}}, {"program": word, word: word}, {"detail": word}, *nonsense],
        "plan": nonsense,
        "send": [{"kind": "guest", **asked}, {"kind": "staff", "id": word, "to": word, word: word}, *nonsense],
        "mail-events": mail_events(word),
        "jobs": [{"job": word, word: word}, {"kind": word, "id": word}, *nonsense],
    }


def work(queue: str, body: Any) -> None:
    """At the last receive, where whatever failed is set aside with its reason."""
    text = json.dumps(body) if not isinstance(body, str) else body.encode("utf-8", "replace").decode()
    context: Any = Context()
    handler: Any = QUEUES[queue]
    with suppress(BatchIncomplete):
        handler(delivery(queue, [text], receives=12), context)


def reasons() -> list[str]:
    found: list[str] = []
    for queue in QUEUES:
        while records := received(sent.dead(queue))["Records"]:
            found += [each["messageAttributes"]["reason"]["stringValue"] for each in records]
    return found


def told(captured: str) -> list[str]:
    lines = captured.splitlines()
    assert all(json.loads(line)["function"] for line in lines)
    assert all(line.isascii() and len(line) <= log.LONGEST_LINE for line in lines)
    return lines


def knows_nobody(*texts: str) -> bool:
    return not any("huber" in text.lower() or "1234567" in text for text in texts)


@pytest.mark.parametrize("word", WORDS)
def test_no_word_of_a_queued_body_is_in_a_log_or_a_reason(
    hub: Hub, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    connect()
    for queue, listed in bodies(word).items():
        for body in listed:
            work(queue, body)
    lines, letters = told(capsys.readouterr().out), reasons()
    assert len(lines) == sum(map(len, bodies(word).values()))
    assert len(letters) > len(QUEUES)
    assert [each for each in (*lines, *letters) if not knows_nobody(each)] == []


@pytest.mark.parametrize("word", WORDS)
def test_no_word_that_a_vendor_answers_is_in_a_log_or_a_reason(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    connect()
    mews = FakeMews().install(monkeypatch)
    mews.keep(stay("r1", State=word, Purpose=word, Origin=word, CancellationReason=word), stay("r2", CreatedUtc=word))
    work("fetch", {**noticed("mews", reservations_changed("r1", "r2")), "connection": "mews-vienna"})
    lines = told(capsys.readouterr().out)
    assert [each for each in (*lines, *reasons()) if not knows_nobody(each)] == []
    assert any("unknown_state" in each for each in lines)


SECRET = "whsec_YS1zaWduaW5nLWtleS1vZi0yNC1ieXRlcw=="


def pushed(hub: Hub, body: Any) -> int:
    """By who may sign."""
    connections.put(Connection(id=ConnectionId("own"), vendor="canonical", secrets=(SECRET,), properties={}))
    text, sent = json.dumps(body), datetime.now(UTC)
    headers = {"webhook-id": "m1", "webhook-timestamp": str(int(sent.timestamp()))}
    headers |= {"webhook-signature": Webhook(SECRET).sign("m1", sent, text), "Content-Type": "application/json"}
    return int(hub.client.http.post("/webhooks/own", headers=headers, body=text.encode()).status_code)


@pytest.mark.parametrize("word", WORDS)
def test_no_word_of_a_signed_push_is_in_a_log_or_a_reason(
    hub: Hub, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    each_alone = [{"snapshots": [each]} for each in canonical(word)["snapshots"]]
    unfit = [{word: word}, [word], word, {"snapshots": word}, {"snapshots": {word: word}}, {"snapshots": [[word]]}]
    assert {pushed(hub, each) for each in (canonical(word), *each_alone, *unfit)} == {202, 400}
    assert hub.client.http.post(f"/webhooks/{quote(word.encode('utf-8', 'replace'))}", body=b"{}").status_code == 401
    queued = 0
    while records := received("inbox")["Records"]:
        queued += len(records)
        for each in records:
            work("inbox", json.loads(each["body"]))
    assert queued
    lines, letters = told(capsys.readouterr().out), reasons()
    assert [each for each in (*lines, *letters) if not knows_nobody(each)] == []


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_is_said_of_many_stays_is_in_no_log_either(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    connect()
    mews = FakeMews().install(monkeypatch)
    names = [f"r{number}" for number in range(6)]
    mews.keep(*(stay(name, State=word, Purpose=word, Origin=word) for name in names))
    several = [{**STAY, "source_id": name, "status": word, "channel": word, "payer": word} for name in names]
    for _ in range(2):
        work("fetch", {**noticed("mews", reservations_changed(*names)), "connection": "mews-vienna"})
        work("inbox", noticed("canonical", {"snapshots": several}))
    assert [each for each in (*told(capsys.readouterr().out), *reasons()) if not knows_nobody(each)] == []


ASKED: list[Callable[[Hub, str], Any]] = [
    lambda hub, word: hub.call("POST", "/v1/events", canonical(word)),
    lambda hub, word: hub.call("PUT", "/v1/settings", {word: word, "brands": {word: {word: word}}}),
    lambda hub, word: hub.call("PUT", "/v1/properties/p", {**HOTEL, word: 1, "branding": {word: 1}}),
    lambda hub, word: hub.call("PUT", "/v1/programs/club", {**PROGRAM, word: 1, "points_per_unit": {word: "1"}}),
    lambda hub, word: hub.call("PUT", "/v1/segments/s", {**SEGMENT, "rule": {"trait": word, "op": word, word: 1}}),
    lambda hub, word: hub.call("PUT", "/v1/templates/t", {**TEMPLATE, word: 1, "text": "{{ " + word[1:] + " }}"}),
    lambda hub, word: hub.call("PUT", "/v1/connections/c", linked(word)),
    lambda hub, word: hub.call("POST", "/v1/keys", {"name": word, "role": word, "properties": [word], word: 1}),
    lambda hub, word: hub.call("GET", f"/v1/guests?{quote(word.encode('utf-8', 'replace'))}=1"),
]


def linked(word: str) -> dict[str, Any]:
    named = {
        "properties": {word: word},
        "options": {word: [word]},
        "channels": {word: word},
        "credentials": {word: word},
    }
    return {"vendor": "mews", word: 1, **named}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("at", range(len(ASKED)))
def test_no_word_of_a_request_is_in_a_log(hub: Hub, capsys: pytest.CaptureFixture[str], word: str, at: int) -> None:
    """Whoever asks is told what they wrote; the log is read by others."""
    hub.get("/v1/properties")  # the key is there
    capsys.readouterr()
    assert ASKED[at](hub, word).status_code >= 400 or at == 0
    assert knows_nobody(*told(capsys.readouterr().out))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by_name: dict[str, int] = {}


def refused(told: dict[str, Any]) -> Exception:
    with pytest.raises(ValidationError) as raised:
        Strict.model_validate(told)
    return raised.value


@pytest.mark.parametrize("word", WORDS)
def test_whoever_raises_an_error_its_words_and_names_that_somebody_made_up_are_not_told(word: str) -> None:
    errors = [refused({word: 1}), *(kind(word) for kind in (NotFound, Conflict, Forbidden, TooLarge, XeniaError))]
    errors += [KeyError(word), ValueError(word), UnicodeError(word)]
    if not word.isidentifier():  # or it looks like a name of ours
        errors += [refused({"by_name": {word: "x"}}), Invalid(FieldError(f"settings.{word}.name", word))]
    assert [each for each in errors if not knows_nobody(json.dumps(log.describe(each)))] == []


def test_a_line_that_would_be_too_long_keeps_its_figures_and_what_fits(capsys: pytest.CaptureFixture[str]) -> None:
    with log.invocation("f") as line:
        line.figures["records"] = 10
        line.words |= {"failures": [{"error": "x" * 3_000}] * 5, "status": 200, "long": "y" * 9_000}
    (text,) = told(capsys.readouterr().out)
    shown = json.loads(text)
    assert (shown["records"], shown["status"], len(shown["failures"])) == (10, 200, 1)
    assert "long" not in shown
    assert shown["shortened"] > log.LONGEST_LINE


def test_half_of_a_surrogate_pair_breaks_no_line(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    with log.invocation("f") as line:
        line.words["word"] = "\ud800"
    assert json.loads(capsysbinary.readouterr().out)["word"] == "\ud800"
