"""What a guest sees: `/u/{token}`, the way out of marketing mail.

A GET changes nothing: mail scanners follow every link. The POST comes from the page's form, or from the guest's mail
program by one click (RFC 8058). Its body is not read: whoever holds the token and sends a POST means it, in whichever
encoding, and an objection is never refused for its form.
"""

from chalice.app import Blueprint, Response

from chalicelib.canonical.errors import NotFound
from chalicelib.entrypoints.guest_pages.rendering import page
from chalicelib.entrypoints.problems import answered
from chalicelib.languages.negotiation import preferred

guest_pages = Blueprint(__name__)


@guest_pages.route("/u/{token}", methods=["GET"], content_types=["*/*"])
@answered(guest_pages)
def show_unsubscribe(token: str) -> Response:
    from chalicelib.messages.tokens import read_token

    try:
        read_token(token)
    except NotFound:
        return _unknown()
    return _page("unsubscribe.html")


@guest_pages.route("/u/{token}", methods=["POST"], content_types=["*/*"])
@answered(guest_pages)
def unsubscribe(token: str) -> Response:
    from chalicelib.messages import actions

    try:
        actions.unsubscribe(token)
    except NotFound:
        return _unknown()
    return _page("unsubscribed.html")


def _unknown() -> Response:
    return _page("unknown.html", status=404)


def _page(template: str, status: int = 200, **values: object) -> Response:
    language = preferred(guest_pages.current_request.headers.get("accept-language"))
    return page(template, language, status, **values)
