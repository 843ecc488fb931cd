"""The demo finds each way in which a guest or a reservation can be wrong."""

from datetime import date
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, PropertyId, ReservationId
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.guests.model import Stay
from chalicelib.loyalty.model import Reason
from chalicelib.loyalty.rules import Award
from infra.demo.compare import Known, Room, guest_differences, listed, reservation_differences

GUEST = {
    "customers": ["c1", "c2"],
    "stays": 1,
    "nights": 2,
    "room_revenue_minor": {"EUR": 20000, "USD": 0},
    "points": 2000,
    "emails": ["anna@post.example"],
}
RESERVATION = {
    "status": "Processed",
    "arrival": "2026-02-01",
    "departure": "2026-02-03",
    "nights": 2,
    "room_minor": 20000,
    "source": "direct",
    "customer": "c1",
    "points": 2000,
    "zero_reason": None,
}
EARNED = Award(2000, Reason.EARNED)


def known(**fields: Any) -> Known:
    right = {"stays": 1, "nights": 2, "room_revenue": {"EUR": 20000}, "points": 2000, "has_address": True}
    return Known(**{"id": "g1", "customers": frozenset({"c1", "c2"}), **right, **fields})


def room(award: Award | None = EARNED, **fields: Any) -> Room:
    kept = Stay(
        reservation=ReservationId("r1"),
        source=ConnectionId("mews"),
        source_id="m1",
        property_id=PropertyId("vienna"),
        status=Status.CHECKED_OUT,
        arrival=date(2026, 2, 1),
        departure=date(2026, 2, 3),
        channel=Channel.DIRECT,
        stated_currency="EUR",
        stated_room_minor=20000,
    )
    return Room(kept.model_copy(update=fields), award)


def of_reservation(kept: Room, **told: Any) -> list[str]:
    return reservation_differences({"m1": kept}, {"reservations": {"m1": {**RESERVATION, **told}}})


def test_what_agrees_is_silent() -> None:
    assert guest_differences([known()], {"guests": {"known-1": GUEST}}) == []
    assert of_reservation(room()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"stays": 2},
        {"nights": 3},
        {"room_revenue": {"EUR": 1}},
        {"points": 1999},
        {"has_address": False},
        {"customers": frozenset({"c1"})},
    ],
)
def test_a_wrong_guest_is_found(wrong: dict[str, Any]) -> None:
    assert guest_differences([known(**wrong)], {"guests": {"known-1": GUEST}})


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": Status.IN_HOUSE},
        {"arrival": date(2026, 2, 2), "departure": date(2026, 2, 4)},  # the right number of nights, a day late
        {"departure": date(2026, 2, 4)},
        {"stated_room_minor": 19999},
        {"channel": Channel.OTA},
    ],
)
def test_a_wrong_reservation_is_found(wrong: dict[str, Any]) -> None:
    (found,) = of_reservation(room(**wrong))
    assert found.startswith("reservation m1: state, dates")


@pytest.mark.parametrize("wrong", [None, Award(1999, Reason.EARNED), Award(0, Reason.NO_RATE)])
def test_wrong_points_are_found(wrong: Award | None) -> None:
    (found,) = of_reservation(room(wrong))
    assert found.startswith("reservation m1: earned")


def test_a_zero_with_another_reason_than_the_true_one_is_found() -> None:
    told = {"points": 0, "zero_reason": "ota_excluded", "source": "ota"}
    assert of_reservation(room(Award(0, Reason.CHANNEL_EXCLUDED), channel=Channel.OTA), **told) == []
    assert of_reservation(room(Award(0, Reason.NO_ROOM_REVENUE), channel=Channel.OTA), **told)


def test_what_nobody_completed_has_earned_nothing_whether_or_not_the_ledger_says_so() -> None:
    told = {"status": "Started", "points": 0}
    for award in (None, Award(0, Reason.NOT_COMPLETED)):
        assert of_reservation(room(award, status=Status.IN_HOUSE), **told) == []
    assert of_reservation(room(EARNED, status=Status.IN_HOUSE), **told)


def test_a_missing_reservation_is_found() -> None:
    assert reservation_differences({}, {"reservations": {"m1": RESERVATION}}) == ["reservation missing: m1"]


def test_only_the_first_of_many_differences_are_spelt_out() -> None:
    assert listed("lost", [str(number) for number in range(9)])[-1] == "lost: 4 more"
