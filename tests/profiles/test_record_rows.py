"""The source's record is a row of its own beside the head: touched only when something is said of the person."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.aws import keys, secrets
from chalicelib.aws.codec import item_size
from chalicelib.aws.meter import UNIT
from chalicelib.canonical.details import (
    AgeCategory,
    CurrencyAmounts,
    MealPlan,
    Payer,
    PostalAddress,
    Purpose,
    SpecialDate,
)
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ConnectionId, Digest, PropertyId, ReservationId, leaf_of_profile
from chalicelib.canonical.preferences import OFFERED, most_of
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.guests.calendar import SOONEST, Calendar, Rooms
from chalicelib.guests.drift import FARTHEST, Drift
from chalicelib.guests.model import Head, Stay, Traits
from chalicelib.guests.preferences import Preferences
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Stats
from chalicelib.guests.tally import Tally
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable

PLACES = {VIENNA.id: VIENNA, PORTO.id: PORTO}
ANNA = leaf_of_profile(PMS, "g1")
RECORD = keys.record(ANNA)
EMAIL = "anna@mail.example"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return MemoryTable().install(monkeypatch)


def tell(*snapshots: dict[str, Any]) -> dict[int, Exception]:
    changes = [change_of(read(each), PMS, PLACES, lambda kind, value: Digest(f"{kind}-{value}")) for each in snapshots]
    return profiles.store_changes([change for change in changes if change])


def anna() -> Head:
    found = guests.head(ANNA)
    assert found
    return guests.with_records({ANNA: found})[ANNA]


def test_a_record_lies_beside_its_head_with_its_identifiers(hub: MemoryTable) -> None:
    assert tell(guest(email=EMAIL)) == {}
    assert {"record", "identifiers"}.isdisjoint(hub.rows[keys.head(ANNA)])
    head = anna()
    assert head.record
    assert (head.record.email, head.identifiers) == (EMAIL, (f"email:email-{EMAIL}",))


def test_a_change_of_a_stay_neither_reads_nor_writes_the_record(hub: MemoryTable) -> None:
    assert tell(reservation("r1", guest(email=EMAIL))) == {}
    kept = hub.rows.pop(RECORD)
    assert tell(reservation("r1", guest(email=EMAIL), changed_at=at(1), status="checked_out")) == {}
    assert RECORD not in hub.rows
    hub.rows[RECORD] = kept
    head = anna()
    assert head.traits
    assert (head.rev, head.record_rev, head.traits.email, head.traits.stats.stays) == (2, 1, EMAIL, 1)


def test_news_of_the_person_is_written_to_the_record(hub: MemoryTable) -> None:
    assert tell(guest(email=EMAIL), guest(given="Anne", email=EMAIL, changed_at=at(1))) == {}
    head = anna()
    assert head.record
    assert (head.record.given_name, head.rev, head.record_rev, hub.rows[RECORD]["rev"]) == ("Anne", 2, 2, 2)


def test_the_second_record_of_a_guest_leaves_the_first_ones_row_alone(hub: MemoryTable) -> None:
    assert tell(guest(email=EMAIL)) == {}
    before = dict(hub.rows[RECORD])
    assert tell(guest("g2", email=EMAIL, phone="+43 1 5880 0000")) == {}
    assert guests.guest(ANNA) == guests.guest(leaf_of_profile(PMS, "g2"))
    assert hub.rows[RECORD] == before


def test_nothing_is_decided_on_a_record_of_another_revision_than_its_head_names(hub: MemoryTable) -> None:
    assert tell(guest()) == {}
    hub.rows[RECORD] = {**hub.rows[RECORD], "rev": 7}
    failed = tell(guest(given="Anne", changed_at=at(1)))
    assert [type(error) for error in failed.values()] == [TryAgain]


def test_a_head_that_holds_its_record_as_earlier_versions_kept_it_is_read_and_moved(hub: MemoryTable) -> None:
    assert tell(guest(email=EMAIL, property_id=VIENNA.id)) == {}
    moved, head = hub.rows.pop(RECORD), hub.rows[keys.head(ANNA)]
    earlier = {name: value for name, value in head.items() if name != "record_rev"}
    hub.rows[keys.head(ANNA)] = {**earlier, "record": moved["record"], "identifiers": moved["identifiers"]}
    assert tell(reservation("r1", guest(email=EMAIL), changed_at=at(1))) == {}
    assert "record" not in hub.rows[keys.head(ANNA)]
    del moved["own_profile"]  # earlier versions did not keep it; it comes with the next news of the person
    assert hub.rows[RECORD] == {**moved, "rev": 2}


HOTELS = tuple(map(PropertyId, ("hotel-vienna", "hotel-porto", "resort-algarve")))
STATS = Stats(
    stays=112,
    nights=334,
    room_revenue={"EUR": 12345678, "USD": 999999},
    other_revenue={"EUR": 123456, "USD": 55555},
    reservations=150,
    cancelled=22,
    no_shows=1,
    first_arrival=date(2020, 1, 1),
    last_departure=date(2026, 1, 3),
    first_hotel=HOTELS[0],
    last_hotel=HOTELS[2],
    arriving=Calendar(
        listed=tuple(
            Rooms(date(2026, 5, 1) + timedelta(days=9 * at), HOTELS[at % 3], 3 + at, 9 + at)
            for at in range(SOONEST.most)
        ),
        rooms=282,
        nights=999,
    ),
    leaving=Calendar(listed=tuple(Rooms(date(2026, 3, 9 - at), HOTELS[at], 10 + at) for at in range(3)), rooms=3),
    properties=HOTELS,
)
TRAITS = Traits(
    salutation="Mrs",
    given_name="Maximiliane Annabel",
    family_name="García-López von Hohenstein",
    generation="III",
    email="maximiliane.hohenstein@mail.example",
    phone="+436601234567",
    language="de-AT",
    country="AT",
    address=PostalAddress(
        street="Somerford Road, Hello House 135",
        postal_code="BH23 3PY",
        city="Christchurch",
        region="GB-ENG",
        country="GB",
    ),
    birth_date=date(1983, 12, 31),
    special_dates=tuple(
        SpecialDate.model_validate({"kind": kind, "day": "2010-06-12"}) for kind in ("anniversary", "name_day")
    ),
    age_category=AgeCategory.ADULT,
    fields={"shoes": 42},
    vip=3,
    unprofiled="restricted",
    member=True,
    preferences=Preferences(**{kind: words[: min(2, most_of(kind))] for kind, words in OFFERED.items()}),
    stats=STATS,
)
VERSION = "2026-01-01T00:00:00.000000Z#2026-01-01T00:00:00.000000Z#9b13c1879caa87bd"
UUIDS = [f"773d5e42-de1e-43a0-9ce6-{number * 0x1234567891:012x}" for number in range(1, 9)]


def test_a_head_with_every_field_filled_costs_one_unit() -> None:
    head = Head(
        leaf=ANNA,
        rev=1234,
        record=Record(source=PMS),
        record_rev=1200,
        record_version=VERSION,
        stats=STATS,
        tally=Tally(at=(112, 27, 11), longest=28, ended=date(2026, 1, 3)),
        members=tuple(leaf_of_profile(PMS, each) for each in UUIDS[:3]),
        traits=TRAITS,
        seen_at=STATS.properties,
        since=1_767_225_600_000,
        properties=STATS.properties,
        drift=Drift(earlier=FARTHEST, later=FARTHEST),
        decided=True,
    )
    row = guests.head_row(head)
    assert all(getattr(TRAITS, name) for name in Traits.model_fields)
    assert all(getattr(STATS, name) for name in Stats.model_fields)
    assert item_size(row) <= UNIT
    assert guests.read_head(ANNA, row) == replace(head, record=None)


AMOUNTS = ("room_revenue_minor", "eligible_room_revenue_minor", "other_revenue_minor")


def test_a_stay_with_every_field_filled_costs_one_unit() -> None:
    stay = Stay(
        reservation=ReservationId("r" + "4" * 24),
        source=ConnectionId("mews-vienna"),
        source_id=UUIDS[0],
        booking="b" + "5" * 24,
        property_id=PropertyId("hotel-vienna"),
        status=Status.CONFIRMED,
        arrival=date(2026, 2, 1),
        departure=date(2026, 2, 5),
        channel=Channel.WHOLESALE,
        stated_currency="EUR",
        stated_room_minor=123456,
        stated_eligible_minor=123456,
        stated_other_minor=12345,
        stated_elsewhere=(CurrencyAmounts(currency="HUF", **dict.fromkeys(AMOUNTS, 500000)),),
        charged_room={"EUR": 12345},
        charged_other={"EUR": 12345},
        adults=2,
        children=2,
        cancel_reason="RequestedByGuest",
        companions=(ANNA, leaf_of_profile(PMS, "g2")),
        rate_plan=UUIDS[1],
        market_segment=UUIDS[2],
        promotion_code="SPRING26",
        room_type=UUIDS[3],
        room_number="101",
        arrival_time="15:30",
        meal_plan=MealPlan.HALF_BOARD,
        purpose=Purpose.LEISURE,
        company_id=UUIDS[4],
        agency_id=UUIDS[5],
        group_id=UUIDS[6],
        payer=Payer.COMPANY,
        booked_on=date(2025, 12, 24),
        nightly_rates={date(2026, 2, day): 30000 + day for day in range(1, 5)},
    )
    row = guests.stay_row(ANNA, stay, VERSION)
    assert all(getattr(stay, name) for name in Stay.model_fields)
    assert item_size(row) <= UNIT
    assert guests.read_stay(row) == stay
