"""A mail of a few paragraphs with one link, as HTML and as text: to who is no guest yet, and to the staff. Pure."""

from collections.abc import Sequence
from html import escape

from chalicelib.languages.catalogues import Language, direction


def as_text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs) + "\n"


def as_html(paragraphs: Sequence[str], address: str, label: str, language: Language) -> str:
    """The paragraph that is the address becomes a link that nobody follows up, called by its label. The direction is
    said at the body, too: many mail programs take that alone."""
    link = f'<a ses:no-track href="{escape(address)}">{escape(label)}</a>'
    shown = "".join(f"<p>{link if each == address else _lines(each)}</p>" for each in paragraphs)
    way = direction(language)
    return f'<!doctype html><html lang="{language}" dir="{way}"><body dir="{way}">{shown}</body></html>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
