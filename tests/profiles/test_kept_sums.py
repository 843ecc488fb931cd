"""A leaf's sums are advanced with its stays, in one transaction: once each, in any order, whoever writes beside."""

import random
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chalicelib.aws import bus, keys, secrets, table
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Digest, Leaf, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.guests import store as guests
from chalicelib.guests.sums import summed
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.touched import is_head, leaf_of
from tests.builders import PORTO, VIENNA, at, charge, guest, reservation
from tests.exhaustive import examples
from tests.ids import PMS
from tests.memory_table import MemoryTable

PLACES = {each.id: each for each in (VIENNA, PORTO)}
ANNA = Leaf(leaf_of_profile(PMS, "g1"))
HEAD = keys.head(ANNA)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    return announcing(monkeypatch)


def announcing(monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    facts: list[Fact] = []
    monkeypatch.setattr(bus, "announce", facts.extend)
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return facts


@pytest.fixture
def hub(told: list[Fact], monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def tell(*snapshots: dict[str, Any]) -> None:
    made = [change_of(read(each), PMS, PLACES, lambda kind, value: Digest(f"{kind}-{value}")) for each in snapshots]
    assert profiles.store_changes([change for change in made if change]) == {}


def stayed(number: int, minute: int = 1, nights: int = 2, **fields: Any) -> dict[str, Any]:
    """One of a stay a week."""
    arrival = date(2026, 2, 1) + timedelta(weeks=number)
    dates = {"arrival": arrival.isoformat(), "departure": (arrival + timedelta(days=nights)).isoformat()}
    told = {"status": "checked_out", "changed_at": at(minute), "primary": guest(), **dates, **fields}
    return reservation(f"r{number}", **told)


def check(hub: MemoryTable) -> None:
    """That each head keeps what all the stays of its leaf come to."""
    for key, row in hub.rows.items():
        if is_head(key):
            head = guests.read_head(leaf_of(key), row)
            whole = summed(guests.stays(head.leaf))
            assert head.stats == whole.stats
            assert head.tally
            kept, tally = head.tally, whole.tally
            assert kept.at == tally.at
            assert kept.longest >= tally.longest
            assert (kept.ended or date.min) >= (tally.ended or date.min)


def test_a_head_that_an_earlier_version_kept_is_summed_from_all_its_stays_at_its_next_change(hub: MemoryTable) -> None:
    tell(*map(stayed, range(6)))
    for name in ("counted", "bounds"):
        del hub.rows[HEAD][name]
    assert guests.read_head(ANNA, hub.rows[HEAD]).tally is None
    tell(stayed(2, minute=2, room_revenue_minor=5))
    check(hub)


def test_what_an_earlier_version_writes_beside_is_summed_anew(hub: MemoryTable) -> None:
    """It knows nothing of a tally, and drops it: sums that are kept without one are never advanced."""
    tell(*map(stayed, range(4)))
    hub.rows[HEAD] = {name: value for name, value in hub.rows[HEAD].items() if name not in {"counted", "bounds"}}
    hub.rows[HEAD] |= {"stats": '{"stays":1,"reservations":4}', "rev": 9}
    tell(stayed(9))
    check(hub)


def test_a_stay_that_others_move_beside_is_told_of_and_again_with_a_duplicate(
    hub: MemoryTable, told: list[Fact]
) -> None:
    tell(*map(stayed, range(6)))
    told.clear()
    moved = stayed(5, minute=2, arrival="2026-02-07", departure="2026-02-09")
    tell(moved)
    first = [(fact.type, fact.subject, fact.fact_id) for fact in told]
    assert len({subject for _, subject, _ in first}) == 2
    assert {type_ for type_, _, _ in first} == {FactType.STAY_COMPLETED}
    told.clear()
    tell(moved)
    assert [(fact.type, fact.subject, fact.fact_id) for fact in told] == first
    check(hub)


def test_who_writes_beside_a_look_at_the_stays_around_is_not_lost(hub: MemoryTable) -> None:
    tell(*map(stayed, range(6)))
    query, others = hub.query, [stayed(4, minute=3, arrival="2026-03-02", departure="2026-03-05")]

    def queried(*args: Any, **more: Any) -> Any:
        found = query(*args, **more)
        if others:
            tell(others.pop())
        return found

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(table, "query", queried)
        tell(stayed(3, minute=2, nights=4))
    assert not others
    check(hub)


def season(chance: random.Random) -> list[dict[str, Any]]:
    """Of two records of a person, or of two persons: stays that overlap, touch, move, and are told several times."""
    people = [
        guest(email="anna@mail.example"),
        guest("g2", "Anna", email="anna@mail.example"),
        guest("g3", "Ben", "Ray"),
    ]
    told: list[dict[str, Any]] = []
    for number in range(9):
        for minute in range(1, chance.randint(2, 4)):
            arrival = date(2026, 2, 1) + timedelta(days=chance.choice([7 * number, chance.randint(0, 60)]))
            room = stayed(
                number,
                minute,
                arrival=arrival.isoformat(),
                departure=(arrival + timedelta(days=chance.choice([0, 1, 2, 7, 7, 20]))).isoformat(),
                status=chance.choice(["checked_out"] * 4 + ["confirmed", "in_house", "cancelled", "no_show"]),
                property_id=VIENNA.id if number % 4 else PORTO.id,
                primary=chance.choice(people[:2] if number % 3 else people),
                room_revenue_minor=chance.choice([None, 0, 10000]),
            )
            told.append(room)
    told += [
        charge(f"c{number % 2}", changed_at=at(number), reservation_source_id=f"r{chance.choice([1, 2, 3, 5])}")
        for number in range(4)
    ]
    return told


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
@example(seed=225179)  # others write between the head and the stays: what was read is asked for again, once
def test_kept_sums_are_those_of_all_stays_in_any_order_with_duplicates_and_others_beside(seed: int) -> None:
    chance = random.Random(seed)
    told = season(chance)
    orders = [chance.sample(told, len(told)) + chance.choices(told, k=5) for _ in range(2)]
    tables = []
    for order in orders:
        with pytest.MonkeyPatch.context() as monkeypatch:
            announcing(monkeypatch)
            hub = MemoryTable().install(monkeypatch)
            beside = [chance.choice(order) for _ in range(3)]
            hub.beside = [(chance.randint(1, 60), partial(tell, each)) for each in beside]
            while order:
                size = chance.randint(1, 5)
                tell(*order[:size])
                del order[:size]
            hub.beside = []
            check(hub)
            tables.append(hub.state())
    assert tables[0] == tables[1]
