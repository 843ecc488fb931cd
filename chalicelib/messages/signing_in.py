"""What people are mailed about signing in. An invitation opens the page, and signs nobody in."""

from html import escape

from chalicelib.access.staff.model import Staff
from chalicelib.canonical.ids import staff_mail_of
from chalicelib.messages.queued import SendToStaff
from chalicelib.messages.staff import mail_staff
from chalicelib.settings import installation

PAGE = "/console/sign-in"


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


def as_html(text: str, address: str) -> str:
    """The same in paragraphs, with the address as a link."""
    shown = escape(text.strip())
    link = f'<a href="{escape(address)}" ses:no-track="">{escape(address)}</a>'
    paragraphs = "".join(f"<p>{each}</p>" for each in shown.replace(escape(address), link).split("\n\n"))
    return f"<!doctype html><html><body>{paragraphs}</body></html>"
