"""What stays earn, by plain values."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.details import CurrencyAmounts
from chalicelib.canonical.ids import Leaf, ReservationId
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.canonical.time import Instant
from chalicelib.loyalty.model import Account, Reason
from chalicelib.loyalty.rules import Award, awards, earns_from, points_for
from tests.builders import EUR_PROGRAM, stay
from tests.ids import CLUB

R1 = ReservationId("r1")

EVER = date(1970, 1, 1)


def test_a_completed_stay_earns_points_per_currency_unit_of_room_revenue() -> None:
    assert awards([stay(stated_room_minor=12345)], EUR_PROGRAM, EVER) == {"r1": Award(1234, Reason.EARNED)}


def test_only_what_stands_on_the_guests_own_folio_earns() -> None:
    assert awards([stay(stated_eligible_minor=12345)], EUR_PROGRAM, EVER) == {"r1": Award(1234, Reason.EARNED)}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": Status.IN_HOUSE}, Reason.NOT_COMPLETED),
        ({"channel": Channel.OTA}, Reason.CHANNEL_EXCLUDED),
        ({"stated_currency": "CHF"}, Reason.NO_RATE),
        ({"stated_room_minor": 0}, Reason.NO_ROOM_REVENUE),
        ({"stated_room_minor": -500}, Reason.NO_ROOM_REVENUE),
        ({"stated_room_minor": 4}, Reason.ROUNDS_TO_ZERO),
        ({"stated_eligible_minor": 0}, Reason.NOT_OWN_FOLIO),
    ],
)
def test_each_zero_has_its_reason(fields: dict[str, Any], reason: Reason) -> None:
    assert awards([stay(**fields)], EUR_PROGRAM, EVER)[R1] == Award(0, reason)


def test_who_is_no_member_earns_nothing() -> None:
    assert awards([stay()], EUR_PROGRAM, None)[R1] == Award(0, Reason.NOT_ENROLLED)


def test_a_stay_that_ended_before_enrolment_earns_nothing_and_one_that_ends_that_day_earns() -> None:
    one = stay(departure="2026-02-03")
    assert awards([one], EUR_PROGRAM, date(2026, 2, 4))[R1].reason is Reason.BEFORE_START
    assert awards([one], EUR_PROGRAM, date(2026, 2, 3))[R1].reason is Reason.EARNED


def test_a_stay_before_the_first_terms_earns_nothing_and_enrols_nobody() -> None:
    program = EUR_PROGRAM.model_copy(update={"effective_from": date(2027, 1, 1)})
    assert program.terms_at(date(2026, 12, 31)) is None
    assert earns_from([], program, [stay()], has_number=False) is None
    assert awards([stay()], program, EVER)[R1] == Award(0, Reason.BEFORE_START)


def test_rooms_of_unnamed_occupants_earn_nobody_anything() -> None:
    group = [stay(name) for name in ("r1", "r2", "r3")]
    assert {name: award.reason for name, award in awards(group, EUR_PROGRAM, EVER).items()} == {
        "r1": Reason.EARNED,
        "r2": Reason.UNNAMED_OCCUPANT,
        "r3": Reason.UNNAMED_OCCUPANT,
    }


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "points"),
    [
        (5, "EUR", "10", 0),
        (15, "EUR", "10", 2),
        (25, "EUR", "10", 2),
        (1000, "JPY", "0.5", 500),
        (1, "KWD", "1500", 2),
        (10**12, "EUR", "1", 10**10),
    ],
)
def test_points_round_half_to_even(minor: int, currency: str, rate: str, points: int) -> None:
    assert points_for(minor, currency, rate) == points


CHARGED: dict[str, Any] = {"stated_currency": None, "stated_room_minor": None}
EARNED_200 = Award(2000, Reason.EARNED)
RATES = EUR_PROGRAM.model_copy(update={"points_per_unit": {"EUR": "10", "HUF": "0.03", "JPY": "0.5"}})


def elsewhere(currency: str, room: int, eligible: int | None = None) -> CurrencyAmounts:
    return CurrencyAmounts(currency=currency, room_revenue_minor=room, eligible_room_revenue_minor=eligible)


@pytest.mark.parametrize(
    ("fields", "award"),
    [
        ({"stated_elsewhere": (elsewhere("HUF", 500000),)}, Award(2000 + 150, Reason.EARNED)),
        ({"stated_elsewhere": (elsewhere("HUF", 500000), elsewhere("JPY", 300))}, Award(2300, Reason.EARNED)),
        ({"stated_elsewhere": (elsewhere("GBP", 500000),)}, Award(2000, Reason.EARNED)),
        ({"stated_elsewhere": (elsewhere("HUF", 500000, 0),)}, Award(2000, Reason.EARNED)),
        ({"stated_elsewhere": (elsewhere("HUF", 500000, 100000),)}, Award(2030, Reason.EARNED)),
        ({"stated_elsewhere": (elsewhere("HUF", -500000),)}, Award(1850, Reason.EARNED)),
        ({"stated_elsewhere": (elsewhere("HUF", -50_000_000),)}, Award(0, Reason.ROUNDS_TO_ZERO)),
        ({"stated_eligible_minor": 0, "stated_elsewhere": (elsewhere("HUF", 500000),)}, Award(150, Reason.EARNED)),
        ({"stated_eligible_minor": 0, "stated_elsewhere": (elsewhere("HUF", 9, 0),)}, Award(0, Reason.NOT_OWN_FOLIO)),
        ({"stated_room_minor": 0, "stated_elsewhere": (elsewhere("GBP", 9),)}, Award(0, Reason.NO_RATE)),
        ({"stated_room_minor": 0, "stated_elsewhere": (elsewhere("HUF", 0),)}, Award(0, Reason.NO_ROOM_REVENUE)),
        (CHARGED | {"charged_room": {"EUR": 20000, "HUF": 500000}}, Award(2150, Reason.EARNED)),
        (CHARGED | {"charged_room": {"HUF": 500000}}, Award(150, Reason.EARNED)),
        ({"stated_room_minor": None, "stated_eligible_minor": 90000, "charged_room": {"EUR": 20000}}, EARNED_200),
    ],
)
def test_each_currency_earns_at_its_own_rate(fields: dict[str, Any], award: Award) -> None:
    assert awards([stay(**fields)], RATES, EVER)[R1] == award


def test_halves_of_a_point_in_two_currencies_are_rounded_together() -> None:
    both = stay(stated_room_minor=5, stated_elsewhere=(elsewhere("JPY", 1),))
    assert awards([both], RATES, EVER)[R1] == Award(1, Reason.EARNED)


def test_membership_counts_from_the_earliest_ground() -> None:
    manual = EUR_PROGRAM.model_copy(update={"auto_enrol": False, "starts_on": date(2026, 1, 1)})
    enrolled = Account(leaf=Leaf("g1"), program=CLUB, enrolled_at=Instant("2026-03-01"), earns_from=date(2026, 3, 1))
    assert earns_from([], manual, [stay()], has_number=False) is None
    assert earns_from([enrolled], manual, [], has_number=False) == date(2026, 3, 1)
    assert earns_from([enrolled], manual, [], has_number=True) == date(2026, 1, 1)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 4)), max_size=8), st.randoms())
def test_what_is_earned_does_not_depend_on_the_order_of_stays(spans: list[tuple[int, int]], chance) -> None:  # type: ignore[no-untyped-def]
    stays = [
        stay(f"r{at}", date(2026, 1, first).isoformat(), date(2026, 1, first + nights).isoformat())
        for at, (first, nights) in enumerate(spans)
    ]
    expected = awards(stays, EUR_PROGRAM, EVER)
    chance.shuffle(stays)
    assert awards(stays, EUR_PROGRAM, EVER) == expected
