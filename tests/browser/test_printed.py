"""What the front desk prints and has on a tablet: the board and the day's tasks, in a browser."""

from itertools import product

import pytest

from tests.browser import looking
from tests.browser.visitors import SCHEMES, Visitors

pytestmark = pytest.mark.end_to_end
BOARD, TASKS = "/board/vienna", "/board/vienna/tasks"
TABLET = (768, 1024)
"""Pixels, held upright and across."""
ON_SCREEN_ALONE = "nav, header, form, button, .filters, .screen"


@pytest.mark.parametrize("path", [BOARD, TASKS])
def test_paper_has_the_day_the_hotel_and_the_hour_above_and_nothing_to_click(path: str, visitors: Visitors) -> None:
    tab = visitors.tab("front_desk")
    tab.open(path)
    page = tab.page
    assert not page.get_by_text("Printed:").is_visible()
    page.emulate_media(media="print")
    assert page.get_by_text("Printed: Nov 23, 2026").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_text("Mon, Nov 23, 2026").first.is_visible()
    assert [each for each in page.locator(ON_SCREEN_ALONE).all() if each.is_visible()] == []


@pytest.mark.parametrize("path", [BOARD, TASKS])
def test_no_line_is_cut_by_the_end_of_a_page_and_each_page_has_the_headings(path: str, visitors: Visitors) -> None:
    tab = visitors.tab("front_desk")
    tab.open(path)
    tab.page.emulate_media(media="print")
    styles = "(of, name) => [...document.querySelectorAll(of)].map(each => getComputedStyle(each)[name])"
    for of, name, value in (("tbody tr", "breakInside", "avoid"), ("thead", "display", "table-header-group")):
        told = tab.page.evaluate(f"([of, name]) => ({styles})(of, name)", [of, name])
        assert told
        assert set(told) == {value}


@pytest.mark.parametrize("path", [BOARD, TASKS])
def test_a_tablet_shows_all_of_a_line_without_scrolling_it(path: str, visitors: Visitors) -> None:
    tab = visitors.tab("front_desk")
    for scheme, width in product(SCHEMES, TABLET):
        tab.look(scheme, width)
        tab.open(path)
        looking.prepare(tab.page)
        assert looking.faults(tab.page) == []
        wide = "[...document.querySelectorAll('.scroll')].map(each => each.scrollWidth - each.clientWidth)"
        assert max(tab.page.evaluate(wide)) <= 0


def test_a_task_is_ticked_without_a_script_and_taken_back(visitors: Visitors) -> None:
    tab = visitors.tab("front_desk", scripts=False)
    tab.open(f"{TASKS}?department=concierge")
    page = tab.page
    page.get_by_role("button", name="Done: White flowers").click()
    assert page.locator(".badge", has_text="Done").is_visible()
    page.get_by_role("button", name="Open again: White flowers").click()
    assert page.get_by_role("button", name="Done: White flowers").is_visible()
    assert "department=concierge" in page.url
    assert tab.complaints() == []
