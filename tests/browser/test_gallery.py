"""The pictures of docs/gallery are those of its page, and small."""

import re

from tests.browser.gallery import GALLERY, MOST_BYTES

README = GALLERY.parent.parent / "README.md"


def test_the_gallery_has_the_pictures_of_its_page_and_no_others() -> None:
    shown = set(re.findall(r"\]\(([\w-]+\.webp)\)", (GALLERY / "README.md").read_text()))
    kept = {each.name: each.stat().st_size for each in GALLERY.glob("*.webp")}
    assert shown == kept.keys()
    assert max(kept.values()) <= MOST_BYTES


def test_the_readme_opens_with_one_of_them() -> None:
    (picture,) = re.findall(r"!\[[^]]+\]\((docs/gallery/[^)]+)\)", README.read_text())
    assert (README.parent / picture).exists()
