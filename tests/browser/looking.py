"""What a page must stand: axe, no scrolling sideways, and the way through it by keyboard."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = (Path(__file__).parent / "looking.js").read_text()
MOST_STOPS = 300
"""Tabs on a page: more is a trap."""


def prepare(page: "Page") -> None:
    """What looks is put beside the page's own scripts; its policy says nothing of what a debugger runs."""
    from axe_playwright_python.base import AXE_SCRIPT

    page.evaluate(AXE_SCRIPT)
    page.evaluate(SCRIPT)


def faults(page: "Page") -> list[str]:
    """What axe finds at WCAG 2.2 AA, and what scrolls sideways: the body, or on a phone a table."""
    found: list[str] = page.evaluate("looking.faults()")
    return found


def flow_to_the_left(page: "Page") -> None:
    """As a page in Arabic stands, also where no catalogue has its words yet."""
    page.evaluate("document.documentElement.dir = 'rtl'")


def begin_at_the_top(page: "Page") -> None:
    """Where a page puts the focus on its first button, Tab would begin there."""
    page.evaluate(
        "() => { const top = document.createElement('span'); top.tabIndex = -1;"
        " document.body.prepend(top); top.focus(); top.remove() }"
    )


def faults_by_keyboard(page: "Page") -> list[str]:
    """Tab goes to everything that can be used, in the order of the document, shows where it is, and ends."""
    begin_at_the_top(page)
    wanted: list[str] = page.evaluate("looking.begin()")
    seen: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate("looking.stop()")
        if stop is None:
            break
        seen.append(stop)
    return _compared(wanted, seen)


def _compared(wanted: list[str], seen: list[dict[str, Any]]) -> list[str]:
    names = [
        each["name"] for at, each in enumerate(seen) if each["is_wanted"] and each["name"] not in _names(seen[:at])
    ]
    order = [] if names == wanted else [f"Tab goes to {names}", f"and should go to {wanted}"]
    trap = ["Tab never leaves the page"] if len(seen) == MOST_STOPS else []
    return order + trap + [f"{each['name']}: {fault}" for each in seen for fault in each["faults"]]


def _names(stops: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in stops]
