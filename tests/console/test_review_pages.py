"""One person or two: the review of pairs, a guest joined with another, and records that are split off."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access import audit
from chalicelib.access.staff import store as staff
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.console.conftest import Browser, Page, SignIn

Ingest = Callable[..., None]
QUEUE = "/guests/review"
FAMILIES = ("Pakos", "Pelos", "Pimos")


def leaf(source_id: str) -> str:
    return str(leaf_of_profile(ConnectionId("api"), source_id))


def nearly(number: int) -> list[dict[str, Any]]:
    """Two guests who are rather one: a slip in the given name, at one mailbox."""
    shared = {"email": f"m{number}@mail.example", "property_id": VIENNA.id}
    return [guest(f"{given}{number}", given, FAMILIES[number], **shared) for given in ("Maria", "Marisa")]


ONE, OTHER = sorted([leaf("Maria0"), leaf("Marisa0")])
PAIR = f"{QUEUE}/{ONE}/{OTHER}"


def form_of(page: Page) -> str:
    """Where the buttons of a pair post to, behind /console."""
    return next(each["action"] for each in page.forms if QUEUE in each["action"]).removeprefix("/console")


def answered(browser: Browser, page: Page, verdict: str) -> Page:
    """Press a button, and follow where it leads."""
    response = browser.send(form_of(page), {"verdict": verdict}, page)
    assert response.status_code == 303, response.body
    return browser.open(response.headers["Location"].removeprefix("/console"))


def families(page: Page) -> str:
    return next((each for each in FAMILIES if f"Maria {each}" in page.text), "")


def calls(capsys: pytest.CaptureFixture[str]) -> int:
    return int(json.loads(capsys.readouterr().out.splitlines()[-1])["aws_calls"])


def test_three_pairs_are_reviewed_one_after_the_other_until_nobody_waits(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*(each for number in range(3) for each in nearly(number)))
    browser, met = sign_in("front_desk"), []
    page = browser.open(QUEUE)
    for verdict, told in (
        ("join", "They are one guest now."),
        ("apart", "They stay two guests"),
        ("join", "one guest"),
    ):
        met.append(families(page))
        page = answered(browser, page, verdict)
        assert told in page.text
    assert sorted(met) == sorted(FAMILIES)
    assert "Nobody waits" in browser.open(QUEUE).text


def test_what_is_for_later_comes_again_from_the_beginning(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0), *nearly(1))
    browser = sign_in("front_desk")
    first = browser.open(QUEUE)
    second = answered(browser, first, "later")
    assert {families(first), families(second)} == set(FAMILIES[:2])
    last = answered(browser, second, "later")
    assert "That was the last pair" in last.text
    assert f"/console{QUEUE}" in last.links
    assert families(browser.open(QUEUE)) == families(first)


def test_a_pair_is_shown_with_what_differs_and_what_that_weighs(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0))
    page = sign_in("front_desk").open(QUEUE)
    assert page.words[page.words.index("Given name") + 1] == "differs"
    assert "<mark>Marisa</mark>" in page.html
    assert "E-mail address the same +12" in page.text
    assert "Given name nearly the same +5" in page.text
    assert "Match score 25" in page.text


def test_it_is_decided_by_keyboard_in_one_stroke(sign_in: SignIn, ingest: Ingest) -> None:
    """The first button has the focus, and each names the key that presses it."""
    ingest(*nearly(0))
    page = sign_in("front_desk").open(QUEUE)
    buttons = [told for tag, told in page.elements if tag == "button"]
    assert [each.get("value") for each in buttons] == ["join", "apart", "later"]
    assert ["autofocus" in each for each in buttons] == [True, False, False]
    assert [each["accesskey"] for each in buttons] == ["1", "2", "3"]
    assert all(f"({each})" in page.text for each in (1, 2, 3))


@pytest.mark.parametrize("role", ["marketer", "analyst"])
def test_who_may_not_decide_finds_neither_page_nor_link(role: str, sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0))
    browser = sign_in(role)
    for path in (QUEUE, PAIR, f"/guests/{ONE}/records/whose", f"/guests/{ONE}/records/split"):
        browser.open(path, 403)
    for path in ("/guests", f"/guests/{ONE}", f"/guests/{ONE}/records"):
        assert not [each for each in browser.open(path).links if "review" in each or "whose" in each]


def test_who_another_hotel_knows_is_left_to_the_group(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0))
    ingest(reservation("r1", nearly(0)[0], property_id=PORTO.id))
    browser = sign_in("front_desk", "vienna")
    page = browser.open(QUEUE)
    assert "somebody of the group may decide" in page.text
    assert page.attributes("button", "value") == ["later"]
    sent = {**page.form(form_of(page)), "verdict": "join"}
    refused = browser.post(form_of(page), sent)
    assert refused.status_code == 403
    assert "Nobody waits" in sign_in("front_desk", "porto").open(QUEUE).text


def test_a_decision_that_comes_twice_is_one(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0))
    browser = sign_in("front_desk")
    page = browser.open(QUEUE)
    sent = {**page.form(form_of(page)), "verdict": "join"}
    first, again = (browser.post(form_of(page), sent) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]


def test_a_guest_who_may_be_known_twice_leads_to_the_pair_and_back(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0))
    browser = sign_in("front_desk")
    assert f"/console{PAIR}" in browser.open(f"/guests/{ONE}").links
    page = browser.open(PAIR)
    response = browser.send(PAIR, {"verdict": "join"}, page)
    assert response.headers["Location"].startswith(f"/console/guests/{ONE}")
    assert "They are one guest now." in browser.open(response.headers["Location"].removeprefix("/console")).text


def test_a_guest_is_joined_with_one_who_is_found(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0), guest("g9", "Ines", "Lima", email="ines@mail.example", property_id=VIENNA.id))
    browser = sign_in("front_desk")
    page = browser.open(f"/guests/{ONE}/records/whose?q=ines@mail.example")
    pair = f"{QUEUE}/{ONE}/{leaf('g9')}"
    assert f"/console{pair}" in page.links
    stranger = browser.open(pair)
    assert "Nobody asks about these two" in stranger.text
    browser.send(pair, {"verdict": "join"}, stranger)
    decided = browser.open(f"/guests/{ONE}/records/whose")
    assert "Same person" in decided.words
    assert "Ines, Lima, ines@mail.example · api g9" in decided.words


def test_records_are_split_off_behind_a_page_that_says_what_will_happen(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*(guest(each, email="anna@mail.example", property_id=VIENNA.id) for each in ("g1", "g2")))
    browser, whole = sign_in("front_desk"), min(leaf("g1"), leaf("g2"))
    whose = browser.open(f"/guests/{whole}/records/whose")
    assert {leaf("g1"), leaf("g2")} <= set(whose.attributes("input", "name"))
    path = f"/guests/{whole}/records/split"
    assert "at least one stays" in browser.open(path).text
    confirming = browser.open(f"{path}?{leaf('g2')}=off")
    assert all(each in confirming.text for each in ("points", "Mails", "Consents", "never joined again"))
    response = browser.send(path, {"reason": "Another passport."}, confirming)
    assert response.headers["Location"].startswith(f"/console/guests/{leaf('g1')}")
    for each in ("g1", "g2"):
        page = browser.open(f"/guests/{leaf(each)}/records/whose")
        assert {"Two people", "Another passport."} <= set(page.words)
        assert "Which records are not" not in page.text


def test_what_is_refused_stands_on_the_page_and_changes_nothing(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*(guest(each, email="anna@mail.example", property_id=VIENNA.id) for each in ("g1", "g2")))
    browser, whole = sign_in("front_desk"), min(leaf("g1"), leaf("g2"))
    path = f"/guests/{whole}/records/split"
    confirming = browser.open(f"{path}?{leaf('g2')}=off")
    refused = browser.send(path, {"record": [leaf("g1"), leaf("g2")]}, confirming)
    assert (refused.status_code, "at least one stays" in refused.body.decode()) == (409, True)


def test_the_audit_tells_both_guests_of_a_decision(sign_in: SignIn, ingest: Ingest) -> None:
    ingest(*nearly(0))
    browser = sign_in("front_desk")
    page = browser.open(QUEUE)
    answered(browser, page, "join")
    (who,) = [each for each in staff.listed(None) if each.name == "frontdesk"]
    entries = list(audit.of_actor(who.id, instant(now() - timedelta(hours=1)), instant(now() + timedelta(hours=1))))
    posted = [each for each in entries if each.what.startswith("POST")]
    assert [set(each.guests) for each in posted] == [{ONE, OTHER}]


def test_what_the_pages_cost(sign_in: SignIn, ingest: Ingest, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(*nearly(0), *nearly(1))
    browser, spent = sign_in("front_desk"), []
    for path in (QUEUE, PAIR, f"/guests/{ONE}/records/whose"):
        browser.open(path)
        spent.append(calls(capsys))
    browser.send(PAIR, {"verdict": "apart"})
    spent.append(calls(capsys))
    assert spent == [16, 10, 17, 15]  # the answer also takes away what an audit proposed of either
