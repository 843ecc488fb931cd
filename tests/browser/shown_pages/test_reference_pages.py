"""The API's reference in a browser: open to whoever comes, by axe and by keyboard."""

import pytest

from chalicelib.entrypoints.api.openapi import document
from chalicelib.entrypoints.reference.reading import resources
from tests.browser import looking
from tests.browser.visitors import LOOKS, WIDE, Visitors
from tests.exhaustive import Thoroughness

pytestmark = pytest.mark.end_to_end
PAGES = ("/docs", *(f"/docs/{each.name}" for each in resources(document())))


@pytest.mark.parametrize("page", PAGES)
def test_the_reference_can_be_read_by_all(page: str, visitors: Visitors) -> None:
    tab = visitors.tab(None)
    tab.page.goto(visitors.address + page)
    tab.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    looking.prepare(tab.page)
    found = {}
    for scheme, width in LOOKS[:: 3 if Thoroughness.is_quick else 1]:
        tab.look(scheme, width)
        found[scheme, width] = looking.faults(tab.page)
    assert {look: faults for look, faults in found.items() if faults} == {}
    assert tab.complaints() == []


def test_the_reference_is_gone_through_by_keyboard(visitors: Visitors) -> None:
    tab = visitors.tab(None)
    tab.look("light", WIDE)
    tab.page.goto(f"{visitors.address}/docs/jobs")
    looking.prepare(tab.page)
    assert looking.faults_by_keyboard(tab.page) == []
