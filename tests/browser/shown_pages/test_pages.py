"""Every page of the console in a browser, as each role that may open it.

Run by `make browser`. A page that is added to the table is looked at by itself; `worlds.py` says what stands in its
address, and `ASKED` what it is asked for beside that.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from chalicelib.access.staff.model import STAFF_ROLES, StaffRole
from chalicelib.entrypoints.api.routes import CALLS
from chalicelib.entrypoints.console.routes import PAGES
from chalicelib.entrypoints.console.table import Page
from tests.browser import looking
from tests.browser.visitors import LOOKS, NARROW, WIDE, Scheme, Tab, Visitors
from tests.browser.worlds import ANNA, World
from tests.exhaustive import Thoroughness, some_of

pytestmark = pytest.mark.end_to_end
LEAD_ON = {
    "/static/{name}", "/sign-in/provider", "/sign-in/provider/back", "/templates/{template_id}/look",
    "/imports/{import_id}/rejected.csv", "/guests/{guest_id}/export.json",
}  # fmt: skip
"""Files, what leads to another's page or back from it, and a mail in its frame, which is the marketer's."""
LOOKED_AT = [each for each in PAGES if each.path not in LEAD_ON]
ASKED: Mapping[str, tuple[str, ...]] = {
    "/guests": ("", "?email=guest3@mail.example", "?email=nobody@mail.example"),
    "/settings/audit": ("", f"?guest={ANNA}&kind=sent"),
    "/guests/review": ("", "?end=yes"),
    "/guests/{guest_id}/capture": ("", "?hotel=vienna&list=arrivals&language=ar"),
    "/guests/{guest_id}/records/whose": ("", "?q=guest3@mail.example"),
    "/guests/{guest_id}/household": ("", "?q=guest3@mail.example"),
    "/accounts/{account_id}/contacts": ("", "?q=guest3@mail.example"),
}
"""Path → what a page is asked for, where it shows other things then."""
by_page = pytest.mark.parametrize("page", LOOKED_AT, ids=lambda each: each.path)
by_some_pages = pytest.mark.parametrize("page", some_of(LOOKED_AT), ids=lambda each: each.path)
"""What follows from the frame alone `make browser` tries at every fifth page, and `make browser-all` at all."""


def roles(page: Page) -> list[StaffRole | None]:
    """Who may open it; nobody needs to be signed in for an open one."""
    if page.is_open:
        return [None]
    may = {role for call in CALLS if call.answered_by == page.opens for role in call.roles}
    return [role for role in STAFF_ROLES if not page.opens or role in may]


def addresses(page: Page, world: World, role: StaffRole | None) -> list[str]:
    names = world.names_for(role)
    path = re.sub(r"{(\w+)}", lambda name: names[name[1]], page.path)
    return [path + query for query in ASKED.get(page.path, ("",))]


def _visits(page: Page, world: World) -> Iterator[tuple[int, StaffRole | None, str]]:
    for number, role in enumerate(roles(page)):
        yield from ((number, role, each) for each in addresses(page, world, role))


def looks(number: int) -> Iterator[tuple[Scheme, int]]:
    """All for the first role; for others one in turn, where only a spread is wanted."""
    yield from LOOKS if not number or not Thoroughness.is_quick else (LOOKS[number % len(LOOKS)],)


@by_page
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, world: World, visitors: Visitors) -> None:
    found: dict[tuple[object, ...], list[str]] = {}
    for number, role, address in _visits(page, world):
        tab = visitors.tab(role)
        tab.open(address)
        looking.prepare(tab.page)
        for scheme, width in looks(number):
            tab.look(scheme, width)
            found[role, address, scheme, width] = looking.faults(tab.page)
        found[role, address] = tab.complaints()
    assert {at: faults for at, faults in found.items() if faults} == {}


@by_some_pages
@pytest.mark.parametrize("language", ["el-GR", "ar-EG"])
def test_pages_stand_in_greek_and_in_arabic(page: Page, language: str, world: World, visitors: Visitors) -> None:
    tab = visitors.tab(roles(page)[0], language)
    found: dict[tuple[object, ...], list[str]] = {}
    for address in addresses(page, world, roles(page)[0]):
        tab.open(address)
        if language.startswith("ar"):
            looking.flow_to_the_left(tab.page)
        looking.prepare(tab.page)
        for width in (NARROW, WIDE):
            tab.look("light", width)
            found[address, width] = looking.faults(tab.page)
        found[address,] = tab.complaints()
    assert {at: faults for at, faults in found.items() if faults} == {}


@by_some_pages
def test_pages_say_the_same_without_scripts(page: Page, world: World, visitors: Visitors) -> None:
    with_, without = (visitors.tab(roles(page)[0], scripts=scripts) for scripts in (True, False))
    for address, width in product(addresses(page, world, roles(page)[0]), (NARROW, WIDE)):
        said = [_said(tab, address, width) for tab in (with_, without)]
        assert said[0] == said[1]
        assert without.page.evaluate("looking.unusable()") == []
        assert without.complaints() == []


def _said(tab: Tab, address: str, width: int) -> str:
    tab.look("light", width)
    tab.open(address)
    looking.prepare(tab.page)
    return tab.page.inner_text("body")


@by_some_pages
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_keyboard_alone_goes_everywhere(page: Page, width: int, world: World, visitors: Visitors) -> None:
    tab = visitors.tab(roles(page)[0])
    tab.look("light", width)
    for address in addresses(page, world, roles(page)[0]):
        tab.open(address)
        looking.prepare(tab.page)
        assert looking.faults_by_keyboard(tab.page) == []


@by_some_pages
def test_the_first_stop_leads_over_what_every_page_has(page: Page, world: World, visitors: Visitors) -> None:
    tab = visitors.tab(roles(page)[0])
    tab.look("light", WIDE)
    tab.open(addresses(page, world, roles(page)[0])[0])
    looking.begin_at_the_top(tab.page)
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "content"


def test_every_name_in_an_address_stands_for_something(world: World) -> None:
    named = {name for page in LOOKED_AT for name in re.findall(r"{(\w+)}", page.path)}
    assert named - set(world.names_for("admin")) == set(), "tests/browser/worlds.py says what stands in an address"
