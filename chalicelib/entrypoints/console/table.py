"""What a page is, and which one an address names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

CONSOLE_AT = "/console"


def parts_of(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


@dataclass(frozen=True)
class Page:
    """`shows` and `takes` are functions of `pages/`, as `module:function`: one answers a GET, the other a POST of its
    form. `opens` is the call of the API whose roles may open it, as that table names it; a page without one is
    everybody's who signed in, and an open one everybody's. `title` puts the page into the navigation."""

    path: str
    shows: str
    takes: str = ""
    opens: str = ""
    title: str = ""
    is_open: bool = False

    @property
    def parts(self) -> list[str]:
        return parts_of(self.path)


class Found(NamedTuple):
    page: Page
    names: Mapping[str, str]
    """What stands in the address where the page's path has a name in braces."""


NOWHERE = Page("/…", shows="nowhere:shown")
"""What stands at every other address."""


def find(pages: Iterable[Page], parts: Sequence[str]) -> Found:
    """The page at an address; one that is spelled out goes before one with a name in its place."""
    found = [Found(page, names) for page in pages if (names := _names(page.parts, parts)) is not None]
    return min(found, key=lambda each: len(each.names), default=Found(NOWHERE, {}))


def _names(pattern: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    pairs = list(zip(pattern, parts, strict=True))
    if any(one != other for one, other in pairs if not one.startswith("{")):
        return None
    return {one.strip("{}"): other for one, other in pairs if one.startswith("{")}
