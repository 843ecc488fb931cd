"""What workers hear of a connection is told once a minute, and a notice never waits or fails for it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from botocore.client import BaseClient

from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import Instant, instant
from chalicelib.connections import actions as connections
from chalicelib.connections import noted, store
from chalicelib.connections.asked import Connection
from chalicelib.connections.health import Health, Outcome, Told
from chalicelib.connections.noted import EACH_SECONDS, ENOUGH_SECONDS, Noted
from chalicelib.connectors.contract import UnknownWord
from chalicelib.entrypoints import queues
from chalicelib.properties import store as properties
from tests import fake_mews, tables
from tests.builders import DAY_ONE, VIENNA, at, guest, reservation
from tests.crashes import crash_at, points_of, watching
from tests.exhaustive import some_of
from tests.fake_mews import FakeMews
from tests.fakes import Context, delivery

PMS, OTHER = ConnectionId("pms"), ConnectionId("other")
CAME = instant(DAY_ONE)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(aws: Settings) -> Iterator[Clock]:
    """Two connections that push, on the day on which all of it comes, and a minute that passes when it is told to."""
    properties.put(VIENNA)
    for each in (PMS, OTHER):
        connections.put(Connection(id=each, vendor="canonical", secrets=("whsec_" + "A" * 32,)))
    clock = Clock()
    noted.noted().clock = clock
    with time_machine.travel(DAY_ONE, tick=False):
        yield clock


def envelope(*snapshots: dict[str, Any], connection: str = PMS, minute: int = 0, **more: Any) -> str:
    told = {"v": 1, "connection": connection, "vendor": "canonical", "request": f"q{minute}", "received_at": at(minute)}
    return json.dumps({**told, "received_at": instant_at(minute), "body": {"snapshots": list(snapshots)}, **more})


def instant_at(minute: int) -> Instant:
    return instant(DAY_ONE.fromisoformat(at(minute)))


def deliver(*bodies: str, queue: str = "inbox", seconds: float = 60.0, receives: int = 1) -> None:
    handler: Any = {"inbox": queues.ingest_notices, "fetch": queues.fetch_notices}[queue]
    context: Any = Context(seconds)
    handler(delivery(queue, bodies, receives=receives), context)


def health(connection: ConnectionId = PMS) -> Health:
    return store.health_of(connection)


def outcomes(connection: ConnectionId = PMS) -> list[tuple[str, tuple[str, ...], str]]:
    return [(each.outcome.value, each.about, each.reason) for each in health(connection).last]


def test_each_delivery_is_told_with_what_became_of_it(clock: Clock) -> None:
    booked = reservation("r1", guest("g1"))
    deliver(
        envelope(booked, minute=1),
        envelope(booked, minute=2),
        envelope({"kind": "weather"}, minute=3),
        envelope({**booked, "arrival": "never"}, minute=4),
    )
    assert outcomes() == [
        ("set_aside", (), "invalid_snapshot"),
        ("ignored", (), ""),
        ("nothing_new", ("reservation",), ""),
        ("stored", ("reservation",), ""),
    ]
    assert (health().received_at, health().stored_at) == (instant_at(4), instant_at(1))
    assert {word: each.times for word, each in health().words.items()} == {"unknown_kind": 1}


def test_a_vendor_that_is_asked_is_told_of_by_what_its_notices_came_to(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_mews.connect()
    mews = FakeMews().install(monkeypatch)
    mews.keep(fake_mews.reservation(State="Vanished"), fake_mews.customer())
    told = {"connection": "mews-vienna", "vendor": "mews"}
    deliver(
        envelope(minute=1, **told, body=fake_mews.reservations_changed("r1")),
        envelope(minute=2, **told, body={"EnterpriseId": fake_mews.ENTERPRISE, "Events": []}),
        queue="fetch",
    )
    assert outcomes(ConnectionId("mews-vienna")) == [("ignored", (), ""), ("stored", ("reservation",), "")]
    assert health(ConnectionId("mews-vienna")).words["unknown_state"].times == 1


def test_what_fails_for_now_is_told_as_coming_back_and_after_the_last_try_as_set_aside(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise TryAgain("the table was busy with these rows")

    monkeypatch.setattr(table, "transact", busy)
    with pytest.raises(Exception, match="come back later"):
        deliver(envelope(guest("g1"), minute=1))
    clock.now += EACH_SECONDS
    deliver(envelope(guest("g1"), minute=2), receives=12)
    assert outcomes() == [
        ("set_aside", (), "the table was busy with these rows"),
        ("again", (), "the table was busy with these rows"),
    ]


def test_many_deliveries_of_a_minute_take_one_read_and_one_write(clock: Clock) -> None:
    deliver(envelope(guest("g0"), minute=0))
    with watching() as calls:
        for number in range(1, 8):
            deliver(envelope(guest(f"g{number}"), minute=number))
    assert "PutItem" not in calls.made
    assert len(health().last) == 1
    clock.now += EACH_SECONDS
    with watching() as calls:
        deliver(envelope(guest("g8"), minute=8))
    assert calls.made.count("PutItem") == 1
    assert [each.at for each in health().last] == [instant_at(number) for number in reversed(range(9))]


def test_a_process_that_serves_several_connections_tells_of_one_a_minute_the_longest_waiting_first(
    clock: Clock,
) -> None:
    deliver(envelope(guest("g1"), minute=1), envelope(guest("g2"), connection=OTHER, minute=2))
    assert (len(health(PMS).last), len(health(OTHER).last)) == (1, 0)
    clock.now += EACH_SECONDS
    deliver(envelope(guest("g3"), minute=3))
    assert (len(health(PMS).last), len(health(OTHER).last)) == (1, 1)
    clock.now += EACH_SECONDS
    deliver(envelope(guest("g4"), connection=OTHER, minute=4))
    assert len(health(PMS).last) == 2


def test_what_the_api_takes_in_has_no_connection_to_be_told_of(clock: Clock) -> None:
    deliver(envelope(guest("g1"), connection="api"))
    assert health(ConnectionId("api")).received_at is None


def refuse(*_: object) -> None:
    raise OSError("no table today")


def test_a_notice_is_stored_where_its_health_cannot_be_written_and_is_told_of_a_minute_later(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(store, "add_to_health", refuse)
        deliver(envelope(guest("g1"), minute=1))
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["failed"], line["retried"], line["counted"]["health_not_written"]) == (0, 0, 1)
    assert health().received_at is None
    clock.now += EACH_SECONDS
    deliver(envelope(guest("g2"), minute=2))
    assert len(health().last) == 2


def test_whatever_breaks_in_telling_costs_no_message_anything(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Noted, "tell", refuse)
    deliver(envelope(guest("g1")))
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["failed"], line["counted"]["afterwards_failed"]) == (0, 1)


def test_nothing_is_told_when_little_time_is_left(clock: Clock) -> None:
    deliver(envelope(guest("g1")), seconds=14.0)
    assert health().received_at is None


@pytest.mark.exhaustive(inside=True)
def test_a_crash_at_any_call_leaves_what_one_delivery_leaves_and_the_figures_off_by_that_one(clock: Clock) -> None:
    told = envelope(guest("g1", email="anna@mail.example"), minute=1)
    deliver(told)  # what a process asks for once
    _begin()
    points = points_of(lambda: deliver(told))
    expected = _but_health()
    assert "PutItem" in {each.operation for each in points}
    for point in some_of(points):
        _begin()
        assert crash_at(point, lambda: deliver(told)), str(point)
        _process()
        deliver(told)
        assert _but_health() == expected, str(point)
        assert sum(day.notices for day in health().days.values()) in {1, 2}, str(point)


def _begin() -> None:
    tables.empty()
    table.write(table.Delete(keys.connection_health(PMS)))
    _process()


def _process() -> None:
    """One that was started just now."""
    noted.noted.cache_clear()
    noted.noted().clock = Clock()


def _but_health() -> object:
    return {key: row for key, row in tables.state().items() if key != keys.connection_health(PMS)}


def test_another_process_that_writes_in_between_costs_nothing_of_either(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = table.get
    told = [Told(CAME, Outcome.STORED)]

    def beside(key: Any, **how: Any) -> Any:
        found = read(key, **how)
        if key == keys.connection_health(PMS):
            monkeypatch.setattr(table, "get", read)
            store.add_to_health(PMS, told, DAY_ONE)
        return found

    monkeypatch.setattr(table, "get", beside)
    deliver(envelope(guest("g1"), minute=1))
    assert len(health().last) == 1
    clock.now += EACH_SECONDS
    deliver(envelope(guest("g2"), minute=2))
    assert len(health().last) == 3


def test_what_is_told_of_a_connection_waits_for_the_table_as_briefly_as_the_batch_has_time_for(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not answer would take a minute of the SDK's patience, and of the notices behind."""
    asked: list[tuple[str, float]] = []
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def watched(self: BaseClient, operation: str, request: Any) -> Any:
        if "HEALTH" in str(request):
            patience: Any = self.meta.config
            attempts = patience.retries["total_max_attempts"]
            asked.append((operation, attempts * (patience.connect_timeout + patience.read_timeout)))
        return call(self, operation, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", watched)
    deliver(envelope(guest("g1"), minute=1))
    assert [operation for operation, _ in asked] == ["GetItem", "PutItem"]
    assert sum(seconds for _, seconds in asked) <= min(6.0, ENOUGH_SECONDS)
    assert len(health().last) == 1


def test_a_table_that_does_not_answer_in_time_costs_no_notice_and_is_told_later(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = table.get

    def silent(key: Any, **how: Any) -> Any:
        if how.get("brief"):
            raise TryAgain("the table did not answer: ReadTimeoutError")
        return read(key, **how)

    monkeypatch.setattr(table, "get", silent)
    deliver(envelope(guest("g1"), minute=1))
    assert any(key.pk.startswith("GUESTS#") for key in tables.rows())
    assert health().last == ()
    monkeypatch.setattr(table, "get", read)
    clock.now += EACH_SECONDS
    deliver(envelope(guest("g2"), minute=2))
    assert len(health().last) == 2


# Words


def word(subject: str, said: str = "hb") -> UnknownWord:
    return UnknownWord("unknown_meal_plan", said, subject)


def test_a_word_is_told_when_it_was_said_of_three_things_and_not_of_one_three_times() -> None:
    seen = Noted()
    assert [seen.known(PMS, [word("r1")]) for _ in range(5)] == [[]] * 5
    assert seen.known(PMS, [word("r2")]) == []
    assert seen.known(OTHER, [word("r3")]) == []
    assert seen.known(PMS, [word("r3")]) == ["unknown_meal_plan:hb"]


def test_however_many_words_a_source_makes_up_few_are_remembered() -> None:
    seen = Noted()
    for number in range(1000):
        seen.known(PMS, [word(f"r{number}", f"code {number}")])
    assert len(seen.words) == noted.MOST_WORDS


def test_a_name_that_a_source_writes_for_a_status_is_in_no_row(clock: Clock) -> None:
    for number, name in enumerate(["Zarathustra"] * 4, start=1):
        booked = reservation(f"r{number}", guest(f"g{number}", name, "Lee"), status=name, channel="Walk In")
        deliver(envelope(booked, minute=number))
        clock.now += EACH_SECONDS
    counted = {each: word.times for each, word in health().words.items()}
    assert counted == {"unknown_status": 4, "unknown_channel": 4, "unknown_channel:walk in": 2}


def test_what_waits_to_be_told_has_an_end(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noted, "MOST_WAITING", 3)
    seen = Noted(clock)
    for _ in range(5):
        seen.note(PMS, Told(CAME, Outcome.STORED))
    assert seen.count == len(seen.waiting[PMS]) == 3
