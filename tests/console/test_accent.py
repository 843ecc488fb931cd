"""The accent colour can be read, whichever it is."""

import re

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.entrypoints.console import accent, static
from chalicelib.entrypoints.console.accent import BLACK, DARK_GROUND, LIGHT_GROUND, READABLE, WHITE, Colour

CHANNEL = st.integers(0, 255)
COLOURS = st.builds(Colour, CHANNEL, CHANNEL, CHANNEL)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert accent.contrast(BLACK, WHITE) == 21
    assert accent.contrast(WHITE, WHITE) == 1
    assert round(accent.contrast(Colour(118, 118, 118), WHITE), 2) == 4.54  # the known darkest grey that just passes


@given(COLOURS)
def test_any_colour_can_be_read_on_either_ground_and_its_text_on_it(colour: Colour) -> None:
    sheet = accent.sheet_of(accent.name_of(colour.text))
    assert sheet
    for part, ground in zip(sheet.split("@media"), (LIGHT_GROUND, DARK_GROUND), strict=True):
        told = dict(re.findall(r"--pico-([a-z-]+):(#[0-9a-f]{6})", part))
        shown, text = (Colour(*bytes.fromhex(told[each][1:])) for each in ("primary", "primary-inverse"))
        assert accent.contrast(shown, ground) >= READABLE
        assert accent.contrast(shown, text) >= READABLE


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert "--pico-primary:#1f5f8b" in (accent.sheet_of("accent.1f5f8b.css") or "")


def test_a_name_of_no_colour_is_no_sheet() -> None:
    for name in ("accent.1f5f8.css", "accent.1f5f8g.css", "accent.1F5F8B.css", "console.css", "accent.1f5f8b.css "):
        assert accent.sheet_of(name) is None


def test_the_grounds_are_those_of_the_sheet() -> None:
    sheet = (static.STATIC / "console.css").read_text()
    assert re.findall(r"--wash:(#[0-9a-f]{6})", sheet) == [LIGHT_GROUND.text, DARK_GROUND.text]
