"""Where a guest gives an address on their own phone, `/capture/{token}`: they scanned the link at the front desk.

It speaks in the hotel's name and the browser's language, and tells nothing of the guest: whoever holds the phone sees
it. A GET changes nothing. A link is for one use, and over after half an hour: then it is as one that never was.
"""

from typing import TYPE_CHECKING, NamedTuple

from chalice.app import Request, Response

from chalicelib.canonical.errors import Conflict, Invalid, NotFound, TooLarge, TooMany
from chalicelib.canonical.time import instant, now
from chalicelib.entrypoints import form_bodies
from chalicelib.entrypoints.guest_pages.rendering import language_of, page, unknown
from chalicelib.languages.catalogues import Language, catalogue

if TYPE_CHECKING:
    from chalicelib.captures.model import Said
    from chalicelib.entrypoints.api.capture_codes import Asked
    from chalicelib.entrypoints.form_bodies import Form


class Typed(NamedTuple):
    """What a form shows that comes back."""

    email: str = ""
    agreed: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


NOTHING = Typed()


def shown(request: Request, token: str) -> Response:
    from chalicelib.entrypoints.api import capture_codes

    try:
        return _shown(request, capture_codes.asked_behind(token, _language(request), instant(now())))
    except (NotFound, Conflict):
        return unknown(request)


def sent(request: Request, token: str) -> Response:
    from chalicelib.entrypoints.api import capture_codes

    language, at = _language(request), instant(now())
    try:
        asked = capture_codes.asked_behind(token, language, at)
        return _sent(request, token, asked)
    except (NotFound, Conflict):
        return unknown(request)


def _sent(request: Request, token: str, asked: "Asked") -> Response:
    """Raises NotFound, also where the link was used for something else, and Conflict where the guest cannot be
    asked."""
    from chalicelib.entrypoints.api import capture_codes

    language = _language(request)
    try:
        form = form_bodies.of(request)
    except (Invalid, TooLarge):
        return _shown(request, asked, 400)
    if form.text("shown") != asked.shown or not _newsletters(asked, form):
        wrong = catalogue(language).gettext("Please read the sentence, and tick it.")
        return _shown(request, asked, 400, _typed(form), wrong)
    try:
        outcome = capture_codes.sent(token, _said(asked, form, language), instant(now()))
    except Invalid:
        wrong = catalogue(language).gettext("Please give one e-mail address of your own, such as anna@example.com.")
        return _shown(request, asked, 400, _typed(form), wrong)
    except TooMany:
        return page("signup_busy.html", language, 429, asked.names)
    return page("capture_done.html", language, 200, asked.names, to_confirm=outcome == "to_confirm")


def _newsletters(asked: "Asked", sent: "Form") -> bool:
    """Whether they agreed to what the page is for, and not only to a part of it."""
    return asked.main in sent.texts("agreed")


def _said(asked: "Asked", sent: "Form", language: Language) -> "Said":
    from chalicelib.captures.model import Said

    agreed = {purpose: words for purpose, words in asked.sentences.items() if purpose in sent.texts("agreed")}
    return Said(sent.text("email"), language, agreed, frozenset(sent.texts("topic")), place="phone")


def _shown(request: Request, asked: "Asked", status: int = 200, typed: Typed = NOTHING, refused: str = "") -> Response:
    """Raises NotFound where the link was used."""
    if asked.is_used:
        raise NotFound("There is no such page.")
    return page(
        "capture.html",
        _language(request),
        status,
        asked.names,
        sentences=[(purpose, each.words) for purpose, each in asked.sentences.items()],
        topics=asked.topics,
        shown=asked.shown,
        main=asked.main,
        typed=typed,
        refused=refused,
    )


def _typed(sent: "Form") -> Typed:
    return Typed(sent.text("email"), frozenset(sent.texts("agreed")), frozenset(sent.texts("topic")))


def _language(request: Request) -> Language:
    """The browser's: whose phone it is, nobody knows."""
    return language_of((), request)
