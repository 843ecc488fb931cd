"""Law 4 and law 2: a crash before or after any AWS call, and deliveries all at once, end where one delivery ends."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine

from chalicelib.aws import bus, keys, secrets, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Failures, Message
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import ConnectionId, PropertyId, leaf_of_profile
from chalicelib.connections import actions as connections
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.ingest import actions, edge
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.model import MergeDecision
from chalicelib.properties import store as properties
from tests import fake_mews, tables
from tests.builders import PORTO, VIENNA, at, charge, decided, guest, notice, reservation
from tests.crashes import crash_at, points_of
from tests.exhaustive import some_of
from tests.fake_mews import FakeMews
from tests.found import guests_with

Act = Callable[[], object]
ANNA = guest(email="anna@mail.example", phone="+43 1 58800 0", marketing_email=True)
BOOKED = reservation(primary=ANNA, companions=[guest("g2", "Ben")])
SCENES: dict[str, tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]] = {
    "a booking": ([], [BOOKED]),
    "a check-out": ([BOOKED], [{**BOOKED, "status": "checked_out", "changed_at": at(5)}]),
    "a stay that turns out to be another guest's": (
        [{**BOOKED, "status": "checked_out"}],
        [reservation(primary=guest("g3", "Cleo"), changed_at=at(5), status="checked_out")],
    ),
    "a record that bridges two guests": (
        [
            guest("g1", email="anna@mail.example", marketing_email=True),
            guest("g2", phone="+43 1 58800 0", marketing_email=False),
        ],
        [guest("g3", email="anna@mail.example", phone="+43 1 58800 0", changed_at=at(5))],
    ),
    "a profile that its source merged": (
        [ANNA, guest("g2", "Ben")],
        [guest("g2", "Ben", merged_into="g1", changed_at=at(5))],
    ),
    "a charge before its reservation": ([], [charge(), BOOKED]),
}


@pytest.fixture
def told(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    """What the bus took; announcing stays an AWS call that can crash."""
    properties.put(VIENNA)
    secrets.key_for("identifiers")  # these two are asked for once in the life of a process
    edge.raw_bucket()
    taken: list[Fact] = []
    announce = bus.announce

    def announce_and_note(facts: Sequence[Fact]) -> None:
        announce(facts)
        taken.extend(facts)

    monkeypatch.setattr(bus, "announce", announce_and_note)
    return taken


def deliver(*snapshots: dict[str, Any]) -> Failures:
    return actions.ingest_notices([notice(each, message_id=f"m{at_}") for at_, each in enumerate(snapshots)])


def check_every_crash(before: Act, act: Act, told: list[Fact], state: Act = tables.state) -> None:
    """Crash everywhere, deliver again, and compare with what an undisturbed delivery left and announced."""

    def begin() -> None:
        tables.empty()
        before()
        secrets.forget_all()  # each begins as a process does that was started just now
        told.clear()

    begin()
    points = points_of(act)
    expected, facts = state(), {fact.fact_id for fact in told}
    assert {"TransactWriteItems", "PutEvents"} <= {point.operation for point in points}
    assert facts
    for point in some_of(points):
        begin()
        assert crash_at(point, act), str(point)
        act()
        assert state() == expected, str(point)
        assert {fact.fact_id for fact in told} == facts, str(point)


@pytest.mark.exhaustive(inside=True)
@pytest.mark.parametrize("scene", SCENES)
def test_a_crash_at_any_call_of_ingest_is_mended_by_the_next_delivery(scene: str, told: list[Fact]) -> None:
    earlier, now = SCENES[scene]

    def act() -> None:
        assert deliver(*now) == {}

    check_every_crash(lambda: deliver(*earlier) if earlier else None, act, told)


@pytest.mark.exhaustive
@time_machine.travel(datetime(2026, 2, 4, tzinfo=UTC), tick=False)
def test_a_crash_at_any_call_of_fetching_is_mended_by_the_next_delivery(
    told: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_mews.connect()
    mews = FakeMews().install(monkeypatch)
    mews.keep(fake_mews.reservation(State="Processed"), fake_mews.customer(), fake_mews.item())
    envelope = {"v": 1, "connection": "mews-vienna", "vendor": "mews", "request": "q", "received_at": at(0)}
    message = Message("m1", {**envelope, "body": fake_mews.reservations_changed("r1")})

    def act() -> None:
        assert actions.fetch_notices([message]) == {}

    check_every_crash(lambda: None, act, told)


@pytest.mark.exhaustive
@time_machine.travel(datetime(2026, 2, 4, tzinfo=UTC), tick=False)
def test_a_crash_at_any_call_while_a_hotel_moves_leaves_its_stay_there_once(
    told: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The map is changed, and the next notice moves the stay: whoever dies at either is followed by the same again."""
    properties.put(PORTO)
    fake_mews.connect()
    mews = FakeMews().install(monkeypatch)
    mews.keep(fake_mews.reservation(State="Processed"), fake_mews.customer(), fake_mews.item())
    envelope = {"v": 1, "connection": "mews-vienna", "vendor": "mews", "request": "q", "received_at": at(0)}
    message = Message("m1", {**envelope, "body": fake_mews.reservations_changed("r1")})

    def mapped(place: PropertyId) -> None:
        hotels = {fake_mews.ENTERPRISE: place}
        connections.put(fake_mews.connection(properties=hotels, secrets=(), credentials={}))

    def before() -> None:
        kept = table.get(keys.connection(ConnectionId("mews-vienna")))
        assert kept
        as_first = {name: value for name, value in kept.items() if name not in {"known_as", "moves"}}
        table.write(table.Put({**as_first, "properties": {fake_mews.ENTERPRISE: VIENNA.id}}))
        assert actions.fetch_notices([message]) == {}

    def act() -> None:
        mapped(PORTO.id)
        assert actions.fetch_notices([message]) == {}
        (stay,) = guests.stays(leaf_of_profile(ConnectionId("mews-vienna"), "c1"))
        assert (stay.property_id, stay.nights) == (PORTO.id, 2)

    def state() -> object:
        """A map that is kept once more counts up its row's revision."""
        return {key: row for key, row in tables.state().items() if not key.pk.startswith("CONNECTION")}

    check_every_crash(before, act, told, state)


@pytest.mark.exhaustive
def test_a_crash_between_two_changes_of_a_batch_loses_neither(told: list[Fact]) -> None:
    def act() -> None:
        assert deliver(BOOKED, guest("g9", "Dora"), {**BOOKED, "status": "in_house", "changed_at": at(3)}) == {}

    check_every_crash(lambda: None, act, told)


DECISIONS: dict[str, tuple[Sequence[dict[str, Any]], MergeDecision]] = {
    "a join": ([ANNA, guest("g2", "Ben", marketing_email=False)], decided("g1", "g2")),
    "a parting": ([ANNA, {**ANNA, "source_id": "g2"}], decided("g1", "g2", "apart")),
    "a decision before one of the records": ([ANNA], decided("g1", "g2")),
    "a parting from two in one breath": (
        [ANNA, {**ANNA, "source_id": "g2"}, {**ANNA, "source_id": "g3"}],
        replace(decided("g1", "g2", "apart"), beside=(decided("g2", "g3", "apart").decision,)),
    ),
}


@pytest.mark.parametrize("scene", DECISIONS)
def test_a_crash_at_any_call_of_a_decision_is_mended_by_the_next_delivery(scene: str, told: list[Fact]) -> None:
    earlier, decision = DECISIONS[scene]
    late = guest("g2", "Ben", "Ray", changed_at=at(5))

    def act() -> None:
        assert profiles.store_changes([decision]) == {}
        assert deliver(late) == {}

    check_every_crash(lambda: deliver(*earlier), act, told)


# All at once


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads change places between almost any two instructions."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def at_once(*acts: Callable[[], Failures]) -> None:
    """Run all together; what a busy table sends back is delivered again, as the queue would."""
    ready = Barrier(len(acts))
    errors: list[BaseException] = []

    def run(act: Callable[[], Failures]) -> None:
        try:
            ready.wait(timeout=30)
            while failures := act():
                assert all(isinstance(error, TryAgain) for error in failures.values())
        except BaseException as error:  # noqa: BLE001 (told by the test's own thread)
            errors.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert errors == []


def delivery(*snapshots: dict[str, Any]) -> Callable[[], Failures]:
    return lambda: deliver(*snapshots)


def the_guest(email: str = "anna@mail.example") -> Guest:
    (found,) = guests_with("email", email)
    return found


def test_the_same_notice_twenty_times_at_once_is_applied_once(told: list[Fact], eager_threads: None) -> None:
    deliver(BOOKED)
    expected = tables.state()
    tables.empty()
    at_once(*[delivery(BOOKED)] * 20)
    assert tables.state() == expected


def test_different_changes_of_one_guest_at_once_are_all_applied(told: list[Fact], eager_threads: None) -> None:
    deliver(ANNA)
    rooms = [{**reservation(f"r{n}", primary=ANNA), "status": "checked_out"} for n in range(4)]
    at_once(*map(delivery, rooms), delivery({**ANNA, "given_name": "Anne", "changed_at": at(9)}))
    found = the_guest()
    assert (found.traits.given_name, found.traits.stats.reservations) == ("Anne", 4)
    assert len(guests.stays(found.id)) == 4


def test_two_records_that_bridge_two_guests_at_once_make_one_guest(told: list[Fact], eager_threads: None) -> None:
    deliver(guest("g1", email="anna@mail.example"), guest("g2", phone="+43 1 58800 0"))
    bridges = [guest(name, email="anna@mail.example", phone="+43 1 58800 0") for name in ("g3", "g4")]
    at_once(*map(delivery, bridges))
    assert len(the_guest().members) == 4
    assert {fact.type for fact in told} >= {"GuestMerged"}
