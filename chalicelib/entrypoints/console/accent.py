"""The deployment's accent colour, as a sheet of its own: its name holds the colour, so that it is never another one.

In light and in dark the colour is moved towards black or white until it can be read on the page's ground (WCAG 2.2,
1.4.3: a contrast of 4.5), whichever colour somebody sets.
"""

import re
from typing import NamedTuple

NAME = re.compile(r"accent\.([0-9a-f]{6})\.css")
READABLE = 4.5
STEPS = 50
ROOT = ":root:root:root"
"""Said so often to go before Pico, which says `:root:not(…)`."""


class Colour(NamedTuple):
    red: int
    green: int
    blue: int

    @property
    def text(self) -> str:
        return "#{:02x}{:02x}{:02x}".format(*self)

    @property
    def luminance(self) -> float:
        """WCAG 2.2, relative luminance."""
        red, green, blue = map(_linear, self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)
LIGHT_GROUND, DARK_GROUND = Colour(238, 241, 244), Colour(32, 39, 51)
"""The darkest ground of a light page, and the lightest of a dark one, on which the colour stands: `--wash` of the
sheet, where one is in the navigation."""


def name_of(accent: str) -> str:
    """Of `#0a7d5c`."""
    return f"accent.{accent.removeprefix('#').lower()}.css"


def sheet_of(name: str) -> str | None:
    """The sheet of that name; None where it is none of an accent's."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    accent = Colour(*bytes.fromhex(found[1]))
    light, dark = _rules(accent, LIGHT_GROUND, BLACK), _rules(accent, DARK_GROUND, WHITE)
    return f"{ROOT}{{{light}}}@media (prefers-color-scheme:dark){{{ROOT}{{{dark}}}}}"


def readable(accent: Colour, ground: Colour, towards: Colour) -> Colour:
    """The accent, or the nearest colour on its way to black or white that can be read on that ground."""
    ways = (_mixed(accent, towards, step / STEPS) for step in range(STEPS + 1))
    return next(each for each in ways if contrast(each, ground) >= READABLE)


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21."""
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def _rules(accent: Colour, ground: Colour, towards: Colour) -> str:
    """Pico's names for what stands in the accent colour."""
    shown = readable(accent, ground, towards)
    hover = _mixed(shown, towards, 0.2)
    text = max((BLACK, WHITE), key=lambda each: contrast(shown, each))
    names = {
        "primary": shown, "primary-hover": hover, "primary-background": shown, "primary-border": shown,
        "primary-hover-background": hover, "primary-hover-border": hover, "primary-inverse": text,
        "primary-underline": shown, "form-element-active-border-color": shown,
    }  # fmt: skip
    return "".join(f"--pico-{name}:{colour.text};" for name, colour in names.items())


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    return Colour(*(round(a + (b - a) * share) for a, b in zip(one, other, strict=True)))


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
