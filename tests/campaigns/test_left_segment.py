"""Who no longer belongs to the segment by their turn is held, unless the campaign says that the plan stands."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.aws import table
from chalicelib.campaigns import actions
from chalicelib.campaigns.model import Campaign, Run
from chalicelib.canonical.ids import CampaignId, GuestId, SegmentId, TemplateId
from chalicelib.guests import store as guests
from chalicelib.guests.calendar import Calendar, Rooms
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.packed import traits_of_part
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Stats
from chalicelib.guests.store import head_row
from chalicelib.messages import actions as messages
from chalicelib.messages.model import Template
from chalicelib.segments import actions as segments
from chalicelib.segments.model import Segment
from tests.builders import VIENNA
from tests.campaigns.worlds import NOW, guest, plan_by_hand, run_to_end
from tests.ids import PMS, guest_id
from tests.mail_fakes import FakeSes

NOTHING_BOOKED = {"trait": "stats.next_arrival", "op": "exists", "value": False}
MISSED = "miss-you"


def launched(everybody: list[GuestId], rule: dict[str, Any], *, as_planned: bool = False) -> Run:
    segments.save_segment(Segment.model_validate({"id": MISSED, "name": "Lapsed", "rule": rule}))
    template = Template(id=TemplateId(MISSED), name="M", subject="We miss you", html="<p>Come back</p>", text="Come")
    messages.save_template(template)
    asked = Campaign(
        id=CampaignId(MISSED), name="Win back", segment=SegmentId(MISSED), template=template.id, as_planned=as_planned
    )
    run = actions.launch(actions.create_campaign(asked).campaign.id)
    plan_by_hand(run, {0: everybody})
    return run


def becomes(who: GuestId, **stats: Any) -> None:
    """Written by ingest between planning and sending."""
    head = guests.head(who)
    assert head
    assert head.traits
    traits = head.traits.with_stats(Stats(stays=1, **stats))
    table.write(table.Put(head_row(head) | {"traits": traits.packed(), "rev": head.rev + 1}))


def booked(arrival: date) -> Calendar:
    return Calendar(listed=(Rooms(arrival, VIENNA.id),))


@pytest.mark.parametrize(("reservations", "candidates"), [(0, 0), (1, 1)])
def test_who_was_forgotten_is_a_candidate_for_the_stays_that_are_left_alone(
    clock: Any, ses: FakeSes, reservations: int, candidates: int
) -> None:
    leaf = guest_id("gone")
    head = Head(
        leaf=leaf, record=Record(source=PMS, nobody="anonymised"), members=(leaf,), nobody=True,
        traits=Traits(stats=Stats(reservations=reservations)),
    )  # fmt: skip
    table.write(table.Put(head_row(head)))
    found = [each.id for part in range(16) for each in traits_of_part(part, 16)]
    assert found == [leaf] * candidates


@pytest.mark.parametrize(("as_planned", "became"), [(False, "left_segment"), (True, "sent")])
def test_who_books_between_planning_and_sending_is_not_missed(
    clock: Any, ses: FakeSes, became: str, *, as_planned: bool
) -> None:
    anna, ben = guest("anna"), guest("ben")
    run = launched([anna, ben], NOTHING_BOOKED, as_planned=as_planned)
    becomes(anna, arriving=booked(date(2026, 12, 24)))
    counts = run_to_end(clock, run).counts
    assert counts == ({"sent": 2} if became == "sent" else {"sent": 1, became: 1})


def test_who_moves_to_another_country_or_language_is_held_too(clock: Any, ses: FakeSes) -> None:
    anna = guest("anna")
    run = launched([anna], {"trait": "stats.stays", "op": "eq", "value": 1})
    becomes(anna)
    head = guests.head(anna)
    assert head
    assert head.traits
    gone = head.traits.with_stats(Stats(stays=2))
    table.write(table.Put(head_row(head) | {"traits": gone.packed()}))
    assert run_to_end(clock, run).counts == {"left_segment": 1}


def test_days_are_counted_from_the_launch_however_long_a_run_takes(clock: Any, ses: FakeSes) -> None:
    arrives = NOW.date() + timedelta(days=3)
    anna = guest("anna")
    becomes(anna, arriving=booked(arrives))
    run = launched([anna], {"trait": "stats.next_arrival.days_until", "op": "eq", "value": 3})
    clock.shift(timedelta(days=1))
    assert run_to_end(clock, run).counts == {"sent": 1}


def test_who_objects_to_profiling_between_planning_and_sending_is_held(clock: Any, ses: FakeSes) -> None:
    anna, ben = guest("anna"), guest("ben")
    run = launched([anna, ben], {"trait": "stats.stays", "op": "gte", "value": 1})
    head = guests.head(ben)
    assert head
    assert head.traits
    objecting = head.traits.model_copy(update={"unprofiled": "objected"})
    table.write(table.Put(head_row(head) | {"traits": objecting.packed(), "rev": head.rev + 1}))
    assert run_to_end(clock, run).counts == {"sent": 1, "left_segment": 1}
