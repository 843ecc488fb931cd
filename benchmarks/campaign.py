"""What a marketing mail costs, from planning to its last event: CPU against the same done bare, and units counted."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from liquid import Environment

from benchmarks import hub, season
from benchmarks.cloud import Cloud
from benchmarks.figures import OF_MEASURED, Figure
from benchmarks.population import Population
from benchmarks.stopwatch import Sides, compare, median_milliseconds
from benchmarks.table import Table, Units
from benchmarks.tape import Bare, Call, Tape, of_the_hub
from chalicelib.aws import queues, secrets
from chalicelib.campaigns import actions
from chalicelib.campaigns.model import PARTS, Campaign
from chalicelib.canonical.ids import CampaignId, SegmentId, TemplateId
from chalicelib.canonical.time import now
from chalicelib.consent.model import EMAIL
from chalicelib.messages import pacing
from chalicelib.messages.actions import save_template
from chalicelib.messages.model import Template
from chalicelib.segments.actions import save_segment
from chalicelib.segments.model import Segment

FUNCTIONS = {"plan": "plan_run", "send": "send_chunk"}
WEEKS = "".join(
    f"<p>Week {week}: a room with a view, breakfast included, and the city to yourself.</p>" for week in range(16)
)
HTML = (
    "<html><body><h1>Spring in Vienna</h1><p>Dear {{ guest.given_name | default: 'guest' }}"
    "{% if guest.family_name %} {{ guest.family_name }}{% endif %},</p>"
    f"{WEEKS}"
    "<p>{{ postal_address }}<br><a href='{{ unsubscribe_url }}'>Unsubscribe</a></p></body></html>"
)
TEXT = "Dear {{ guest.given_name | default: 'guest' }},\nspring in Vienna.\n{{ postal_address }}\n{{ unsubscribe_url }}"
SUBJECT = "{{ guest.given_name | default: 'Spring' }}, Vienna is waiting"
Step = tuple[str, dict[str, Any]]
"""A function and the event it is invoked with."""


@dataclass
class Campaigned:
    """A run that was sent, and what it took."""

    cloud: Cloud
    steps: list[Step] = field(default_factory=list)
    events: list[Step] = field(default_factory=list)
    logged: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    calls_of_events: int = 0
    units: Units = field(default_factory=Units)


def launched(population: Population) -> Cloud:
    """A campaign to everybody of a computed population, launched a moment ago."""
    cloud = hub.open_hub(Table(population))
    season.open_hotel()
    rule = {"trait": "stats.stays", "op": "gte", "value": 1}
    save_segment(Segment.model_validate({"id": "stayed", "name": "Stayed", "rule": rule}))
    save_template(Template(id=TemplateId("spring"), name="Spring", subject=SUBJECT, html=HTML, text=TEXT))
    actions.create_campaign(
        Campaign(id=CampaignId("spring"), name="Spring", segment=SegmentId("stayed"), template=TemplateId("spring"))
    )
    actions.launch(CampaignId("spring"))
    return cloud


def steps(cloud: Cloud) -> Iterator[Step]:
    """The queues' messages in turns, until none is left and every mail is out: nothing limits the pace here."""
    while True:
        taken = {name: cloud.take(name) for name in FUNCTIONS}
        if not any(taken.values()):
            return
        for name, bodies in taken.items():
            yield from ((FUNCTIONS[name], hub.delivery([body])) for body in bodies)


def send_all(guests: int, tape: Tape | None = None, records: int = 1, *, shares: bool = False) -> Campaigned:
    """Plan, queue and send to the end, then have SES tell what became of each mail."""
    cloud = launched(Population(guests, records, shares))
    cloud.sent = []
    ran = Campaigned(cloud)
    cloud.calls.clear()
    cloud.table.units.take()
    if tape:
        _warm_up()
        tape.record()
    for step in steps(cloud):
        ran.logged += hub.run(*step)
        ran.steps.append(step)
        if tape:
            tape.mark()
    if tape:
        return ran
    ran.events = [("record_mail_events", hub.delivery(batch)) for batch in hub.batches(_events(cloud.sent))]
    before = cloud.calls.total()
    for step in ran.events:
        ran.logged += hub.run(*step)
    ran.calls_of_events = cloud.calls.total() - before
    ran.calls, ran.units = dict(cloud.calls), cloud.table.units.take()
    return ran


def _warm_up() -> None:
    """What a worker asks once in its life, or all of them once a minute, is no part of what a mail costs. The recording
    is played later, too: a carrier that was asked in its minute would be asked again."""
    for name in FUNCTIONS:
        queues.url_of(name)
    for purpose in ("identifiers", "unsubscribe"):
        secrets.key_for(purpose)
    pacing.opened(EMAIL, now() + timedelta(days=1))


def _events(sent: Sequence[dict[str, Any]]) -> list[str]:
    """As SES publishes them: every mail is sent, delivered and opened, and one in ten clicked."""
    kinds = [(kind, mail) for mail in sent for kind in ("Send", "Delivery", "Open")]
    kinds += [("Click", mail) for mail in sent[::10]]
    return [json.dumps(_event(kind, mail)) for kind, mail in kinds]


EVENTS_PER_MAIL = 3.1


def _event(kind: str, mail: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.now(UTC).isoformat()
    return {
        "eventType": kind,
        "mail": {"timestamp": moment, "destination": ["x@example.com"], **mail},
        kind.lower(): {},
    }


# CPU


NAME = "per recipient, plan + decide + render + send ÷ the same render"


def cpu(rounds: int, guests: int = PARTS * 50) -> list[Figure]:
    """Against the same calls bare; and, to be shown, by the hub's own clients, and against the mail alone."""
    sent = _sent_once(guests)
    all_calls = compare(sent.sides, rounds)
    of_the_hub = compare(sent.by_the_hubs_clients, rounds)
    only_mail = median_milliseconds(sent.only_mail, rounds) / guests
    name = f"CPU {NAME}, SendBulkEmail and DynamoDB calls bare"
    return [
        Figure(name, "ms of CPU", all_calls.measured, all_calls.floor, 1.5),
        Figure(f"{name} by the hub's own clients", "ms of CPU", of_the_hub.measured, of_the_hub.floor),
        Figure(f"CPU {NAME} + SendBulkEmail alone", "ms of CPU", all_calls.measured, only_mail),
    ]


def sides(guests: int = PARTS * 50) -> Sides:
    return _sent_once(guests).sides


class _Sent(NamedTuple):
    """A run that was sent and recorded: to be sent again, made bare, or mailed only."""

    sides: Sides
    by_the_hubs_clients: Sides
    only_mail: Callable[[], None]


def _sent_once(guests: int) -> _Sent:
    """Full chunks of fifty; the template is parsed once a chunk by the hub, and once by the floor."""
    tape = Tape(hub.wire())
    ran = send_all(guests, tape)
    assert ran.cloud.mails == guests, "everybody is mailed once"
    stretches = list(tape.stretches())
    bare, lean, templates = Bare(tape), Bare(tape, of_the_hub), _parsed()
    mails = [calls for calls in stretches if any(call.operation == "SendBulkEmail" for call in calls)]
    by = Sides(lambda: _run_hub(tape, ran.steps), lambda: _bare(tape, bare, templates, stretches), guests)
    by_lean = by._replace(floor=lambda: _bare(tape, lean, templates, stretches))
    return _Sent(by, by_lean, lambda: _bare_mail(tape, bare, templates, mails))


def _run_hub(tape: Tape, script: Sequence[Step]) -> None:
    tape.play()
    with hub.quiet():
        for step in script:
            hub.invoke(*step)


def _parsed() -> list[Any]:
    return [
        Environment(autoescape=is_html).from_string(part)
        for part, is_html in ((SUBJECT, False), (HTML, True), (TEXT, False))
    ]


def _bare(tape: Tape, bare: Bare, templates: Sequence[Any], stretches: Sequence[Sequence[Call]]) -> None:
    tape.play()
    for calls in stretches:
        _render(templates, calls)
        bare.make(calls)


def _bare_mail(tape: Tape, bare: Bare, templates: Sequence[Any], stretches: Sequence[Sequence[Call]]) -> None:
    calls = [call for each in stretches for call in each if call.operation == "SendBulkEmail"]
    tape.play(calls)
    _render(templates, calls)
    bare.make(calls)


def _render(templates: Sequence[Any], calls: Sequence[Call]) -> None:
    for call in calls:
        for _ in call.arguments["BulkEmailEntries"] if call.operation == "SendBulkEmail" else ():
            json.dumps([template.render(**VALUES) for template in templates])


VALUES: dict[str, Any] = {
    "guest": {"given_name": "Anna", "family_name": "Lee", "language": "de", "country": "AT"},
    "postal_address": "Main Street 1, 1010 Vienna, Austria",
    "unsubscribe_url": "https://hub.example.com/u/" + "t" * 90,
}


# Units


def units(ran: Campaigned, of_two: Campaigned, shared: Campaigned) -> list[Figure]:
    """The floor is the claim, its outcome and two events, written once each and without a transaction.

    `of_two` is the same run to guests of two records each, `shared` that to guests who read a mailbox with others.
    """
    mails = ran.cloud.mails
    assert of_two.cloud.mails == shared.cloud.mails == mails
    further = (of_two.units.write - ran.units.write) / mails
    name = "write units per marketing recipient with a mailbox of its own"
    what = "plan, claim, outcome, delivery and open of each, click of one in ten"
    return [
        Figure(f"{name} ({what})", "write units", ran.units.write / mails, 4, 7.5, OF_MEASURED),
        Figure(
            "the same, who shares a mailbox with others", "write units", shared.units.write / mails, 4, 9.5, OF_MEASURED
        ),
        Figure("the same, for each further record of the guest", "write units", further, None, 2, OF_MEASURED),
    ]


def event_milliseconds(ran: Campaigned, rounds: int) -> float:
    """CPU of recording one mail's events, answered from a tape."""
    tape = Tape(hub.wire())
    again = send_all(ran.cloud.mails)
    tape.wire.reply = again.cloud.reply
    tape.record()
    for step in again.events:
        hub.run(*step)
    play: Callable[[], None] = lambda: _run_hub(tape, again.events)  # noqa: E731 (a name for what is timed)
    return median_milliseconds(play, rounds) / ran.cloud.mails
