"""A day at the front desk, on a tablet and a guest's phone: who has no address is asked, and becomes a member."""

import re
from typing import TYPE_CHECKING

import pytest

from chalicelib.ingest import actions as ingest
from tests.browser import looking
from tests.browser.stays import NOW
from tests.browser.test_day import WAITS, heading
from tests.browser.visitors import LOOKS, SCHEMES, Tab, Visitors
from tests.browser.worlds import pushed
from tests.builders import guest, reservation
from tests.conftest import PUBLIC_URL

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.end_to_end
TABLET, PHONE = 820, 390
BOARD = "/board/vienna"


@pytest.fixture
def arriving(visitors: Visitors) -> None:
    """Two whom the hotel knows by a booking site's addresses, and a child."""
    day, later = NOW.date().isoformat(), NOW.date().replace(day=NOW.day + 2).isoformat()
    people = (("Nina", "1990-05-05"), ("Otto", "1980-05-05"), ("Kim", "2016-05-05"))
    for number, (name, born) in enumerate(people):
        told = {"email": f"{name.lower()}.1@guest.booking.com", "birth_date": born, "language": "de"}
        who = guest(f"desk{number}", name, "Berg", **told)
        stay = reservation(f"desk{number}", who, arrival=day, departure=later, room_number=str(300 + number))
        assert not ingest.ingest_notices([pushed(100 + number, stay)])


@pytest.fixture
def tablet(visitors: Visitors, arriving: None) -> Tab:
    tab = visitors.tab("front_desk")
    tab.look("light", TABLET)
    tab.open(BOARD)
    return tab


def row(page: "Page", name: str) -> "Locator":
    return page.get_by_role("row").filter(has_text=name)


def faults(tab: Tab, width: int) -> list[str]:
    """In light and dark, at the widths of all pages and its own."""
    looking.prepare(tab.page)
    found = list[str]()
    for scheme, each in (*LOOKS, *((scheme, width) for scheme in SCHEMES)):
        tab.look(scheme, each)
        found += looking.faults(tab.page)
    tab.look("light", width)
    return [*found, *tab.complaints()]


def test_a_guest_without_an_address_is_asked_at_the_desk(tablet: Tab) -> None:
    page = tablet.page
    row(page, "Nina").get_by_role("link", name="No address: ask").click()
    assert heading(page) == "Nina Berg"
    assert "Ich möchte Newsletter" in page.inner_text("main")
    assert faults(tablet, TABLET) == []
    page.get_by_label("E-mail address").fill("nina")
    page.get_by_label("The guest agrees: Marketing").check()
    page.get_by_role("button", name="Save").click()
    assert "must be one e-mail address" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("The guest agrees: Marketing").is_checked()
    page.get_by_label("E-mail address").fill("nina@berg.example")
    page.get_by_label("What was said").fill("asked at check-in")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. The guest has agreed.").wait_for()
    assert heading(page) == "Arrivals, Hotel Vienna"
    assert row(page, "Nina").get_by_role("link", name="No address: ask").count() == 0
    row(page, "Nina").get_by_role("link", name="Nina Berg").click()
    page.get_by_role("link", name="Consents").click()
    assert "asked at check-in" in page.inner_text("main")


def test_a_guest_types_it_on_their_own_phone_and_the_tablet_says_when_it_is_done(
    tablet: Tab, visitors: Visitors
) -> None:
    page = tablet.page
    row(page, "Otto").get_by_role("link", name="No address: ask").click()
    page.get_by_role("button", name="On the guest's own phone").click()
    assert faults(tablet, TABLET) == []
    page.get_by_role("button", name="Show a code").click()
    page.get_by_role("img", name="A code that leads to the form").wait_for()
    assert "Otto" not in page.inner_text("body")
    assert faults(tablet, TABLET) == []
    (path,) = re.findall(rf"{PUBLIC_URL}(/capture/\S+)", page.inner_text("main"))
    _on_the_phone(visitors, path)
    page.get_by_text("The guest has given an address, and agreed.").wait_for(timeout=WAITS)  # it asks anew by itself
    assert page.get_by_role("img", name="A code that leads to the form").count() == 0
    page.get_by_role("button", name="Go back").click()
    assert heading(page) == "Arrivals, Hotel Vienna"
    assert row(page, "Otto").get_by_role("link", name="No address: ask").count() == 0


def _on_the_phone(visitors: Visitors, path: str) -> None:
    """In German, and without scripts."""
    phone = visitors.tab(None, "de-DE", scripts=False)
    phone.look("dark", PHONE)
    phone.page.goto(visitors.address + path)
    assert heading(phone.page) == "Newsletter und Angebote"
    phone.page.get_by_label("E-Mail-Adresse").fill("otto@berg.example")
    phone.page.get_by_label(re.compile("Ich möchte Newsletter")).check()
    phone.page.get_by_role("button", name="Anmelden").click()
    assert heading(phone.page) == "Vielen Dank, Sie sind angemeldet"
    assert phone.complaints() == []


def test_an_arrival_is_made_a_member_in_one_step_and_a_child_is_not(tablet: Tab) -> None:
    page = tablet.page
    assert "Under 18" in row(page, "Kim").inner_text()
    assert not {"Make the guest a member", "No address: ask"} & set(
        row(page, "Kim").get_by_role("link").all_inner_texts()
    )
    row(page, "Otto").get_by_role("link", name="Make the guest a member").click()
    assert faults(tablet, TABLET) == []
    page.get_by_role("button", name="Make the guest a member").click()
    page.get_by_text("The guest is a member.").wait_for()
    assert "Member" in row(page, "Otto").inner_text()
    assert row(page, "Otto").get_by_role("link", name="Make the guest a member").count() == 0
    assert faults(tablet, TABLET) == []
