"""A list that is brought in is read, shown, and stored once, whatever dies on the way."""

import gzip
import tracemalloc
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import pytest
import time_machine

from chalicelib.aws import files, queues
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Conflict, Invalid
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import ConnectionId, GuestId, JobId, ProgramId, leaf_of_profile
from chalicelib.canonical.time import Instant, instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, MARKETING
from chalicelib.guests import store as guests
from chalicelib.ingest import actions as ingest
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.imports import actions, reading, store
from chalicelib.ingest.imports.model import Import, ReadAs
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.loyalty import actions as loyalty
from chalicelib.loyalty import programs
from chalicelib.loyalty.model import Program
from chalicelib.loyalty.settling import settle
from chalicelib.privacy import actions as privacy
from chalicelib.properties import store as properties
from chalicelib.settings.model import GROUP_CONTROLLER
from tests import tables
from tests.builders import PORTO, VIENNA, guest, notice
from tests.crashes import crash_at, points_of
from tests.exhaustive import some_of
from tests.fakes import received
from tests.lists import GUESTS, NOW, STAYS, asked, brought_in, counted, looked_at, uploaded, work_all

SOURCE = ConnectionId("csv-old")
ANNA = leaf_of_profile(SOURCE, "1")
CARD = "4111 1111 1111 1111"


@pytest.fixture(autouse=True)
def hotels(aws: Settings, facts: list[Fact]) -> None:
    properties.put(VIENNA)
    properties.put(PORTO)


def stored_beside_work() -> dict[Any, Any]:
    """The table without what long work and imports keep of themselves, and when things are forgotten."""
    own = ("JOB", "IMPORTS", "WORK", "WAKE")
    return {key: row for key, row in tables.state().items() if not key.pk.startswith(own)}


def refused(kept: Import) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.reason) for _, rows in store.refused(kept) for each in rows]


def bucket() -> str:
    """Everything that lies in the bucket, as far as it can be read."""
    found = (files.read_body(raw_bucket(), key) for key in files.listed(raw_bucket(), ""))
    return "".join(
        (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8", "replace") for raw in found
    )


def test_nothing_is_stored_before_it_is_started() -> None:
    before = stored_beside_work()
    kept = looked_at(STAYS, "stays")
    assert actions.state_of(kept) == "read"
    assert counted(kept) == {"good": 2, "bad": 1}
    assert refused(kept) == [(4, "Abreise", "is before the arrival")]
    assert stored_beside_work() == before


def test_guests_and_stays_become_profiles_with_a_history(facts: list[Fact]) -> None:
    """In either order: the list of stays, which knows of a guest only the name, takes nothing away."""
    stays = brought_in(STAYS, "stays", seed="stays")
    assert counted(stays) == {"good": 2, "bad": 1, "changed": 2}
    assert counted(brought_in(GUESTS, seed="guests")) == {"good": 2, "changed": 2}
    head = guests.head(ANNA)
    assert head
    anna = guests.with_records({ANNA: head})[ANNA]
    assert anna.record
    assert (anna.record.email, anna.record.address and anna.record.address.country) == ("anna@lee.example", "AT")
    assert [(each.arrival.year, each.room_revenue_minor, each.status) for each in guests.stays(ANNA)] == [
        (2023, 9900, "checked_out"), (2024, 120050, "checked_out"),
    ]  # fmt: skip
    assert facts
    assert all(each.backfill for each in facts), "history brings nobody a mail"
    assert FactType.STAY_COMPLETED in {each.type for each in facts}


def test_the_same_list_again_changes_nothing() -> None:
    for kind, text in (("guests", GUESTS), ("stays", STAYS)):
        brought_in(text, kind, seed=f"{kind} first")
    before = stored_beside_work()
    for kind, text in (("stays", STAYS), ("guests", GUESTS)):
        again = brought_in(text, kind, seed=f"{kind} again")
        assert counted(again).get("changed", 0) == 0
    assert stored_beside_work() == before


def test_what_a_pms_said_later_stands_beside_an_older_list() -> None:
    told = guest(
        "g1", "Anna", "Lee", email="anna@lee.example", phone="+43 1 5550001", changed_at="2026-01-01T00:00:00Z"
    )
    assert not ingest.ingest_notices([notice(told)])
    brought_in("id,given name,family name,email,phone\n1,Anna,Lee,anna@lee.example,+43 1 5559999\n")
    found = guests.guest(GuestId(ANNA))
    assert found
    assert len(found.members) == 2
    assert found.traits.phone == "+4315550001"


def test_a_file_that_can_be_read_in_two_ways_asks_and_is_not_guessed() -> None:
    text = 'reservation,arrival,departure,room revenue\nr1,01/02/2024,03/02/2024,"1,200"\n'
    kept = looked_at(text, "stays")
    with pytest.raises(Invalid) as refusal:
        actions.start(kept.id, NOW)
    assert [each.field for each in refusal.value.fields] == ["date_order", "decimal"]
    actions.read(kept.id, ReadAs(date_order="month_first", decimal="point"), NOW)
    work_all()
    actions.start(kept.id, NOW)
    work_all()
    (row,) = [row for key, row in tables.rows().items() if key.sk.startswith("STAY#")]
    assert "2024-01-02" in str(row)


def test_stays_of_no_hotel_ask_for_one() -> None:
    kept = looked_at("id,arrival,departure\nr1,2024-01-02,2024-01-03\n", "stays", property_id=None)
    with pytest.raises(Invalid, match="property_id"):
        actions.start(kept.id, NOW)


@pytest.mark.parametrize(("text", "delimiter"), [(GUESTS, ","), ("nothing,that,is\nknown,at,all\n", None)])
def test_a_list_of_which_no_heading_is_known_cannot_be_started(text: str, delimiter: str | None) -> None:
    kept = looked_at(text, delimiter=delimiter)
    with pytest.raises(Invalid, match="columns"):
        actions.start(kept.id, NOW)


def test_of_ten_percent_bad_rows_the_others_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 10)  # several portions of each part
    rows = [f"r{at},{'2024-02-30' if at % 10 == 0 else '2024-02-01'},2024-03-01,{at}" for at in range(120)]
    kept = brought_in("\n".join(["stay id,arrival,departure,guest id", *rows]), "stays")
    assert counted(kept) == {"good": 108, "bad": 12, "changed": 108}
    assert [line for line, _, _ in refused(kept)] == list(range(2, 122, 10))


def test_odd_cells_refuse_their_rows_and_hurt_nobody() -> None:
    rows = ["=cmd|' /C calc'!A0", "a\0b", "\u202egnirts", "x" * 300, "😀", "O'Neil", "\ufffd"]
    text = "id,family name,email\n" + "".join(f'{at},"{name}",g{at}@mail.example\n' for at, name in enumerate(rows))
    kept = brought_in(text)
    assert counted(kept)["bad"] == 2
    found = [guests.guest(GuestId(leaf_of_profile(SOURCE, str(at)))) for at in range(len(rows))]
    names = {each.traits.family_name for each in found if each}
    assert {"ab", "gnirts", "O'Neil"} <= names


def test_neither_card_numbers_nor_columns_that_nobody_knows_are_kept() -> None:
    text = GUESTS.replace("Lee", f"Lee {CARD}")
    uploaded(text.encode())
    work_all()
    assert "anna@lee.example" in bucket()
    assert CARD not in bucket()
    assert "P123" not in bucket()


def test_an_upload_is_read_in_parts_and_deleted() -> None:
    kept = uploaded(GUESTS.encode("utf-16"))
    assert actions.state_of(kept) == "reading"
    work_all()
    assert actions.state_of(kept) == "read"
    assert store.upload_size(kept) is None
    assert counted(kept) == {"good": 2}
    summary = store.summary(kept)
    assert (summary.encoding, summary.sure, summary.delimiter) == ("utf-16-le", "certain", ";")


def test_what_was_not_uploaded_cannot_be_read_and_what_is_not_read_not_started() -> None:
    made = actions.create(asked(), "s", NOW, "key k")
    with pytest.raises(Conflict):
        actions.read(made.id, ReadAs(), NOW)
    with pytest.raises(Conflict):
        actions.start(made.id, NOW)


def test_an_import_that_is_asked_for_twice_is_one() -> None:
    first, again = looked_at(GUESTS), looked_at(GUESTS)
    assert first == again
    assert len(store.listed()) == 1
    started = actions.start(first.id, NOW)
    assert actions.start(first.id, NOW) == started


def _tick() -> None:
    """The tick wakes what a worker left; leases of the dead have run out by then."""
    for minutes in (20, 40):
        with time_machine.travel(f"2026-11-23T12:{minutes}:00Z", tick=False):
            for job in jobs.jobs(jobs.waking().jobs):
                work.wake(job, NOW.replace(minute=minutes))
            work_all()


@pytest.fixture
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.exhaustive(quick=())
def test_whatever_dies_on_the_way_all_of_it_is_stored_once(clock: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    monkeypatch.setattr(work, "SAVED_EVERY", -1.0)

    def whole() -> None:
        kept = uploaded(STAYS.encode(), "stays")
        work_all()
        actions.start(kept.id, NOW)
        work_all()

    def emptied() -> None:
        tables.empty()
        for key in list(files.listed(raw_bucket(), "")):
            files.delete(raw_bucket(), key)
        while records := received("jobs")["Records"]:
            for record in records:
                queues.delete("jobs", record["receiptHandle"])

    def outcome() -> tuple[object, object]:
        (kept,) = store.listed()
        told = {key: row for key, row in stored_beside_work().items() if key.pk != "SETTINGS"}
        assert refused(kept) == [(4, "Abreise", "is before the arrival")]
        return told, counted(kept) | {"changed": 0}

    points = points_of(whole)
    expected = outcome()
    for point in some_of(points):
        emptied()
        crash_at(point, whole)
        _tick()
        whole()  # whoever brings it in does what they were about to do
        _tick()
        assert outcome() == expected, point


@pytest.mark.exhaustive(quick=())
def test_a_long_list_is_read_at_flat_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "put_body", lambda *_: None)  # the bucket of these tests lies in memory

    def peak(rows: int) -> int:
        def blocks(start: int) -> Iterator[bytes]:
            yield b"id,given name,family name,email\n"[start:]
            yield from (b"%d,Anna,Lee,g%d@mail.example\n" % (at, at) for at in range(rows))

        kept = actions.create(asked(), f"s{rows}", NOW, "key k")
        tracemalloc.start()
        for _ in reading.read_file(kept, lambda start: blocks(0) if start == 0 else islice(blocks(0), 1, None)):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    monkeypatch.setattr(reading, "HEAD", 1_000)
    few, many = peak(1_000), peak(10_000)
    assert many < few * 1.2


def test_history_earns_where_the_programme_says_from_when_and_nowhere_else() -> None:
    brought_in(STAYS, "stays")
    rates: Any = {"name": "Club", "points_per_unit": {"EUR": "1"}, "auto_enrol": True}
    silent = programs.starting(Program(id=ProgramId("silent"), **rates), NOW.date())
    telling = programs.starting(Program(id=ProgramId("telling"), starts_on=date(2024, 1, 1), **rates), NOW.date())
    assert silent.starts_on == NOW.date()
    for each in (silent, telling):
        settle([ANNA], programs.keep(each, NOW.date()), instant(NOW))
    found = guests.guest(GuestId(ANNA))
    assert found
    assert sum(entry.points for entry in loyalty.ledger(found, silent.id)) == 0
    assert sum(entry.points for entry in loyalty.ledger(found, telling.id)) == 1200, "of 2024, and none of 2023"
    assert programs.starting(Program(id=silent.id, **rates), date(2030, 1, 1)).starts_on == silent.starts_on


def test_workers_without_time_put_it_down_and_the_next_go_on(clock: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 1)
    kept = looked_at("id,email\n" + "".join(f"{at},g{at}@mail.example\n" for at in range(11)))
    job = work.progress(actions.start(kept.id, NOW).storing or JobId("")).job
    for _ in range(4):
        work_all(lambda: 1.0)
        work.wake(job, NOW)
    assert counted(store.get(kept.id)) == {"good": 11, "changed": 11}
    assert actions.state_of(store.get(kept.id)) == "stored"


EARLIER = Instant("2026-05-01T10:00:00.000000Z")
OPTED_IN = "id,given name,family name,email,newsletter\n1,Anna,Lee,anna@lee.example,yes\n"


def test_a_list_that_says_yes_lifts_no_objection() -> None:
    told = guest("g1", "Anna", "Lee", email="anna@lee.example", property_id=VIENNA.id)
    assert not ingest.ingest_notices([notice(told)])
    anna = leaf_of_profile(ConnectionId("api"), "g1")
    consents.set_consent(anna, EMAIL, MARKETING, GROUP_CONTROLLER, "withdrawn", "guest", EARLIER)
    kept = brought_in(OPTED_IN, exported_at="2026-11-22T00:00:00Z")
    assert counted(kept)["good"] == 1
    found = guests.guest(anna)
    assert found
    assert len(found.members) == 2
    gate = gates.gate(found.id, EMAIL)
    assert gate
    answer = gate.answer_to(MARKETING, GROUP_CONTROLLER)
    assert answer
    assert answer.state == "withdrawn"


def test_who_was_erased_comes_back_by_no_list() -> None:
    told = guest("g1", "Anna", "Lee", email="anna@lee.example", property_id=VIENNA.id)
    assert not ingest.ingest_notices([notice(told)])
    brought_in(GUESTS, seed="before")
    found = guests.guest(leaf_of_profile(ConnectionId("api"), "g1"))
    assert found
    privacy.erase(found, "key k1", EARLIER)
    for kind, text in (("guests", GUESTS), ("stays", STAYS), ("guests", OPTED_IN)):
        brought_in(text, kind, seed=f"{kind} {len(text)} again", exported_at="2026-11-22T00:00:00Z")
    assert [row for row in tables.state().values() if "anna@lee" in str(row)] == []
