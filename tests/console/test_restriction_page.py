"""A guest's data is restricted on a page of its own, and the guest's consents say so."""

from collections.abc import Callable

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from tests.builders import PORTO, guest, reservation
from tests.console.conftest import SignIn

Ingest = Callable[..., None]
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
AT, CONSENTS = f"/guests/{ANNA}/restrict", f"/guests/{ANNA}/consents"
SAID = "The use of this guest's data is restricted"


@pytest.fixture(autouse=True)
def anna(ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email="anna@mail.example"), status="checked_out"))


def test_an_admin_restricts_and_ends_it_and_looking_does_nothing(sign_in: SignIn) -> None:
    browser = sign_in()
    assert f"/console{AT}" in browser.open(CONSENTS).links
    browser.open(AT)
    assert SAID not in browser.open(CONSENTS).text
    assert browser.send(AT).status_code == 303
    assert SAID in browser.open(CONSENTS).text
    assert SAID in sign_in("front_desk").open(CONSENTS).text
    assert browser.send(AT).status_code == 303
    assert SAID not in browser.open(CONSENTS).text


def test_other_roles_and_hotels_find_no_page(sign_in: SignIn) -> None:
    sign_in("front_desk").open(AT, status=403)
    assert f"/console{AT}" not in sign_in("front_desk").open(CONSENTS).links
    sign_in("admin", PORTO.id).open(AT, status=404)


def test_an_objection_to_profiling_is_noted_and_ends_on_a_page_of_its_own(sign_in: SignIn) -> None:
    browser, page, says = sign_in(), f"/guests/{ANNA}/profiling", "The guest objects to profiling."
    assert f"/console{page}" in browser.open(CONSENTS).links
    assert "does not object" not in browser.open(page).text
    assert browser.send(page).status_code == 303
    for at in ("", "/consents"):
        assert says in sign_in("front_desk").open(f"/guests/{ANNA}{at}").text
    assert "how they stay is not summed up" in browser.open(f"/guests/{ANNA}/stays").text
    assert "does not object" in browser.open(page).text
    assert browser.send(page).status_code == 303
    assert says not in browser.open(CONSENTS).text
    sign_in("front_desk").open(page, status=403)
