"""Members are listed beside the records that make them members, in the transaction that says so; and what it costs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from chalicelib.aws import table
from chalicelib.aws.table import WRITE_AT_ONCE
from chalicelib.canonical.ids import Leaf, ProgramId, PropertyId
from chalicelib.entrypoints.long_work import steps_of
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.jobs.model import Part
from chalicelib.jobs.work import job_of
from chalicelib.loyalty import actions, programs
from chalicelib.loyalty.membership import Standing
from chalicelib.loyalty.model import Program
from chalicelib.loyalty.settling import STAYS_AT_ONCE
from chalicelib.loyalty.store import PROGRAMS, accounts
from chalicelib.profiles import enrolled, relisting
from chalicelib.profiles.enrolled import MOST_ROWS
from chalicelib.profiles.numbered import place_of
from tests.builders import DAY_ONE, EUR_PROGRAM, at, guest
from tests.loyalty.hotels import BY_HAND, G1, G2, Hotel, checked_out

CLUB = EUR_PROGRAM.id
JULY = DAY_ONE.replace(month=7, day=1)
ANNA = guest("g1", email="anna@mail.example")
STAYED = checked_out(1, primary=ANNA)
Listed = set[tuple[str, str, str]]


@pytest.fixture
def hotel(monkeypatch: pytest.MonkeyPatch) -> Hotel:
    return Hotel(monkeypatch, BY_HAND)


@pytest.fixture
def by_itself(monkeypatch: pytest.MonkeyPatch) -> Hotel:
    """Where whoever stays is a member."""
    return Hotel(monkeypatch, EUR_PROGRAM.model_copy(update={"auto_enrol": True}))


def listed(hotel: Hotel, *, is_followed: bool = True) -> Listed:
    """(hotel and programme, number, record) of every row that lists a member; they are what the records say, and the
    ledgers, unless these have not followed yet."""
    rows = {key: row for key, row in hotel.table.rows.items() if key.pk.startswith("MEMBERS#")}
    assert rows == {key: row for head in heads(hotel) for key, row in enrolled.rows(head).items()}
    if is_followed:
        _are_those_of_the_ledger(hotel)
    return {(key.pk.removeprefix("MEMBERS#"), number, leaf) for key in rows for number, leaf in [key.sk.split("#")]}


def heads(hotel: Hotel) -> Iterator[Head]:
    leaves = [Leaf(key.pk.removeprefix("LEAF#")) for key in hotel.table.rows if key.sk == "RECORD"]
    yield from guests.with_records(guests.heads(leaves)).values()


def _are_those_of_the_ledger(hotel: Hotel) -> None:
    """Whatever the lists are made from: a record is in them where a membership by it alone is open."""
    for program, head in ((program, head) for program in PROGRAMS.listed() for head in heads(hotel)):
        guest_ = guests.guest(head.leaf)
        if guest_:
            own = {head.leaf: head}
            is_member = Standing(program, guest_, own, accounts([head.leaf], program.id)).is_member
            assert is_member is (place_of(head, program.id) is not None), (program.id, head)


def at_vienna(number: str, leaf: Leaf = G1, program: str = "club") -> Listed:
    return {(f"vienna#{program}", number, leaf)}


def another() -> Program:
    return programs.keep(BY_HAND.model_copy(update={"id": "other"}), DAY_ONE.date())


def test_who_is_enrolled_renumbered_and_ended_is_listed_so(hotel: Hotel) -> None:
    hotel.tell(STAYED)
    assert listed(hotel) == set()
    actions.enrol(G1, CLUB, "ab 12-3", at=DAY_ONE)
    assert listed(hotel) == at_vienna("AB123")
    actions.enrol(G1, CLUB, "C-7", at=DAY_ONE)
    assert listed(hotel) == at_vienna("C7")
    actions.end(G1, CLUB, at=JULY)
    assert listed(hotel) == set()


def test_who_gets_no_number_is_listed_without_one(hotel: Hotel) -> None:
    hotel.tell(STAYED)
    actions.enrol(G1, CLUB, at=DAY_ONE)
    assert listed(hotel) == at_vienna("")


def test_whom_a_programme_enrols_by_itself_is_listed_with_the_first_entry(by_itself: Hotel) -> None:
    by_itself.tell(STAYED)
    assert listed(by_itself) == set()
    before = by_itself.table.transactions
    by_itself.deliver()
    assert by_itself.table.transactions == before + 1
    assert listed(by_itself) == at_vienna("")


def test_a_number_of_the_source_lists_a_member_of_every_programme_before_any_ledger_follows(hotel: Hotel) -> None:
    another()
    hotel.tell({**ANNA, "member_number": "M 7", "property_id": "vienna"})
    assert listed(hotel) == at_vienna("M7", program="")
    hotel.deliver()
    assert listed(hotel) == at_vienna("M7", program="")


def test_a_number_that_the_source_takes_back_is_in_no_list(by_itself: Hotel) -> None:
    by_itself.tell({**STAYED, "occupants": [{"role": "primary", "guest": {**ANNA, "member_number": "M-7"}}]})
    by_itself.deliver()
    by_itself.tell({**ANNA, "changed_at": at(9)})
    by_itself.deliver()
    assert listed(by_itself) == at_vienna("")
    assert "M7" not in str(by_itself.table.rows)


def test_a_member_by_hand_of_one_programme_and_by_a_stay_of_another_is_in_both_lists(by_itself: Hotel) -> None:
    by_itself.tell(ANNA)
    actions.enrol(G1, another().id, "X-1", at=DAY_ONE)
    by_itself.tell(STAYED)
    by_itself.deliver()
    assert listed(by_itself) == at_vienna("X1", program="other") | at_vienna("")


def test_who_is_out_of_one_programme_stays_in_the_list_of_the_other(hotel: Hotel) -> None:
    another()
    hotel.tell({**ANNA, "member_number": "M-7", "property_id": "vienna"})
    hotel.deliver()
    actions.end(G1, CLUB, at=JULY)
    hotel.deliver()
    (known,) = heads(hotel)
    assert (place_of(known, CLUB), place_of(known, ProgramId("other")) is None) == (None, False)


def test_who_is_told_at_another_hotel_is_listed_there_too(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    actions.enrol(G1, CLUB, "C-7", at=DAY_ONE)
    assert listed(hotel) == {("#club", "C7", G1)}
    hotel.tell(STAYED)
    assert listed(hotel) == at_vienna("C7")


def test_who_becomes_nobody_is_in_no_list(by_itself: Hotel) -> None:
    by_itself.tell(STAYED)
    by_itself.deliver()
    by_itself.tell({**ANNA, "changed_at": at(9), "person": False})
    by_itself.deliver()
    assert listed(by_itself) == set()


def test_merge_and_split_move_nothing(hotel: Hotel) -> None:
    hotel.tell(STAYED)
    actions.enrol(G1, CLUB, "C-7", at=DAY_ONE)
    for minute, address in enumerate(("anna@mail.example", "other@mail.example"), start=5):
        hotel.tell(guest("g2", email=address, changed_at=at(minute)))
        hotel.deliver()
        assert listed(hotel) == at_vienna("C7")


TOLD: dict[str, dict[str, Any]] = {
    "stay": checked_out(3, primary=guest("g1", email="anna@mail.example", changed_at=at(3))),
    "number": guest("g1", email="anna@mail.example", member_number="M-7", changed_at=at(4), property_id="vienna"),
    "taken back": guest("g1", email="anna@mail.example", changed_at=at(5)),
    "another record": guest("g2", email="anna@mail.example", member_number="M-8", changed_at=at(6)),
}


@pytest.mark.parametrize("order", list(permutations(TOLD)), ids=" ".join)
def test_in_whatever_order_it_is_told_the_same_are_listed(order: Sequence[str], by_itself: Hotel) -> None:
    for each in order:
        by_itself.tell(TOLD[each])
        listed(by_itself, is_followed=False)
        by_itself.deliver()
        listed(by_itself)
    by_itself.deliver()
    assert listed(by_itself) == at_vienna("") | {("#", "M8", G2)}


def test_told_twice_it_is_written_once(by_itself: Hotel) -> None:
    by_itself.tell(STAYED)
    by_itself.deliver()
    before = dict(by_itself.table.rows)
    by_itself.tell(STAYED)
    by_itself.deliver()
    assert by_itself.table.rows == before


def test_a_membership_costs_a_row_and_what_changes_then_nothing(hotel: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[str] = []
    transact = hotel.table.transact

    def counted(writes: Sequence[table.Write]) -> None:
        transact(writes)
        own = [each for each in writes if table.key_written(each).pk.startswith("MEMBERS#")]
        spent.extend(type(each).__name__ for each in own)

    monkeypatch.setattr(table, "transact", counted)
    hotel.tell(STAYED)
    assert spent == []
    actions.enrol(G1, CLUB, "C-7", at=DAY_ONE)
    assert spent == ["Put"]
    hotel.tell({**STAYED, "room_revenue_minor": 20000, "changed_at": at(2)})
    hotel.deliver()
    assert spent == ["Put"]
    actions.enrol(G1, CLUB, "C-8", at=DAY_ONE)
    actions.end(G1, CLUB, at=JULY)
    assert spent == ["Put", "Put", "Delete", "Delete"]


def test_what_lists_a_record_of_many_hotels_fits_the_transaction_that_gives_its_points(hotel: Hotel) -> None:
    hotel.tell({**ANNA, "member_number": "M-7"})
    actions.enrol(G1, CLUB, "C-7", at=DAY_ONE)
    (known,) = heads(hotel)
    wide = replace(known, seen_at=tuple(PropertyId(f"h{number:02}") for number in range(40)))
    assert len(enrolled.rows(wide)) == MOST_ROWS
    assert {key.pk.split("#")[1] for key in enrolled.rows(wide)} == {f"h{number:02}" for number in range(16)}
    entry_and_given, account_and_heads = 2, 3
    assert STAYS_AT_ONCE * entry_and_given + account_and_heads + MOST_ROWS <= WRITE_AT_ONCE


def test_whom_an_earlier_version_kept_is_listed_by_long_work(by_itself: Hotel) -> None:
    by_itself.tell(STAYED, guest("g2", "Eve", email="eve@mail.example", member_number="M-7"))
    by_itself.deliver()
    whole = dict(by_itself.table.rows)
    for key in [each for each in whole if each.pk.startswith("MEMBERS#")]:
        del by_itself.table.rows[key]
    job = job_of(relisting.LISTING, "once", DAY_ONE, 1)
    steps = steps_of(relisting.LISTING)
    assert sum(step.counted["records"] for step in steps(job, Part(number=0))) == 2
    assert by_itself.table.rows == whole
    assert listed(by_itself) == at_vienna("") | {("#", "M7", G2)}


def test_terms_that_enrol_from_a_day_list_who_stayed_since(hotel: Hotel) -> None:
    hotel.tell(STAYED)
    hotel.deliver()
    later = BY_HAND.model_copy(update={"id": "later", "auto_enrol": True})
    programs.keep(later, date(2020, 1, 1))
    hotel.deliver()
    assert listed(hotel) == at_vienna("", program="later")
