"""A campaign with guests, and the queues turned by hand."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import time_machine

from chalicelib.aws import clients, queues, table
from chalicelib.campaigns import actions, running, store
from chalicelib.campaigns.model import PARTS, Campaign, Progress, Run
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import CampaignId, GuestId, SegmentId, TemplateId
from chalicelib.canonical.time import instant
from chalicelib.consent import store as consents
from chalicelib.consent.model import Consent, Gate
from chalicelib.guests.model import Head, Record, Stats, Traits
from chalicelib.guests.store import head_row
from chalicelib.messages import actions as messages
from chalicelib.messages.model import Template
from chalicelib.segments import actions as segments
from chalicelib.segments.model import Segment
from tests.ids import PMS, SPRING, guest_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = "Dear {{ guest.given_name | default: 'guest' }}"
WORKERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "plan": running.plan_run,
    "pace": running.pace_run,
    "send": running.send_chunk,
}


def guest(name: str, *, state: str | None = "explicit", stays: int = 1) -> GuestId:
    leaf = guest_id(name)
    traits = Traits(given_name=name.title(), email=f"{name}@example.com", stats=Stats(stays=stays))
    head = Head(leaf=leaf, record=Record(source=PMS), members=(leaf,), traits=traits)
    table.write(table.Put(head_row(head)))
    if state:
        consent = Consent.model_validate({"state": state, "basis": "guest", "at": instant(NOW)})
        gate = Gate(guest=leaf, channel="email", rev=1, answers={"group:marketing": consent})
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
    for part in range(PARTS):
        progress = Progress(part=part)
        for start in range(0, len(everybody) if part == 0 else 0, run.chunk_size):
            some = everybody[start : start + run.chunk_size]
            found = progress.model_copy(update={"candidates": progress.candidates + len(some)})
            progress = store.save_progress(run, progress, found, some)
        store.save_progress(run, progress, progress.model_copy(update={"done": True}), [])
    return run


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
            if name == "pace":
                break
    return handled


def run_to_end(clock: time_machine.Traveller, run: Run, *, twice: bool = False) -> Run:
    """Turn all queues, and let time pass, until the run is over."""
    for _ in range(100):
        turn(twice=twice)
        found = actions.run(run.id)
        if found.is_over:
            return found
        clock.shift(15)
    raise AssertionError(f"the run does not end: {actions.run(run.id)}")


def chunks(run: Run) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(each.name, each.guests, each.decisions) for each in store.chunks(run.id, after="", limit=10_000)]
