"""Who is enrolled by people is a member everywhere, under a number of their own, until somebody ends it."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import keys
from chalicelib.canonical.errors import Conflict, NotFound, TryAgain
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import GuestId, Leaf, ProgramId
from chalicelib.canonical.time import Instant
from chalicelib.guests import store as guests
from chalicelib.guests.carried import enrolment
from chalicelib.guests.enrolments import MOST_ENROLMENTS
from chalicelib.guests.model import Guest, Head
from chalicelib.loyalty import actions, programs, store
from chalicelib.loyalty.membership import Membership
from chalicelib.loyalty.model import Expiry, Program, Redemption, Transfer
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.spending import NoMember, spend
from chalicelib.profiles import actions as profiles
from chalicelib.profiles import memberships
from chalicelib.profiles.memberships import NumberInUse
from tests.builders import DAY_ONE, at, decided, guest
from tests.exhaustive import examples
from tests.found import guests_with
from tests.ids import CLUB
from tests.loyalty.hotels import BY_HAND, G1, G2, Hotel, checked_out

ANNA, BERTA = guest("g1", email="anna@mail.example"), guest("g2", "Berta", email="berta@mail.example")
JULY = DAY_ONE.replace(month=7, day=1)


@pytest.fixture
def hotel(monkeypatch: pytest.MonkeyPatch) -> Hotel:
    return Hotel(monkeypatch, BY_HAND)


def found_by(number: str) -> list[GuestId]:
    return [each.id for each in guests_with("member", number)]


def is_member(leaf: Leaf) -> bool:
    found = guests.guest(leaf)
    assert found
    return found.traits.member


def standing(leaf: Leaf) -> Membership:
    found = guests.guest(leaf)
    assert found
    (shown,) = actions.membership(found)
    return shown


def stay(number: int, departure: date, **fields: Any) -> dict[str, Any]:
    """A stay of Anna's that ended on that day."""
    dates = {"arrival": str(departure - timedelta(days=1)), "departure": str(departure)}
    return {**checked_out(1, **{"primary": ANNA, **dates, **fields}), "source_id": f"r{number}"}


# Everywhere


def test_who_is_enrolled_is_a_member_on_the_profile_and_found_by_the_number(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    assert not is_member(G1)
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    assert is_member(G1)
    assert found_by("M-7") == [G1]
    assert standing(G1).number == "M-7"


def test_who_is_enrolled_without_a_number_is_a_member_too(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    actions.enrol(G1, CLUB, at=DAY_ONE)
    assert is_member(G1)


@pytest.mark.parametrize("first", ["the enrolment", "the record"])
def test_another_record_of_the_same_number_and_name_is_the_same_guest(hotel: Hotel, first: str) -> None:
    """Unless it was there before, and is another guest by then: two records of one person are merged by people."""
    hotel.tell(ANNA)
    steps: list[Callable[[], object]] = [
        lambda: actions.enrol(G1, CLUB, "M-7", at=DAY_ONE),
        lambda: hotel.tell(guest("g2", email="anna@work.example", member_number="M-7", changed_at=at(9))),
    ]
    if first == "the record":
        steps[1]()
        with pytest.raises(NumberInUse):
            steps[0]()
        return
    for step in steps:
        step()
    assert guests.guest(G1) == guests.guest(G2)
    assert is_member(G2)


def test_what_a_source_says_later_takes_nothing_from_an_enrolment(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    hotel.tell({**ANNA, "email": "anna@new.example", "changed_at": at(9)})
    assert (is_member(G1), found_by("M-7")) == (True, [G1])
    hotel.tell({**ANNA, "member_number": "M-7", "changed_at": at(10)})
    hotel.tell({**ANNA, "member_number": None, "changed_at": at(11)})
    assert (is_member(G1), found_by("M-7")) == (True, [G1])


def test_enrolling_announces_what_journeys_and_the_ledger_wait_for_once_and_again_when_repeated(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    hotel.facts.clear()
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    first = {fact.fact_id: fact.type for fact in hotel.facts}
    assert sorted(first.values()) == [FactType.GUEST_CHANGED, FactType.MEMBER_NUMBER_CHANGED]
    hotel.facts.clear()
    actions.enrol(G1, CLUB, "M-7", at=JULY)
    assert {fact.fact_id: fact.type for fact in hotel.facts} == first


# One number, one guest


def test_a_number_that_another_guest_has_is_refused_and_nothing_of_it_is_kept(hotel: Hotel) -> None:
    hotel.tell(ANNA, BERTA)
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    with pytest.raises(NumberInUse):
        actions.enrol(G2, CLUB, "M-7", at=DAY_ONE)
    assert (is_member(G2), found_by("M-7"), set(hotel.accounts())) == (False, [G1], {G1})


def test_a_number_that_a_source_said_of_another_guest_is_in_use(hotel: Hotel) -> None:
    hotel.tell(ANNA, {**BERTA, "member_number": "M-7"})
    with pytest.raises(NumberInUse):
        actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    actions.enrol(G2, CLUB, "M-7", at=DAY_ONE)
    assert found_by("M-7") == [G2]


def test_of_two_enrolments_with_one_number_at_once_one_wins_wherever_they_meet() -> None:
    calls = 1
    met = 0
    while met < calls:
        with pytest.MonkeyPatch.context() as monkeypatch:
            hotel = Hotel(monkeypatch, BY_HAND)
            monkeypatch.setattr("chalicelib.aws.retries.rest", lambda _: None)
            hotel.tell(ANNA, BERTA)
            ends: list[str] = []
            begun = hotel.table.calls
            hotel.table.beside = [(begun + met, partial(_try_enrolling, G2, ends))]
            _try_enrolling(G1, ends)
            calls = hotel.table.calls - begun
            assert sorted(ends) == ["in use", "won"], met
            (winner,) = found_by("M-7")
            assert [is_member(each) for each in (G1, G2)] == [winner == G1, winner == G2]
            met += 1
    assert met > 5


def _try_enrolling(leaf: Leaf, ends: list[str]) -> None:
    try:
        actions.enrol(leaf, CLUB, "M-7", at=DAY_ONE)
        ends.append("won")
    except NumberInUse:
        ends.append("in use")


# Corrections


@pytest.mark.parametrize("right", ["M-8", "M 70", "0815-4711"])
def test_a_corrected_number_finds_the_guest_and_the_wrong_one_nobody(hotel: Hotel, right: str) -> None:
    hotel.tell(ANNA, BERTA, stay(1, date(2026, 2, 3)))
    actions.enrol(G1, CLUB, "M-7", earns_from=date(2026, 1, 1), at=DAY_ONE)
    shown = actions.enrol(G1, CLUB, right, at=JULY)
    assert (shown.number, shown.balance, shown.earns_from) == (right, 1000, date(2026, 1, 1))
    assert (found_by("M-7"), found_by(right)) == ([], [G1])
    assert actions.enrol(G2, CLUB, "M-7", at=JULY).number == "M-7"


@pytest.mark.parametrize("same", ["M 7", "m7", "M\u20107", " M-7 "])
def test_a_number_is_the_same_however_it_is_written_and_nobody_else_s(hotel: Hotel, same: str) -> None:
    hotel.tell(ANNA, BERTA)
    first = actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    assert actions.enrol(G1, CLUB, same, at=JULY) == first
    with pytest.raises(NumberInUse):
        actions.enrol(G2, CLUB, same, at=JULY)


def test_enrolling_again_without_a_number_keeps_it(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    assert actions.enrol(G1, CLUB, at=JULY).number == "M-7"


def test_a_member_by_the_sources_number_may_get_one_of_the_hub_s(hotel: Hotel) -> None:
    hotel.tell({**ANNA, "member_number": "PMS-1"})
    hotel.deliver()
    assert actions.enrol(G1, CLUB, "M-7", at=DAY_ONE).number == "M-7"
    assert (found_by("M-7"), found_by("PMS-1")) == ([G1], [G1])
    assert standing(G1).earns_from == BY_HAND.starts_on


def test_a_number_that_held_two_records_together_lets_go_of_one_when_it_is_corrected(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    hotel.tell(guest("g2", email="anna@work.example", member_number="M-7", changed_at=at(9)))
    actions.enrol(G1, CLUB, "M-8", at=JULY)
    assert (found_by("M-7"), found_by("M-8")) == ([G2], [G1])


# The end


def test_what_ends_after_the_membership_earns_nothing_and_what_was_earned_stays(hotel: Hotel) -> None:
    hotel.tell(stay(1, date(2026, 2, 3)), stay(2, date(2026, 7, 5)))
    actions.enrol(G1, CLUB, "M-7", earns_from=date(2026, 1, 1), at=DAY_ONE)
    assert standing(G1).balance == 2000
    ended = actions.end(G1, CLUB, at=JULY)
    assert (ended.balance, ended.ended_on, ended.number) == (1000, date(2026, 7, 1), "M-7")
    entries = [(each.points, getattr(each.origin, "reason", None)) for each in store.entries(G1, CLUB)]
    assert sorted(entries) == [(-1000, "membership_ended"), (1000, "earned"), (1000, "earned")]
    assert (is_member(G1), found_by("M-7")) == (False, [])


def test_a_stay_of_before_the_end_that_is_told_later_earns_and_one_after_it_does_not(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    actions.enrol(G1, CLUB, earns_from=date(2026, 1, 1), at=DAY_ONE)
    actions.end(G1, CLUB, at=JULY)
    hotel.tell(stay(1, date(2026, 6, 30)), stay(2, date(2026, 7, 1)))
    hotel.deliver()
    assert standing(G1).balance == 1000
    hotel.tell({**stay(1, date(2026, 6, 30), amount=5000), "changed_at": at(5)})
    hotel.deliver()
    assert standing(G1).balance == 500


def test_a_membership_by_the_source_s_number_and_by_the_programme_itself_ends_too(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hub, told in ((hotel, {"member_number": "M-7"}), (Hotel(monkeypatch), {})):
        member = {**ANNA, **told}
        hub.tell(stay(1, date(2026, 2, 3), primary=member))
        hub.deliver()
        actions.end(G1, CLUB, at=JULY)
        hub.tell(stay(2, date(2026, 8, 2), primary={**member, "changed_at": at(7)}))
        hub.deliver()
        assert (standing(G1).balance, is_member(G1)) == (1000, False)


def test_who_comes_in_again_has_the_number_back_and_earns_from_then_on(hotel: Hotel) -> None:
    hotel.tell(*(stay(month, date(2026, month, 3)) for month in (2, 8, 10)))
    actions.enrol(G1, CLUB, "M-7", earns_from=date(2026, 1, 1), at=DAY_ONE)
    actions.end(G1, CLUB, at=JULY)
    again = actions.enrol(G1, CLUB, at=DAY_ONE.replace(month=9, day=1))
    assert (again.number, again.ended_on, again.earns_from) == ("M-7", None, date(2026, 9, 1))
    assert (again.balance, found_by("M-7"), is_member(G1)) == (2000, [G1], True)


def test_a_number_that_was_set_free_is_the_next_one_s(hotel: Hotel) -> None:
    hotel.tell(ANNA, BERTA)
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    actions.end(G1, CLUB, at=JULY)
    actions.enrol(G2, CLUB, "M-7", at=JULY)
    with pytest.raises(NumberInUse):
        actions.enrol(G1, CLUB, at=JULY)
    assert found_by("M-7") == [G2]
    assert actions.enrol(G1, CLUB, "M-8", at=JULY).number == "M-8"


def test_ending_twice_is_once_and_nobody_s_membership_cannot_be_ended(hotel: Hotel) -> None:
    hotel.tell(ANNA)
    with pytest.raises(NotFound):
        actions.end(G1, CLUB, at=JULY)
    actions.enrol(G1, CLUB, at=DAY_ONE)
    first = actions.end(G1, CLUB, at=JULY)
    assert actions.end(G1, CLUB, at=JULY.replace(day=20)) == first
    assert actions.enrol(G1, CLUB, at=JULY).ended_on is None


def test_points_of_an_ended_membership_stay_on_the_account(hotel: Hotel) -> None:
    hotel.tell(stay(1, date(2026, 2, 3)))
    actions.enrol(G1, CLUB, earns_from=date(2026, 1, 1), at=DAY_ONE)
    before = list(store.entries(G1, CLUB))
    actions.end(G1, CLUB, at=JULY)
    assert list(store.entries(G1, CLUB)) == before
    assert standing(G1).balance == 1000


# Regrouping


def test_an_enrolment_goes_with_its_record_through_merge_and_split(hotel: Hotel) -> None:
    hotel.tell(ANNA, guest("g2", email="other@mail.example"), stay(1, date(2026, 2, 3)))
    actions.enrol(G2, CLUB, "M-7", earns_from=date(2026, 1, 1), at=DAY_ONE)
    hotel.tell(guest("g2", email="anna@mail.example", changed_at=at(5)))
    hotel.deliver()
    assert (is_member(G1), standing(G1).balance, len(found_by("M-7"))) == (True, 1000, 1)
    hotel.tell(guest("g2", email="other@mail.example", changed_at=at(6)))
    hotel.deliver()
    assert (is_member(G1), is_member(G2), found_by("M-7")) == (False, True, [G2])
    assert standing(G1).balance == 0


def test_an_ended_membership_ends_no_other_when_two_are_found_to_be_one_person(hotel: Hotel) -> None:
    hotel.tell(ANNA, guest("g2", email="other@mail.example"))
    for leaf in (G1, G2):
        actions.enrol(leaf, CLUB, earns_from=date(2026, 1, 1), at=DAY_ONE)
    actions.end(G2, CLUB, at=JULY)
    hotel.tell(guest("g2", email="anna@mail.example", changed_at=at(5)), stay(1, date(2026, 8, 3)))
    hotel.deliver()
    assert (is_member(G1), standing(G1).balance, standing(G1).ended_on) == (True, 1000, None)


def test_people_of_one_hotel_neither_renumber_nor_end_what_another_hotel_s_record_made(hotel: Hotel) -> None:
    hotel.tell(ANNA, guest("g2", email="anna@mail.example"))
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE, through=[G2])
    heads = guests.with_records(guests.heads([G1, G2]))
    assert [bool(enrolment(heads[leaf], CLUB)) for leaf in (G1, G2)] == [False, True]
    assert actions.enrol(G1, CLUB, at=JULY, through=[G1]).number == "M-7"
    with pytest.raises(Conflict):
        actions.enrol(G1, CLUB, "M-8", at=JULY, through=[G1])
    with pytest.raises(Conflict):
        actions.end(G1, CLUB, at=JULY, through=[G1])
    assert (found_by("M-7"), found_by("M-8")) == ([min(G1, G2)], [])
    actions.end(G1, CLUB, at=JULY, through=[G2])
    assert not is_member(G1)


# Whoever made them one


@pytest.fixture
def by_itself(monkeypatch: pytest.MonkeyPatch) -> Hotel:
    """Its programme enrols whoever stays."""
    return Hotel(monkeypatch)


def test_who_a_programme_enrols_by_itself_is_a_member_on_the_profile_until_somebody_ends_that(by_itself: Hotel) -> None:
    by_itself.tell(ANNA)
    assert not is_member(G1)
    by_itself.tell(stay(1, date(2026, 2, 3)))
    by_itself.deliver()
    assert is_member(G1)
    actions.end(G1, CLUB, at=JULY)
    by_itself.tell(stay(2, date(2026, 8, 2)))
    by_itself.deliver()
    assert (is_member(G1), standing(G1).balance) == (False, 1000)
    actions.enrol(G1, CLUB, at=JULY.replace(month=9))
    assert is_member(G1)


def test_what_a_programme_enrolled_goes_with_its_record_through_merge_and_split(by_itself: Hotel) -> None:
    later = guest("g2", email="other@mail.example")
    by_itself.tell(ANNA, stay(1, date(2026, 2, 3), primary=later))
    by_itself.deliver()
    assert [is_member(each) for each in (G1, G2)] == [False, True]
    by_itself.tell(guest("g2", email="anna@mail.example", changed_at=at(5)))
    assert [is_member(each) for each in (G1, G2)] == [True, True]
    by_itself.tell(guest("g2", email="other@mail.example", changed_at=at(6)))
    assert [is_member(each) for each in (G1, G2)] == [False, True]


@pytest.mark.parametrize("source_id", ["g1", "g2"])
def test_a_record_that_stays_while_it_is_with_another_makes_the_guest_a_member(
    source_id: str, by_itself: Hotel
) -> None:
    """Whichever of the two the guest is named by."""
    by_itself.tell(ANNA, guest("g2", email="anna@mail.example"))
    by_itself.tell(stay(1, date(2026, 2, 3), primary=guest(source_id, email="anna@mail.example")))
    by_itself.deliver()
    assert is_member(G1)
    by_itself.tell(guest("g2", email="other@mail.example", changed_at=at(6)))
    assert [is_member(G1), is_member(G2)] == [source_id == "g1", source_id == "g2"]


def test_what_a_ledger_has_of_itself_is_announced_to_nobody(by_itself: Hotel) -> None:
    """Else a fact of the ledger's would wake the ledger."""
    by_itself.tell(stay(1, date(2026, 2, 3)))
    told = list(by_itself.facts)
    by_itself.facts.clear()
    by_itself.deliver(told)
    assert {fact.type for fact in by_itself.facts} == {FactType.POINTS_AWARDED}


def test_a_record_is_a_member_by_itself_in_so_many_programmes_as_its_head_has_room_for() -> None:
    full = Head(G1, enrolled_in=tuple(ProgramId(f"p{at:02}") for at in range(MOST_ENROLMENTS)))
    assert memberships.enrolled_by_itself(full, full, CLUB) == {}
    (after,) = memberships.enrolled_by_itself(full, full, full.enrolled_in[0]).values()
    assert (after.enrolled_in, after.rev) == (full.enrolled_in, full.rev + 1)


def test_who_is_out_of_one_programme_is_still_a_member_by_another(by_itself: Hotel) -> None:
    other = _another()
    by_itself.tell(stay(1, date(2026, 2, 3), primary={**ANNA, "member_number": "M-7"}))
    by_itself.deliver()
    actions.end(G1, CLUB, at=JULY)
    by_itself.deliver()
    assert is_member(G1)
    actions.end(G1, other, at=JULY)
    by_itself.deliver()
    assert not is_member(G1)


def test_a_member_whose_number_the_source_takes_back_is_one_without_it(hotel: Hotel) -> None:
    hotel.tell(stay(1, date(2026, 2, 3), primary={**ANNA, "member_number": "M-7"}))
    hotel.deliver()
    hotel.tell({**ANNA, "changed_at": at(9)})
    hotel.deliver()
    assert (is_member(G1), standing(G1).number, standing(G1).balance) == (True, None, 1000)
    assert (found_by("M-7"), [each.number for each in hotel.accounts().values()]) == ([], [None])


# Who spends


def test_who_is_out_spends_nothing_and_keeps_what_there_is(hotel: Hotel) -> None:
    hotel.tell(stay(1, date(2026, 2, 3)), BERTA)
    actions.enrol(G1, CLUB, earns_from=date(2026, 1, 1), at=DAY_ONE)
    first = spend(G1, CLUB, 100, Redemption(act="night-1"))
    actions.end(G1, CLUB, at=JULY)
    for act in (Redemption(act="night-2"), Transfer(act="gift-1")):
        with pytest.raises(NoMember):
            spend(G1, CLUB, 100, act)
    assert spend(G1, CLUB, 100, Redemption(act="night-1")) == first, "the same again is answered as the first time"
    assert standing(G1).balance == 900
    spend(G1, CLUB, 300, Expiry(act="expiry-1"))
    actions.enrol(G1, CLUB, at=JULY.replace(month=9))
    spend(G1, CLUB, 600, Redemption(act="night-3"))
    assert standing(G1).balance == 0
    with pytest.raises(NoMember):
        spend(G2, CLUB, 1, Redemption(act="night-4"))


@pytest.mark.parametrize("through", [G1, G2])
def test_nothing_is_spent_after_the_end_wherever_the_two_meet(through: GuestId) -> None:
    """The record by which the guest is a member need not be the one that the guest is named by, which stays as it is
    where the guest is a member of another programme, too."""
    calls, met, ends = 1, 0, list[str]()
    while met < calls:
        with pytest.MonkeyPatch.context() as monkeypatch:
            hotel = Hotel(monkeypatch, BY_HAND)
            monkeypatch.setattr("chalicelib.aws.retries.rest", lambda _: None)
            hotel.tell(stay(1, date(2026, 2, 3)), guest("g2", email="anna@mail.example"))
            actions.enrol(G1, CLUB, earns_from=date(2026, 1, 1), at=DAY_ONE, through=[through])
            actions.enrol(G1, _another(), at=DAY_ONE, through=[min(G1, G2)])
            begun = hotel.table.calls
            hotel.table.beside = [(begun + met, partial(_end_and_note, through, ends))]
            with suppress(NoMember):
                spend(G1, CLUB, 100, Redemption(act="night-1"))
            calls = hotel.table.calls - begun
            assert actions.membership(_known(G1))[0].balance == (900 if ends.pop() == "after" else 1000), met
            met += 1
    assert met > 4


def _another() -> ProgramId:
    return programs.keep(BY_HAND.model_copy(update={"id": "other"}), DAY_ONE.date()).id


def _end_and_note(through: GuestId, ends: list[str]) -> None:
    ends.append("after" if store.spent(CLUB, Redemption(act="night-1")) else "before")
    actions.end(G1, CLUB, at=JULY, through=[through])


# Who becomes nobody


GONE = guest("g1", "Anonymized", None, changed_at=at(30))


def test_an_enrolment_whose_record_becomes_nobody_s_loses_the_number_and_keeps_the_ledger(hotel: Hotel) -> None:
    hotel.tell(stay(1, date(2026, 2, 3)), BERTA)
    actions.enrol(G1, CLUB, "M-7", earns_from=date(2026, 1, 1), at=DAY_ONE)
    hotel.tell(GONE)
    hotel.deliver()
    (shown,) = [each for each in actions.membership(_known(G1)) if each.balance]
    assert (shown.balance, shown.number, is_member(G1), found_by("M-7")) == (1000, None, False, [])
    assert not [row for row in hotel.table.rows.values() if "M-7" in str(row)], "nothing tells the number"
    assert actions.enrol(G2, CLUB, "M-7", at=JULY).number == "M-7"
    for deed in (lambda: actions.enrol(G1, CLUB, "M-8", at=JULY), lambda: spend(G1, CLUB, 1, Redemption(act="n"))):
        with pytest.raises(Conflict):
            deed()
    with pytest.raises(NotFound):
        actions.end(G1, CLUB, at=JULY)


def test_an_older_word_brings_no_number_back_and_a_newer_one_the_member_without_it(hotel: Hotel) -> None:
    hotel.tell(stay(1, date(2026, 2, 3)))
    actions.enrol(G1, CLUB, "M-7", earns_from=date(2026, 1, 1), at=DAY_ONE)
    hotel.tell(GONE, {**ANNA, "changed_at": at(20)})
    assert (is_member(G1), found_by("M-7")) == (False, [])
    hotel.tell({**ANNA, "changed_at": at(40)})
    hotel.deliver()
    assert (is_member(G1), found_by("M-7"), standing(G1).balance) == (True, [], 1000)


def test_who_a_programme_enrolled_by_itself_and_is_nobody_now_is_no_member(by_itself: Hotel) -> None:
    by_itself.tell(stay(1, date(2026, 2, 3)))
    by_itself.deliver()
    by_itself.tell(GONE)
    by_itself.deliver()
    assert not is_member(G1)


def test_of_a_guest_of_two_records_the_one_that_is_a_person_speaks(hotel: Hotel) -> None:
    hotel.tell(stay(1, date(2026, 2, 3)), guest("g2", email="anna@mail.example"))
    assert profiles.store_changes([decided("g1", "g2")]) == {}
    hotel.tell(GONE)
    assert len(_known(G1).members) == 2
    actions.enrol(G1, CLUB, "M-7", at=DAY_ONE)
    heads = guests.with_records(guests.heads([G1, G2]))
    assert [bool(enrolment(heads[leaf], CLUB)) for leaf in (G1, G2)] == [False, True]
    assert is_member(G2)


def _known(leaf: Leaf) -> Guest:
    found = guests.guest(leaf)
    assert found
    return found


# Any order, beside anything


@dataclass
class Desk:
    """A hotel where people and sources say things of two records, and the ledger hears of it late or twice."""

    hotel: Hotel
    chance: random.Random
    minute: int = 10

    def act(self) -> None:
        self.minute += 1
        self.chance.choice([self._enrol, self._enrol, self._end, self._source, self._stay, self._deliver])()

    def _enrol(self) -> None:
        number = self.chance.choice([None, "M-1", "M-2", "M-3"])
        day = date(2026, self.chance.randint(1, 12), 1)
        self._try(partial(actions.enrol, self.chance.choice([G1, G2]), CLUB, number, day, at=self._moment()))

    def _end(self) -> None:
        self._try(partial(actions.end, self.chance.choice([G1, G2]), CLUB, at=self._moment()))

    def _moment(self) -> Any:
        return DAY_ONE.replace(month=self.chance.randint(1, 12)) + timedelta(minutes=self.minute)

    def _try(self, deed: Callable[[], object]) -> None:
        with suppress(Conflict, NotFound, TryAgain):
            deed()

    def _record(self) -> dict[str, Any]:
        told = self.chance.choice(["anna@mail.example", "other@mail.example"])
        number = self.chance.choice([None, None, "M-1", "PMS-1"])
        name = self.chance.choice(["Anna", "Anna", "Berta"])
        record = guest("g2", name, email=told, member_number=number, changed_at=at(self.minute))
        return (
            record if self.chance.random() < 0.7 else {**ANNA, "member_number": number, "changed_at": at(self.minute)}
        )

    def _source(self) -> None:
        self.hotel.tell(self._record())

    def _stay(self) -> None:
        month = self.chance.randint(2, 12)
        told = stay(month, date(2026, month, 3), primary=self._record(), amount=1000 * self.chance.randint(1, 9))
        self.hotel.tell({**told, "changed_at": at(self.minute)})

    def _deliver(self) -> None:
        self.hotel.deliver(self.chance.sample(self.hotel.facts, min(3, len(self.hotel.facts))))


@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), disturbed=st.booleans(), enrols=st.booleans())
def test_whatever_is_said_in_whatever_order_ledger_profile_and_numbers_agree(
    seed: int, *, disturbed: bool, enrols: bool
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        program = BY_HAND.model_copy(update={"auto_enrol": enrols})
        hotel = Hotel(monkeypatch, program)
        monkeypatch.setattr("chalicelib.aws.retries.rest", lambda _: None)
        desk = Desk(hotel, random.Random(seed))
        hotel.tell(ANNA, guest("g2", email="other@mail.example"))
        for _ in range(desk.chance.randint(3, 12)):
            if disturbed:
                hotel.table.beside = [(hotel.table.calls + desk.chance.randint(0, 12), desk.act)]
            desk.act()
        hotel.table.beside = []
        hotel.deliver()
        hotel.deliver()
        _agree(hotel, program)


def _agree(hotel: Hotel, program: Program) -> None:
    heads = guests.with_records(guests.heads([G1, G2]))
    for leaf, account in hotel.accounts().items():
        assert account.balance == sum(entry.points for entry in store.entries(leaf, CLUB)), "the balance is the sum"
        before = store.given(leaf, CLUB)
        found = guests.guest(leaf)
        assert found
        assert settle(found.members, program.kept_as(1, ()), Instant("2026-12-31T00:00:00.000000Z")) == 0, (
            "all is priced"
        )
        assert store.given(leaf, CLUB) == before
    for leaf, head in heads.items():
        found = guests.guest(leaf)
        assert found
        kept = [each for each in head.enrolments if each.key]
        assert all(leaf in _carriers(hotel, each.key or "") for each in kept), "a number leads to its record"
        others = [heads[each] for each in found.members]
        member = any(e.is_open for each in others for e in each.enrolments)
        assert found.traits.member or not member, "who is enrolled is a member on the profile"
        shown = actions.membership(found)
        in_the_ledger = any(each.earns_from and not each.ended_on for each in shown)
        assert found.traits.member == in_the_ledger, "profile and ledger agree who is in"
    for number in ("M-1", "M-2", "M-3"):
        enrolled = {
            leaf for leaf, head in heads.items() for each in head.enrolments if each.key and each.number == number
        }
        assert len({heads[leaf].guest for leaf in enrolled}) <= 1 or _was_one_guest(heads), "one number, one guest"


def _was_one_guest(heads: Any) -> bool:
    """A guest of two records may have had the number at both, and was split since."""
    return len({head.guest for head in heads.values()}) > 1


def _carriers(hotel: Hotel, key: str) -> list[str]:
    row = hotel.table.rows.get(keys.identifier(key.partition(":")[2])) or {}  # type: ignore[arg-type]
    return list(row.get("leaves", ()))
