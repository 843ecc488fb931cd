"""The preference centre, `/preferences/{token}`: what a guest wants mails about, how often, and whether it is followed.

A GET changes nothing. The token is that of the way out; whoever holds it may refuse anything, and agree to something
where the mail that brought it went to an address that is the guest's still.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalice.app import Request, Response

from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound, TooLarge
from chalicelib.entrypoints import form_bodies
from chalicelib.entrypoints.form_bodies import Form
from chalicelib.entrypoints.guest_pages.rendering import KNOWN, how_often, language_of, page, unknown, words_of_return
from chalicelib.languages.catalogues import SOURCE, Language
from chalicelib.languages.sentences import agreeing_to_be_followed

if TYPE_CHECKING:
    from chalicelib.messages.leaving import Standing
    from chalicelib.messages.preferences import Chosen
    from chalicelib.messages.set_up import SetUp


def shown(request: Request, token: str) -> Response:
    from chalicelib.messages import set_up

    try:
        return _shown(request, token, set_up.read())
    except NotFound:
        return unknown(request)


def chosen(request: Request, token: str) -> Response:
    from chalicelib.messages import leaving, set_up

    try:
        as_set = set_up.read()
        known = leaving.standing(token, as_set)
        language = _language(known, request)
        return _kept_or_asked_again(request, token, as_set, language)
    except NotFound:
        return unknown(request)
    except Conflict:
        return page("not_returned.html", language, 409, known.names)


def _kept_or_asked_again(request: Request, token: str, known: "SetUp", language: Language) -> Response:
    """Raises NotFound, and Conflict where nothing is kept."""
    from chalicelib.messages import preferences

    try:
        sent = form_bodies.of(request)
        preferences.choose(token, _chosen(sent), _words(known, language), language, known=known)
    except (Invalid, TooLarge):
        return _shown(request, token, known, status=400)
    return _shown(request, token, known, is_saved=True)


def _shown(request: Request, token: str, as_set: "SetUp", status: int = 200, *, is_saved: bool = False) -> Response:
    """Raises NotFound."""
    from chalicelib.messages import leaving, preferences

    known = leaving.standing(token, as_set)
    language = _language(known, request)
    known_at = f"../u/{token}/{KNOWN}" if known.reads_the_mailbox else ""
    if known.has_left:
        words = words_of_return(language, known.names.name) if known.may_return else ""
        ways = {"back_at": f"../u/{token}/back", "known_at": known_at}
        return page("left.html", language, status, known.names, words=words, **ways)
    chosen = preferences.preferences(token, known=as_set)
    return page(
        "preferences.html",
        language,
        status,
        known.names,
        topics=[(each.id, each.name_in(language)) for each in chosen.topics],
        chosen=chosen,
        often=how_often(language),
        of_tracking=agreeing_to_be_followed(language),
        is_saved=is_saved,
        is_refused=status == 400,
        leave_at=f"../u/{token}",
        known_at=known_at,
    )


def _chosen(sent: Form) -> "Chosen":
    """Raises Invalid for what the page's own form does not send."""
    from chalicelib.messages.preferences import Chosen

    found = next((each for each in how_often(SOURCE) if each == sent.text("frequency")), None)
    if found is None:
        raise Invalid(FieldError("frequency", "is none of the page's"))
    return Chosen(frozenset(sent.texts("shown")), frozenset(sent.texts("topic")), found, sent.has("tracked"))


def _words(known: "SetUp", language: Language) -> Mapping[str, str]:
    """What stands beside each box, by topic, frequency and purpose."""
    from chalicelib.consent.model import TRACKING
    from chalicelib.messages import preferences

    topics = {each.id: each.name_in(language) for each in known.legal.topics}
    often = {part: how_often(language)[name] for name, part in preferences.PARTS.items()}
    return {**topics, **often, TRACKING: agreeing_to_be_followed(language)}


def _language(known: "Standing", request: Request) -> Language:
    return language_of(known.languages, request)
