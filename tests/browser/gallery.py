"""Makes docs/gallery: every page of the console, on a desk in light and on a phone in dark (`make gallery`).

It is a test by its means alone: the world and the browser are those of the tests.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from chalicelib.entrypoints.console.table import Page
from tests.browser.shown_pages.test_pages import LOOKED_AT, addresses, roles
from tests.browser.visitors import Scheme, Tab, Visitors
from tests.browser.worlds import World

if TYPE_CHECKING:
    from playwright.sync_api import Page as BrowserPage

pytestmark = pytest.mark.end_to_end
GALLERY = Path(__file__).parent.parent.parent / "docs" / "gallery"
MOST_BYTES = 60 * 1024
BEGIN = """# The console, page by page

Made by `make gallery` from the table of pages, in a small invented world: two hotels, guests of many scripts, a
campaign that ran. {count} pages, each as somebody sees it who may open it, on a desk and on a phone.
"""


class Format(NamedTuple):
    name: str
    scheme: Scheme
    width: int
    height: int


DESK, PHONE = Format("desk", "light", 1280, 800), Format("phone", "dark", 390, 800)
QUALITY = 0.5
"""Of WebP: words stay sharp, and a picture has some 20 KB."""
TO_WEBP = """async ([png, quality]) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality);
}"""


def name_of(page: Page) -> str:
    return re.sub(r"\W+", "-", page.path).strip("-") or "today"


def pictured(tab: Tab, address: str, look: Format) -> bytes:
    """As it is first seen, without scrolling."""
    tab.page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
    tab.page.set_viewport_size({"width": look.width, "height": look.height})
    tab.open(address)
    return tab.page.screenshot()


def smaller(blank: "BrowserPage", png: bytes) -> bytes:
    """As WebP, which the browser writes itself."""
    told: str = blank.evaluate(TO_WEBP, [base64.b64encode(png).decode(), QUALITY])
    return base64.b64decode(told.partition(",")[2])


def test_the_gallery_is_made(world: World, visitors: Visitors) -> None:
    for old in GALLERY.glob("*.webp"):
        old.unlink()
    GALLERY.mkdir(exist_ok=True)
    blank = visitors.browser.new_page()
    rows = [row for page in LOOKED_AT for row in _kept(page, world, visitors, blank)]
    blank.close()
    (GALLERY / "README.md").write_text("\n".join([BEGIN.format(count=len(rows)), *rows]))


def _kept(page: Page, world: World, visitors: Visitors, blank: "BrowserPage") -> Iterator[str]:
    tab = visitors.tab(roles(page)[0])
    for look in (DESK, PHONE):
        picture = smaller(blank, pictured(tab, addresses(page, world, roles(page)[0])[-1], look))
        assert len(picture) <= MOST_BYTES, page.path
        (GALLERY / f"{name_of(page)}-{look.name}.webp").write_bytes(picture)
    yield _row(page, tab.page.title().partition(" · ")[0])


def _row(page: Page, title: str) -> str:
    name = name_of(page)
    return (
        f"## {title}\n\n`/console{page.path}`\n\n"
        f"![{title}, on a desk]({name}-desk.webp) ![{title}, on a phone]({name}-phone.webp)\n"
    )
