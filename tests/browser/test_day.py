"""A day at the hub, as people live it in a browser: what is clicked, what is typed, and what they then see."""

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.browser import looking
from tests.browser.visitors import WIDE, Tab, Visitors
from tests.campaigns.worlds import tick, turn
from tests.mail_fakes import FakeSes

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.end_to_end
SEARCHED = "guest2@mail.example"
WAITS = 15_000
"""Milliseconds in which a page must have asked anew: it does so every three seconds."""


def opened(visitors: Visitors, path: str) -> Tab:
    tab = visitors.tab("marketer")
    tab.look("light", WIDE)
    tab.open(path)
    return tab


def heading(page: "Page") -> str:
    return page.get_by_role("heading", level=1).inner_text()


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
