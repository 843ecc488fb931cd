"""A guest is found, and chosen, in a browser: the part of the page that asks is all that changes."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.visitors import WIDE, Tab, Visitors

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.end_to_end


def opened(visitors: Visitors, path: str) -> Tab:
    tab = visitors.tab("marketer")
    tab.look("light", WIDE)
    tab.open(path)
    return tab


def found(page: "Page", typed: str) -> None:
    page.get_by_label("Find a guest").fill(typed)
    page.get_by_label("Find a guest").press("Enter")
    page.get_by_text("Who is meant").wait_for()


def test_who_is_chosen_is_answered_for_at_once(visitors: Visitors) -> None:
    tab = opened(visitors, "/segments/came-back")
    tab.page.evaluate("window.stays = true")
    found(tab.page, "guest1@mail.example")
    tab.page.get_by_text("This guest is in").wait_for()
    assert tab.page.get_by_role("radio").first.is_checked()
    assert tab.page.evaluate("window.stays"), "the page is the same"
    assert tab.complaints() == []


def test_who_reads_a_mail_is_found_by_enter_and_what_is_typed_stays_and_is_not_saved(visitors: Visitors) -> None:
    tab = opened(visitors, "/templates/spring")
    tab.page.get_by_label("Subject", exact=True).fill("Not kept yet")
    tab.page.evaluate("window.stays = true")
    found(tab.page, "guest3@mail.example")
    assert tab.page.evaluate("window.stays"), "the page is the same"
    assert tab.page.get_by_label("Subject", exact=True).input_value() == "Not kept yet"
    tab.page.get_by_role("button", name="Show subject and text").click()
    mail = tab.page.frame_locator("iframe[name=preview]")
    mail.get_by_role("heading", name="Not kept yet").wait_for()
    assert "Anna" not in mail.locator("body").inner_text()
    assert tab.complaints() == []
