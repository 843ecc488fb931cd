"""What of a mail's HTML its reader sees, told from the parsed document. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
"""Elements that hold nothing, and are never closed."""
UNSEEN = frozenset({"head", "title", "style", "script", "template", "noscript", "textarea", "select", "object", "svg"})
SETS_APART = frozenset({"br", "p", "div", "td", "th", "tr", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
"""Elements around which text is not one word."""
HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0(\.0+)?\s*(;|!|$)"
    r"|font-size\s*:\s*(0(\.0+)?\s*[a-z%]*|1px)\s*(;|!|$)|(max-)?(height|width)\s*:\s*0[a-z]*\s*(;|!|$)"
    r"|color\s*:\s*transparent|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3,}|clip\s*:|clip-path\s*:",
    re.IGNORECASE,
)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
NAMED = re.compile(r"[.#][\w-]+")
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs, as Unicode has it, that nobody sees."""
SETTING_APART = "·•|/-–—_.,:;…*"
"""What stands between an address and a link."""
Words = tuple[str | None, str]
"""A link, and what is read in it; None outside of links."""


def says_nothing(words: Iterable[Words], postal_address: str, way_out: str | None) -> bool:
    """Whether nothing of it can be read but what each mail has at its foot."""
    own = " ".join("".join(text for link, text in words if link is None or link != way_out).split())
    for each in filter(None, (" ".join(postal_address.split()), way_out)):
        own = own.replace(each, "")
    return not any(map(_says_something, own))


def _says_something(char: str) -> bool:
    return unicodedata.category(char)[0] not in "ZC" and char not in BLANK and char not in SETTING_APART


def words_of(text: str, way_out: str | None) -> list[Words]:
    """A plain text: the way out is a link, with the word that stands before it, if there is just one in its line."""
    return [(way_out if way_out and _is_link(line, way_out) else None, f"{line}\n") for line in text.splitlines()]


def _is_link(line: str, way_out: str) -> bool:
    return way_out in line and len(line.replace(way_out, "").split()) <= 1


class Seen(HTMLParser):
    """`text` is what can be read, and `links` where visible links lead that have a text or a picture. `words` is each
    piece of what can be read, and of what stands for a picture, with the link that it is in.

    `end` is where something may be put behind all that, so that it is seen, too; None where what is left open hides it.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[tuple[str, bool]] = []
        self._pieces: list[str] = []
        self._sheet: list[str] = []
        self._hidden_names: set[str] = set()
        self._link: str | None = None
        self.links: set[str] = set()
        self.words: list[Words] = []
        self._tag_at = 0
        self._body_ends: int | None = None
        self.feed(html)
        is_open = bool(self.rawdata) or self._is_hidden  # such as a comment without an end
        self.close()
        self.end = None if is_open else self._place_in(html)

    def _place_in(self, html: str) -> int:
        return len(html) if self._body_ends is None else self._body_ends

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 (as HTMLParser calls it)
        """Lines and columns are counted by nobody: a fifth of the time that a mail is read in."""
        return j

    def parse_endtag(self, i: int) -> int:
        self._tag_at = i
        return super().parse_endtag(i)

    @property
    def text(self) -> str:
        return " ".join("".join(self._pieces).split())

    @property
    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hidden = self._is_hidden or tag in UNSEEN or (bool(attrs) and self._hides(attrs))
        if tag in SETS_APART:
            self._pieces.append(" ")
        if tag == "a" and not hidden:
            self._link = dict(attrs).get("href")
        elif tag == "img" and not hidden:
            self._saw()
            self.words.append((self._link, dict(attrs).get("alt") or ""))
        if tag not in VOID:
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._read_sheet("".join(self._sheet))
        if tag == "a":
            self._link = None
        if tag == "body" and not self._is_hidden:
            self._body_ends = self._tag_at
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                break

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "style":
            self._sheet.append(data)
        elif not self._is_hidden:
            self._pieces.append(data)
            self.words.append((self._link, data))
            if self._link and not data.isspace():
                self._saw()

    def _saw(self) -> None:
        if self._link:
            self.links.add(self._link)

    def _hides(self, attrs: Sequence[tuple[str, str | None]]) -> bool:
        told = dict(attrs)
        names = {f".{each}" for each in (told.get("class") or "").split()} | {f"#{told.get('id')}"}
        return (
            "hidden" in told or bool(HIDING.search(told.get("style") or "")) or not names.isdisjoint(self._hidden_names)
        )

    def _read_sheet(self, sheet: str) -> None:
        """Whatever a rule hides anywhere, on narrow screens or in the dark, is not seen by everybody."""
        for selectors, declarations in RULE.findall(sheet):
            if HIDING.search(declarations):
                self._hidden_names.update(NAMED.findall(selectors))
