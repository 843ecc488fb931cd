"""Bookings that move to other months are listed where they begin by now, page by page, each once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import bus, secrets
from chalicelib.canonical.ids import Digest, leaf_of_profile, reservation_id
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.timeline import actions
from tests.builders import VIENNA, at, guest, reservation
from tests.exhaustive import examples
from tests.ids import PMS
from tests.memory_table import MemoryTable, stays_not_found

COMMON = settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANNA_TWICE = [guest(name, email="anna@mail.example") for name in ("g1", "g2")]
"""Two records of one guest."""
BO = guest("g9", "Bo", "Ray")
FIRST_DAY = date(2025, 11, 20)

Move = tuple[int, int, int, bool]
"""Number of the reservation, days after the first day, which record's it is, and whether Bo shares it."""
MOVES = st.tuples(st.integers(0, 4), st.integers(0, 300), st.integers(0, len(ANNA_TWICE) - 1), st.booleans())


@st.composite
def told_of_moves(draw: st.DrawFn) -> list[tuple[int, Move]]:
    """Each with the minute of its version, told in their order or in any other."""
    moves = list(enumerate(draw(st.lists(MOVES, min_size=5, max_size=20))))
    return draw(st.permutations(moves)) if draw(st.booleans()) else moves


def known_guests(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    monkeypatch.setattr(bus, "announce", lambda facts: None)
    kept = MemoryTable().install(monkeypatch)
    tell(*ANNA_TWICE, BO)
    return kept


def tell(*snapshots: dict[str, Any]) -> None:
    changes = [
        change_of(read(each), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}"))
        for each in snapshots
    ]
    assert profiles.store_changes([change for change in changes if change]) == {}


def booked(minute: int, move: Move) -> dict[str, Any]:
    number, days, record, is_shared = move
    arrival = FIRST_DAY + timedelta(days=days)
    return reservation(
        f"r{number}",
        ANNA_TWICE[record],
        companions=[BO] if is_shared else [],
        changed_at=at(minute),
        arrival=arrival.isoformat(),
        departure=(arrival + timedelta(days=1)).isoformat(),
    )


def begins(number: int, days: int) -> tuple[str, str]:
    """When it begins, and its id."""
    arrival = FIRST_DAY + timedelta(days=days)
    return arrival.isoformat(), reservation_id(PMS, VIENNA.id, f"r{number}", 0)


def pages(found: Guest, limit: int) -> Iterator[list[tuple[str, str]]]:
    """What the API lists of the guest's stays: when each begins, and its id."""
    sources, before = actions.stays(found.drift), None
    while True:
        part = actions.history(found.members, sources, before=before, limit=limit, may_see=lambda _: True)
        yield [(each.at, each.id) for each in part.happenings]
        before = part.ends_at
        if before is None:
            return


def lists(name: str, limit: int) -> list[tuple[str, str]]:
    found = guests.guest(leaf_of_profile(PMS, name))
    assert found
    listed = list(pages(found, limit))
    assert all(len(page) == limit for page in listed[:-1])
    return [each for page in listed for each in page]


@COMMON
@given(told=told_of_moves(), limit=st.integers(1, 3))
def test_stays_that_move_to_any_month_in_any_order_are_listed_once_where_they_begin(
    told: list[tuple[int, Move]], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = known_guests(monkeypatch)
    for minute, move in told:
        tell(booked(minute, move))
    newest = {move[0]: move for _, move in sorted(told)}.values()
    assert lists("g1", limit) == sorted((begins(number, days) for number, days, *_ in newest), reverse=True)
    shared = [begins(number, days) for number, days, _, is_shared in newest if is_shared]
    assert lists("g9", limit) == sorted(shared, reverse=True)
    assert stays_not_found(kept.rows) == []


@pytest.mark.parametrize("days", [0, 31, 62, 92])
def test_a_stay_that_moves_over_others_is_listed_behind_or_before_them(
    days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row lies between theirs, whichever way it moves: pages of one stay each look past it."""
    known_guests(monkeypatch)
    others = [*range(0, 93, 31)]
    tell(*(booked(0, (number, 1 + each, 0, False)) for number, each in enumerate(others, start=1)))
    tell(booked(1, (0, 45, 0, False)), booked(2, (0, days, 0, False)))
    stays = [begins(0, days), *(begins(number, 1 + each) for number, each in enumerate(others, start=1))]
    assert lists("g1", 1) == sorted(stays, reverse=True)
