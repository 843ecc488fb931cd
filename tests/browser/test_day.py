"""A day at the hub, as people live it in a browser: what is clicked, what is typed, and what they then see."""

import json
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.access.staffed import somebody
from tests.browser import looking
from tests.browser.visitors import NARROW, WIDE, Tab, Visitors
from tests.browser.worlds import work_off_jobs
from tests.campaigns.worlds import tick, turn
from tests.conftest import PUBLIC_URL
from tests.fakes import received
from tests.mail_fakes import FakeSes

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.end_to_end
SEARCHED = "guest2@mail.example"
PHONE = 380
WAITS = 15_000
"""Milliseconds in which a page must have asked anew: it does so every three seconds."""


def opened(visitors: Visitors, path: str) -> Tab:
    tab = visitors.tab("marketer")
    tab.look("light", WIDE)
    tab.open(path)
    return tab


def heading(page: "Page") -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_a_segment_is_built_and_counted_and_its_mail_looked_at(visitors: Visitors) -> None:
    tab = opened(visitors, "/segments")
    page = tab.page
    page.get_by_role("button", name="New segment").click()
    page.get_by_role("textbox", name="Name").fill("Regulars")
    page.get_by_role("textbox", name="Id", exact=True).fill("regulars")
    page.get_by_label("What").select_option("stats.stays")
    page.get_by_label("How").select_option("gte")
    page.get_by_label("Value").fill("1")
    page.get_by_role("button", name="Add a condition").click()
    assert page.get_by_label("What").count() == 2
    page.get_by_role("button", name="Take away").last.click()
    page.get_by_role("button", name="Count whom it reaches").click()
    page.locator("#preview").get_by_text("Counting").wait_for()
    work_off_jobs()
    page.locator("#preview").get_by_text("Counted").wait_for(timeout=WAITS)  # it asks anew by itself
    page.get_by_role("button", name="Save").click()
    assert heading(page) == "Regulars"
    tab.open("/templates/spring")
    page.get_by_role("button", name="Show the mail").click()
    mail = page.frame_locator("iframe[name=preview]").locator("body")
    mail.get_by_text("Anna").first.wait_for()
    page.get_by_label("On a phone").check()
    assert (page.locator("iframe").bounding_box() or {"width": 0})["width"] <= PHONE
    assert tab.complaints() == []


def test_what_is_chosen_and_typed_while_the_fields_come_anew_is_kept(visitors: Visitors) -> None:
    tab = opened(visitors, "/segments/new")
    page = tab.page
    slow: list[Route] = []
    fields = "**/console/segments/new"
    page.route(fields, lambda route: slow.append(route))  # noqa: PLW0108 playwright asks for a function
    with page.expect_request(fields):
        page.get_by_label("What").select_option("stats.stays")
    with page.expect_request(fields):
        page.get_by_label("How").select_option("gte")
    page.get_by_label("Value").fill("7")
    last = slow[
        -1
    ]  # the hub is slower than a hand: it answers after the last key, and what it was asked before is given up
    with page.expect_response(fields):
        last.continue_()
    page.locator("select[name='rule.and.0.op'] option[value='contains']").wait_for(state="detached")
    assert page.get_by_label("Value").input_value() == "7"
    assert page.get_by_label("How").input_value() == "gte"
    page.unroute(fields)
    assert tab.complaints() == []


def test_somebody_who_was_invited_signs_in_by_the_link_of_the_mail(visitors: Visitors) -> None:
    somebody("nora", "marketer")
    tab = visitors.tab(None)
    tab.look("light", NARROW)
    page = tab.page
    page.goto(f"{visitors.address}/console/campaigns")  # nobody is signed in, and is asked to
    page.get_by_label("E-mail address").fill("nora@hotel.example")
    page.get_by_role("button", name="Send me the mail").click()
    assert heading(page) == "Look at your mail"
    page.goto(visitors.address + _mailed_link())
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("link", name="nora").is_visible()
    assert tab.complaints() == []


def _mailed_link() -> str:
    text = json.loads(received("send")["Records"][-1]["body"])["text"]
    (path,) = re.findall(rf"^{re.escape(PUBLIC_URL)}(/console/\S+)$", text, re.MULTILINE)
    return str(path)


def test_the_board_is_printed(visitors: Visitors) -> None:
    tab = visitors.tab("front_desk")
    tab.look("dark", WIDE)
    tab.open("/board/vienna")
    tab.page.emulate_media(media="print")
    assert tab.page.get_by_role("row").filter(has_text="Smith").is_visible()
    assert not tab.page.get_by_role("navigation", name="Sections").is_visible()
    assert tab.page.pdf().startswith(b"%PDF")
    tab.page.emulate_media(media="screen")
    assert tab.complaints() == []


def test_a_guest_is_found_by_what_they_are_known_by(visitors: Visitors) -> None:
    tab = opened(visitors, "/guests")
    tab.page.get_by_label("Name, e-mail, telephone or member number").fill(SEARCHED)
    tab.page.get_by_role("button", name="Show").click()
    tab.page.get_by_role("table").get_by_role("link").click()
    assert heading(tab.page) == "محمد الأحمد"
    assert tab.complaints() == []


def test_a_campaign_is_made_launched_watched_and_explained(visitors: Visitors, clock: time_machine.Traveller) -> None:
    sent = FakeSes().install()
    tab = opened(visitors, "/")
    page = tab.page
    page.get_by_role("link", name="Campaigns").click()
    page.get_by_role("button", name="New campaign").click()
    page.get_by_role("textbox", name="Name").fill("Autumn")
    page.get_by_label("Segment: who gets it").select_option("came-back")
    page.get_by_label("Template: what they get").select_option("spring")
    page.get_by_role("button", name="Save").click()
    assert heading(page) == "Autumn"
    page.get_by_role("button", name="Launch").click()
    assert heading(page) == "Launch “Autumn”?"
    assert sent.requests == 0
    page.get_by_role("button", name="Launch").click()
    page.get_by_text("begun").wait_for()
    _worked(clock)
    page.get_by_text("ended").wait_for(timeout=WAITS)  # the page asks anew by itself
    looking.prepare(page)
    assert looking.faults(page) == []
    page.get_by_role("link", name="Each guest, and why").click()
    held = page.get_by_role("row").filter(has_text="The guest never agreed to marketing mail.")
    assert held.count() == len(sent.recipients) // 2 == 3
    held.first.get_by_role("link").click()
    assert "Guests" in page.get_by_role("link").all_inner_texts()
    assert tab.complaints() == []


def _worked(clock: time_machine.Traveller) -> None:
    """What the queues and the tick do beside the page."""
    for _ in range(4):
        tick()
        turn()
        clock.shift(20)


def test_a_segment_is_built_and_a_mail_looked_at_by_who_was_invited_in_the_console(visitors: Visitors) -> None:
    _invite(visitors.tab("admin"))
    tab = visitors.tab(None)
    tab.look("light", WIDE)
    page = tab.page
    _sign_in(page, visitors.address)
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("button", name="New segment").click()
    page.get_by_role("textbox", name="Name").fill("From Austria")
    page.get_by_role("textbox", name="Id", exact=True).fill("austria")
    page.get_by_label("What").select_option("country")
    page.get_by_label("How").select_option("eq")
    page.locator("select[name='rule.and.0.value']").select_option("AT")  # a list of countries by now
    page.get_by_role("button", name="Save").click()
    page.get_by_text("country is AT").wait_for()
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("link", name="Spring").click()
    page.get_by_role("button", name="Show the mail").click()
    page.frame_locator("iframe[name=preview]").get_by_role("heading", name="Spring").wait_for()
    assert tab.complaints() == []


def _invite(tab: Tab) -> None:
    tab.look("light", WIDE)
    tab.open("/settings/staff/new")
    tab.page.get_by_role("textbox", name="Name").fill("Nora")
    tab.page.get_by_label("E-mail address").fill("nora@hotel.example")
    tab.page.get_by_label("Role").select_option("marketer")
    tab.page.get_by_label("all hotels, also those to come").check()
    tab.page.get_by_role("button", name="Invite").click()
    assert heading(tab.page) == "Nora"
    assert "nora@hotel.example" in str(received("send"))  # the invitation, which signs nobody in


def _sign_in(page: "Page", address: str) -> None:
    page.goto(f"{address}/console/sign-in")
    page.get_by_label("E-mail address").fill("nora@hotel.example")
    page.get_by_role("button", name="Send me the mail").click()
    assert heading(page) == "Look at your mail"
    page.goto(address + _mailed_link())
    page.get_by_role("button", name="Sign in").click()
