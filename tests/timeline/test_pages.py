"""A guest's history in pages: everything once, newest first, whatever lies in which leaf and at which instant."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import keys, table
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import EVERYWHERE, RUN, GuestId, Leaf, OccasionId, ReservationId, stable_id, timed_id
from chalicelib.canonical.time import instant
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL, Consent, Receipt
from chalicelib.guests import store as guests
from chalicelib.guests.drift import NO_DRIFT
from chalicelib.guests.history import SharedStay
from chalicelib.guests.model import Stay
from chalicelib.messages import store as messages
from chalicelib.messages.model import Message
from chalicelib.timeline import actions, rules
from tests.builders import stay
from tests.exhaustive import examples
from tests.ids import guest_id
from tests.memory_table import MemoryTable

GA = guest_id("ga")
GB = Leaf("gb")

LEAVES = ("ga", "gb", "gc")
SOMEBODY = Leaf("gx")
COMMON = settings(
    max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def put(row: Any) -> None:
    table.write(table.Put(row))


def own(leaf: Leaf, number: int, day: date, hotel: str = "vienna") -> str:
    made = stay(f"r{number}", day.isoformat(), (day + timedelta(days=1)).isoformat(), property_id=hotel)
    put(guests.stay_row(leaf, made, ""))
    return made.reservation


def shared(leaf: Leaf, number: int, day: date, hotel: str = "vienna", primary: Leaf = SOMEBODY) -> str:
    reservation = own(primary, number, day, hotel)
    put(table.row(keys.companion(leaf, day.isoformat()[:7], ReservationId(reservation)), leaf=primary))
    return reservation


def receipt(leaf: Leaf, number: int, moment: datetime) -> str:
    consent = Consent(state="explicit", basis="guest", at=instant(moment))
    row = consents.receipt_row(leaf, EMAIL, f"group:p{number}", consent, {})
    put(row)
    return consents.read_receipt(row).id


def message(leaf: GuestId, number: int, moment: datetime, claimed: datetime | None = None) -> str:
    occasion = timed_id(RUN, instant(moment), number)
    at = instant(claimed or moment)
    told: Any = {"claim": "m", "campaign": "c", "origin": "o", "candidate": leaf, "address": "d", "at": at}
    put(messages.message_row(Message(guest=leaf, occasion=OccasionId(occasion), **told)))
    return occasion


def pages(limit: int, hotels: Sequence[str] = ("vienna", "porto"), **asked: Any) -> Iterator[rules.Part]:
    asked = {"leaves": LEAVES, "sources": actions.everything(NO_DRIFT), **asked}
    before = None
    while True:
        part = actions.history(
            **asked, before=before, limit=limit, may_see=lambda each: each.property_id in {None, EVERYWHERE, *hotels}
        )
        yield part
        before = part.ends_at
        if before is None:
            return


def listed(limit: int, **asked: Any) -> list[Happening[object]]:
    return [each for part in pages(limit, **asked) for each in part.happenings]


MOMENTS = st.builds(
    lambda day, hour: datetime(2026, 1, 30, tzinfo=UTC) + timedelta(days=day, hours=hour),
    st.integers(0, 40),
    st.sampled_from([0, 0, 12]),
)


@COMMON
@given(
    told=st.lists(
        st.tuples(st.sampled_from(["own", "shared", "receipt", "message"]), st.sampled_from(LEAVES), MOMENTS)
    ),
    limit=st.integers(1, 7),
)
def test_pages_list_everything_once_newest_first(
    told: list[tuple[str, str, datetime]], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    MemoryTable().install(monkeypatch)
    expected = []
    for number, (kind, leaf, moment) in enumerate(told):
        match kind:
            case "own" | "shared":
                expected.append({"own": own, "shared": shared}[kind](guest_id(leaf), number, moment.date()))
            case "receipt":
                expected.append(receipt(guest_id(leaf), number, moment))
            case _:
                expected.append(message(guest_id(leaf), number, moment))
    found = listed(limit)
    assert Counter(each.id for each in found) == Counter(expected)
    assert all(newer.position > older.position for newer, older in pairwise(found))
    assert all(len(part.happenings) == limit for part in list(pages(limit))[:-1])


def test_days_and_instants_of_a_day_stand_in_one_order(kept: MemoryTable) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    ids = [message(GA, 1, midnight - timedelta(microseconds=1)), own(GB, 2, midnight.date())]
    ids += [message(guest_id("gc"), 3, midnight), receipt(Leaf("ga"), 4, midnight + timedelta(hours=1))]
    for limit in range(1, 5):
        assert [each.id for each in listed(limit)] == ids[::-1]


def test_a_message_stands_where_its_run_was_launched(kept: MemoryTable) -> None:
    """A long run may reach a guest after a later run did: order by claims would have to read all of them."""
    launched = datetime(2026, 3, 1, tzinfo=UTC)
    first = message(GA, 1, launched, claimed=launched + timedelta(days=9))
    second = message(GA, 2, launched + timedelta(days=1))
    assert [each.id for each in listed(1)] == [second, first]


def test_a_stay_that_is_own_and_shared_is_told_once_as_the_guests_own(kept: MemoryTable) -> None:
    shared(GB, 1, date(2026, 3, 1), primary=Leaf("ga"))
    shared(Leaf("gc"), 1, date(2026, 3, 1), primary=Leaf("ga"))
    for limit in (1, 2):
        (found,) = listed(limit)
        assert isinstance(found.what, Stay)


def test_a_stay_shared_by_two_records_of_a_guest_is_told_once(kept: MemoryTable) -> None:
    shared(GB, 1, date(2026, 3, 1))
    shared(Leaf("gc"), 1, date(2026, 3, 1))
    for limit in (1, 2):
        (found,) = listed(limit)
        assert isinstance(found.what, SharedStay)


def test_a_shared_stay_that_moved_on_is_not_told(kept: MemoryTable) -> None:
    reservation = shared(GB, 1, date(2026, 3, 1))
    table.write(table.Delete(keys.stay(SOMEBODY, "2026-03", ReservationId(reservation))))
    assert listed(5) == []


def test_other_hotels_happenings_are_not_told_and_take_no_place(kept: MemoryTable) -> None:
    days = [date(2026, 1, 1) + timedelta(days=9 * number) for number in range(12)]
    for number, day in enumerate(days):
        own(Leaf("ga"), number, day, hotel="porto" if number % 3 else "vienna")
    signed = receipt(GB, 1, datetime(2026, 2, 1, 12, tzinfo=UTC))
    for limit in range(1, 6):
        assert {each.id for each in listed(limit, hotels=["vienna"])} == {"r0", "r3", "r6", "r9", signed}


def test_a_page_looks_at_so_much_and_no_more(kept: MemoryTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a guest with thousands of stays elsewhere a hotel's key must not read them all for one page."""
    monkeypatch.setattr(rules, "LOOKED_AT", 10)
    for number in range(25):
        own(Leaf("ga"), number, date(2026, 1, 1) + timedelta(days=number), hotel="porto" if number else "vienna")
    parts = list(pages(5, hotels=["vienna"]))
    assert [len(part.happenings) for part in parts] == [0, 0, 1]
    assert [each.id for part in parts for each in part.happenings] == ["r0"]


def test_stays_alone_are_a_listing_too(kept: MemoryTable) -> None:
    receipt(Leaf("ga"), 1, datetime(2026, 2, 1, tzinfo=UTC))
    ids = [own(Leaf("ga"), 1, date(2026, 2, 1)), shared(GB, 2, date(2026, 3, 1))]
    assert [each.id for each in listed(1, sources=actions.stays(NO_DRIFT))] == ids[::-1]


def test_what_is_told_is_what_was_kept(kept: MemoryTable) -> None:
    receipt(Leaf("ga"), 1, datetime(2026, 2, 1, tzinfo=UTC))
    (found,) = listed(5)
    assert isinstance(found.what, Receipt)
    assert (found.leaf, found.what.purpose, found.what.state) == ("ga", "group:p1", "explicit")
    assert stable_id("k", "ga", "email", "group:p1", "explicit", "guest", found.at) == found.id
