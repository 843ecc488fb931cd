"""Where stays lie: in the month they first began in or near it, each once, with those who share the room."""

from typing import Any

import pytest

from chalicelib.aws import keys, secrets
from chalicelib.aws.keys import Key
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Digest, Leaf, leaf_of_profile, reservation_id
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import history
from chalicelib.guests import store as guests
from chalicelib.guests.drift import Drift
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.loading import LoadedRows
from tests.builders import PORTO, VIENNA, at, charge, guest, reservation
from tests.ids import PMS
from tests.memory_table import MemoryTable, stays_not_found

PLACES = {VIENNA.id: VIENNA, PORTO.id: PORTO}
ANNA, BO, CY = (leaf_of_profile(PMS, each) for each in ("g1", "g2", "g3"))
RESERVATION = reservation_id(PMS, VIENNA.id, "r1", 0)
BO_TOO = [guest("g2", "Bo", "Ray")]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return MemoryTable().install(monkeypatch)


def tell(*snapshots: dict[str, Any]) -> None:
    """All in one batch."""
    changes = [change_of(read(each), PMS, PLACES, lambda kind, value: Digest(f"{kind}-{value}")) for each in snapshots]
    assert profiles.store_changes([change for change in changes if change]) == {}


def booked(minute: int, arrival: str, **fields: Any) -> dict[str, Any]:
    fields = {"primary": guest(), "companions": BO_TOO, **fields}
    return reservation("r1", changed_at=at(minute), arrival=arrival, departure="2026-09-01", **fields)


def stay_rows(hub: MemoryTable) -> set[Key]:
    return {key for key in hub.rows if key.sk.startswith((keys.STAY, keys.COMPANION))}


def rows_of(primary: Leaf, companion: Leaf, begins_in: str, lies_in: str | None = None) -> set[Key]:
    """The companion's row lies where the stay begins, and says where that lies."""
    return {keys.stay(primary, lies_in or begins_in, RESERVATION), keys.companion(companion, begins_in, RESERVATION)}


def drift_of(leaf: Leaf) -> Drift:
    head = guests.head(leaf)
    assert head
    return head.drift


def shared_with(companion: Leaf) -> list[str]:
    """Days on which what the companion shared begins, found through the companion's rows."""
    return [each.at for each in history.shared_happenings(companion, None, 5)]


def test_a_stay_that_moves_to_another_month_lies_where_it_was_and_its_companions_move_along(hub: MemoryTable) -> None:
    for minute, arrival in enumerate(["2026-02-01", "2026-02-09", "2026-05-01", "2026-01-31", "2025-11-30"]):
        tell(booked(minute, arrival))
        assert stay_rows(hub) == rows_of(ANNA, BO, arrival[:7], "2026-02")
        leaf, stay = guests.stays_of_reservations([RESERVATION])[RESERVATION]
        assert (leaf, stay.arrival.isoformat()) == (ANNA, arrival)
        assert shared_with(BO) == [arrival]
        assert stays_not_found(hub.rows) == []


def test_a_stay_that_moves_further_than_pages_look_is_put_anew_with_its_companions(hub: MemoryTable) -> None:
    for minute, (arrival, lies_in) in enumerate(
        [("2026-02-01", "2026-02"), ("2026-06-01", "2026-06"), ("2026-03-31", "2026-06"), ("2026-02-28", "2026-02")]
    ):
        tell(booked(minute, arrival))
        assert stay_rows(hub) == rows_of(ANNA, BO, arrival[:7], lies_in)
        assert shared_with(BO) == [arrival]
    assert drift_of(ANNA) == (3, 0)


def test_the_head_says_how_far_stays_begin_from_their_rows_and_remembers_it(hub: MemoryTable) -> None:
    tell(booked(0, "2026-02-01"))
    assert "drift" not in hub.rows[keys.head(ANNA)]
    for minute, (arrival, drift) in enumerate(
        [("2026-03-31", (0, 1)), ("2026-01-01", (1, 1)), ("2025-12-31", (2, 1)), ("2026-02-01", (2, 1))], start=1
    ):
        tell(booked(minute, arrival))
        assert drift_of(ANNA) == drift


def test_a_companion_who_is_named_later_finds_the_stay_where_it_lies(hub: MemoryTable) -> None:
    tell(booked(0, "2026-02-01", companions=[]), booked(1, "2026-04-01", companions=[]), booked(2, "2026-04-01"))
    assert stay_rows(hub) == rows_of(ANNA, BO, "2026-04", "2026-02")
    assert shared_with(BO) == ["2026-04-01"]


def test_a_stay_that_moves_twice_in_one_batch_lies_where_it_came_to(
    hub: MemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LoadedRows, "forget", lambda self: pytest.fail("nobody wrote beside, and all was read again"))
    tell(booked(0, "2026-05-01"), booked(1, "2026-02-01"), charge(changed_at=at(2)), booked(3, "2026-03-01"))
    assert stay_rows(hub) == rows_of(ANNA, BO, "2026-03", "2026-05")
    assert guests.stays_of_reservations([RESERVATION])[RESERVATION][1].charged_room == {"EUR": 5000}


def test_a_stay_that_moves_to_another_guest_and_month_leaves_nothing_behind(hub: MemoryTable) -> None:
    tell(booked(0, "2026-02-01"))
    tell(booked(1, "2026-05-01", primary=guest("g3", "Cy", "Poe")))
    assert stay_rows(hub) == rows_of(CY, BO, "2026-05")
    tell(booked(2, "2026-06-01", primary=guest("g3", "Cy", "Poe"), companions=[guest()]))
    assert stay_rows(hub) == rows_of(CY, ANNA, "2026-06", "2026-05")
    tell(booked(3, "2026-07-01", companions=BO_TOO))
    assert stay_rows(hub) == rows_of(ANNA, BO, "2026-07")
    assert (drift_of(ANNA), drift_of(CY)) == ((0, 0), (0, 1))


def test_dates_that_move_into_another_month_write_the_stay_and_its_guest(hub: MemoryTable) -> None:
    tell(booked(0, "2026-02-01", companions=[]))
    rows = dict(hub.rows)
    tell(booked(1, "2026-03-09", companions=[]))
    changed = {key for key, row in hub.rows.items() if rows.pop(key, None) != row and not key.pk.startswith("MARK#")}
    assert not rows
    assert changed == {keys.head(ANNA), keys.stay(ANNA, "2026-02", RESERVATION)}


def test_dates_that_move_within_a_month_are_written_in_place(hub: MemoryTable) -> None:
    tell(booked(0, "2026-02-01"))
    rows = dict(hub.rows)
    tell(booked(1, "2026-02-09"))
    changed = {key for key, row in hub.rows.items() if rows.pop(key, None) != row and not key.pk.startswith("MARK#")}
    assert not rows
    assert changed == {keys.head(ANNA), keys.stay(ANNA, "2026-02", RESERVATION)}
