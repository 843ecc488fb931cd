"""Nobody types a raw id: a guest is found by what somebody has of them, chosen, and the page is about them."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from tests.builders import PORTO, guest, reservation
from tests.console.conftest import Browser, Page, SignIn

API = ConnectionId("api")
ANNA, ANTON, BEN = (leaf_of_profile(API, each) for each in ("g1", "g2", "g3"))
RULE = {"rule.kind": "and", "rule.and.0.trait": "stats.stays", "rule.and.0.op": "gte", "rule.and.0.value": "1"}
SEGMENT = {"id": "loyal", "name": "Loyal", **RULE}
TEMPLATE = {
    "id": "hello", "name": "Hello", "subject": "Hello {{ guest.given_name }}", "html": "<p>{{ guest.given_name }}</p>",
    "text": "Dear {{ guest.given_name }}",
}  # fmt: skip
EMAIL = "anna.lee@example.com"
PHONE = "+43 660 1234567"


@pytest.fixture
def marketer(sign_in: SignIn, ingest: Callable[..., None]) -> Browser:
    """Of three guests: two whose names begin alike, and one of Porto alone."""
    anna = guest(email=EMAIL, phone=PHONE, member_number="C-100", country="AT")
    ingest(reservation("r1", anna, status="checked_out"), reservation("r2", guest("g2", "Anton")))
    ingest(reservation("r3", guest("g3", "Ben", "Ray"), property_id=PORTO.id))
    browser = sign_in("marketer")
    assert browser.send("/segments/new", SEGMENT).status_code == 303
    assert browser.send("/templates/new", TEMPLATE).status_code == 303
    return browser


def choices(page: Page) -> dict[str, bool]:
    """The ids among which one is chosen, and whether it is."""
    return {each["value"]: "checked" in each for _, each in page.elements if each.get("type") == "radio"}


def shown(response: Any) -> Page:
    return Page(response.body.decode())


@pytest.mark.parametrize("typed", [EMAIL, PHONE, "C-100", "anna", "api:g1", "api: g1"])
def test_whoever_is_found_alone_is_meant(marketer: Browser, typed: str) -> None:
    page = marketer.open(f"/segments/loyal?{_query(find=typed, found='')}")
    assert choices(page) == {ANNA: True}
    assert "This guest is in" in page.text
    assert "Anna Lee" in page.words
    assert ANNA not in page.words, "an id is nothing to read"


def test_of_several_one_is_chosen_and_without_a_script(marketer: Browser) -> None:
    page = marketer.open(f"/segments/loyal?{_query(find='an lee', found='')}")
    assert choices(page) == {ANNA: False, ANTON: False}
    assert "This guest is" not in page.text
    form = page.form("/segments/loyal")
    assert (form["find"], form["found"]) == ("an lee", "an lee")
    chosen = marketer.open(f"/segments/loyal?{_query(**{**form, 'guest': ANTON})}")
    assert choices(chosen) == {ANNA: False, ANTON: True}
    assert "This guest is not in" in chosen.text


def test_who_was_chosen_before_another_was_looked_for_is_meant_no_more(marketer: Browser) -> None:
    page = marketer.open(f"/segments/loyal?{_query(find='ben', found='an lee', guest=ANTON)}")
    assert choices(page) == {BEN: True}
    stranger = marketer.open(f"/segments/loyal?{_query(find='an lee', found='an lee', guest=BEN)}")
    assert choices(stranger) == {ANNA: False, ANTON: False}


def test_nobody_and_what_cannot_be_looked_for_are_said_beside_the_field(marketer: Browser) -> None:
    nobody = marketer.open(f"/segments/loyal?{_query(find='zoe', found='')}")
    assert "Nobody was found. Guests of other hotels are not shown." in nobody.text
    short = marketer.open(f"/segments/loyal?{_query(find='a', found='')}")
    assert short.attributes("input", "aria-describedby") == ["find-help find-fault"]
    assert short.attributes("input", "aria-invalid") == ["true"]


def test_a_guest_of_another_hotel_is_found_by_nothing_and_chosen_by_no_id(marketer: Browser, sign_in: SignIn) -> None:
    vienna = sign_in("marketer", "vienna")
    for typed in ("ben ray", "api:g3"):
        assert choices(vienna.open(f"/segments/loyal?{_query(find=typed, found='')}")) == {}
    vienna.open(f"/segments/loyal?guest={BEN}", 404)
    assert vienna.send("/templates/hello", {"act": "html", "guest": BEN}).status_code == 404
    assert "There is no such guest" in vienna.ask("GET", f"/console/templates/hello/look?guest={BEN}").body.decode()


def test_a_radio_that_is_chosen_answers_by_itself_where_there_are_scripts(marketer: Browser) -> None:
    page = marketer.open("/segments/loyal")
    assert "submit, change target:input[type=radio]" in page.attributes("form", "hx-trigger")
    assert {"why"} <= set(page.attributes("div", "id"))


def test_who_is_to_read_a_mail_is_found_beside_what_is_typed_and_nothing_is_kept(marketer: Browser) -> None:
    typed = {"subject": "Not kept yet", "find": "an lee", "act": "find"}
    page = shown(marketer.send("/templates/hello", typed))
    assert choices(page) == {"": True, ANNA: False, ANTON: False}
    form = page.form("/templates/hello")
    assert (form["subject"], form["find"], form["found"]) == ("Not kept yet", "an lee", "an lee")
    assert marketer.open("/templates/hello").form("/templates/hello")["subject"] == TEMPLATE["subject"]
    mail = marketer.send("/templates/hello", {"act": "text", "guest": ANTON}, page)
    assert "Dear Anton" in mail.body.decode()
    assert "Not kept yet" in mail.body.decode()
    sample = marketer.send("/templates/hello", {"act": "text", "guest": ""}, page)
    assert "Dear Anna" in sample.body.decode(), "of whom all is known"


def test_a_mail_is_shown_to_who_is_typed_or_says_that_one_must_be_chosen(marketer: Browser) -> None:
    def mail(find: str) -> str:
        return str(marketer.send("/templates/hello", {"act": "text", "find": find}).body.decode())

    assert "Dear Ben" in mail("ben")
    assert "choose one of them first" in mail("an lee")
    assert "Nobody was found" in mail("zoe")


def test_who_is_gone_by_then_takes_nothing_with_them_of_what_was_typed(marketer: Browser) -> None:
    typed = {"subject": "", "html": "<p>Long work</p>", "guest": "g" + "0" * 24}
    page = shown(marketer.send("/templates/hello", typed))
    assert page.form("/templates/hello")["html"] == "<p>Long work</p>"
    assert "There is no such guest" in page.text


def test_enter_in_the_field_saves_nothing(marketer: Browser) -> None:
    page = marketer.open("/templates/hello")
    buttons = [each for tag, each in page.elements if tag == "button"]
    assert (buttons[0]["name"], buttons[0]["value"]) == ("act", "find"), "a form's first button is what Enter presses"


def test_a_guests_page_leads_to_both_with_the_guest_chosen(marketer: Browser, sign_in: SignIn) -> None:
    links = marketer.open(f"/guests/{ANTON}").links
    for path, inner in (("/segments", "/segments/loyal"), ("/templates", "/templates/hello")):
        (address,) = [each for each in links if each.startswith(f"/console{path}?")]
        listed = marketer.open(address.removeprefix("/console"))
        assert "Anton Lee" in listed.words
        assert listed.form(path)["guest"] == ANTON
        (follow,) = [each for each in listed.links if each.startswith(f"/console{inner}?")]
        assert choices(marketer.open(follow.removeprefix("/console")))[ANTON]
    assert not [each for each in sign_in("front_desk").open(f"/guests/{ANTON}").links if "guest=" in each]
    of_analyst = sign_in("analyst").open(f"/guests/{ANTON}").links
    assert [each for each in of_analyst if "guest=" in each] == [f"/console/segments?guest={ANTON}"]


def _query(**told: str) -> str:
    from urllib.parse import urlencode

    return urlencode({name: text for name, text in told.items() if name != "action"})
