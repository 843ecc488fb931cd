"""A page: its template in the guest's language, under headers that let nothing else in."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chalice.app import Request, Response

from chalicelib.entrypoints import templating
from chalicelib.entrypoints.problems import Headers
from chalicelib.languages.catalogues import GUESTS, Language, catalogue, nearest
from chalicelib.languages.negotiation import preferred

if TYPE_CHECKING:
    from jinja2 import Environment

    from chalicelib.messages.preferences import Frequency

KNOWN = "known"
"""The page of what is known of a guest, beside the way out."""
TEMPLATES = Path(__file__).parent / "templates"
ORIGIN = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(?=/|\Z)")


class Names(Protocol):
    """In whose names a page speaks."""

    @property
    def name(self) -> str: ...
    @property
    def postal_address(self) -> str: ...
    @property
    def logo_url(self) -> str: ...


class Nobody(NamedTuple):
    """Of a link that is nobody's."""

    name: str = ""
    postal_address: str = ""
    logo_url: str = ""


NOBODY = Nobody()


def page(
    template: str,
    language: Language,
    status: int = 200,
    names: Names = NOBODY,
    framed_by: Sequence[str] = (),
    **values: object,
) -> Response:
    """`framed_by` are the domains whose pages may show it within theirs. The values are what the template names beside
    its own texts: one that is missing is an error, none is HTML."""
    origin = ORIGIN.match(names.logo_url)
    shown = {"name": names.name, "postal_address": names.postal_address, "logo_url": names.logo_url if origin else ""}
    html = environment(language).get_template(template).render(shown | values)
    headers = {**_headers(origin[0] if origin else "", framed_by), "Content-Language": language}
    return Response(html, headers=headers, status_code=status)


def unknown(request: Request) -> Response:
    """Of a link that leads to nobody: the same, whatever is wrong with it."""
    return page("unknown.html", language_of((), request), 404)


def language_of(told: Iterable[str | None], request: Request) -> Language:
    """The first of these that the hub has, such as the guest's own and the mail's; else the browser's."""
    browsers: str | None = request.headers.get("accept-language")
    return next((found for each in told if (found := nearest(each))), None) or preferred(browsers)


def words_of_return(language: Language, name: str) -> str:
    """What stands above the button by which a guest agrees again, and is kept as proof."""
    gettext = catalogue(language).gettext
    if not name:
        return gettext("I would like to get newsletters and offers by e-mail again. I can leave at any time.")
    words = gettext(
        "I would like to get newsletters and offers from %(name)s by e-mail again. I can leave at any time."
    )
    return words % {"name": name}


def how_often(language: Language) -> "Mapping[Frequency, str]":
    """How often mails may come at most, as guests read it."""
    gettext = catalogue(language).gettext
    return {
        "all": gettext("As often as you write"),
        "week": gettext("At most once a week"),
        "month": gettext("At most once a month"),
    }


@cache
def environment(language: Language) -> "Environment":
    from markupsafe import Markup

    made = templating.environment((TEMPLATES,), language, GUESTS)
    made.globals |= {"style": Markup(_style())}  # noqa: S704 (our own file)
    return made


@cache
def _style() -> str:
    return (TEMPLATES / "style.css").read_text()


@cache
def _digest() -> str:
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()


def _headers(logos_origin: str, framed_by: Sequence[str]) -> Headers:
    """The style stands in the page, and its hash lets it in, alone; of other hosts that of the group's logo, if any."""
    around = " ".join(f"https://{each}" for each in framed_by) or "'none'"
    images = f"img-src {logos_origin}; " if logos_origin else ""
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_digest()}'; {images}form-action 'self'; "
            f"base-uri 'none'; frame-ancestors {around}"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
