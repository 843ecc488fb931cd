"""What the worst input that is taken costs: `python -m benchmarks.worst` prints the table of docs/reliability.md.

Each parser and worker runs in a process of its own, which is told its input and is asked its peak of memory by the
kernel. What such a function has beside its work, clients of AWS, is in it.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any, NamedTuple

from benchmarks import hub
from benchmarks.worker import peak_megabytes
from infra.workers import API, worker

LARGEST = 4 * 1024 * 1024
VALUES = 200_000
SHARE = 0.75
"""Of a function's memory that the worst input may take."""
STAY: Mapping[str, Any] = {
    "kind": "reservation", "changed_at": "2026-11-23T12:00:00Z", "source_id": "r1", "property_id": "vienna",
    "status": "confirmed", "arrival": "2026-12-01", "departure": "2026-12-03",
}  # fmt: skip
CLIENTS = ("dynamodb", "sqs", "s3")
ROUNDS = 3
"""Of the table: another process on the same machine makes one of them dearer."""


@dataclass(frozen=True)
class Case:
    """`given` makes the input; `work` is what the function does with it. `seconds` of CPU is what it may take."""

    function: str
    given: Callable[[], bytes]
    work: Callable[[bytes], None]
    seconds: float


class Cost(NamedTuple):
    megabytes: float
    seconds: float


# What is sent


def _snapshots(*each: Mapping[str, Any]) -> bytes:
    return json.dumps({"snapshots": each}, separators=(",", ":")).encode()


def empty_occupants() -> bytes:
    return _snapshots({**STAY, "occupants": [{}] * (VALUES // 2 - 20)})


def full_lists() -> bytes:
    return _snapshots(*[{**STAY, "nightly_rates": [{}] * 400, "occupants": [{}] * 20}] * 100)


def unknown_names() -> bytes:
    return _snapshots(*[{**STAY, **{f"x{at}": {} for at in range(960)}}] * 100)


def deep_lists() -> bytes:
    deep = json.loads("[" * 60 + "]" * 60)
    return _snapshots(*[{**STAY, "adults": [deep] * 30}] * 100)


def long_texts() -> bytes:
    """Of which one sign makes all of a text take four bytes a sign."""
    return json.dumps(
        {"snapshots": [{**STAY, "cancel_reason": "a" * 41_000 + "\U0001f642"}] * 100}, ensure_ascii=False
    ).encode()


def names_of_a_body() -> bytes:
    return json.dumps({f"a{at}": 1 for at in range(VALUES - 2)}, separators=(",", ":")).encode()


def empty_conditions() -> bytes:
    return json.dumps({"id": "s", "name": "s", "rule": {"and": [{}] * (VALUES // 2 - 10)}}).encode()


def empty_rows() -> bytes:
    """As many rows as an answer of a vendor may have, each of which is noted as broken."""
    row = {"Id": "1", "UpdatedUtc": {}}
    lists = ("Reservations", "Companionships", "OrderItems", "Customers")
    return json.dumps({each: [row] * 9_000 for each in lists}, separators=(",", ":")).encode()


def bounced() -> bytes:
    """As much as a message of SQS holds, within SNS's own."""
    mail = {"messageId": "m", "timestamp": "2026-11-23T12:00:00Z", "destination": ["a@b.example"]}
    about = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "a@b.example"}] * 20_000}
    event = {"eventType": "Bounce", "bounce": about, "mail": mail}
    return json.dumps({"Type": "Notification", "Message": json.dumps(event)}).encode()


def tiny_tags() -> bytes:
    return b"<b>" * 33_333


def filters_in_a_loop() -> bytes:
    text = "{% capture x %}" + "a" * 9_000 + "{% endcapture %}{% assign y = x" + "| escape | strip_html" * 20 + " %}"
    return ("{% for i in (1..100) %}" + text + "{% endfor %}").encode()


def as_large_as_a_mail() -> bytes:
    return ("<b>x</b>" * 9_000 + "{% for i in (1..100) %}" + "a" * 700 + "{% endfor %}").encode()


# What is done with it


def at_the_edge(vendor: str) -> Callable[[bytes], None]:
    def work(raw: bytes) -> None:
        from chalicelib.canonical.errors import Invalid
        from chalicelib.connectors.contract import Request
        from chalicelib.connectors.vendors import edge_of
        from chalicelib.ingest import edge

        with suppress(Invalid):
            edge.queueable(edge_of(vendor), Request(raw, {}, {}, datetime.now(UTC)))

    return work


def over_the_api(raw: bytes) -> None:
    from chalicelib.canonical.errors import Invalid
    from chalicelib.entrypoints.api import documents, events
    from chalicelib.ingest import submission

    with suppress(Invalid):
        body = documents.check(events.Events, documents.parse(raw))
        told = submission.accept_events(list(body.snapshots), lambda _: False)
        events.Results.model_validate({"results": told}).model_dump_json()


def as_a_body(module: str, model: str) -> Callable[[bytes], None]:
    def work(raw: bytes) -> None:
        from importlib import import_module

        from chalicelib.canonical.errors import Invalid
        from chalicelib.entrypoints.api import documents

        with suppress(Invalid):
            documents.check(getattr(import_module(module), model), documents.parse(raw))

    return work


def as_a_template(raw: bytes) -> None:
    from chalicelib.messages.model import Template
    from chalicelib.messages.templates import judged

    judged(Template.model_validate({"id": "t", "name": "t", "subject": "t", "text": "t", "html": raw.decode()}))


def sent_to_fifty(raw: bytes) -> None:
    from chalicelib.guests.model import Traits
    from chalicelib.messages.channels.email import MailWriter
    from chalicelib.messages.model import Template
    from chalicelib.messages.templates import Unfit
    from chalicelib.messages.variables import SAMPLE, SAMPLE_CLOCK, SAMPLE_URL

    text = "{% for i in (1..100) %}" + "a" * 1_000 + "{% endfor %}"
    template = Template.model_validate({"id": "t", "name": "t", "subject": "t", "text": text, "html": raw.decode()})
    writer, mails = MailWriter(template, SAMPLE, SAMPLE_CLOCK), list[Any]()
    for _ in range(50):
        with suppress(Unfit):  # a slow machine reaches the bound of time, and that mail is held
            mails.append(writer.write("a@mail.example", Traits(), SAMPLE_URL, {}).parts)
    json.dumps(mails)


def ten_notices(raw: bytes) -> None:
    """A batch of claim checks, each of a body as large as the edge takes one."""
    from chalicelib.connectors.canonical.translate import translate
    from chalicelib.connectors.contract import Link
    from chalicelib.ingest import envelopes

    told = {"connection": "api", "vendor": "canonical", "request": "q", "received_at": "2026-11-23T12:00:00.000000Z"}
    notices = [envelopes.read(told, b'{"body":' + raw + b"}") for _ in range(10)]
    for each in notices:
        translate(each.body, Link(each.connection, {}, {}, {}, {}, {}), datetime.now(UTC))


def as_a_vendors_answers(raw: bytes) -> None:
    """Each question of a conversation is answered so."""
    from chalicelib.aws import http
    from chalicelib.canonical.ids import ConnectionId, PropertyId
    from chalicelib.connectors.contract import Link
    from chalicelib.connectors.mews import translate

    vienna = PropertyId("vienna")
    keys = {"client_token": "c", "access_token": "a"}
    link = Link(ConnectionId("m"), {"e": vienna}, {vienna: "Europe/Vienna"}, {}, {}, keys)
    named = {"Discriminator": "ServiceOrderUpdated", "Value": {"Id": "1"}}
    talk = translate.fetch([{"EnterpriseId": "e", "Events": [named]}], link)
    calls: Sequence[Any] = next(talk)
    with suppress(StopIteration):
        while True:
            calls = talk.send([http._read(raw) for _ in calls])


def ten_events(raw: bytes) -> None:
    from chalicelib.messages.channels import email_events

    for _ in range(10):
        email_events.parse(raw.decode())


def opened_letter(raw: bytes) -> None:
    from chalicelib.dead_letters import actions

    json.dumps(actions._stripped({"vendor": "canonical", "body": json.loads(raw)}))


BODIES = (empty_occupants, full_lists, unknown_names, deep_lists, long_texts)
OTHERS = (
    Case(API, names_of_a_body, as_a_body("chalicelib.settings.model", "HubSettings"), 3),
    Case(API, empty_conditions, as_a_body("chalicelib.segments.model", "Segment"), 3),
    Case(API, tiny_tags, as_a_template, 10),
    Case(API, filters_in_a_loop, as_a_template, 10),
    Case(API, long_texts, opened_letter, 10),
    Case("fetch_notices", empty_rows, as_a_vendors_answers, 5),
    Case("record_mail_events", bounced, ten_events, 3),
    Case("send_chunk", as_large_as_a_mail, sent_to_fifty, 15),
    Case("send_chunk", filters_in_a_loop, sent_to_fifty, 25),
)


def cases() -> Iterator[tuple[str, Case]]:
    for body in BODIES:
        for vendor in ("canonical", "mews"):
            yield f"webhook of {vendor}: {_words(body)}", Case(API, body, at_the_edge(vendor), 3)
        yield f"`POST /v1/events`: {_words(body)}", Case(API, body, over_the_api, 5)
        yield f"ten notices: {_words(body)}", Case("ingest_notices", body, ten_notices, 10)
    for case in OTHERS:
        yield f"{_words(case.work)}: {_words(case.given)}", case


def _words(of: Callable[..., object]) -> str:
    return of.__qualname__.partition(".")[0].replace("_", " ")


def cost_of(name: str, case: Case) -> Cost:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.worst", name], input=case.given(), check=True, capture_output=True
    )
    return Cost(*json.loads(ran.stdout))


def _work(case: Case) -> None:
    import boto3

    hub.open_hub()
    for name in CLIENTS:
        boto3.client(name, region_name="eu-central-1")  # type: ignore[call-overload]
    given, began = sys.stdin.buffer.read(), time.process_time()
    case.work(given)
    print(json.dumps([round(peak_megabytes()), round(time.process_time() - began, 2)]))


def main() -> None:
    known = dict(cases())
    if sys.argv[1:]:
        _work(known[sys.argv[1]])
        return
    print("| worst input | function | its MB | peak MB | CPU s |\n| --- | --- | --- | --- | --- |")
    for name, case in known.items():
        cost = _median_cost(name, case)
        print(f"| {name} | {case.function} | {worker(case.function).memory} | {cost.megabytes} | {cost.seconds} |")


def _median_cost(name: str, case: Case) -> Cost:
    costs = [cost_of(name, case) for _ in range(ROUNDS)]
    return Cost(*map(median, zip(*costs, strict=True)))


if __name__ == "__main__":
    main()
