"""A campaign with guests, and the queues turned by hand."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import time_machine

from chalicelib.aws import clients, queues, table
from chalicelib.campaigns import actions, parts, planning, running, store, tending
from chalicelib.campaigns.model import PARTS, Campaign, Run
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import CampaignId, GuestId, SegmentId, TemplateId
from chalicelib.canonical.time import instant, now
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL, Consent, Gate
from chalicelib.guests.kinds import Unprofiled
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Stats
from chalicelib.guests.store import head_row
from chalicelib.jobs.model import Part
from chalicelib.messages import actions as messages
from chalicelib.messages.model import Template
from chalicelib.segments import actions as segments
from chalicelib.segments.model import Segment
from tests.ids import PMS, SPRING, guest_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = "Dear {{ guest.given_name | default: 'guest' }}"
WORKERS: dict[str, Callable[[dict[str, Any]], None]] = {"plan": planning.plan_run, "send": running.send_chunk}


def guest(
    name: str,
    *,
    state: str | None = "explicit",
    stays: int = 1,
    born: date | None = None,
    unprofiled: Unprofiled | None = None,
) -> GuestId:
    leaf = guest_id(name)
    traits = Traits(
        given_name=name.title() if name.isalpha() else "Anna",
        email=f"{name}@example.com",
        birth_date=born,
        unprofiled=unprofiled,
        stats=Stats(stays=stays),
    )
    head = Head(leaf=leaf, record=Record(source=PMS), members=(leaf,), traits=traits)
    table.write(table.Put(head_row(head)))
    if state:
        consent = Consent.model_validate({"state": state, "basis": "guest", "at": instant(NOW)})
        gate = Gate(guest=leaf, channel=EMAIL, rev=1, answers={"group:marketing": consent})
        table.write(table.Put(consents.gate_row(gate)))
    return leaf


def campaign(campaign_id: CampaignId = SPRING, *, least_stays: int = 1) -> CampaignId:
    rule = {"trait": "stats.stays", "op": "gte", "value": least_stays}
    body = {"id": f"s-{campaign_id}", "name": "Stayed", "rule": rule}
    segments.save_segment(Segment.model_validate(body))
    messages.save_template(
        Template(id=TemplateId("news"), name="News", subject="News", html=f"<p>{TEXT}</p>", text=TEXT)
    )
    asked = Campaign(id=campaign_id, name="Spring", segment=SegmentId(f"s-{campaign_id}"), template=TemplateId("news"))
    actions.create_campaign(asked)
    return campaign_id


def launched(everybody: Sequence[GuestId]) -> Run:
    """A run whose planning is over, as if it had found these guests: walking 256 partitions takes a test's time."""
    run = actions.launch(campaign())
    plan_by_hand(run, {0: everybody})
    return run


def plan_by_hand(run: Run, by_part: Mapping[int, Sequence[GuestId]], *, ends: Collection[int] = range(PARTS)) -> None:
    """Chunks of these guests in these parts, and the parts planned to their end."""
    for number in range(PARTS):
        part, everybody = Part(number=number), by_part.get(number, ())
        for start in range(0, len(everybody), run.chunk_size):
            some = everybody[start : start + run.chunk_size]
            part = parts.save_plan(run, part, parts.plan_to(part, "", len(some), len(some)), some, now())
        if number in ends:
            parts.save_plan(run, part, part.ended(), [], now())


def plan_of(run: Run, part: int) -> Part:
    (found,) = parts.of(run.id, [part])
    return found.plan


def turn(names: Iterable[str] = WORKERS, *, twice: bool = False) -> int:
    """Give each queue's waiting messages to its worker; one that asks to be tried again goes back."""
    handled = 0
    for name in names:
        while (
            batch := clients.sqs()
            .receive_message(QueueUrl=queues.url_of(name), MaxNumberOfMessages=10, VisibilityTimeout=30)
            .get("Messages")
        ):
            for message in batch:
                handled += 1
                try:
                    for _ in range(1 + twice):
                        WORKERS[name](json.loads(message["Body"]))
                except TryAgain:
                    continue
                queues.delete(name, message["ReceiptHandle"])
    return handled


def tick(*, twice: bool = False) -> None:
    for _ in range(1 + twice):
        tending.tend_all(store.active_runs(), now())


def run_to_end(clock: time_machine.Traveller, run: Run, *, twice: bool = False) -> Run:
    """Turn all queues second by second, with a tick a minute, until the run is over."""
    for _ in range(20):
        tick(twice=twice)
        for _ in range(3):
            turn(twice=twice)
            found = actions.run(run.id)
            if found.is_over:
                return found
            clock.shift(20)
    raise AssertionError(f"the run does not end: {actions.run(run.id)}")


def chunks(run: Run) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(each.name, each.guests, each.decisions) for each in parts.chunks(run.id, after="", limit=10_000)]
