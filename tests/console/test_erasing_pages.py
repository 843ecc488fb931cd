"""The way to an erasure, and its page: what will happen is said first, and each source is a task."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.loyalty import actions as loyalty
from chalicelib.loyalty import programs
from chalicelib.privacy import store
from tests.builders import EUR_PROGRAM, PORTO, at, guest, reservation
from tests.console.conftest import SignIn

Ingest = Callable[..., None]
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
AT, ERASE = f"/guests/{ANNA}", f"/guests/{ANNA}/erase"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(ingest: Ingest) -> None:
    """A member with points and a stay ahead."""
    programs.put(EUR_PROGRAM)
    person = guest(email="anna@mail.example")
    ingest(reservation("r1", person, status="checked_out"))
    ingest(reservation("r2", person, arrival="2026-06-01", departure="2026-06-03"))
    loyalty.enrol(ANNA, EUR_PROGRAM.id)


def erasure_at(response: Any) -> str:
    assert response.status_code == 303, response.body
    return str(response.headers["Location"]).removeprefix("/console").partition("?")[0]


def test_what_will_happen_is_said_before_and_nothing_is_done_by_looking(sign_in: SignIn, anna: None) -> None:
    browser = sign_in()
    assert f"/console{ERASE}" in browser.open(AT).links
    page = browser.open(ERASE)
    for said in ("Erase for good", "Points that are forfeited", "Stays that are not over", "Sources that hold the"):
        assert said in page.text
    assert {"g1", "Backups", "Vienna"} <= set(page.text.split())
    assert list(store.listed()) == []
    assert "Anna Lee" in browser.open(AT).text


def test_who_confirms_erases_and_is_led_to_the_tasks(sign_in: SignIn, anna: None) -> None:
    browser = sign_in()
    path = erasure_at(browser.send(ERASE))
    browser.open(AT, status=404)
    page = browser.open(path)
    assert {"Erased", "Sources to tell: 1", "Holds the person still"} <= set(page.words)
    assert "Anna" not in page.text
    assert f"/console{path}" in browser.open("/guests/erasures").links


def test_a_task_is_ticked_with_who_and_when_and_can_be_taken_back(sign_in: SignIn, anna: None) -> None:
    browser = sign_in()
    path = erasure_at(browser.send(ERASE))
    assert erasure_at(browser.send(path)) == path
    (holder,) = next(store.listed()).holders
    assert holder.done_at
    assert (holder.done_by or "nobody") in browser.open(path).text
    assert "Let go" in browser.open(path).words
    browser.send(path)
    assert next(store.listed()).holders[0].done_at is None


def test_only_admins_find_the_pages(sign_in: SignIn, anna: None) -> None:
    path = erasure_at(sign_in().send(ERASE))
    for role in ("marketer", "front_desk", "analyst"):
        browser = sign_in(role)
        for each in ("/guests/erasures", path, ERASE):
            browser.open(each, status=403)
        assert "/console/guests/erasures" not in browser.open("/guests").links


def test_another_hotels_guest_and_erasure_are_no_page(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("admin", PORTO.id)
    browser.open(ERASE, status=404)
    path = erasure_at(sign_in().send(ERASE))
    browser.open(path, status=404)
    assert "Nobody was erased." in browser.open("/guests/erasures").text


def test_whom_other_hotels_know_too_is_the_groups_to_erase(sign_in: SignIn, ingest: Ingest, anna: None) -> None:
    ingest(guest(email="anna@mail.example", property_id=PORTO.id, changed_at=at(5)))
    browser = sign_in("admin", PORTO.id)
    assert "Other hotels know this guest" in browser.open(ERASE, status=403).text
    assert "Erase this guest" in sign_in().open(ERASE).text
