"""From a webhook's body to the table, over a PMS in memory: what is kept, what it costs, what fails alone."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.aws import http, keys, queues, secrets, table
from chalicelib.aws.meter import meter
from chalicelib.canonical.batch import Message
from chalicelib.canonical.errors import AskLess, Rejected, TryAgain
from chalicelib.canonical.ids import ConnectionId, Leaf, leaf_of_profile, reservation_id
from chalicelib.canonical.snapshots import Status
from chalicelib.connections import actions as connections
from chalicelib.connectors.cards import REMOVED
from chalicelib.connectors.contract import Call, Request
from chalicelib.connectors.stripping import DROPPED
from chalicelib.entrypoints.runtime import BatchIncomplete
from chalicelib.guests import store as guests
from chalicelib.guests.calendar import Rooms
from chalicelib.guests.model import Stay
from chalicelib.ingest import actions, conversations, edge, reconciliation
from chalicelib.loyalty import actions as loyalty
from chalicelib.loyalty import programs
from chalicelib.loyalty import store as ledgers
from chalicelib.properties import store as properties
from tests.builders import DAY_ONE, EUR_PROGRAM, VIENNA, at
from tests.fake_mews import (
    CREDENTIALS,
    SECRET,
    FakeMews,
    companion,
    connection,
    customer,
    item,
    notice,
    reservation,
    reservations_changed,
)
from tests.fakes import received, waiting
from tests.found import guests_with
from tests.ids import CLUB
from tests.ingest.conftest import dead
from tests.tables import state

SOURCE = ConnectionId("mews-vienna")
Spent = tuple[dict[str, int], int]


def pushed(*bodies: dict[str, Any]) -> None:
    for body in bodies:
        edge.accept(SOURCE, Request(json.dumps(body).encode(), {}, {"secret": SECRET}, datetime.now(UTC)))


def messages(*bodies: dict[str, Any]) -> list[Message]:
    envelope = {"v": 1, "connection": SOURCE, "vendor": "mews", "request": "q", "received_at": at(0)}
    return [Message(f"m{number}", {**envelope, "body": body}) for number, body in enumerate(bodies)]


def fetched(*bodies: dict[str, Any]) -> Spent:
    """Fetch, expect no failure, and say what it cost."""
    meter().take()
    assert actions.fetch_notices(messages(*bodies)) == {}
    return meter().take()


def leaf(customer_id: str = "c1") -> str:
    return leaf_of_profile(SOURCE, customer_id)


def stay(id_: str = "r1") -> Stay:
    wanted = reservation_id(SOURCE, VIENNA.id, id_, 0)
    row = table.get(keys.reservation(wanted))
    assert row
    (found,) = [each for each in guests.stays(row["leaf"]) if each.reservation == wanted]
    return found


def test_a_webhook_becomes_a_guest_with_a_stay(mews: FakeMews, work: Callable[..., None]) -> None:
    mews.keep(reservation(State="Started"), customer(), customer("c2", "Ben"), companion("r1", "c2"), item())
    pushed(reservations_changed("r1"), notice(("CustomerAdded", "c1"), ("CustomerUpdated", "c1")))
    work()
    leaving = Rooms(stay().departure, VIENNA.id)
    (guest,) = guests_with("email", " C1@mail.example ")
    assert (guest.id, guest.properties) == (leaf(), (VIENNA.id,))
    assert (guest.traits.given_name, guest.traits.stats.leaving.listed) == ("Anna", (leaving,))
    assert (stay().status, stay().room_revenue_minor, stay().companions) == (Status.IN_HOUSE, 20000, (leaf("c2"),))
    assert dead("fetch") == []


def test_a_vendor_that_is_busy_is_asked_again_when_it_said_and_nothing_is_lost(
    mews: FakeMews, work: Callable[..., None]
) -> None:
    mews.keep(reservation(), customer())
    mews.refuse = TryAgain("the vendor answered 429", 77)
    failures = actions.fetch_notices(messages(reservations_changed("r1"), notice(("CustomerAdded", "c1"))))
    assert {name: getattr(error, "after_seconds", None) for name, error in failures.items()} == {"m0": 77, "m1": 77}
    pushed(reservations_changed("r1"))
    with pytest.raises(BatchIncomplete):
        work()
    assert (waiting("fetch"), dead("fetch")) == (1, [])
    mews.refuse = None
    fetched(reservations_changed("r1"))
    assert stay().status is Status.CONFIRMED


def test_what_ids_stand_for_is_remembered_for_an_hour(mews: FakeMews, monkeypatch: pytest.MonkeyPatch) -> None:
    mews.rooms = {"room-1": "101"}
    mews.keep(*(reservation(f"r{n}", f"c{n}", AssignedResourceId="room-1") for n in range(3)))
    mews.keep(*(customer(f"c{n}") for n in range(3)))
    before = time.monotonic
    assert [vendor_calls(f"r{n}") for n in range(2)] == [6, 4]
    assert [stay(f"r{n}").room_number for n in range(2)] == ["101", "101"]
    monkeypatch.setattr(time, "monotonic", lambda: conversations.KNOWN_FOR + before())
    assert vendor_calls("r2") == 6


def vendor_calls(id_: str) -> int:
    spent, _ = fetched(reservations_changed(id_))
    return spent["vendor"]


def test_a_token_is_opened_once_for_some_minutes_and_a_new_one_at_once(
    mews: FakeMews, monkeypatch: pytest.MonkeyPatch
) -> None:
    mews.keep(reservation("r1"), customer("c1"))
    opened: list[str] = []
    open_, clock = secrets.decrypt, [1000.0]

    def counted(text: str, whose: ConnectionId) -> str:
        opened.append(text)
        return open_(text, whose)

    monkeypatch.setattr(secrets, "decrypt", counted)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    secrets.forget_all()
    for changed_at in (0, 1):
        fetched(reservations_changed("r1"))
        assert len(opened) == 1, changed_at
    connections.put(connection(credentials={**CREDENTIALS, "access_token:of-another": "another"}))
    fetched(reservations_changed("r1"))
    assert len(opened) == 2
    assert "another" in open_(opened[-1], SOURCE)
    clock[0] += secrets.KEPT_FOR
    fetched(reservations_changed("r1"))
    assert len(opened) == 3


def test_a_token_that_may_not_look_names_up_brings_the_rest_and_is_not_asked_each_time(mews: FakeMews) -> None:
    mews.refused = frozenset({"ageCategories/getAll", "resources/getAll"})
    mews.keep(*(reservation(f"r{n}", AssignedResourceId="room-1") for n in range(2)), customer())
    first, _ = fetched(reservations_changed("r0"))
    assert (first["vendor"], first["look_up_refused"]) == (6, 2)
    assert vendor_calls("r1") == 4
    assert (stay("r1").status, stay("r1").room_number) == (Status.CONFIRMED, None)


def test_a_question_that_is_too_large_is_asked_in_halves(mews: FakeMews, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mews answers 408 to large queries, and would again."""
    mews.keep(*(reservation(f"r{n}", f"c{n}") for n in range(10)), *(customer(f"c{n}") for n in range(10)))
    answer, sizes = mews.call, []

    def slow(method: str, url: str, body: Any, seconds: float = 10.0) -> Any:
        if "ReservationIds" in body and "reservations" in url:
            sizes.append(len(body["ReservationIds"]))
            if sizes[-1] > 3:
                raise AskLess("the vendor answered 408")
        return answer(method, url, body, seconds)

    monkeypatch.setattr(http, "call", slow)
    fetched(*(reservations_changed(f"r{n}") for n in range(10)))
    assert sizes == [10, 5, 2, 3, 5, 2, 3]
    assert [stay(f"r{n}").status for n in range(10)] == [Status.CONFIRMED] * 10


def test_a_row_that_names_nobody_fails_nobody(mews: FakeMews) -> None:
    mews.keep(reservation(), customer())
    mews.companions.append({"Id": "x", "CustomerId": "c1", "ReservationId": "r1"})
    stray = {"Id": "y", "CustomerId": "c1", "ReservationId": ""}
    with_stray = mews.answer

    def answer(call: Any) -> Any:
        answered = with_stray(call)
        return {**answered, "Companionships": [stray]} if "companionships" in call.path else answered

    mews.answer = answer  # type: ignore[method-assign]
    spent, _ = fetched(reservations_changed("r1"))
    assert spent["ignored:unreadable_of_nobody"] == 1
    assert stay().status is Status.CONFIRMED


def test_one_poison_message_of_ten_is_set_aside_alone(mews: FakeMews) -> None:
    mews.keep(*(reservation(f"r{n}", f"c{n}") for n in range(10)), *(customer(f"c{n}") for n in range(10)))
    mews.reservations["r3"]["UpdatedUtc"] = "yesterday"
    bodies = [reservations_changed(f"r{n}") for n in range(10)]
    bodies[7] = {"EnterpriseId": "e-vienna"}
    failures = actions.fetch_notices(messages(*bodies))
    assert {name: str(error) for name, error in failures.items()} == {
        "m3": "unreadable_answer: ValueError",
        "m7": "not_a_mews_notice: EnterpriseId and Events are required",
    }
    assert all(isinstance(error, Rejected) for error in failures.values())
    assert [stay(f"r{n}").source_id for n in (0, 1, 2, 4, 5, 6, 8, 9)]


def test_an_unknown_hotel_and_a_deleted_connection(mews: FakeMews) -> None:
    mews.keep(reservation(), customer())
    spent, units = fetched(notice(("ServiceOrderUpdated", "r1"), enterprise="e-elsewhere"))
    assert (spent["ignored:unknown_hotel"], units, mews.asked) == (1, 0, [])
    connections.delete(SOURCE)
    failures = actions.fetch_notices(messages(reservations_changed("r1")))
    assert [str(error) for error in failures.values()] == ["unknown_connection"]


def test_a_property_that_the_hub_does_not_know_fails_alone(mews: FakeMews) -> None:
    mews.keep(reservation(), customer())
    properties.delete(VIENNA.id)
    failures = actions.fetch_notices(messages(reservations_changed("r1")))
    assert [str(error) for error in failures.values()] == ["unreadable_answer: vienna is missing"]


def test_ten_ordinary_changes_share_their_reads_and_one_announcement(mews: FakeMews) -> None:
    mews.keep(*(reservation(f"r{n}", f"c{n}") for n in range(10)), *(customer(f"c{n}") for n in range(10)))
    bodies = [reservations_changed(f"r{n}") for n in range(10)]
    fetched(*bodies)
    for row in mews.reservations.values():
        row.update(State="Started", UpdatedUtc=at(5))
    calls, units = fetched(*bodies)
    ours = {name: count for name, count in calls.items() if name not in {"vendor", "stored"}}
    assert calls["stored"] == calls["TransactWriteItems"] == 10
    assert calls["vendor"] == 4
    assert calls["BatchGetItem"] - 1 <= 2  # and one for the connections of the batch
    assert calls["PutEvents"] == 1
    assert sum(ours.values()) <= 40
    assert units <= 100


@pytest.mark.parametrize(
    ("change", "most"),
    [
        ({"State": "Started", "UpdatedUtc": at(5)}, 10),
        ({"ScheduledEndUtc": "2026-02-09T10:00:00Z", "UpdatedUtc": at(5)}, 12),
        ({"State": "Canceled", "UpdatedUtc": at(5)}, 10),
    ],
)
def test_what_a_change_writes_and_that_a_duplicate_writes_nothing(
    change: dict[str, str], most: int, mews: FakeMews
) -> None:
    mews.keep(reservation(), customer(), item())
    fetched(reservations_changed("r1"))
    mews.keep(reservation(**change))
    calls, units = fetched(reservations_changed("r1"))
    assert (calls["stored"], 0 < units <= most) == (1, True)
    calls, units = fetched(reservations_changed("r1"), reservations_changed("r1"))
    assert (units, calls["duplicate"], calls.get("TransactWriteItems")) == (0, 1, None)


@pytest.mark.parametrize(("is_member", "most"), [(True, 16), (False, 18)])
def test_a_check_out_with_its_points_writes_sixteen_units_at_most_and_two_where_it_makes_a_member(
    mews: FakeMews, facts: list[Any], *, is_member: bool, most: int
) -> None:
    programs.keep(EUR_PROGRAM, DAY_ONE.date())
    mews.keep(reservation(), customer(), item())
    fetched(reservations_changed("r1"))
    if is_member:
        loyalty.enrol(Leaf(leaf()), CLUB, earns_from=EUR_PROGRAM.starts_on)
    mews.keep(reservation(State="Processed", UpdatedUtc=at(5)))
    facts.clear()
    _, units = fetched(reservations_changed("r1"))
    for fact in facts:
        if fact.type == "StayCompleted":
            loyalty.award_points({"detail": {**fact.model_dump(mode="json"), "fact_id": fact.fact_id}})
    _, points_units = meter().take()
    assert [entry.points for entry in ledgers.entries(Leaf(leaf()), CLUB)] == [2000]
    assert 0 < units + points_units <= most


def test_a_duplicate_three_days_later_changes_nothing(mews: FakeMews) -> None:
    mews.keep(reservation(), customer(), item())
    fetched(reservations_changed("r1"))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3), tick=False):
        assert fetched(reservations_changed("r1"))[1] == 0


def test_what_came_is_archived_for_replay_once_a_batch(mews: FakeMews) -> None:
    from infra import replay

    mews.keep(reservation(), customer())
    fetched(reservations_changed("r1"), reservations_changed("r1"))
    today = datetime.now(UTC).date()
    objects = replay.objects("test", today, today)
    assert len(objects) == 1
    assert replay.replay("test", objects[0]).messages["fetch"] == 2


# Reconciliation


def reconciled(on: datetime) -> int:
    with time_machine.travel(on, tick=False):
        queued = reconciliation.reconcile({"property": VIENNA.id})
        records = received("fetch")["Records"]
        assert len(records) == queued
        for record in records:
            queues.delete("fetch", record["receiptHandle"])
            assert actions.fetch_notices([Message(record["messageId"], json.loads(record["body"]))]) == {}
    return queued


def test_a_silent_change_is_found_at_night_and_missed_days_are_caught_up(mews: FakeMews) -> None:
    night = datetime(2026, 1, 10, 5, tzinfo=UTC)
    mews.keep(reservation(UpdatedUtc="2026-01-09T12:00:00Z"), customer(), item(UpdatedUtc="2026-01-09T12:00:00Z"))
    assert reconciled(night) == 1
    assert stay().status is Status.CONFIRMED
    # Ten nights without a run: what changed in the first of them is found all the same, and so is a late charge.
    mews.keep(reservation(State="Canceled", UpdatedUtc="2026-01-10T20:00:00Z"))
    assert reconciled(night + timedelta(days=10)) == 1
    assert stay().status is Status.CANCELLED
    mews.keep(item("late", "r1", "ProductOrder", "12", UpdatedUtc="2026-01-20T12:00:00Z"))
    assert reconciled(night + timedelta(days=11)) == 1
    assert stay().other_revenue_minor == 1200
    assert reconciled(night + timedelta(days=13)) == 1  # windows overlap by a day
    assert reconciled(night + timedelta(days=15)) == 0


def test_a_profile_that_a_night_finds_says_of_no_hotel_that_the_guest_was_there(mews: FakeMews) -> None:
    """A portfolio's token answers for the whole chain, whichever hotel it is asked for."""
    night = datetime(2026, 1, 10, 5, tzinfo=UTC)
    mews.keep(customer(Phone="01 5880000", NationalityCode=None, UpdatedUtc="2026-01-09T12:00:00Z"))
    assert reconciled(night) == 1
    found = guests.guest(Leaf(leaf()))
    assert found
    assert found.properties == ()
    assert found.traits.phone == "+4315880000", "a local number is still read as of the hotel that was asked"
    fetched(notice(("CustomerUpdated", "c1"), ("CustomerFound", "c1")))
    known = guests.guest(Leaf(leaf()))
    assert known
    assert known.properties == (VIENNA.id,), "a hotel's own notice says so"


def test_a_failed_night_moves_no_cursor(mews: FakeMews) -> None:
    night = datetime(2026, 1, 10, 5, tzinfo=UTC)
    assert reconciled(night) == 0
    mews.keep(reservation(UpdatedUtc="2026-01-10T12:00:00Z"), customer())
    mews.refuse = TryAgain("the vendor answered 503")
    with pytest.raises(TryAgain):
        reconciled(night + timedelta(days=2))
    mews.refuse = None
    assert reconciled(night + timedelta(days=4)) == 1
    assert stay().status is Status.CONFIRMED


def test_a_long_way_back_is_gone_in_steps_and_goes_on_where_time_ran_out(
    mews: FakeMews,
) -> None:
    night = datetime(2026, 1, 10, 5, tzinfo=UTC)
    assert reconciled(night) == 0
    for number in range(20):
        day = night + timedelta(days=number, hours=2)
        mews.keep(reservation(f"r{number}", f"c{number}", UpdatedUtc=day.isoformat()), customer(f"c{number}"))
    left = iter([60.0] * 9 + [0.0] * 1000)
    with time_machine.travel(night + timedelta(days=21), tick=False):
        with pytest.raises(TryAgain):
            reconciliation.reconcile({"property": VIENNA.id}, lambda: next(left))
        assert waiting("fetch") == 3
        assert reconciliation.reconcile({"property": VIENNA.id}) >= 8
        found = {named for each in told("fetch") for named in each}
    assert {f"r{number}" for number in range(20)} <= found


def told(queue: str) -> list[set[str]]:
    """The ids that the notices on a queue name."""
    named: list[set[str]] = []
    while records := received(queue)["Records"]:
        for record in records:
            events = json.loads(record["body"])["body"]["Events"]
            named.append({event["Value"]["Id"] for event in events})
            queues.delete(queue, record["receiptHandle"])
    return named


def test_only_vendors_that_can_be_asked_are_asked(mews: FakeMews) -> None:
    fat = replace_vendor(connection(), "canonical")
    connections.put(fat)
    connections.delete(SOURCE)
    assert reconciliation.reconcile({"property": VIENNA.id}) == 0
    assert reconciliation.reconcile({"property": "porto"}) == 0
    assert mews.asked == []


def replace_vendor(one: Any, vendor: str) -> Any:
    return one.model_copy(update={"vendor": vendor, "id": "own", "secrets": (), "options": {}})


def test_a_vendor_that_takes_all_its_time_leaves_the_other_connections_theirs(
    mews: FakeMews, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("mews-slow", "mews-slower", "mews-vienna")
    for each in names:
        connections.put(connection(id=each, base_url=f"https://{each}.example"))
    left, asked = [60.0], []

    def call(method: str, url: str, body: Any, seconds: float = 10.0) -> Any:
        asked.append((url.split("/")[2], seconds))
        if "slow" in url:
            left[0] -= seconds if "/reservations/" in url else 0  # what is asked beside it waits as long
            raise TryAgain("the vendor did not answer")
        return mews.answer(Call(url.removeprefix("https://mews-vienna.example"), body))

    monkeypatch.setattr(http, "call", call)
    mews.keep(reservation(), customer())
    (told,) = messages(reservations_changed("r1"))
    batch = [replace(told, id=each, body={**told.body, "connection": each}) for each in names]
    failures = actions.fetch_notices(batch, lambda: left[0])
    assert set(failures) == {"mews-slow", "mews-slower"}
    assert {host: seconds for host, seconds in asked if "slow" in host} == {
        "mews-slow.example": 15.0,
        "mews-slower.example": 15.0,
    }
    assert stay().status is Status.CONFIRMED


CARD = "4111 1111 1111 1111"


def test_a_card_number_that_a_vendor_answers_with_is_stored_nowhere(mews: FakeMews) -> None:
    mews.rooms = {"room-1": "٤١١١ ١١١١ ١١١١ ١١١١"}
    mews.keep(reservation(AssignedResourceId="room-1", CancellationReason=CARD), item())
    mews.keep(customer(first=f"Anna {CARD}", last="Lee 4111.1111.1111.1111", Email=None, Phone="+4915798670548"))
    fetched(reservations_changed("r1"))
    kept = json.dumps([*state().values()], default=str, ensure_ascii=False)
    assert ("1111" in kept, "١١١١" in kept) == (False, False)
    (guest,) = guests_with("phone", "+4915798670548")
    assert guest.traits.given_name == f"Anna {REMOVED}"


@pytest.mark.parametrize(
    "coded", ["NDExMTExMTExMTExMTExMQ==", "4111%201111%201111%201111", "Bearer abcdefghij0123456789"]
)
def test_what_is_coded_in_a_vendor_s_answer_is_stored_nowhere(coded: str, mews: FakeMews) -> None:
    mews.keep(reservation(CancellationReason="none"), item(), customer(first=f"Anna {coded}", Email=None))
    fetched(reservations_changed("r1"))
    kept = json.dumps([*state().values()], default=str, ensure_ascii=False)
    assert (coded in kept, DROPPED in kept) == (False, True)


def test_a_card_number_where_no_text_fits_fails_its_own_notice_alone(mews: FakeMews) -> None:
    mews.keep(reservation("r1", "c1"), customer("c1"), reservation("r2", "c2"))
    mews.keep(customer("c2", Address={"PostalCode": CARD}))
    failures = actions.fetch_notices(messages(reservations_changed("r1"), reservations_changed("r2")))
    assert {name: str(error) for name, error in failures.items()} == {
        "m1": "card_number: in occupants.0.guest.address.postal_code"
    }
    assert stay("r1").status is Status.CONFIRMED
