"""What a guest sees: `/u/{token}`, the way out of marketing mail, `/u/{token}/back`, the way back, and from there what
is known of them (`knowing.py`).

A GET changes nothing: mail scanners follow every link. The POST comes from the page's form, or from the guest's mail
program by one click (RFC 8058). Its body is not read: whoever holds the token and sends a POST means it, in whichever
encoding, and an objection is never refused for its form. Mails do not name the way back: only a page leads there.
"""

from typing import TYPE_CHECKING

from chalice.app import Request, Response

from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.entrypoints.guest_pages.rendering import KNOWN, language_of, page, unknown, words_of_return
from chalicelib.languages.catalogues import Language

if TYPE_CHECKING:
    from chalicelib.messages.leaving import Standing


def shown(request: Request, token: str) -> Response:
    return _asked(request, token, back_at=f"{token}/back", choose_at=f"../preferences/{token}")


def return_shown(request: Request, token: str) -> Response:
    return _asked(request, token, leave_at=f"../{token}", choose_at=f"../../preferences/{token}")


def left(request: Request, token: str) -> Response:
    from chalicelib.messages import actions, leaving

    try:
        actions.unsubscribe(token)
    except NotFound:
        return unknown(request)
    return _page(request, "unsubscribed.html", token, leaving.standing(token), back_at=f"{token}/back")


def returned(request: Request, token: str) -> Response:
    from chalicelib.messages import leaving

    try:
        known = leaving.standing(token)
    except NotFound:
        return unknown(request)
    language = _language(known, request)
    try:
        leaving.come_back(token, words_of_return(language, known.names.name), language)
    except Conflict:
        return _page(request, "not_returned.html", token, known, status=409)
    return _page(request, "returned.html", token, known, leave_at=f"../{token}")


def _asked(request: Request, token: str, *, choose_at: str, leave_at: str = "", back_at: str = "") -> Response:
    from chalicelib.messages import leaving

    try:
        known = leaving.standing(token)
    except NotFound:
        return unknown(request)
    template = "left.html" if known.has_left else "unsubscribe.html"
    return _page(request, template, token, known, leave_at=leave_at, back_at=back_at, choose_at=choose_at)


def _page(request: Request, template: str, token: str, known: "Standing", status: int = 200, **places: str) -> Response:
    """The forms post to where the page is, or to an address beside it: with or without the stage in its path."""
    language = _language(known, request)
    words = words_of_return(language, known.names.name) if known.may_return else ""
    known_at = (KNOWN if places.get("leave_at") else f"{token}/{KNOWN}") if known.reads_the_mailbox else ""
    ways = {"leave_at": "", "back_at": "", "choose_at": "", "known_at": known_at, **places}
    return page(template, language, status, known.names, words=words, **ways)


def _language(known: "Standing", request: Request) -> Language:
    return language_of(known.languages, request)
