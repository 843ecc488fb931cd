"""The ledger in pages: newest first over all records of a guest, and each page at the same cost."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from chalicelib.aws import table
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId
from chalicelib.canonical.time import Instant
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Traits
from chalicelib.loyalty import actions, store
from chalicelib.loyalty.model import Entry, Reason, Redemption, Reversal, StayEarned
from tests.builders import at
from tests.ids import CLUB, guest_id
from tests.loyalty.hotels import Hotel

G1 = Leaf("g1")

LEAVES = ("g1", "g2", "g3")
GUEST = Guest(guest_id("g1"), rev=1, members=tuple(map(Leaf, LEAVES)), traits=Traits(), properties=())


def entry(leaf: str, number: int, minute: int) -> Entry:
    stay = StayEarned(
        reason=Reason.EARNED,
        reservation=ReservationId(f"r{number}"),
        property_id=PropertyId("vienna"),
        rule_version=1,
        stay_version=1,
    )
    return Entry(id=f"e{leaf}{number}", at=Instant(at(minute)), account_rev=number, points=number, origin=stay)


@pytest.fixture
def entries(hotel: Hotel) -> list[Entry]:
    """A hundred of each leaf, many of them of the same instant; in the order in which the ledger shows them."""
    written = []
    for number in range(1, 101):
        for leaf in LEAVES:
            one = entry(leaf, number, minute=number // 7)
            table.write(store.entry_write(Leaf(leaf), CLUB, one))
            written.append(one)
    return sorted(written, key=lambda each: each.position, reverse=True)


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch, entries: list[Entry]) -> list[str]:
    read: list[str] = []
    query = table.query

    def counted(*args: Any, **options: Any) -> Iterator[dict[str, Any]]:
        for item in query(*args, **options):
            read.append(item["sk"])
            yield item

    monkeypatch.setattr(table, "query", counted)
    return read


def test_pages_of_any_size_show_every_entry_once_and_the_newest_first(entries: list[Entry]) -> None:
    for size in (1, 7, 50, 299, 300, 301):
        seen: list[Entry] = []
        while page := list(islice(actions.ledger(GUEST, CLUB, seen[-1].position if seen else None, size), size)):
            seen += page
        assert seen == entries


def test_entries_of_one_instant_stand_in_the_order_of_their_decisions(entries: list[Entry]) -> None:
    shown = [each for each in actions.ledger(GUEST, CLUB) if each.id.startswith("eg2")]
    assert [each.points for each in shown] == list(range(100, 0, -1))


def test_every_page_reads_one_portion_of_each_record_wherever_it_lies(
    entries: list[Entry], rows_read: list[str]
) -> None:
    for before in (None, entries[100].position, entries[250].position):
        rows_read.clear()
        list(islice(actions.ledger(GUEST, CLUB, before, at_once=11), 10))
        assert len(rows_read) <= 11 * len(LEAVES)


def test_an_entry_that_comes_late_lies_at_its_own_time(hotel: Hotel) -> None:
    for number, minute in ((1, 5), (2, 3), (3, 9)):
        table.write(store.entry_write(G1, CLUB, entry("g1", number, minute)))
    assert [each.points for each in actions.ledger(GUEST, CLUB)] == [3, 1, 2]


# Golden samples: entries stay for good. Only ever add to them.
ROWS: list[dict[str, Any]] = [
    {
        "pk": "LEDGER#club#g1",
        "sk": "2026-02-03T10:00:00.000000Z#00000003#e0123456789abcdef01234567",
        "points": -200,
        "kind": "reversal",
        "reason": "not_completed",
        "reservation": "r0123456789abcdef01234567",
        "property_id": "vienna",
        "rule_version": 1,
        "stay_version": 9,
    },
    {
        "pk": "LEDGER#club#g1",
        "sk": "2026-02-03T10:00:00.000000Z#00000004#e1123456789abcdef01234567",
        "points": -50,
        "kind": "redemption",
        "act": "night-7",
    },
]


def test_entries_of_every_release_are_read_and_written_as_they_stand() -> None:
    reversal, redemption = found = [store.read_entry(row) for row in ROWS]
    assert reversal.origin == Reversal(
        reason=Reason.NOT_COMPLETED,
        reservation=ReservationId("r0123456789abcdef01234567"),
        property_id=PropertyId("vienna"),
        rule_version=1,
        stay_version=9,
    )
    assert redemption.origin == Redemption(act="night-7")
    assert [store.entry_write(G1, CLUB, each).item for each in found] == ROWS


def test_what_follows_from_an_act_names_no_stay() -> None:
    assert set(Redemption.model_fields) == {"kind", "act"}
    assert set(StayEarned.model_fields) >= {"reservation", "property_id", "stay_version", "rule_version"}


def test_a_guest_without_points_has_an_empty_ledger(hotel: Hotel) -> None:
    assert list(actions.ledger(GUEST, CLUB)) == []
    assert guests.guest(G1) is None
