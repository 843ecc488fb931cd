"""The foot of a mail: the postal address and the way out, if it has one, where the template did not place them."""

import re
from functools import partial
from html import escape

from chalicelib.languages.catalogues import SOURCE, catalogue, nearest
from chalicelib.messages.channels.visible import Seen

TRACKED_LINK = re.compile(r"<a(?=\s)(?![^>]*ses:no-track)[^>]*")


def word_for(language: str | None) -> str:
    """English for a language that is not known, or not one of ours; `de-AT` is German."""
    return catalogue(nearest(language) or SOURCE).gettext("Unsubscribe")


def with_html_foot(html: str, postal_address: str, unsubscribe_url: str | None, language: str | None) -> str:
    html = untracked(html, unsubscribe_url)
    return with_foot(html, Seen(html), postal_address, unsubscribe_url, language)


def untracked(html: str, unsubscribe_url: str | None) -> str:
    """Unsubscribe links are not tracked: a tracked one would lead through SES before it leads out."""
    if unsubscribe_url and unsubscribe_url in html:
        return TRACKED_LINK.sub(partial(_untracked, unsubscribe_url), html)
    return html


def with_foot(html: str, seen: Seen, postal_address: str, unsubscribe_url: str | None, language: str | None) -> str:
    """What the template placed counts where a reader can see it: told from the parsed document, not from its text."""
    lines = [] if " ".join(postal_address.split()) in seen.text else [escape(postal_address)]
    if unsubscribe_url and unsubscribe_url not in seen.links:
        lines.append(f'<a ses:no-track href="{unsubscribe_url}">{escape(word_for(language))}</a>')
    if not lines:
        return html
    foot = f'<p style="font-size:12px">{"<br>".join(lines)}</p>'
    return f"{foot}{html}" if seen.end is None else f"{html[: seen.end]}{foot}{html[seen.end :]}"


def _untracked(url: str, link: re.Match[str]) -> str:
    return f"<a ses:no-track{link[0][2:]}" if url in link[0] else link[0]


def with_text_foot(text: str, postal_address: str, unsubscribe_url: str | None, language: str | None) -> str:
    lines = [] if postal_address in text else [postal_address]
    if unsubscribe_url and unsubscribe_url not in text:
        lines.append(f"{word_for(language)}: {unsubscribe_url}")
    return "\n".join([text.rstrip(), "", "-- ", *lines]) + "\n" if lines else text
