"""The mail that asks who signed up to confirm it: in their language, in the hotel's or the group's names, no offer."""

from chalicelib.languages.catalogues import SOURCE, catalogue, nearest
from chalicelib.messages.paragraphs import as_html, as_text
from chalicelib.messages.queued import SendToNewcomer
from chalicelib.settings.rules import Names
from chalicelib.signups.model import Signup


def letter(signup: Signup, to: str, link: str, names: Names) -> SendToNewcomer:
    language = nearest(signup.language) or SOURCE
    gettext = catalogue(language).gettext
    asks = gettext("Please confirm that you would like to get newsletters and offers from {name} at this address:")
    paragraphs = [
        asks.format(name=names.name),
        link,
        gettext("The link works for seven days. Without your confirmation you get no newsletter."),
        gettext("If it was not you who asked, do nothing: what was typed is deleted by itself."),
    ]
    subject = gettext("Please confirm: newsletters from {name}").format(name=names.name)
    foot = [names.postal_address] if names.postal_address else []
    return SendToNewcomer(
        signup.id,
        to,
        subject,
        as_html([*paragraphs, *foot], link, gettext("Confirm"), language),
        as_text([*paragraphs, *foot]),
        signup.until,
        signup.property_id,
    )
