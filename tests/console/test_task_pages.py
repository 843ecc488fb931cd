"""Tasks before an arrival: a hotel's day by department, ticked without a script, one reservation, one task."""

import gzip
import json
from collections.abc import Callable, Iterator

import pytest
import time_machine

from chalicelib.canonical.ids import ConnectionId, reservation_id
from chalicelib.entrypoints.console import static
from chalicelib.guests import task_store
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.console.conftest import Page, SignIn
from tests.console.test_desk_pages import FILES

Ingest = Callable[..., None]
ROOM = reservation_id(ConnectionId("api"), VIENNA.id, "r1", 0)
DAY = "/board/vienna/tasks"
OF_ROOM, SOFT = f"{DAY}/{ROOM}", f"{DAY}/{ROOM}/p-pillow-soft"
PREFERS = {"pillow": ["soft"], "table": ["quiet"]}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Half an hour after midnight in Vienna."""
    with time_machine.travel("2026-01-31T23:30:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", guest(salutation="Dr", preferences=PREFERS), room_number="101", arrival_time="15:30"))


def tick(page: Page) -> dict[str, str]:
    """What the first button of a day sends."""
    return next(each for each in page.forms if "task" in each)


def outcomes() -> dict[str, str]:
    kept = task_store.of_reservations([ROOM]).get(ROOM)
    return {id_: each.state for id_, each in kept.outcomes.items()} if kept else {}


def test_a_day_shows_what_each_department_has_to_do(sign_in: SignIn, anna: None) -> None:
    page = sign_in("front_desk", "vienna").open(DAY)
    told = {"Tasks, Hotel Vienna", "Housekeeping", "soft pillow", "Food and beverage", "quiet table", "Dr Lee", "101"}
    assert told <= set(page.words)
    assert page.words.count("Open") >= 2
    assert "Printed: Feb 1, 2026, 12:30" in page.text
    assert "Concierge" not in [words for words, (tag, _) in zip(page.words, page.elements, strict=False) if tag == "h2"]


def test_a_tick_is_a_button_of_a_form_and_the_page_stays_as_it_was_asked_for(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    page = browser.open(f"{DAY}?date=2026-02-01&department=housekeeping")
    sent = browser.post(DAY, tick(page))
    assert sent.headers["Location"] == f"/console{DAY}?date=2026-02-01&department=housekeeping"
    assert outcomes() == {"p-pillow-soft": "done"}
    page = browser.open(f"{DAY}?department=housekeeping")
    assert "Done" in page.words
    assert tick(page)["state"] == "open"
    browser.post(DAY, tick(page))
    assert outcomes() == {}


def test_the_same_tick_sent_twice_does_it_once(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    page = browser.open(f"{DAY}?department=housekeeping")
    for _ in range(2):
        assert browser.post(DAY, tick(page)).status_code == 303
    assert outcomes() == {"p-pillow-soft": "done"}


def test_a_task_is_written_down_for_a_reservation_and_taken_away(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    typed = {"text": "White flowers", "department": "concierge", "days_before": "1"}
    assert browser.send(OF_ROOM, typed).headers["Location"] == f"/console{OF_ROOM}?done=saved"
    page = browser.open(f"{DAY}?date=2026-01-31")
    assert {"White flowers", "Concierge"} <= set(page.words)
    (made,) = task_store.of_reservations([ROOM])[ROOM].made
    assert "for everybody" in browser.open(f"{OF_ROOM}/{made.id}/delete").text
    browser.send(f"{OF_ROOM}/{made.id}/delete")
    assert ROOM not in task_store.of_reservations([ROOM])


def test_what_is_wrong_with_a_task_is_told_at_its_field_with_what_was_typed(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    for typed, field in (({"text": ""}, "text"), ({"text": "Flowers", "days_before": "soon"}, "days_before")):
        answer = browser.send(OF_ROOM, {"department": "concierge", **typed})
        assert answer.status_code == 400
        assert f'href="#{field}"' in answer.body.decode()
    assert "Flowers" in answer.body.decode()


def test_what_is_not_possible_says_why(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    refused = browser.send(SOFT, {"state": "not_possible", "why": ""})
    assert (refused.status_code, 'href="#why"' in refused.body.decode()) == (400, True)
    browser.send(SOFT, {"state": "not_possible", "why": "None left"})
    page = browser.open(DAY)
    assert {"Not possible", "None left"} <= set(page.words)
    browser.send(SOFT, {"state": "done", "why": "None left"})
    assert outcomes() == {"p-pillow-soft": "done"}


def test_a_wish_is_not_deleted(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    assert "goes with that" in browser.open(f"{SOFT}/delete").text
    assert not any("delete" in each for each in browser.open(SOFT).links)


def test_today_and_the_board_lead_to_tasks_for_who_may_see_them(sign_in: SignIn, anna: None) -> None:
    assert f"/console{DAY}" in sign_in("front_desk", "vienna").open("/").links
    assert not any("tasks" in each for each in sign_in("analyst", "vienna").open("/").links)
    links = sign_in("front_desk", "vienna").open("/board/vienna?date=2026-02-01").links
    assert {f"/console{DAY}?date=2026-02-01", f"/console{OF_ROOM}"} <= set(links)
    assert not any("tasks" in each for each in sign_in("analyst", "vienna").open("/board/vienna").links)


def test_another_hotels_tasks_are_no_page(sign_in: SignIn, ingest: Ingest, anna: None) -> None:
    ingest(reservation("p1", guest("g1"), property_id=PORTO.id))
    browser = sign_in("front_desk", "porto")
    for path in (DAY, OF_ROOM, SOFT, f"/board/porto/tasks/{ROOM}", f"{SOFT}/delete", "/board/porto/tasks/r1"):
        browser.open(path, 404)
    own = browser.open("/board/porto/tasks/" + reservation_id(ConnectionId("api"), PORTO.id, "p1", 0))
    assert "Nothing is to be done for this reservation." in own.text
    sign_in("analyst").open(DAY, 403)


def test_a_day_without_tasks_and_one_that_is_none(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    assert "Nothing is known to be done on this day." in browser.open(f"{DAY}?date=2026-05-01").text
    assert "#date" in browser.open(f"{DAY}?date=tomorrow", 400).links
    browser.open(f"{DAY}?date=9999-12-31")


def test_fifty_reservations_weigh_little_and_take_few_calls(
    sign_in: SignIn, ingest: Ingest, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in range(5):
        numbers = range(part * 10, part * 10 + 10)
        people = {n: guest(f"g{n}", f"Given{n}", f"Family{n}", preferences=PREFERS) for n in numbers}
        ingest(*(reservation(f"r{n}", each, room_number=str(n)) for n, each in people.items()))
    page = sign_in("front_desk", "vienna").open(DAY)
    calls = json.loads(capsys.readouterr().out.splitlines()[-1])["aws_calls"]
    assert page.html.count("soft pillow</") == 50
    files = [(static.STATIC / each).read_bytes() for each in FILES]
    assert sum(len(gzip.compress(each)) for each in (page.html.encode(), *files)) < 60 * 1024
    assert calls <= 22
