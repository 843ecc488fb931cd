"""Law 6: the ledger is append-only, adds up, and can be recomputed from the stays, whatever the order of wake-ups."""

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import table
from chalicelib.canonical.ids import Leaf
from chalicelib.guests import store as guests
from chalicelib.loyalty import actions, rules, store
from chalicelib.loyalty.model import StayEarned
from tests.builders import DAY_ONE, EUR_PROGRAM, VIENNA, at, guest
from tests.exhaustive import examples
from tests.ids import CLUB
from tests.loyalty.hotels import BY_HAND, G1, G2, Hotel, checked_out


def test_a_reopened_and_repeated_check_out_ends_at_the_final_folio(hotel: Hotel) -> None:
    hotel.tell(checked_out(1))
    hotel.deliver()
    hotel.tell({**checked_out(2), "status": "in_house"})
    hotel.deliver()
    hotel.tell(checked_out(3, amount=12000))
    hotel.deliver()
    assert list(hotel.points().values()) == [[1000, -1000, 1200]]
    assert [account.balance for account in hotel.accounts().values()] == [1200]


def test_the_same_fact_delivered_again_writes_nothing(hotel: Hotel) -> None:
    hotel.tell(checked_out(1))
    hotel.deliver()
    before = dict(hotel.table.rows)
    hotel.deliver()
    assert hotel.table.rows == before


def test_a_zero_stands_in_the_ledger_with_its_reason(hotel: Hotel) -> None:
    hotel.tell(checked_out(1, channel="ota"))
    hotel.deliver()
    ((leaf, points),) = hotel.points().items()
    assert points == [0]
    (entry,) = store.entries(Leaf(leaf), CLUB)
    assert isinstance(entry.origin, StayEarned)
    assert entry.origin.reason == "channel_excluded"


def test_a_stay_that_turns_out_to_be_another_guests_is_taken_back_and_given_there(hotel: Hotel) -> None:
    hotel.tell(checked_out(1, primary=guest("g1", "Anna")))
    hotel.deliver()
    hotel.tell(checked_out(2, primary=guest("g2", "Ben")))
    hotel.deliver()
    assert sorted(hotel.points().values()) == [[1000], [1000, -1000]]


def test_a_member_number_enrols_before_the_first_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(guest(member_number="M-1", property_id=VIENNA.id))
    hotel.deliver()
    (account,) = hotel.accounts().values()
    assert (account.number, account.balance) == ("M-1", 0)
    assert account.enrolled_at


def test_enrolment_by_hand_counts_stays_that_end_from_that_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(checked_out(1, departure="2026-02-03"))
    hotel.tell({**checked_out(2, arrival="2026-03-01", departure="2026-03-02"), "source_id": "r2"})
    hotel.deliver()
    assert hotel.accounts() == {}
    (leaf,) = {fact.leaf for fact in hotel.facts if fact.leaf}
    actions.enrol(leaf, CLUB, earns_from=DAY_ONE.date().replace(month=2, day=20), at=DAY_ONE)
    assert sorted(hotel.points()[leaf]) == [0, 1000]
    actions.enrol(leaf, CLUB, at=DAY_ONE)
    assert sorted(hotel.points()[leaf]) == [0, 1000]


STORY = [
    checked_out(1),
    {**checked_out(2), "status": "in_house"},
    checked_out(3, amount=12000),
    checked_out(4, amount=11000),
    {**checked_out(1, amount=7000), "source_id": "r2"},
    {**checked_out(2, amount=7000, arrival="2026-02-03", departure="2026-02-05"), "source_id": "r2"},
    checked_out(5, primary=guest("g2", "A", email="anna@mail.example")),
    {**checked_out(1, amount=9000, primary=guest("g3", email="anna@mail.example")), "source_id": "r3"},
]


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_any_order_of_notices_and_wake_ups_ends_in_balances_that_add_up(seed: int) -> None:
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        hotel = Hotel(monkeypatch)
        for snapshot in chance.sample(STORY, len(STORY)):
            hotel.tell(snapshot)
            if chance.random() < 0.5:
                hotel.deliver(chance.sample(hotel.facts, min(3, len(hotel.facts))))
        last = chance.sample(hotel.facts, len(hotel.facts)) + chance.choices(hotel.facts, k=4)
        hotel.deliver(last)
        hotel.deliver()
        for leaf, account in hotel.accounts().items():
            entries = list(store.entries(Leaf(leaf), CLUB))
            assert account.balance == sum(entry.points for entry in entries) >= 0
            expected = rules.awards(guests.stays(Leaf(leaf)), EUR_PROGRAM, EUR_PROGRAM.starts_on)
            assert account.balance == sum(award.points for award in expected.values())


def test_a_sibling_record_s_member_number_brings_the_points_of_stays_before_enrolment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(checked_out(1, primary=guest(email="anna@mail.example"), departure="2026-02-03"))
    hotel.deliver()
    (leaf,) = {fact.leaf for fact in hotel.facts if fact.leaf}
    actions.enrol(leaf, CLUB, earns_from=date(2026, 3, 1), at=DAY_ONE)
    assert hotel.points()[leaf] == [0]
    hotel.tell(guest("g2", email="anna@mail.example", member_number="M-1", changed_at=at(9)))
    hotel.deliver()
    assert sum(account.balance for account in hotel.accounts().values()) == 1000


@pytest.mark.parametrize("gone", [{"anonymised": True}, {"person": False}], ids=str)
def test_who_becomes_nobody_keeps_the_ledger_and_nobody_is_enrolled(
    gone: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel = Hotel(monkeypatch)
    hotel.tell(guest("g9", **gone), checked_out(1, primary=guest(member_number="M-1"), departure="2026-02-03"))
    hotel.deliver()
    before = hotel.points()
    hotel.tell(guest(member_number="M-1", changed_at=at(9), **gone))
    hotel.deliver()
    assert hotel.points() == before
    assert [account.balance for account in hotel.accounts().values()] == [1000]


ANNA_MEMBER = guest("g1", email="anna@mail.example", member_number="M-1")
ANNA_TOO = guest("g2", email="anna@mail.example")
BERTA = guest("g2", "Berta", email="anna@mail.example", changed_at=at(5))


def balances(hotel: Hotel) -> dict[str, int]:
    return {leaf: account.balance for leaf, account in hotel.accounts().items() if account.balance}


@pytest.mark.parametrize("first", ["the check-out", "the split"])
def test_points_that_came_with_another_records_number_go_with_it_in_any_order(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(ANNA_MEMBER, ANNA_TOO)
    hotel.deliver()
    steps = [checked_out(1, primary=ANNA_TOO), BERTA]
    for step in steps if first == "the check-out" else steps[::-1]:
        hotel.tell(step)
        hotel.deliver()
    assert balances(hotel) == {}
    assert sum(sum(points) for points in hotel.points().values()) == 0
    assert G2 not in hotel.accounts() or hotel.accounts()[G2].enrolled_at is None


@pytest.mark.parametrize("first", ["the check-out", "the split"])
def test_a_stay_that_enrols_by_itself_enrols_the_record_it_came_with_in_any_order(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    hotel = Hotel(monkeypatch)
    hotel.tell(guest("g1", email="anna@mail.example"), ANNA_TOO)
    steps = [checked_out(1, primary=ANNA_TOO), BERTA]
    for step in steps if first == "the check-out" else steps[::-1]:
        hotel.tell(step)
        hotel.deliver()
    assert balances(hotel) == {G2: 1000}
    assert {leaf for leaf, account in hotel.accounts().items() if account.enrolled_at} == {G2}


def test_a_record_merged_while_its_guest_is_enrolled_is_paid_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(guest("g1", email="anna@mail.example"))
    hotel.tell(checked_out(1, primary=guest("g2", email="other@mail.example")))
    hotel.deliver()
    write, done = table.write, list[int]()

    def merge_first(one: Any) -> None:
        if not done:
            done.append(1)
            hotel.tell({**ANNA_TOO, "changed_at": at(5)})
            hotel.deliver()
        write(one)

    monkeypatch.setattr(table, "write", merge_first)
    actions.enrol(G1, CLUB, earns_from=date(2026, 1, 1), at=DAY_ONE)
    assert balances(hotel) == {G2: 1000}


def test_enrolling_again_finishes_what_a_crash_left_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = Hotel(monkeypatch, BY_HAND)
    hotel.tell(checked_out(1, departure="2026-02-03"))
    hotel.deliver()
    (leaf,) = {fact.leaf for fact in hotel.facts if fact.leaf}
    with monkeypatch.context() as crash:
        crash.setattr(actions, "settle", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.enrol(leaf, CLUB, earns_from=date(2026, 1, 1), at=DAY_ONE)
    assert actions.enrol(leaf, CLUB, at=DAY_ONE).enrolled_at
    assert hotel.points()[leaf] == [1000]
