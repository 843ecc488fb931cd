"""What people are mailed about signing in: an invitation, which opens the page and signs nobody in, and a link."""

from datetime import datetime
from html import escape

from chalicelib.access.links import actions as links
from chalicelib.access.links.model import LASTS, Letter
from chalicelib.access.staff.model import Staff
from chalicelib.canonical.ids import staff_mail_of
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


def mail_invitation(one: Staff) -> None:
    """Tell somebody where to sign in, once. Before `hub infra finish` nobody knows where."""
    address = address_of()
    if not address:
        return
    text = (
        f"Hello {one.name},\n\nyou are invited to work with the guest hub of your hotels. Sign in at\n\n{address}\n\n"
        f"with this e-mail address: {one.email}. You get a link for each time that you sign in, and need no password.\n"
    )
    asked = staff_mail_of("invitation", one.id)
    mail_staff(SendToStaff(asked, one.email, "You are invited to the guest hub", as_html(text, address), text))


def ask(typed: str, cookie: str | None, network: str, now: datetime) -> str:
    """Have a link mailed, and return the cookie of the browser that asked. An address that nobody has is answered
    alike, by the same calls: its mail lies in the queue, too, and is let go there as one that came too late.

    Raises Invalid for what is no address, and TooMany.
    """
    asked = links.ask(typed, cookie, network, now)
    mail_staff(_mail_of(asked.letter))
    return asked.cookie


def _mail_of(letter: Letter) -> SendToStaff:
    address = address_of(f"/{letter.token}")
    code = f"{letter.code[:4]} {letter.code[4:]}"
    text = (
        f"Sign in to the guest hub:\n\n{address}\n\nThe link works once, within {MINUTES} minutes, in the browser in "
        f"which you asked for it. If you read this elsewhere, type this code there:\n\n{code}\n\nIf it was not you who "
        "asked, do nothing: nobody is signed in without this mail. Give the code to nobody.\n"
    )
    asked = staff_mail_of("link", letter.link)
    html = as_html(text, address)
    return SendToStaff(asked, letter.to, f"Sign in: {code}", html, text, letter.until)


def as_html(text: str, address: str) -> str:
    """The same in paragraphs, with the address as a link that nobody follows up."""
    shown = escape(text.strip())
    link = f'<a ses:no-track href="{escape(address)}">{escape(address)}</a>'
    paragraphs = "".join(f"<p>{each}</p>" for each in shown.replace(escape(address), link).split("\n\n"))
    return f"<!doctype html><html><body>{paragraphs}</body></html>"
