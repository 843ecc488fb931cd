"""A page: its template in the guest's language, under headers that let nothing else in."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.entrypoints.problems import Headers
from chalicelib.languages.catalogues import Language, catalogue, direction

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
EXTENSIONS = ["jinja2.ext.i18n"]


def page(template: str, language: Language, status: int = 200, **values: object) -> Response:
    """The values are what the template names beside its own texts: one that is missing is an error, none is HTML."""
    html = environment(language).get_template(template).render(values)
    return Response(html, headers={**_headers(), "Content-Language": language}, status_code=status)


@cache
def environment(language: Language) -> "Environment":
    """One for each language, because Jinja keeps the catalogue in it. Templates are compiled on first use."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=EXTENSIONS,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined] # the extension's
    made.globals |= {"language": language, "direction": direction(language), "style": Markup(_style())}  # noqa: S704 (our own file)
    return made


@cache
def _style() -> str:
    return (TEMPLATES / "style.css").read_text()


@cache
def _headers() -> Headers:
    """The style stands in the page, and its hash lets it in, alone: one request, and no other host."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
