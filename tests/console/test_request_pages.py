"""The register's pages: a request is noted on its guest's page, and goes on to what is done about it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.privacy import register
from tests.builders import PORTO, guest, reservation
from tests.console.conftest import Browser, Page, SignIn

Ingest = Callable[..., None]
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
ASK = f"/guests/{ANNA}/request"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email="anna@mail.example"), status="checked_out"))


def leads_to(response: Any) -> str:
    assert response.status_code == 303, response.body
    return str(response.headers["Location"]).removeprefix("/console").partition("?")[0]


def noted(browser: Browser, kind: str = "access", **more: str) -> str:
    return leads_to(browser.send(ASK, {"kind": kind, **more}))


def test_a_request_is_noted_on_the_guests_page_and_listed_with_its_day(
    sign_in: SignIn, anna: None, clock: time_machine.Traveller
) -> None:
    browser = sign_in("front_desk")
    assert f"/console{ASK}" in browser.open(f"/guests/{ANNA}").links
    path = noted(browser, received_on="2026-02-10")
    page = browser.open("/guests/requests?state=open")
    assert f"/console{path}" in page.links
    assert {"To know what is kept", "Open"} <= set(page.words)
    assert "Tue, Mar 10, 2026" in page.text
    clock.shift(timedelta(days=20))
    assert "Overdue" in sign_in("front_desk").open(path).words


def test_access_is_given_as_a_file_and_closed(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk")
    path = noted(browser, identity="document_seen")
    page = browser.open(path)
    answer = browser.send(f"{path}/export", page=page)
    assert json.loads(answer.body)["guest"]["id"] == ANNA
    assert leads_to(browser.send(path, {"outcome": "fulfilled"})) == path
    assert "Done as asked" in browser.open(path).words
    (kept,) = register.listed()
    assert kept.exported_by == kept.closed_by == kept.noted_by


def test_what_cannot_be_is_said_at_its_field(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk")
    answer = browser.send(noted(browser), {"outcome": "fulfilled"})
    assert answer.status_code == 400
    assert "how it was made sure who asks" in Page(answer.body.decode()).text
    assert browser.send(ASK, {"kind": ""}).status_code == 400


def test_an_erasure_is_linked_from_the_request_and_back(sign_in: SignIn, anna: None) -> None:
    browser = sign_in()
    path = noted(browser, "erasure", identity="booking_details")
    erase = f"/guests/{ANNA}/erase"
    assert f"/console{erase}" in browser.open(path).links
    erasure = leads_to(browser.send(erase))
    assert f"/console{erasure}" in browser.open(path).links
    assert f"/console/guests/{ANNA}" not in browser.open(path).links


def test_other_hotels_and_roles_find_nothing(sign_in: SignIn, anna: None) -> None:
    path = noted(sign_in("front_desk", "vienna"))
    there = sign_in("front_desk", PORTO.id)
    there.open(path, status=404)
    there.open(ASK, status=404)
    assert "Nobody asked for anything." in there.open("/guests/requests").text
    for role in ("marketer", "analyst"):
        sign_in(role).open(path, status=403)
