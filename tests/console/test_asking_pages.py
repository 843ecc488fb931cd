"""From the board: a guest is asked for an address, at the desk or on their own phone, and is made a member."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import time_machine
from chalice.test import HTTPResponse

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.captures.model import Said
from chalicelib.consent.model import EMAIL, Suppression
from chalicelib.entrypoints.api import capture_codes
from chalicelib.identity.digests import digest
from chalicelib.languages.catalogues import SOURCE
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.messages.actions import suppress
from tests.builders import EUR_PROGRAM, guest, reservation
from tests.console.conftest import HUB, Browser, Page, SignIn

Ingest = Callable[..., None]
ANNA, BO = (leaf_of_profile(ConnectionId("api"), each) for each in ("g1", "g2"))
BOARD, OWN = "/board/vienna", "anna@lee.example"
FROM = "hotel=vienna&date=2026-02-01&list=arrivals"
ASK, PHONE, ENROL = (f"/guests/{ANNA}/{each}" for each in ("capture", "capture/phone", "enrol"))


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-02-01T09:00:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(ingest: Ingest) -> None:
    """Whom the hotel knows by a booking site's address, and Bo who is a child."""
    ingest(
        reservation("r1", guest(email="anna.1@guest.booking.com", language="de")),
        reservation("r2", guest("g2", "Bo", "Lee", birth_date="2015-01-01")),
    )


@pytest.fixture
def desk(sign_in: SignIn, anna: None) -> Browser:
    return sign_in("front_desk", "vienna")


def form(page: Page, path: str) -> dict[str, str]:
    """The one that changes something; another one may choose a language."""
    return next(each for each in page.forms if each["action"].endswith(path) and "_token" in each)


def send(desk: Browser, path: str, fields: Mapping[str, Any], page: Page) -> HTTPResponse:
    kept = {name: value for name, value in form(page, path).items() if name != "action"}
    return desk.post(path, {**kept, **fields})


def line(page: Page, name: str) -> str:
    """The row of the board that names somebody."""
    rows: list[str] = re.findall(r"<tr>.*?</tr>", page.html, re.DOTALL)
    return next(each for each in rows if name in each)


def test_a_line_without_a_mailable_address_leads_to_the_question_and_back(desk: Browser) -> None:
    board = desk.open(f"{BOARD}?date=2026-02-01&list=arrivals")
    assert "No address: ask" in line(board, "Anna")
    (asks,) = [each for each in board.links if ASK in each]
    page = desk.open(asks.removeprefix("/console"))
    assert "Ich möchte Newsletter" in page.text
    assert form(page, ASK)["hotel"] == "vienna"
    sent = send(desk, ASK, {"email": OWN, "purposes": "marketing", "how": "at check-in"}, page)
    assert sent.headers["Location"] == "/console/board/vienna?date=2026-02-01&list=arrivals&done=captured"
    board = desk.open(sent.headers["Location"].removeprefix("/console"))
    assert "The guest has agreed." in board.text
    assert "No address" not in line(board, "Anna")
    told = desk.open(f"/guests/{ANNA}/consents").text
    assert "at check-in" in told


def test_the_words_are_read_out_in_the_language_that_is_chosen(desk: Browser) -> None:
    page = desk.open(f"{ASK}?{FROM}&language=fr")
    assert 'blockquote lang="fr"' in page.html
    assert (form(page, ASK)["language"], form(page, ASK)["date"]) == ("fr", "2026-02-01")
    send(desk, ASK, {"email": OWN, "purposes": "marketing"}, page)
    assert "fr" in desk.open(f"/guests/{ANNA}/consents").text


@pytest.mark.parametrize("typed", ["", "anna", "info@firma.example"])
def test_what_is_refused_is_told_at_its_field_and_what_was_typed_stays(desk: Browser, typed: str) -> None:
    page = desk.open(f"{ASK}?{FROM}")
    refused = send(desk, ASK, {"email": typed, "purposes": "marketing", "how": "at check-in"}, page)
    assert refused.status_code == 400
    again = Page(refused.body.decode())
    assert "#email" in again.links
    kept = {name: form(again, ASK)[name] for name in ("email", "how", "purposes", "hotel")}
    assert kept == {"email": typed, "how": "at check-in", "purposes": "marketing", "hotel": "vienna"}


def test_an_address_alone_is_told_to_be_a_yes_to_nothing(desk: Browser) -> None:
    sent = send(desk, ASK, {"email": OWN}, desk.open(ASK))
    assert sent.headers["Location"] == f"/console/guests/{ANNA}/consents?done=captured_alone"


def test_an_address_at_which_mail_came_back_is_saved_and_told_to_be_in_vain(desk: Browser) -> None:
    send(desk, ASK, {"email": OWN, "purposes": "marketing"}, desk.open(ASK))
    list(suppress(digest("email", OWN), Suppression(reason="bounce", at=instant(now())), EMAIL, []))
    assert "Mail does not arrive: ask" in line(desk.open(BOARD), "Anna")
    sent = send(desk, ASK, {"email": OWN, "purposes": "marketing"}, desk.open(f"{ASK}?{FROM}"))
    assert sent.headers["Location"].endswith("&done=captured_in_vain")


def test_a_form_that_is_sent_twice_is_kept_once(desk: Browser) -> None:
    page = desk.open(f"{ASK}?{FROM}")
    said = {"email": OWN, "purposes": "marketing"}
    assert [send(desk, ASK, said, page).status_code for _ in range(2)] == [303, 303]
    assert desk.open(f"/guests/{ANNA}/consents").html.count("<blockquote") == 0
    assert (
        desk.open(f"/guests/{ANNA}/consents").text.count("I would like")
        + desk.open(f"/guests/{ANNA}/consents").text.count("Ich möchte")
        == 1
    )


def test_the_code_is_shown_while_it_is_open_and_then_what_became_of_it(desk: Browser) -> None:
    page = desk.open(f"{PHONE}?{FROM}")
    assert "<svg" not in page.html
    place = desk.send(PHONE, {}, page).headers["Location"].removeprefix("/console")
    shown = desk.open(place)
    assert '<path class="qrline"' in shown.html
    assert "hx-get" in shown.html
    assert "Anna" not in shown.html  # who holds the phone before it sees it
    (token,) = re.findall(rf"{HUB}/capture/(\S+?)<", shown.html)
    asked = capture_codes.asked_behind(token, SOURCE, instant(now()))
    said = Said(OWN, SOURCE, {asked.main: asked.sentences[asked.main]}, place="phone")
    capture_codes.sent(token, said, instant(now()))
    done = desk.open(place)
    assert "The guest has given an address, and agreed." in done.text
    assert ("<svg" in done.html, "hx-get" in done.html) == (False, False)
    assert "/console/board/vienna?date=2026-02-01&list=arrivals" in done.links


def test_a_code_that_nobody_used_is_over_and_another_one_is_offered(
    desk: Browser, clock: time_machine.Traveller
) -> None:
    place = desk.send(PHONE).headers["Location"].removeprefix("/console")
    clock.shift(30 * 60)
    page = desk.open(place)
    assert "The code is over" in page.text
    assert f"/console{PHONE}" in page.links


def test_a_code_is_no_page_for_a_colleague_or_of_another_guest(desk: Browser, sign_in: SignIn) -> None:
    place = desk.send(PHONE).headers["Location"].removeprefix("/console")
    sign_in("front_desk", "vienna", name="mia").open(place, 404)
    desk.open(place.replace(ANNA, BO), 404)


def test_who_is_no_member_is_made_one_in_one_step_and_the_line_says_so(desk: Browser) -> None:
    assert "Make the guest a member" not in desk.open(BOARD).text
    PROGRAMS.save(EUR_PROGRAM.model_copy(update={"auto_enrol": False}))
    board = desk.open(f"{BOARD}?date=2026-02-01")
    (enrols,) = [each for each in board.links if "/enrol" in each]
    page = desk.open(enrols.removeprefix("/console"))
    assert "Club" in page.text
    sent = desk.send(ENROL, {}, page)
    assert sent.headers["Location"] == "/console/board/vienna?date=2026-02-01&list=arrivals&done=enrolled"
    board = desk.open(sent.headers["Location"].removeprefix("/console"))
    assert "Member" in line(board, "Anna")
    assert "/enrol" not in line(board, "Anna")
    assert "The guest is a member." in desk.open(ENROL).text


def test_who_is_under_age_is_asked_for_nothing_and_the_pages_say_why(desk: Browser) -> None:
    PROGRAMS.save(EUR_PROGRAM.model_copy(update={"auto_enrol": False}))
    child = line(desk.open(BOARD), "Bo Lee")
    assert "Under 18" in child
    assert ("capture" in child, "enrol" in child) == (False, False)
    for path in (ASK, PHONE, ENROL):
        page = desk.open(path.replace(ANNA, BO))
        assert "The guest is under 18" in page.text
        assert not [each for each in page.forms if each["action"].endswith(path.replace(ANNA, BO))]


def test_why_somebody_cannot_be_a_member_is_told_on_the_page(desk: Browser, ingest: Ingest) -> None:
    PROGRAMS.save(EUR_PROGRAM.model_copy(update={"auto_enrol": False}))
    page = desk.open(f"{ENROL}?{FROM}")
    ingest(guest(birth_date="2014-05-05", changed_at="2026-01-01T00:01:00Z"))
    refused = desk.send(ENROL, {}, page)
    assert refused.status_code == 409
    assert "under 18" in refused.body.decode()


def test_other_roles_and_other_hotels_are_offered_nothing(sign_in: SignIn, anna: None) -> None:
    assert "No address: ask" not in sign_in("analyst").open(BOARD).text
    for path in (ASK, PHONE, ENROL):
        sign_in("front_desk", "porto").open(path, 404)
        sign_in("marketer").open(path, 403)
