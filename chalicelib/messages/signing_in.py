"""What people are mailed about signing in: an invitation, which opens the page and signs nobody in, and a link.

A link is told in the language of the page on which it was asked for: the language of who has the address would take a
read that an address nobody has would not.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.access.links import actions as links
from chalicelib.access.links.model import LASTS, Letter
from chalicelib.access.staff.model import Staff
from chalicelib.canonical.ids import staff_mail_of
from chalicelib.languages.catalogues import CONSOLE, SOURCE, Language, catalogue, nearest
from chalicelib.messages.paragraphs import as_html, as_text
from chalicelib.messages.queued import SendToStaff
from chalicelib.messages.staff import mail_staff
from chalicelib.settings import installation

PAGE = "/console/sign-in"
MINUTES = int(LASTS.total_seconds() // 60)


def address_of(path: str = "") -> str:
    """Of the page on which people sign in, from what the deployment knows of itself and never from a request; "" where
    it knows nothing yet."""
    public_url = installation.get().public_url
    return f"{public_url}{PAGE}{path}" if public_url else ""


def mail_invitation(one: Staff, language: str | None = None) -> None:
    """Tell somebody where to sign in, once, in a language of the console's or in English. Before `hub infra finish`
    nobody knows where."""
    address = address_of()
    if address:
        asked = staff_mail_of("invitation", one.id)
        mail_staff(SendToStaff(asked, one.email, *_invitation(one, address, nearest(language, CONSOLE) or SOURCE)))


def _invitation(one: Staff, address: str, language: Language) -> tuple[str, str, str]:
    """Subject, HTML and text."""
    gettext = _texts(language)
    paragraphs = [
        gettext("Hello {name},").format(name=one.name),
        gettext("You are invited to work with the guest hub of your hotels. This is where you sign in:"),
        address,
        gettext(
            "Type this e-mail address there: {address}. You get a link for each time that you sign in, and need no "
            "password."
        ).format(address=one.email),
    ]
    return (
        gettext("You are invited to the guest hub"),
        as_html(paragraphs, address, address, language),
        as_text(paragraphs),
    )


def ask(typed: str, cookie: str | None, network: str, now: datetime, language: Language = SOURCE) -> str:
    """Have a link mailed, and return the cookie of the browser that asked. An address that nobody has is answered
    alike, by the same calls: its mail lies in the queue, too, and is let go there as one that came too late.

    Raises Invalid for what is no address, and TooMany.
    """
    asked = links.ask(typed, cookie, network, now)
    mail_staff(_mail_of(asked.letter, language))
    return asked.cookie


def _mail_of(letter: Letter, language: Language) -> SendToStaff:
    gettext, address = _texts(language), address_of(f"/{letter.token}")
    code = f"{letter.code[:4]} {letter.code[4:]}"
    paragraphs = [
        gettext("Sign in to the guest hub:"),
        address,
        gettext(
            "The link works once, within {minutes} minutes, in the browser in which you asked for it. If you read this "
            "elsewhere, type this code there:"
        ).format(minutes=MINUTES),
        code,
        gettext(
            "If it was not you who asked, do nothing: nobody is signed in without this mail. Give the code to nobody."
        ),
    ]
    subject, html = gettext("Sign in: {code}").format(code=code), as_html(paragraphs, address, address, language)
    return SendToStaff(staff_mail_of("link", letter.link), letter.to, subject, html, as_text(paragraphs), letter.until)


def _texts(language: Language) -> Callable[[str], str]:
    return catalogue(language, CONSOLE).gettext
