"""What a guest prefers, on the guest's pages and the board: noted, told by the guest, never of health or belief."""

from collections.abc import Callable

import pytest

from chalicelib.canonical.preferences import OFFERED
from tests.builders import guest, reservation
from tests.console.conftest import SignIn
from tests.console.test_guest_pages import ANNA, AT

Ingest = Callable[..., None]
TAB = f"{AT}/preferences"
PILLOW = f"{TAB}/pillow"


@pytest.fixture
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", guest(preferences={"view": ["sea"], "language": ["el"]})))


def test_what_a_system_observed_is_shown_with_whose_word_it_is(sign_in: SignIn, anna: None) -> None:
    page = sign_in("analyst").open(TAB)
    assert {"View", "view of the sea", "Ελληνικά", "Observed by a system"} <= set(page.words)
    assert f"/console{PILLOW}" not in page.links
    for tab in ("", "/records"):
        assert "view of the sea; Ελληνικά" in sign_in("analyst").open(f"{AT}{tab}").text


def test_a_front_desk_notes_it_and_what_is_ticked_no_more_is_deleted(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    assert {f"/console{TAB}/{kind}" for kind in OFFERED} <= set(browser.open(TAB).links)
    assert browser.send(PILLOW, {"values": ["soft", "extra"]}).headers["Location"] == f"/console{TAB}?done=saved"
    page = browser.open(TAB)
    assert {"soft pillow, extra pillow", "Noted by the staff"} <= set(page.words)
    ticked = [told["value"] for tag, told in browser.open(PILLOW).elements if tag == "input" and "checked" in told]
    assert ticked == ["soft", "extra"]
    browser.send(PILLOW, {"values": []})
    assert "soft pillow" not in browser.open(TAB).text


def test_the_timeline_tells_who_noted_it_and_that_it_was_taken_back(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    browser.send(PILLOW, {"values": ["soft"]})
    page = browser.open(f"{AT}/timeline?kind=statement")
    assert "Pillow" in page.words
    assert "soft pillow, Noted by the staff, " in page.text
    browser.send(PILLOW, {"values": []})
    assert "Taken back, Noted by the staff, " in browser.open(f"{AT}/timeline").text


def test_what_the_guest_said_is_changed_only_as_the_guests_word(sign_in: SignIn, anna: None) -> None:
    browser = sign_in("front_desk", "vienna")
    browser.send(PILLOW, {"values": ["soft"], "said_by": "guest"})
    assert "The guest said this." in browser.open(PILLOW).text
    assert browser.send(PILLOW, {"values": ["firm"], "said_by": "staff"}).status_code == 409
    assert browser.send(PILLOW, {"values": [], "said_by": "staff"}).status_code == 409
    assert "soft pillow" in browser.open(TAB).text


def test_a_board_shows_it_on_the_guests_line_and_says_what_it_never_tells(sign_in: SignIn, anna: None) -> None:
    page = sign_in("front_desk", "vienna").open("/board/vienna?date=2026-02-01")
    assert "view of the sea; Ελληνικά" in page.words
    assert "Allergies, diets and religion are not kept here: look in the hotel's own system." in page.words


def test_a_kind_that_there_is_not_and_another_hotels_guest_are_no_pages(sign_in: SignIn, anna: None) -> None:
    sign_in("front_desk", "vienna").open(f"{TAB}/allergies", 404)
    for path in (TAB, PILLOW):
        sign_in("front_desk", "porto").open(path, 404)


def test_words_that_there_are_not_are_refused_where_they_stand(sign_in: SignIn, anna: None) -> None:
    answer = sign_in("front_desk", "vienna").send(PILLOW, {"values": ["peanuts"]})
    assert answer.status_code == 400
    assert "is no word for pillow" in answer.body.decode()
    assert str(ANNA) in answer.body.decode()
