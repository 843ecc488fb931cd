"""What stands beside each other on a page is in one line."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.visitors import NARROW, WIDE, Tab, Visitors
from tests.browser.worlds import World

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = pytest.mark.end_to_end


def opened(visitors: Visitors, path: str, width: int) -> Tab:
    tab = visitors.tab("marketer")
    tab.look("light", width)
    tab.open(path)
    return tab


def middle(element: "Locator") -> float:
    box = element.bounding_box()
    assert box is not None
    return box["y"] + box["height"] / 2


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_bar_of_a_chart_stands_beside_its_row(world: World, visitors: Visitors, width: int) -> None:
    page = opened(visitors, f"/campaigns/{world.names['campaign_id']}", width).page
    bars, rows = page.locator(".chart rect").all(), page.locator(".chart tbody tr").all()
    assert len(bars) == len(rows) == 2
    for bar, row in zip(bars, rows, strict=True):
        assert middle(bar) == pytest.approx(middle(row), abs=2)


def test_the_button_of_a_filter_stands_beside_its_field(world: World, visitors: Visitors) -> None:
    page = opened(visitors, "/campaigns", WIDE).page
    search = page.get_by_role("search")
    button = search.get_by_role("button", name="Show")
    assert middle(button) == pytest.approx(middle(search.get_by_label("Name or id")), abs=1)
    box = button.bounding_box()
    assert box is not None
    assert box["width"] < WIDE / 10


def test_somebody_of_the_world_leaves_today_and_somebody_is_in_house(world: World, visitors: Visitors) -> None:
    for path in ("/board/vienna?list=departures", "/board/vienna?list=in-house"):
        assert opened(visitors, path, WIDE).page.get_by_role("row").filter(has_text="In house").count() >= 2
