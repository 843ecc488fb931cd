"""Law 4 for points: a crash at any AWS call, a wake-up delivered again, and wake-ups all at once."""

from collections.abc import Callable, Sequence
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest

from chalicelib.aws import bus, keys, secrets, table
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Leaf, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.connections.model import API
from chalicelib.ingest import actions as ingest
from chalicelib.ingest import edge
from chalicelib.loyalty import actions, programs, store
from chalicelib.loyalty.model import Account, Redemption
from chalicelib.loyalty.spending import spend
from chalicelib.properties import store as properties
from chalicelib.reactions import hears
from tests import tables
from tests.builders import DAY_ONE, EUR_PROGRAM, VIENNA, at, guest, notice, reservation
from tests.crashes import crash_at, points_of, watching
from tests.exhaustive import some_of
from tests.ids import CLUB, guest_id
from tests.loyalty.hotels import BY_HAND

ANNA = guest(email="anna@mail.example")
STAYED = reservation(primary=ANNA, status="checked_out", changed_at=at(1))
SECOND = {**STAYED, "source_id": "r2", "arrival": "2026-03-01", "departure": "2026-03-02"}
LATE = "a member number that comes late"
Story = tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]
STORIES: dict[str, Story] = {
    "a check-out": ([], [STAYED]),
    "a check-out that is taken back": ([STAYED], [{**STAYED, "status": "in_house", "changed_at": at(2)}]),
    "a folio corrected downwards": ([STAYED], [{**STAYED, "room_revenue_minor": 15000, "changed_at": at(2)}]),
    "two stays at once": ([], [STAYED, SECOND]),
    LATE: ([STAYED], [guest("g2", email="anna@mail.example", member_number="M-1")]),
}


@pytest.fixture
def told(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    properties.put(VIENNA)
    secrets.key_for("identifiers")  # these two are asked for once in the life of a process
    edge.raw_bucket()
    programs.keep(EUR_PROGRAM, DAY_ONE.date())
    taken: list[Fact] = []
    announce = bus.announce

    def announce_and_note(facts: Sequence[Fact]) -> None:
        announce(facts)
        taken.extend(facts)

    monkeypatch.setattr(bus, "announce", announce_and_note)
    return taken


def tell(snapshots: Sequence[dict[str, Any]], told: list[Fact]) -> list[Fact]:
    """Ingest, and take the wake-ups that follow from the bus."""
    told.clear()
    assert ingest.ingest_notices([notice(each, message_id=f"m{n}") for n, each in enumerate(snapshots)]) == {}
    wakers = [fact for fact in told if hears("loyalty", fact.type)]
    told.clear()
    return wakers


def wake(fact: Fact) -> None:
    actions.award_points({"detail": {**fact.model_dump(mode="json"), "fact_id": fact.fact_id}})


def wake_all(facts: Sequence[Fact]) -> None:
    for fact in facts:
        wake(fact)


@pytest.mark.exhaustive(inside=True)
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_call_of_earning_is_mended_by_the_next_delivery(story: str, told: list[Fact]) -> None:
    earlier, now = STORIES[story]
    if story == LATE:
        table.write(table.Delete(Key(keys.PROGRAMS, EUR_PROGRAM.id)))
        programs.keep(EUR_PROGRAM.model_copy(update={"auto_enrol": False}), DAY_ONE.date())

    def begin() -> list[Fact]:
        tables.empty()
        if earlier:
            wake_all(tell(earlier, told))
        return tell(now, told)

    woken_by = begin()
    points = points_of(lambda: wake_all(woken_by))
    expected, announced = tables.state(), {fact.fact_id for fact in told}
    assert {"TransactWriteItems", "PutEvents"} <= {point.operation for point in points}
    for point in some_of(points):
        begin()
        assert crash_at(point, lambda: wake_all(woken_by)), str(point)
        wake_all(woken_by)
        assert tables.state() == expected, str(point)
        assert {fact.fact_id for fact in told} >= announced, str(point)


def test_the_same_wake_up_at_once_is_one_entry(told: list[Fact]) -> None:
    (fact,) = tell([STAYED], told)
    ready = Barrier(8)
    busy: list[TryAgain] = []

    def run() -> None:
        ready.wait(timeout=30)
        try:
            wake(fact)
        except TryAgain as error:
            busy.append(error)

    threads = [Thread(target=run) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert fact.leaf
    assert [entry.points for entry in store.entries(fact.leaf, CLUB)] == [2000]
    assert [account.balance for account in store.accounts([fact.leaf], CLUB).values()] == [2000]


def test_an_enrolment_between_reading_and_writing_is_not_overwritten(told: list[Fact]) -> None:
    (fact,) = tell([STAYED], told)
    assert fact.leaf
    leaf, done = fact.leaf, set[int]()
    before = Account(leaf, CLUB)
    enrolled = before.enrolled(Instant(at(0)), date(2026, 2, 3), "M-7").credited(0)

    def enrol(number: int) -> None:
        if calls.made[number] == "TransactWriteItems" and not done:
            done.add(number)
            table.write(store.account_write(before, enrolled))

    with watching(before=enrol) as calls:
        wake(fact)
    (account,) = store.accounts([leaf], CLUB).values()
    assert done
    assert (account.number, account.earns_from, account.balance) == ("M-7", date(2026, 2, 3), 2000)
    assert sum(entry.points for entry in store.entries(leaf, CLUB)) == 2000


@pytest.mark.exhaustive
def test_a_crash_at_any_call_of_spending_is_mended_by_asking_again(told: list[Fact]) -> None:
    def begin() -> str:
        tables.empty()
        wake_all(tell([STAYED, SECOND], told))
        (leaf,) = {row["pk"] for row in tables.rows().values() if row["sk"] == "ACCOUNT#club"}
        return str(leaf).removeprefix("LEAF#")

    def act() -> None:
        spend(guest_id(leaf), CLUB, 3000, Redemption(act="night-7"), DAY_ONE)

    leaf = begin()
    points = points_of(act)
    expected = tables.state()
    assert "TransactWriteItems" in {point.operation for point in points}
    assert [account.balance for account in store.accounts([Leaf(leaf)], CLUB).values()] == [1000]
    for point in some_of(points):
        assert begin() == leaf
        assert crash_at(point, act), str(point)
        act()
        assert tables.state() == expected, str(point)


MEMBERSHIP: dict[str, Callable[[Leaf], object]] = {
    "an enrolment": lambda leaf: actions.enrol(leaf, CLUB, "M-7", date(2026, 1, 1), DAY_ONE),
    "a corrected number": lambda leaf: actions.enrol(leaf, CLUB, "M-8", at=DAY_ONE.replace(month=3)),
    "an end": lambda leaf: actions.end(leaf, CLUB, DAY_ONE.replace(month=4)),
    "a new beginning": lambda leaf: actions.enrol(leaf, CLUB, at=DAY_ONE.replace(month=5)),
}


@pytest.mark.exhaustive(inside=True)
@pytest.mark.parametrize("act", MEMBERSHIP)
def test_a_crash_at_any_call_of_what_is_said_of_a_membership_is_mended_by_asking_again(
    act: str, told: list[Fact]
) -> None:
    leaf = leaf_of_profile(API, "g1")
    earlier = list(MEMBERSHIP)[: list(MEMBERSHIP).index(act)]

    def begin() -> None:
        tables.empty()
        table.write(table.Delete(Key(keys.PROGRAMS, EUR_PROGRAM.id)))
        programs.keep(BY_HAND, DAY_ONE.date())
        wake_all(tell([{**STAYED, "departure": "2026-05-02"}], told))
        for each in earlier:
            MEMBERSHIP[each](leaf)
        told.clear()

    def do() -> None:
        MEMBERSHIP[act](leaf)

    begin()
    points = points_of(do)
    expected, announced = tables.state(), {fact.fact_id for fact in told}
    assert {"TransactWriteItems", "PutEvents"} <= {point.operation for point in points}
    for point in some_of(points):
        begin()
        assert crash_at(point, do), str(point)
        do()
        assert tables.state() == expected, str(point)
        assert {fact.fact_id for fact in told} >= announced, str(point)
