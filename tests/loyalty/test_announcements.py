"""What the ledger tells: each entry once more rather than never, and each as a fact of its own."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from chalicelib.aws import bus, table
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.loyalty import actions, programs, settling, store
from tests.builders import DAY_ONE, EUR_PROGRAM, at, guest
from tests.ids import CLUB
from tests.loyalty.hotels import BY_HAND, G1, Hotel, checked_out


def awarded(hotel: Hotel) -> list[Fact]:
    return [fact for fact in hotel.facts if fact.type is FactType.POINTS_AWARDED]


def test_two_programmes_announce_two_facts_of_one_stay(hotel: Hotel) -> None:
    programs.keep(EUR_PROGRAM.model_copy(update={"id": "second"}), DAY_ONE.date())
    hotel.tell(checked_out(1))
    hotel.deliver()
    assert len(awarded(hotel)) == len({fact.fact_id for fact in awarded(hotel)}) == 2


def test_a_stay_that_moves_between_two_records_announces_a_fact_of_each(hotel: Hotel) -> None:
    hotel.tell(checked_out(1))
    hotel.deliver()
    hotel.tell(checked_out(2, primary=guest("g2", "Ben")))
    hotel.deliver()
    last = {(fact.leaf, fact.fact_id) for fact in awarded(hotel)}
    assert len({leaf for leaf, _ in last}) == len({fact_id for _, fact_id in last}) == 2


SECOND = {**checked_out(1, arrival="2026-03-01", departure="2026-03-02"), "source_id": "r2"}


def before_the_second_write(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], None]) -> None:
    """Let others write after the first of our transactions, once."""
    transact, writes = table.transact, list[int]()

    def busy(rows: Any) -> None:
        writes.append(1)
        if len(writes) == 2:
            monkeypatch.setattr(table, "transact", transact)
            deed()
        transact(rows)

    monkeypatch.setattr(settling, "STAYS_AT_ONCE", 1)
    monkeypatch.setattr(table, "transact", busy)


def test_what_was_written_before_another_wrote_beside_is_announced_with_the_rest(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.tell(checked_out(1))
    hotel.tell(SECOND)
    wakers = [fact for fact in hotel.facts if fact.type is FactType.STAY_COMPLETED]
    before_the_second_write(monkeypatch, lambda: hotel.tell(guest(language="de", changed_at=at(9))))
    hotel.deliver(wakers[:1])
    assert len({fact.subject for fact in awarded(hotel)}) == 2


def test_what_was_written_is_announced_though_a_newer_wake_up_wrote_over_it(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.tell(checked_out(1))
    hotel.tell(SECOND)
    wakers = [fact for fact in hotel.facts if fact.type is FactType.STAY_COMPLETED]

    def others() -> None:
        hotel.tell(checked_out(9, amount=12000), {**SECOND, "room_revenue_minor": 12000, "changed_at": at(9)})
        hotel.deliver([fact for fact in hotel.facts if fact not in wakers])

    before_the_second_write(monkeypatch, others)
    hotel.deliver(wakers[:1])
    assert sorted(entry.points for entry in store.entries(G1, CLUB)) == [200, 1000, 1200]
    assert len({fact.fact_id for fact in awarded(hotel)}) == 3


@pytest.mark.parametrize("act", ["a check-out", "an enrolment"])
def test_an_announcement_that_a_crash_swallowed_is_made_though_the_record_changed_since(
    monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    hotel = Hotel(monkeypatch, EUR_PROGRAM if act == "a check-out" else BY_HAND)
    hotel.tell(checked_out(1))
    wakers = list(hotel.facts)
    (leaf,) = {fact.leaf for fact in wakers if fact.leaf}

    def do(day: int) -> None:
        if act == "a check-out":
            hotel.deliver(wakers)
        else:
            actions.enrol(leaf, CLUB, earns_from=date(2026, 1, day), at=DAY_ONE.replace(day=day))

    with monkeypatch.context() as crash:
        crash.setattr(bus, "announce", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            do(1)
    assert hotel.points()[leaf] == [1000]
    hotel.tell(guest(language="de", changed_at=at(9)))
    do(2)
    assert [fact.leaf for fact in awarded(hotel)] == [leaf]
