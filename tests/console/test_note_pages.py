"""Notes on a guest's pages: written, read in the timeline, taken away, by front desks and admins alone."""

import re
from collections.abc import Callable

import pytest

from tests.builders import guest, reservation
from tests.console.conftest import SignIn
from tests.console.test_guest_pages import AT

Ingest = Callable[..., None]
TAB = f"{AT}/notes"
TEXT = "Writes novels: no cleaning before noon."


@pytest.fixture(autouse=True)
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", guest()))


def test_a_front_desk_writes_a_note_reads_it_everywhere_and_takes_it_away(sign_in: SignIn) -> None:
    browser = sign_in("front_desk", "vienna")
    assert f"/console{TAB}" in browser.open(AT).links
    browser.send(TAB, {"text": TEXT})
    page = browser.open(TAB)
    assert TEXT in page.words
    assert TEXT in browser.open(f"{AT}/timeline?kind=note").words
    (delete,) = {each.removeprefix("/console") for each in page.links if re.search(r"/notes/\w+/delete$", each)}
    assert "The note is deleted for everybody." in browser.open(delete).words
    browser.send(delete)
    assert TEXT not in browser.open(TAB).text


def test_what_is_refused_is_told_at_its_field_and_what_was_typed_stays(sign_in: SignIn) -> None:
    answer = sign_in("front_desk", "vienna").send(TAB, {"text": TEXT, "until": "2001-01-01"})
    assert answer.status_code == 400
    assert TEXT in answer.body.decode()
    assert "must be a day from today on" in answer.body.decode()


def test_who_may_not_read_notes_finds_neither_their_page_nor_a_link_to_it(sign_in: SignIn) -> None:
    sign_in("front_desk", "vienna").send(TAB, {"text": TEXT})
    browser = sign_in("marketer")
    browser.open(TAB, 403)
    assert f"/console{TAB}" not in browser.open(AT).links
    assert TEXT not in browser.open(f"{AT}/timeline").text
    sign_in("front_desk", "porto").open(TAB, 404)
