"""What the HTML of a mail may hold: links that say where they lead, and nothing that acts in a mail program."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

LINKS = frozenset({"href", "src", "action", "background", "formaction", "poster", "srcset"})
ACTIVE = frozenset({"script", "iframe", "object", "embed", "form", "base"})
INERT = frozenset({"content-type", "content-language", "x-ua-compatible"})
"""What a `meta http-equiv` may say: every mail builder writes these. Others act: `refresh` leads elsewhere."""

WHOLE = re.compile(r"\{\{-?\s*(unsubscribe_url|hotel\.logo_url|hotel\.booking_url)\s*-?\}\}")
"""Links that the hub itself puts in, each an https one."""


def faults(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(f'{html}">')  # what is left open ends here at the latest: in a mail, the foot would end it
    return reader.faults


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE:
            self.faults.append(f"has a {tag} element")
        for name, value in attrs:
            self.faults += _faults_of(name, value or "")


def _faults_of(name: str, value: str) -> Iterator[str]:
    if name.startswith("on"):
        yield f"has the attribute {name}"
    if name == "http-equiv" and value.strip().lower() not in INERT:
        yield f"has a meta element with http-equiv {value!r}"[:200]
    if name == "style" and "http://" in value.lower():
        yield "has an http link in a style; only https is taken"
    if name in LINKS and not link_is_fit(value):
        yield f"links to {value!r}; links begin with https://, mailto: or tel:"[:200]


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
