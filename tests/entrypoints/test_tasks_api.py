"""/v1/properties/{id}/tasks: what each department has to do before guests arrive."""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys_of_tasks, table
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ConnectionId, Leaf, TaskId, leaf_of_profile, reservation_id
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.guests import desk, task_store
from chalicelib.guests.desk import Line
from chalicelib.guests.tasks import Outcome
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import beside, crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest

API = ConnectionId("api")
NOW = "2026-01-31T23:30:00+00:00"
"""Half an hour after midnight in Vienna, of the day that it is not yet in Lisbon."""
ANNA, BO = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
PATH = "/v1/properties/vienna/tasks"
DESK, BY = "front_desk@vienna", "key front_desk-at-vienna"
ROOM = reservation_id(API, VIENNA.id, "r1", 0)
PREFERS = {"pillow": ["soft"], "table": ["quiet"]}
SOFT = f"{PATH}/{ROOM}/p-pillow-soft"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(ingest: Ingest) -> None:
    """She arrives in Vienna today, and prefers something."""
    ingest(reservation("r1", guest(salutation="Dr", preferences=PREFERS), room_number="101"))


def due(hub: Hub, query: str = "", key: str = DESK) -> list[tuple[str, str]]:
    """What is to be done that day: the task's text or word, and its state."""
    items = hub.get(f"{PATH}{query}", key=key)["items"]
    return [(each["text"] or each["value"], each["state"]) for line in items for each in line["tasks"]]


def made(hub: Hub, text: str = "Flowers", key: str = DESK, **more: Any) -> dict[str, Any]:
    asked = {"reservation": ROOM, "department": "concierge", "text": text, **more}
    answer = hub.call("POST", PATH, asked, key=key)
    assert answer.status_code == 201, answer.body
    return next(each for each in answer.json_body["tasks"] if each["text"] == text)


def written() -> list[object]:
    """Every row but those of keys, which a test makes with its first call."""
    return [row for key, row in sorted(tables.state().items()) if not key.pk.startswith("KEY")]


def line() -> Line:
    found = desk.of_reservation(ROOM)
    assert found
    return found


def test_what_arriving_guests_prefer_is_due_on_the_day_of_arrival_by_department(hub: Hub, anna: None) -> None:
    (shown,) = hub.get(PATH, key=DESK)["items"]
    assert (shown["reservation"], shown["room_number"], shown["arrival"]) == (ROOM, "101", "2026-02-01")
    assert shown["guest"] == {"id": ANNA, "called": "Dr Lee"}
    found = [(each["department"], each["preference"], each["value"], each["due"]) for each in shown["tasks"]]
    assert found == [
        ("housekeeping", "pillow", "soft", "2026-02-01"),
        ("food_and_beverage", "table", "quiet", "2026-02-01"),
    ]
    assert due(hub, "?date=2026-01-31") == due(hub, "?date=2026-02-02") == []


def test_to_look_at_tasks_writes_nothing(hub: Hub, anna: None) -> None:
    hub.get(PATH, key=DESK)
    before = tables.state()
    hub.get(PATH, key=DESK)
    hub.get(f"{PATH}/{ROOM}", key=DESK)
    assert tables.state() == before


def test_a_task_that_somebody_writes_down_is_told_with_who_and_when(hub: Hub, anna: None) -> None:
    task = made(hub, days_before=2)
    told = {"department": "concierge", "due": "2026-01-30", "author": BY, "state": "open"}
    assert {name: task[name] for name in told} == told
    assert due(hub, "?date=2026-01-30") == [("Flowers", "open")]
    assert ("Flowers", "open") not in due(hub)


def test_a_card_number_is_taken_out_of_what_is_written(hub: Hub, anna: None) -> None:
    task = made(hub, "x")
    answer = hub.call("POST", PATH, {"reservation": ROOM, "department": "other", "text": "Charge 4111 1111 1111 1111"},
                      key=DESK)  # fmt: skip
    why = {"state": "not_possible", "why": "4111111111111111 was refused"}
    shown = hub.put(f"{PATH}/{ROOM}/{task['id']}", why, key=DESK)
    assert "1111" not in f"{answer.json_body}{shown}"


def test_the_filters_leave_one_department_or_one_state(hub: Hub, anna: None) -> None:
    hub.put(SOFT, {"state": "done"}, key=DESK)
    assert due(hub, "?department=housekeeping") == [("soft", "done")]
    assert due(hub, "?state=open") == [("quiet", "open")]
    assert due(hub, "?department=concierge") == []
    for query in ("?department=spa", "?state=late", "?date=tomorrow"):
        refused = hub.call("GET", f"{PATH}{query}", key=DESK)
        assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, query[1:].partition("=")[0])


def test_what_became_of_a_task_is_told_with_who_said_so_first(hub: Hub, anna: None) -> None:
    hub.put(SOFT, {"state": "done"}, key=DESK)
    before = written()
    with time_machine.travel(moment_of(Instant("2026-02-03T10:00:00.000000Z")), tick=False):
        shown = hub.put(SOFT, {"state": "done"}, key="admin")
    assert written() == before
    (soft,) = [each for each in shown["tasks"] if each["value"] == "soft"]
    assert (soft["state"], soft["settled_by"], soft["settled_at"]) == (
        "done", BY, "2026-01-31T23:30:00.000000Z",
    )  # fmt: skip
    assert hub.put(SOFT, {"state": "open"}, key=DESK)["tasks"][0]["settled_by"] is None


def test_why_something_is_not_possible_must_be_said_and_for_nothing_else(hub: Hub, anna: None) -> None:
    before = written()
    for said in ({"state": "not_possible"}, {"state": "done", "why": "Because"}, {"state": "not_possible", "why": " "}):
        refused = hub.call("PUT", SOFT, said, key=DESK)
        assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, "why")
    assert written() == before
    shown = hub.put(SOFT, {"state": "not_possible", "why": "None left"}, key=DESK)
    assert (shown["tasks"][0]["state"], shown["tasks"][0]["why"]) == ("not_possible", "None left")


def test_two_who_tick_at_once_are_one_and_neither_loses_what_the_other_wrote(hub: Hub, anna: None) -> None:
    """Whenever the second comes: before each call of AWS that the first makes."""
    quiet, number, is_between = SOFT.replace("p-pillow-soft", "p-table-quiet"), 0, True
    while is_between:
        hub.put(quiet, {"state": "open"}, key=DESK)
        hub.put(SOFT, {"state": "open"}, key=DESK)
        is_between = beside(
            number,
            lambda: hub.put(SOFT, {"state": "done"}, key=DESK),
            lambda: [hub.put(each, {"state": "done"}, key="front_desk") for each in (SOFT, quiet)],
        )
        kept = task_store.of_reservations([ROOM])[ROOM].outcomes
        assert {each.state for each in kept.values()} == {"done"}
        assert len(kept) == (2 if is_between else 1)
        number += 1
    assert number > 8


def test_a_crash_at_any_call_leaves_one_task_after_the_next_request(hub: Hub, anna: None) -> None:
    asked = {"reservation": ROOM, "department": "other", "text": "Flowers"}
    tries = iter(range(1, 100))

    def act(key: str) -> int:
        return hub.call("POST", PATH, asked, key=DESK, Idempotency_Key=key).status_code

    act("what is read once by a process")
    for point in points_of(lambda: act(f"k{next(tries)}")):
        for task in hub.get(f"{PATH}/{ROOM}", key=DESK)["tasks"]:
            hub.call("DELETE", f"{PATH}/{ROOM}/{task['id']}", key=DESK)
        key = f"k{next(tries)}"
        assert crash_at(point, partial(act, key)), str(point)
        assert act(key) == 201, str(point)
        assert [each[0] for each in due(hub)].count("Flowers") == 1, str(point)


def test_a_request_that_is_sent_twice_writes_one_task(hub: Hub, anna: None) -> None:
    asked = {"reservation": ROOM, "department": "concierge", "text": "Flowers"}
    answers = [hub.call("POST", PATH, asked, key=DESK, Idempotency_Key="k1") for _ in range(2)]
    assert answers[0].json_body == answers[1].json_body
    assert [each[0] for each in due(hub)].count("Flowers") == 1


def test_another_preference_changes_the_list_and_one_that_is_taken_back_has_no_task(
    hub: Hub, ingest: Ingest, anna: None
) -> None:
    hub.put(SOFT, {"state": "done"}, key=DESK)
    changed = guest(salutation="Dr", preferences={"pillow": ["firm"]}, changed_at=at(5))
    ingest(reservation("r1", changed, changed_at=at(5)))
    assert due(hub) == [("firm", "open")]
    assert hub.status("PUT", SOFT, {"state": "open"}, key=DESK) == 404


def test_a_reservation_that_moves_keeps_its_tasks_and_they_are_due_by_its_new_days(
    hub: Hub, ingest: Ingest, anna: None
) -> None:
    made(hub, days_before=1)
    hub.put(SOFT, {"state": "done"}, key=DESK)
    anew = guest(preferences=PREFERS)
    ingest(reservation("r1", anew, arrival="2026-07-10", departure="2026-07-12", changed_at=at(5)))
    assert due(hub, "?date=2026-01-31") == []
    assert due(hub, "?date=2026-07-09") == [("Flowers", "open")]
    assert due(hub, "?date=2026-07-10") == [("soft", "done"), ("quiet", "open")]


def test_a_cancelled_reservation_has_no_tasks_and_has_them_again_where_it_stands_again(
    hub: Hub, ingest: Ingest, anna: None
) -> None:
    task = made(hub)
    ingest(reservation("r1", guest(), status="cancelled", changed_at=at(5)))
    assert due(hub) == []
    assert hub.get(f"{PATH}/{ROOM}", key=DESK)["tasks"] == []
    asked = {"reservation": ROOM, "department": "other", "text": "x"}
    assert hub.status("POST", PATH, asked, key=DESK) == 409
    assert hub.status("PUT", f"{PATH}/{ROOM}/{task['id']}", {"state": "done"}, key=DESK) == 409
    ingest(reservation("r1", guest(), changed_at=at(6)))
    assert ("Flowers", "open") in due(hub)


def test_tasks_stay_with_the_reservation_through_a_join_a_split_and_another_guest(
    hub: Hub, ingest: Ingest, anna: None
) -> None:
    made(hub)
    ingest(guest("g2", "Bo", "Ray", property_id=VIENNA.id))
    decision = {"records": [ANNA, BO], "reason": "the passport says so"}
    hub.call("POST", "/v1/merge-decisions", {**decision, "verdict": "join"})
    assert ("Flowers", "open") in due(hub)
    hub.call("POST", "/v1/merge-decisions", {**decision, "verdict": "withdrawn"})
    assert ("Flowers", "open") in due(hub)
    ingest(reservation("r1", guest("g2", "Bo", "Ray"), changed_at=at(5)))
    assert due(hub) == [("Flowers", "open")]  # of what Anna prefers, nothing is left


def test_a_room_in_which_nobody_is_named_has_tasks_too(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", room_number="101"))
    made(hub)
    (shown,) = hub.get(PATH, key=DESK)["items"]
    assert (shown["guest"], shown["tasks"][0]["text"]) == (None, "Flowers")


def test_another_hotels_tasks_are_not_there_and_nothing_of_them_is_changed(
    hub: Hub, ingest: Ingest, anna: None
) -> None:
    ingest(reservation("p1", guest("g1"), property_id=PORTO.id))
    other, task = "front_desk@porto", made(hub)
    before = written()
    asked = {"reservation": ROOM, "department": "other", "text": "x"}
    assert hub.status("GET", PATH, key=other) == 404
    assert hub.status("POST", PATH, asked, key=other) == 404
    for path in (f"{PATH}/{ROOM}", f"/v1/properties/porto/tasks/{ROOM}"):
        assert hub.status("GET", path, key=other) == 404
        assert hub.status("PUT", f"{path}/{task['id']}", {"state": "done"}, key=other) == 404
        assert hub.status("DELETE", f"{path}/{task['id']}", key=other) == 404
    refused = hub.call("POST", "/v1/properties/porto/tasks", asked, key=other)
    assert (refused.status_code, refused.json_body["errors"][0]["field"]) == (400, "reservation")
    assert written() == before


def test_a_task_that_was_written_down_can_be_taken_away_and_a_wish_cannot(hub: Hub, anna: None) -> None:
    task = made(hub)
    assert hub.status("DELETE", f"{PATH}/{ROOM}/{task['id']}", key=DESK) == 204
    assert hub.status("DELETE", f"{PATH}/{ROOM}/{task['id']}", key=DESK) == 404
    assert hub.status("DELETE", SOFT, key=DESK) == 409
    assert due(hub) == [("soft", "open"), ("quiet", "open")]


def test_a_reservation_has_twenty_tasks_at_most(hub: Hub, anna: None) -> None:
    for number in range(20):
        made(hub, f"Task {number}")
    before = tables.state()
    asked = {"reservation": ROOM, "department": "other", "text": "One more"}
    assert hub.status("POST", PATH, asked, key=DESK) == 409
    assert tables.state() == before


def test_the_settings_say_who_prepares_what(hub: Hub, anna: None) -> None:
    hub.put("/v1/settings", {"departments": {"pillow": "reception", "table": "nobody"}})
    assert [each["department"] for each in hub.get(f"{PATH}/{ROOM}", key=DESK)["tasks"]] == ["reception"]
    refused = hub.call("PUT", "/v1/settings", {"departments": {"pillow": "spa"}})
    assert refused.json_body["errors"][0]["field"].startswith("departments.pillow")


def test_a_page_goes_on_behind_the_reservation_that_came_last(hub: Hub, ingest: Ingest) -> None:
    ingest(*(reservation(f"r{n}", guest(f"g{n}", f"G{n}", preferences=PREFERS)) for n in range(5)))
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = hub.get(f"{PATH}?limit=2{cursor and f'&cursor={cursor}'}", key=DESK)
        found += [each["reservation"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert (len(found), len(set(found))) == (5, 5)


def test_a_page_of_fifty_takes_few_calls(hub: Hub, ingest: Ingest, capsys: pytest.CaptureFixture[str]) -> None:
    for part in range(5):
        ingest(*(reservation(f"r{n}", guest(f"g{n}", f"G{n}", preferences=PREFERS))
                 for n in range(part * 10, part * 10 + 10)))  # fmt: skip
    for limit in (2, 50):
        assert len(hub.get(f"{PATH}?limit={limit}", key=DESK)["items"]) == limit
        assert sum(json.loads(capsys.readouterr().out.splitlines()[-1])["calls"].values()) <= 20


def test_who_is_erased_takes_along_what_was_written_whatever_became_of_the_reservation(
    hub: Hub, ingest: Ingest, anna: None
) -> None:
    """One reservation is hers still; the other is somebody else's by now, with a task of each."""
    made(hub, "For Anna")
    ingest(reservation("r2", guest()))
    other = reservation_id(API, VIENNA.id, "r2", 0)
    made(hub, "Also for Anna", reservation=other)
    ingest(reservation("r2", guest("g2", "Bo", "Ray"), changed_at=at(5)))
    made(hub, "For Bo", reservation=other)
    assert hub.status("DELETE", f"/v1/guests/{ANNA}") == 200
    assert "Anna" not in str([row for row in tables.state() if "TASK" in str(row)])
    assert [each.text for each in task_store.of_reservations([other])[other].made] == ["For Bo"]
    assert task_store.of_reservations([ROOM]) == {}
    with pytest.raises(NotFound):
        task_store.change(Line(ANNA, line().stay, ""), lambda kept: kept.settled(TaskId("t"), DONE))


def test_an_export_has_a_guests_tasks_of_the_hotels_that_the_key_sees(hub: Hub, ingest: Ingest, anna: None) -> None:
    ingest(reservation("p1", guest("g1", preferences=PREFERS), property_id=PORTO.id))
    made(hub)
    hub.put(SOFT, {"state": "not_possible", "why": "None left"}, key=DESK)
    (own,) = hub.get(f"/v1/guests/{ANNA}/export", key=DESK)["tasks"]
    assert [(each["text"], each["state"], each["why"]) for each in own["tasks"]] == [
        ("Flowers", "open", None), (None, "not_possible", "None left"),
    ]  # fmt: skip
    assert hub.get(f"/v1/guests/{ANNA}/export", key="front_desk@porto")["tasks"] == []


def test_what_was_written_for_a_guest_of_before_is_found_as_long_as_it_is_kept(
    hub: Hub, ingest: Ingest, anna: None
) -> None:
    made(hub, "For Anna")
    later = {"arrival": "2026-09-01", "departure": "2026-09-03", "changed_at": at(5)}
    ingest(reservation("r1", guest("g2", "Bo", "Ray"), **later))
    made(hub, "For Bo")
    ends = {leaf: (table.get(keys_of_tasks.tasked(leaf, ROOM)) or {})["expires_at"] for leaf in (ANNA, BO)}
    assert set(ends.values()) == {(table.get(keys_of_tasks.tasks(ROOM)) or {})["expires_at"]}
    exported = hub.get(f"/v1/guests/{ANNA}/export")["tasks"]
    assert [each["text"] for of_room in exported for each in of_room["tasks"]] == ["For Anna"]


DONE = Outcome(state="done", by="ann", at=Instant("2026-01-01T00:00:00.000000Z"), leaf=Leaf("g1"))


def test_nothing_is_written_behind_the_sweep_of_an_erasure(hub: Hub, anna: None) -> None:
    found = line()

    def ticks() -> None:
        with suppress(NotFound):
            task_store.change(found, lambda kept: kept.settled(TaskId("t"), DONE))

    assert beside(2, ticks, lambda: hub.call("DELETE", f"/v1/guests/{ANNA}"))
    assert task_store.of_reservations([ROOM]) == {}


def test_who_is_anonymised_by_the_source_takes_them_along(hub: Hub, ingest: Ingest, anna: None) -> None:
    made(hub, "For Anna")
    ingest(guest("g1", anonymised=True, changed_at=at(9)))
    assert task_store.of_reservations([ROOM]) == {}


def test_a_year_after_the_departure_the_table_takes_them_away(hub: Hub, anna: None) -> None:
    made(hub)
    ends = moment_of(Instant("2027-02-03T00:00:00.000000Z")).timestamp()
    kept = [table.get(key) for key in (keys_of_tasks.tasks(ROOM), keys_of_tasks.tasked(ANNA, ROOM))]
    assert [row and row["expires_at"] for row in kept] == [ends, ends]
