"""The mail that asks who signed up to confirm it: in their language, in the hotel's or the group's names, no offer."""

from collections.abc import Sequence
from html import escape

from chalicelib.languages.catalogues import SOURCE, catalogue, direction, nearest
from chalicelib.messages.queued import SendToNewcomer
from chalicelib.settings.rules import Names
from chalicelib.signups.model import Signup


def letter(signup: Signup, address: str, names: Names) -> SendToNewcomer:
    """`address` is that of the link."""
    language = nearest(signup.language) or SOURCE
    gettext = catalogue(language).gettext
    asks = gettext("Please confirm that you would like to get newsletters and offers from {name} at this address:")
    paragraphs = [
        asks.format(name=names.name),
        address,
        gettext("The link works for seven days. Without your confirmation you get no newsletter."),
        gettext("If it was not you who asked, do nothing: what was typed is deleted by itself."),
    ]
    subject = gettext("Please confirm: newsletters from {name}").format(name=names.name)
    foot = [names.postal_address] if names.postal_address else []
    return SendToNewcomer(
        signup.id,
        signup.email,
        subject,
        _as_html([*paragraphs, *foot], address, gettext("Confirm"), language),
        "\n\n".join([*paragraphs, *foot]) + "\n",
        signup.until,
        signup.property_id,
    )


def _as_html(paragraphs: Sequence[str], address: str, confirm: str, language: str) -> str:
    """The same, with the address as a link that is not followed up."""
    link = f'<a ses:no-track href="{escape(address)}">{escape(confirm)}</a>'
    shown = "".join(f"<p>{link if each == address else _lines(each)}</p>" for each in paragraphs)
    way = direction(nearest(language) or SOURCE)
    return f'<!doctype html><html lang="{language}" dir="{way}"><body dir="{way}">{shown}</body></html>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
