"""Where a leaf has many stays, a wake-up prices the one that its fact names: the ledger comes to the same."""

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import keys
from chalicelib.canonical.facts import FactType
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.guests.spans import Around, Span
from chalicelib.loyalty import actions, books, programs, rules, store
from chalicelib.loyalty.model import Account, Reason
from tests.builders import DAY_ONE, EUR_PROGRAM, at, guest
from tests.exhaustive import examples
from tests.ids import CLUB
from tests.loyalty.hotels import BY_HAND, G1, Hotel, checked_out

WEEKS = 12
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def stayed(number: int, minute: int = 1, nights: int = 2, **fields: Any) -> dict[str, Any]:
    """One of a stay a week."""
    arrival = date(2026, 2, 1) + timedelta(weeks=number)
    dates = {"arrival": arrival.isoformat(), "departure": (arrival + timedelta(days=nights)).isoformat()}
    return {**checked_out(minute), "source_id": f"r{number}", **dates, **fields}


@pytest.fixture
def regular(hotel: Hotel) -> Hotel:
    """A hotel with a guest of many stays, all of them with their points."""
    for number in range(WEEKS):
        hotel.tell(stayed(number))
    settle(hotel)
    return hotel


def settle(hotel: Hotel) -> None:
    hotel.deliver()
    hotel.facts.clear()


def reasons(hotel: Hotel) -> dict[str, Reason]:
    """Of stays by number."""
    given = store.given(G1, CLUB)
    return {stay.source_id: given[stay.reservation].award.reason for stay in guests.stays(G1)}


def assert_adds_up(hotel: Hotel) -> None:
    for leaf, account in hotel.accounts().items():
        entries = list(store.entries(leaf, CLUB))
        assert account.balance == sum(entry.points for entry in entries)
        expected = rules.awards(guests.stays(leaf), EUR_PROGRAM, EUR_PROGRAM.starts_on)
        assert account.balance == sum(award.points for award in expected.values())


def account_of(hotel: Hotel) -> Account:
    return hotel.accounts()[G1]


def test_all_stays_are_priced_once_and_after_that_the_one_that_changed(
    regular: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert account_of(regular).settled_from == EUR_PROGRAM.starts_on
    with monkeypatch.context() as watched:
        watched.setattr(guests, "stays", lambda leaf: pytest.fail("all stays were read"))
        regular.tell(stayed(WEEKS))
        regular.tell(stayed(3, minute=2, room_revenue_minor=20000))
        regular.tell(stayed(5, minute=2, status="in_house"))
        settle(regular)
    assert sorted(regular.points()[G1]) == sorted([*[1000] * (WEEKS + 1), 1000, -1000])


def test_a_room_that_moves_beside_another_takes_its_points_and_gives_them_back(regular: Hotel) -> None:
    regular.tell(stayed(8, minute=2, arrival="2026-02-28", departure="2026-03-02"))
    told = [(fact.type, fact.subject) for fact in regular.facts]
    assert [type_ for type_, _ in told] == [FactType.STAY_COMPLETED] * 2, "the stay beside it is told of, too"
    settle(regular)
    assert (reasons(regular)["r4"], reasons(regular)["r8"]) == (Reason.UNNAMED_OCCUPANT, Reason.EARNED)
    assert_adds_up(regular)
    regular.tell(stayed(8, minute=3))
    settle(regular)
    assert set(reasons(regular).values()) == {Reason.EARNED}
    assert_adds_up(regular)


def test_a_wake_up_that_priced_all_stays_announces_all_of_them_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch)
    for number in range(WEEKS):
        hotel.tell(stayed(number))
    (*_, last) = hotel.facts
    hotel.facts.clear()
    hotel.deliver([last])
    announced = {fact.fact_id for fact in hotel.facts}
    assert len(announced) == WEEKS
    hotel.facts.clear()
    hotel.deliver([last])
    assert {fact.fact_id for fact in hotel.facts} == announced


def test_an_account_of_before_is_priced_whole_once(regular: Hotel) -> None:
    row = regular.table.rows[keys.account(G1, CLUB)]
    for name in ("settled_from", "settled_by", "by_stays_from"):
        del row[name]
    assert account_of(regular).settled_from is None
    given = keys.given(G1, CLUB, guests.stays(G1)[2].reservation)
    del regular.table.rows[given]  # as if it had not been priced
    regular.tell(stayed(7, minute=2, room_revenue_minor=20000))
    settle(regular)
    assert account_of(regular).settled_from == EUR_PROGRAM.starts_on
    assert given in regular.table.rows


def test_who_becomes_a_member_gets_the_points_of_all_stays_that_count(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    for number in range(WEEKS):
        hotel.tell(stayed(number))
    settle(hotel)
    assert hotel.accounts() == {}
    actions.enrol(G1, CLUB, earns_from=date(2026, 3, 15), at=DAY_ONE)
    hotel.tell(stayed(WEEKS))
    settle(hotel)
    assert sorted(hotel.points()[G1]) == [*[0] * 6, *[1000] * (WEEKS - 5)]
    assert account_of(hotel).settled_from == date(2026, 3, 15)
    hotel.tell(guest(member_number="M-1", changed_at=at(9)))
    settle(hotel)
    assert account_of(hotel).balance == 1000 * (WEEKS + 1)


def test_a_stay_under_earlier_terms_that_enrol_counts_whenever_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND.model_copy(update={"auto_enrol": True}))
    programs.keep(EUR_PROGRAM.model_copy(update={"points_per_unit": {"EUR": "20"}, "effective_from": MAY}), APRIL)
    hotel.tell(stayed(14))
    settle(hotel)
    assert account_of(hotel).settled_from == MAY
    for number in range(6):
        hotel.tell(stayed(number))
    settle(hotel)
    hotel.tell(stayed(15))
    settle(hotel)
    assert account_of(hotel).settled_from == EUR_PROGRAM.starts_on
    assert account_of(hotel).balance == 6 * 1000 + 2 * 2000


def test_rooms_that_reach_into_each_other_for_a_year_are_looked_through_back_to_the_first(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month each, begun twice a month: whether one is the person's own turns on all before it."""
    for number in range(0, 52, 2):
        hotel.tell(stayed(number, nights=30))
    settle(hotel)
    spans: list[Span] = []
    read = books._read

    def noted(head: Head, span: Span) -> Around:
        spans.append(span)
        return read(head, span)

    monkeypatch.setattr(books, "_read", noted)
    hotel.tell(stayed(50, minute=2, nights=30, room_revenue_minor=20000))
    settle(hotel)
    assert_adds_up(hotel)
    assert len(spans) > 1
    assert all(wider.holds(span) and wider != span for span, wider in pairwise(spans)), "each is asked for once"


STORY = [
    *(stayed(number) for number in range(8)),
    stayed(3, minute=2, nights=9),
    stayed(3, minute=3, nights=7),
    stayed(5, minute=2, status="in_house"),
    stayed(5, minute=3, room_revenue_minor=12300),
    stayed(2, minute=4, arrival="2026-03-07", departure="2026-03-09"),
    stayed(6, minute=2, occupants=[{"role": "primary", "guest": guest("g2", "A", email="anna@mail.example")}]),
    stayed(7, minute=2, status="cancelled"),
]


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_any_order_of_notices_and_wake_ups_ends_in_balances_that_add_up(seed: int) -> None:
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(books, "FEW", chance.choice([0, books.FEW]))
        hotel = Hotel(monkeypatch)
        for snapshot in chance.sample(STORY, len(STORY)):
            hotel.tell(snapshot)
            if chance.random() < 0.5:
                hotel.deliver(chance.sample(hotel.facts, min(3, len(hotel.facts))))
        hotel.deliver(chance.sample(hotel.facts, len(hotel.facts)) + chance.choices(hotel.facts, k=4))
        assert_adds_up(hotel)
