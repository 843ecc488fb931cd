"""What the HTML of a mail may hold: links that say where they lead, and nothing that acts in a mail program."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from chalicelib.messages.places import Reader, Tag

LINKS = frozenset({"href", "src", "action", "background", "formaction", "poster", "srcset"})
ACTIVE = frozenset({"script", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "base"})
READ_OTHERWISE = frozenset({"svg", "math", "xmp", "plaintext", "noembed", "noframes"})
"""Within these a tag or a style is not what it is elsewhere, and no mail program shows them."""
ACTING_STYLES = re.compile(
    r"expression\s*\(|(java|vb)script\s*:|-moz-binding|behavior\s*:(?!\s*url\(#default#vml\))", re.IGNORECASE
)
"""Outlook asks for its drawings by a `behavior` of its own."""
STYLE_LINK = re.compile(r"(?:url\(\s*|@import\s*)[\"']?\s*([a-z][a-z0-9+.-]*:(?://)?)", re.IGNORECASE)
STYLE_SCHEMES = ("https://", "cid:", "data:")
HIDES_IN_STYLES = re.compile(r"/\*.*?\*/|\\|\{%%\}", re.DOTALL)
HOST = re.compile(r"[a-z]+:(//[^/?#]*)?", re.IGNORECASE)
FOR_OUTLOOK = re.compile(r"\s*\[if[^\]]*\]>")
"""How a comment begins that one mail program reads."""
INERT = frozenset({"content-type", "content-language", "x-ua-compatible"})
"""What a `meta http-equiv` may say: every mail builder writes these. Others act: `refresh` leads elsewhere."""

WHOLE = re.compile(r"\{\{-?\s*(unsubscribe_url|hotel\.logo_url|hotel\.booking_url)\s*-?\}\}")
"""Links that the hub itself puts in, each an https one."""


def faults(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(f'{html}">')  # what is left open ends here at the latest: in a mail, the foot would end it
    return reader.faults


def structure(html: str) -> tuple[tuple[str, ...], ...]:
    """The tags of a document, each with the names of its attributes and where its links lead."""
    reader = Reader()
    reader.read(html)
    return tuple((tag.name, *(_outline(name, value) for name, value in tag.attributes)) for tag in reader.tags)


def _outline(name: str, value: str) -> str:
    return f"{name}={found[0] if (found := HOST.match(value)) else ''}" if name in LINKS else name


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.faults += faults_of_tags([Tag(tag, tuple((name, value or "") for name, value in attrs))])

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.faults += _style_faults(data)

    def handle_comment(self, data: str) -> None:
        begins = FOR_OUTLOOK.match(data)
        if begins:
            self.faults += faults(data[begins.end() :])


def faults_of_tags(tags: Iterable[Tag]) -> Iterator[str]:
    for tag in tags:
        if tag.name in ACTIVE | READ_OTHERWISE:
            yield f"has a {tag.name} element"
        for name, value in tag.attributes:
            yield from _faults_of(name, value)


def _faults_of(name: str, value: str) -> Iterator[str]:
    if name.startswith("on"):
        yield f"has the attribute {name}"
    if name == "http-equiv" and value.strip().lower() not in INERT:
        yield f"has a meta element with http-equiv {value!r}"[:200]
    if name == "style":
        yield from _style_faults(value)
    if name in LINKS and not link_is_fit(value):
        yield f"links to {value!r}; links begin with https://, mailto: or tel:"[:200]


def _style_faults(style: str) -> Iterator[str]:
    plain = HIDES_IN_STYLES.sub("", style)
    if "http://" in plain.lower():
        yield "has an http link in a style; only https is taken"
    elif any(not link.lower().startswith(STYLE_SCHEMES) for link in STYLE_LINK.findall(plain)):
        yield "has a link in a style that is no https link"
    if ACTING_STYLES.search(plain):
        yield "has a style that acts"


def link_is_fit(link: str) -> bool:
    """An https link says plainly where it leads: no user name before the host, no backslash, no host by variable."""
    if link in {"", "#"} or WHOLE.fullmatch(link):
        return True
    if re.match(r"(mailto|tel):[^\\\s]", link):
        return True
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    host_is_plain = bool(re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", parts.netloc))
    return (
        parts.scheme == "https"
        and host_is_plain
        and not re.search(r"[\\\x00-\x20]", re.sub(r"\{[{%].*?[%}]\}", "", link))
    )
