"""Where in HTML a reader stands after each piece of it, so that it is known what a value there could change. Pure.

As mail programs and browsers read: https://html.spec.whatwg.org/multipage/parsing.html#tokenization. What is not whole
at the end of a piece is no place at all: a value would become part of a tag.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

UNREAD = frozenset({"style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext"})
"""Elements whose content is no markup, and no text that is shown either."""
TITLES = frozenset({"title", "textarea"})
"""Elements whose content is text without markup."""


class Kind(StrEnum):
    TEXT = "the text"
    VALUE = "a quoted value"
    TAG = "a tag, between its attributes"
    NAME = "the name of a tag"
    ATTRIBUTE = "an attribute, and not in quotes"
    UNQUOTED = "an attribute's value without quotes"
    COMMENT = "a comment"
    DECLARATION = "a declaration"
    RAW = "a style or script element"
    BEGUN = "something that begins like a tag"


@dataclass(frozen=True)
class Place:
    """`at` tells places of one kind apart: which tag, and which of its attributes; `name` is that attribute's."""

    kind: Kind
    at: tuple[int, int] = (0, 0)
    quote: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"the attribute {self.name}" if self.kind is Kind.VALUE else self.kind


TEXT = Place(Kind.TEXT)
OPENS = re.compile(
    r"<(?:(?P<comment>!--(?:-?>)?)|(?P<declaration>[!?]|/(?![a-z>]))|/?(?P<name>[a-z][^ \t\n\r\f/>]*)|/>)",
    re.IGNORECASE,
)
BEGINS = re.compile(r"<[!/-]*\Z")
"""What may become a tag with the next piece."""
NAME_ENDS = re.compile(r"[ \t\n\r\f/>]")
ATTRIBUTE = re.compile(r"[ \t\n\r\f/]*(?:(?P<ends>>)|(?P<name>[^ \t\n\r\f/>][^ \t\n\r\f/>=]*))")
VALUE = re.compile(r"[ \t\n\r\f]*=[ \t\n\r\f]*(?:(?P<quote>[\"'])|(?P<ends>>)|(?P<unquoted>[^ \t\n\r\f>]))")
MAY_HAVE_VALUE = re.compile(r"[ \t\n\r\f]*(=[ \t\n\r\f]*)?\Z")
UNQUOTED_ENDS = re.compile(r"[ \t\n\r\f>]")
COMMENT_ENDS = re.compile(r"--!?>")


class Tag(NamedTuple):
    name: str
    attributes: tuple[tuple[str, str], ...]


class Reader:
    """Reads HTML piece by piece; `place` is where it stands, and `tags` are those that opened an element."""

    def __init__(self) -> None:
        self.place = TEXT
        self.tags: list[Tag] = []
        self._rest = ""
        self._within = ""
        self._tag = 0
        self._attributes: list[tuple[str, list[str]]] = []
        self._name = ""

    def read(self, piece: str) -> None:
        html, at = self._rest + piece, 0
        self._rest = ""
        while at < len(html):
            at = self._step(html, at)

    def _step(self, html: str, at: int) -> int:
        match self.place.kind:
            case Kind.TEXT | Kind.RAW | Kind.BEGUN:
                return self._in_text(html, at)
            case Kind.NAME:
                return self._in_name(html, at)
            case Kind.TAG | Kind.ATTRIBUTE:
                return self._in_tag(html, at)
            case Kind.VALUE:
                end = html.find(self.place.quote, at)
                return self._in_value(html, at, len(html) if end < 0 else end) + 1
            case Kind.UNQUOTED:
                ends = UNQUOTED_ENDS.search(html, at)
                return self._in_value(html, at, ends.start() if ends else len(html))
            case Kind.COMMENT:
                return self._in_comment(html, at)
            case Kind.DECLARATION:
                return self._until(html.find(">", at), html, TEXT)

    def _until(self, end: int, html: str, then: Place) -> int:
        """Behind the sign at `end`, where there is one."""
        if end < 0:
            return len(html)
        self.place = then
        return end + 1

    def _in_value(self, html: str, at: int, end: int) -> int:
        self._attributes[-1][1].append(html[at:end])
        if end < len(html):
            self.place = self._between()
        return end

    def _between(self) -> Place:
        return Place(Kind.TAG, (self._tag, 0))

    def _text(self) -> Place:
        if self._within in UNREAD:
            return Place(Kind.RAW, (self._tag, 0))
        return Place(Kind.TEXT, (self._tag, 0)) if self._within else TEXT

    def _in_text(self, html: str, at: int) -> int:
        begins = html.find("<", at)
        self.place = self._text()
        if begins < 0:
            return len(html)
        if BEGINS.match(html, begins) or self._may_close(html, begins):
            return self._keep(html, begins)
        opens = OPENS.match(html, begins)
        if opens is None or (self._within and not self._closes(html, begins)):
            return begins + 1
        return self._open(html, opens)

    def _keep(self, html: str, at: int) -> int:
        self._rest, self.place = html[at:], Place(Kind.BEGUN)
        return len(html)

    def _may_close(self, html: str, at: int) -> bool:
        """What may become the end of an element whose content is not read."""
        end = f"</{self._within}"
        return bool(self._within) and len(html) - at <= len(end) and end.startswith(html[at:].lower())

    def _closes(self, html: str, at: int) -> bool:
        end = f"</{self._within}"
        return html[at : at + len(end)].lower() == end and bool(NAME_ENDS.match(html, at + len(end)))

    def _open(self, html: str, opens: re.Match[str]) -> int:
        self._tag += 1
        self._attributes = []
        if opens["comment"]:
            is_whole = opens["comment"].endswith(">")  # as `<!-->` is
            self.place = self._text() if is_whole else Place(Kind.COMMENT, (self._tag, 0))
            return opens.end()
        if opens["declaration"]:
            self.place = Place(Kind.DECLARATION, (self._tag, 0))
            return opens.end()
        if opens["name"] is None:  # `</>` is nothing
            return opens.end()
        self.place = Place(Kind.NAME, (self._tag, 0))
        self._name, self._within = "" if html[opens.start() + 1] == "/" else opens["name"].lower(), ""
        return opens.end()

    def _in_name(self, html: str, at: int) -> int:
        ends = NAME_ENDS.search(html, at)
        self._name += html[at : ends.start() if ends else len(html)].lower() if self._name else ""
        if ends is None:
            return len(html)
        self.place = self._between()
        return ends.start()

    def _in_tag(self, html: str, at: int) -> int:
        found = ATTRIBUTE.match(html, at)
        if found is None:
            self.place = self._between()
            return len(html)
        if found["ends"]:
            return self._close(found.end())
        if MAY_HAVE_VALUE.match(html, found.end()):
            self._rest, self.place = html[found.start() :], Place(Kind.ATTRIBUTE, (self._tag, 0))
            return len(html)
        return self._with_value(html, found)

    def _with_value(self, html: str, found: re.Match[str]) -> int:
        value = VALUE.match(html, found.end())
        name = found["name"].lower()
        self._attributes.append((name, []))
        here = self._tag, len(self._attributes)
        self.place = self._between()
        if value is None:
            return found.end()
        if value["ends"]:
            return self._close(value.end())
        if value["quote"]:
            self.place = Place(Kind.VALUE, here, value["quote"], name)
            return value.end()
        self.place = Place(Kind.UNQUOTED, here, name=name)
        return value.start("unquoted")

    def _close(self, at: int) -> int:
        if self._name:
            self.tags.append(Tag(self._name, tuple((name, "".join(value)) for name, value in self._attributes)))
        self._within = self._name if self._name in UNREAD | TITLES else ""
        self.place = self._text()
        return at

    def _in_comment(self, html: str, at: int) -> int:
        ends = COMMENT_ENDS.search(html, at)
        if ends is None:
            self._rest = html[max(at, len(html) - 3) :]
            return len(html)
        self.place = TEXT
        return ends.end()
