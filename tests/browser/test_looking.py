"""What looks at pages sees what is wrong with one."""

from typing import TYPE_CHECKING

import pytest

from tests.browser import looking
from tests.browser.visitors import NARROW

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.end_to_end
BROKEN = """
<!doctype html><html lang="en"><title>Broken</title>
<style>a{outline:0!important}.bar{position:fixed;inset:0 0 auto;height:8rem;background:white;z-index:1}
.small a{display:inline-block;width:9px;height:9px;overflow:hidden}</style>
<div class="bar"></div>
<main><h1>Broken</h1>
<p><a href="/">Behind the bar</a></p>
<p style="width:50rem">Wide</p>
<p style="color:#aaa;background:#fff">Pale</p>
<p class="small"><a href="/1">1</a><a href="/2">2</a></p>
<input>
<button onclick="0">Alone</button>
<a>Nowhere</a>
<p tabindex="1">First</p>
</main>
"""


def test_what_is_wrong_with_a_page_is_told(chromium: "Browser") -> None:
    page = chromium.new_page(viewport={"width": NARROW, "height": 900})
    page.set_content(BROKEN)
    looking.prepare(page)
    found = {each.partition(":")[0] for each in looking.faults(page)}
    assert found >= {"scrolls sideways", "color-contrast", "target-size", "label"}
    by_keyboard = " ".join(looking.faults_by_keyboard(page))
    for told in ("shows no focus", 'is hidden behind <div class="bar">', "and should go to"):
        assert told in by_keyboard
    unusable = page.evaluate("looking.unusable()")
    assert [each for each in ("<a>Nowhere", "<button") if any(told.startswith(each) for told in unusable)]
    page.close()


def test_a_page_that_never_lets_go_is_a_trap(chromium: "Browser") -> None:
    page = chromium.new_page()
    page.set_content("<title>x</title><a href='/' autofocus>One</a><a href='/2'>Two</a>")
    page.evaluate(
        "document.addEventListener('keydown', (event) => { event.preventDefault(); document.links[0].focus() })"
    )
    looking.prepare(page)
    assert "Tab never leaves the page" in looking.faults_by_keyboard(page)
    page.close()
