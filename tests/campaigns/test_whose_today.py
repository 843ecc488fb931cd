"""Days are counted at the hotel where the stay is: in segments, at planning and at sending, and in what guests read."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions, parts, planning, store
from chalicelib.campaigns.model import Campaign, Run
from chalicelib.campaigns.queued import PlanPart, body_of
from chalicelib.canonical.ids import CampaignId, GuestId, PropertyId, SegmentId, TemplateId
from chalicelib.canonical.snapshots import Status
from chalicelib.guests import store as guests
from chalicelib.guests.model import Stay
from chalicelib.guests.rules import stats_of
from chalicelib.guests.stats import Days, tells
from chalicelib.messages import actions as messages
from chalicelib.messages.model import Template
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding
from chalicelib.segments import actions as segments
from chalicelib.segments.model import Segment
from tests.builders import VIENNA, stay
from tests.campaigns.worlds import guest, plan_by_hand, run_to_end
from tests.mail_fakes import FakeSes

NINE_IN_AUCKLAND = datetime(2026, 11, 23, 20, tzinfo=UTC)
"""09:00 on the 24th; in Vienna it is the evening of the 23rd."""
NAMES = Branding(sender="Hotel <hello@auckland.example>", postal_address="Quay Street 1")
AUCKLAND = VIENNA.model_copy(
    update={"id": PropertyId("auckland"), "time_zone": "Pacific/Auckland", "country": "NZ", "branding": NAMES}
)
TOMORROW = {"trait": "stats.next_arrival.days_until", "op": "eq", "value": 1}
TEXT = "{{ 'now' | date: '%d.%m. %H:%M' }}; {{ guest.next_arrival | default: '2000-01-01' | date: '%d.%m.%Y' }}"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NINE_IN_AUCKLAND, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    for each in (VIENNA, AUCKLAND):
        properties.put(each)
    return FakeSes().install()


def stayed(name: str, *stays: Stay) -> GuestId:
    """A guest whose head and stays are as ingest writes them."""
    leaf = guest(name)
    head = guests.head(leaf)
    assert head
    assert head.traits
    sums = stats_of(stays)
    row = guests.head_row(head) | {"traits": head.traits.with_stats(sums).packed(), "stats": sums.packed()}
    table.write(table.Put(row))
    for each in stays:
        table.write(table.Put(guests.stay_row(leaf, each, "v")))
    return leaf


def booked(arrival: str, at: PropertyId = AUCKLAND.id, number: int = 0, status: Status = Status.CONFIRMED) -> Stay:
    departure = date.fromisoformat(arrival) + timedelta(days=2)
    return stay(f"r{number}", arrival, departure.isoformat(), property_id=at, status=status)


def launched(rule: dict[str, Any], at: PropertyId | None = AUCKLAND.id) -> Run:
    segments.save_segment(Segment.model_validate({"id": "soon", "name": "Soon", "rule": rule}))
    template = Template(id=TemplateId("soon"), name="S", subject="Soon", html=f"<p>{TEXT}</p>", text=TEXT)
    messages.save_template(template)
    asked = Campaign(
        id=CampaignId("soon"), name="Soon", segment=SegmentId("soon"), template=template.id, property_id=at
    )
    return actions.launch(actions.create_campaign(asked).campaign.id)


def planned(run: Run) -> set[str]:
    """Whom planning finds, of all that are in the table."""
    for part in range(16):
        planning.plan_run(body_of(PlanPart(run.id, part)))
    return {guest for chunk in parts.chunks(run.id, after="", limit=100) for guest in chunk.guests}


def test_tomorrow_is_the_day_after_today_at_the_hotel_where_the_guest_arrives(clock: Any, ses: FakeSes) -> None:
    stayed("today", booked("2026-11-24"))
    there = stayed("tomorrow", booked("2026-11-25"))
    stayed("later", booked("2026-11-26"))
    elsewhere = stayed("vienna", booked("2026-11-24", VIENNA.id))
    stayed("elsewhere", booked("2026-11-25", VIENNA.id))
    assert planned(launched(TOMORROW)) == {there, elsewhere}


@pytest.mark.parametrize(("hour", "expected"), [(8, set[str]()), (12, {"anna"}), (35, {"anna"}), (36, set[str]())])
def test_a_guest_enters_and_leaves_a_segment_at_the_hotels_midnight_without_a_write(
    clock: time_machine.Traveller, ses: FakeSes, hour: int, expected: set[str]
) -> None:
    """Midnight in Auckland is 11:00 in UTC, in summer."""
    anna = stayed("anna", booked("2026-11-26"))
    clock.move_to(datetime(2026, 11, 24, 0, 30, tzinfo=UTC) + timedelta(hours=hour - 1))
    assert planned(launched(TOMORROW, None)) == ({anna} if expected else set())


def test_a_booking_of_last_year_is_no_next_arrival_and_a_guest_without_another_has_none(
    clock: Any, ses: FakeSes
) -> None:
    stayed("both", booked("2025-03-01"), booked("2026-12-24", number=1))
    old = stayed("old", booked("2025-03-01"))
    assert planned(launched({"trait": "stats.next_arrival", "op": "exists", "value": False})) == {old}


def test_who_has_more_bookings_than_the_head_lists_is_asked_of_the_stays(clock: Any, ses: FakeSes) -> None:
    """Ten that nobody closed, and then one for tomorrow: found by planning, and not held at sending."""
    forgotten = [booked(f"2025-0{number + 1}-01", number=number) for number in range(9)]
    leader = stayed("leader", *forgotten, booked("2026-11-25", number=9))
    stayed("other", *forgotten, booked("2026-12-25", number=9))
    head = guests.head(leader)
    assert head
    assert not tells(head.stats, Days(date(2026, 11, 24)))
    run = launched(TOMORROW)
    assert planned(run) == {leader}
    assert run_to_end(clock, run).counts == {"sent": 1}
    (sent,) = ses.accepted
    assert "25.11.2026" in json.dumps(sent, default=str)


def test_days_since_the_last_stay_are_those_at_its_hotel(clock: Any, ses: FakeSes) -> None:
    left = stayed("left", booked("2026-11-22", status=Status.CHECKED_OUT))  # on the 24th: today in Auckland
    stayed("there", booked("2026-11-22", VIENNA.id, status=Status.CHECKED_OUT))  # tomorrow in Vienna
    assert planned(launched({"trait": "stats.last_departure.days_since", "op": "eq", "value": 0})) == {left}


def test_dates_in_a_mail_are_those_of_the_hotel_that_writes(clock: Any, ses: FakeSes) -> None:
    anna = stayed("anna", booked("2026-11-25"))
    run = launched(TOMORROW)
    plan_by_hand(run, {0: [anna]})
    assert run_to_end(clock, run).counts == {"sent": 1}
    assert "24.11. 09:0" in json.dumps(ses.accepted, default=str)
    assert "25.11.2026" in json.dumps(ses.accepted, default=str)


def test_days_are_those_of_the_launch_also_when_its_content_was_kept_without_them(clock: Any, ses: FakeSes) -> None:
    run = launched(TOMORROW)
    content = store.content(run.id)
    assert content.days_of(run) == Days(date(2026, 11, 24), {VIENNA.id: date(2026, 11, 23)})
    assert content.model_copy(update={"days": None}).days_of(run) == Days(date(2026, 11, 23))
