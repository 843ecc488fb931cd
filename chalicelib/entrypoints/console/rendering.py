"""A page of the console: its template in the reader's language, under headers that let nothing else in."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib.entrypoints import templating
from chalicelib.entrypoints.console import accent, cells, forms, preferred, static
from chalicelib.entrypoints.console.coded import told
from chalicelib.entrypoints.console.table import Page
from chalicelib.entrypoints.problems import Headers
from chalicelib.languages.catalogues import CONSOLE, SOURCE, Language
from chalicelib.settings.model import HubSettings

if TYPE_CHECKING:
    from jinja2 import Environment

    from chalicelib.entrypoints.console.visits import Visit

FOLDERS = (Path(__file__).parent / "frame", Path(__file__).parent / "pages")
ACCENT = "#1f5f8b"
NAME = "Xenia"
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")
"""Nothing by which a policy would say more (`;`, `,`)."""


class Link(NamedTuple):
    """One of the navigation. `is_here` where the page is in its section."""

    address: str
    title: str
    is_here: bool


class Brand(NamedTuple):
    """How the deployment looks."""

    name: str
    logo_url: str
    accent: str

    @property
    def images(self) -> str:
        """The one other host whose images may be shown."""
        return origin(self.logo_url)


def page(visit: "Visit", template: str, status: int, values: Mapping[str, object]) -> Response:
    from chalicelib.settings import store

    brand = brand_of(store.get())
    html = environment(visit.language).get_template(template).render(_frame(visit, brand) | dict(values))
    headers = {**_headers(brand.images, origin(str(values.get("posts_to", "")))), "Content-Language": visit.language}
    return Response(html, headers=headers, status_code=status)


def framed(html: str, status: int = 200) -> Response:
    """A mail, alone in a frame of one of our pages: it may show itself and images, and do nothing."""
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'"
    return Response(html, headers={**_headers(""), "Content-Security-Policy": policy}, status_code=status)


def fault_page(status: int, correlation: str, headers: Headers) -> Response:
    html = environment(SOURCE).get_template("fault.html").render(static=_static, status=status, correlation=correlation)
    return Response(html, headers={**headers, **_headers("")}, status_code=status)


def brand_of(settings: HubSettings) -> Brand:
    """The group's name is that in which it sends, without the address."""
    sender = settings.group.sender or ""
    name = sender.partition("<")[0].strip().strip('"') if "<" in sender else ""
    return Brand(name or NAME, settings.group.logo_url or "", settings.accent or ACCENT)


@cache
def environment(language: Language) -> "Environment":
    return templating.environment(FOLDERS, language, CONSOLE)


def _frame(visit: "Visit", brand: Brand) -> dict[str, object]:
    """What every template may name."""
    return {
        "visit": visit,
        "at": visit.at,
        "coded": lambda of, code: visit.words(told(of, code)),
        "brand": brand,
        "accent_sheet": accent.name_of(brand.accent),
        "navigation": list(_navigation(visit)),
        "static": _static,
        "under": cells.under,
        "token": lambda path: forms.token(visit.session, path),
        "words": visit.wording,
        "preferred_words": lambda known: preferred.in_words(known, visit.words),
        "preferred_words_of": lambda kind, values: preferred.values_in_words(kind, values, visit.words),
    }


def _static(name: str) -> str:
    return static.names()[name]


def _navigation(visit: "Visit") -> Iterator[Link]:
    """The sections that who is there may open."""
    for each in visit.pages:
        if each.title and visit.signed is not None and visit.opens(each):
            yield Link(visit.at(each.path), visit.words(each.title), _is_within(visit.path, each))


def _is_within(path: str, section: Page) -> bool:
    return path == section.path or (section.path != "/" and path.startswith(f"{section.path}/"))


def origin(address: str) -> str:
    """Of another host to which one page may send a form; "" for none."""
    parts = urlsplit(address)
    return f" {parts.scheme}://{parts.netloc}" if HOST.fullmatch(parts.netloc) else ""


def _headers(images: str, posts_to: str = "") -> Headers:
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"form-action 'self'{posts_to}; frame-src 'self'; img-src 'self' data:{images}; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
