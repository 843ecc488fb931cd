"""What a guest is shown of what is known of them: `/u/{token}/known`, and one kind of it, to be changed or deleted.

A GET changes nothing. The pages need no script: a form without anything ticked deletes, as its button for that does.
"""

from typing import TYPE_CHECKING, NamedTuple

from chalice.app import Blueprint, Response

from chalicelib.canonical.errors import Conflict, Invalid, NotFound, TooLarge
from chalicelib.canonical.preferences import OFFERED, most_of
from chalicelib.entrypoints.guest_pages.rendering import language_of, page, unknown
from chalicelib.entrypoints.problems import answered
from chalicelib.languages.catalogues import Language, catalogue
from chalicelib.languages.preferred import KINDS, word

if TYPE_CHECKING:
    from chalicelib.canonical.preferences import Kind
    from chalicelib.messages.leaving import Standing

knowing_pages = Blueprint(__name__)


class Line(NamedTuple):
    kind: str
    name: str
    words: str


class Choice(NamedTuple):
    value: str
    words: str
    is_chosen: bool


@knowing_pages.route("/u/{token}/known", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(knowing_pages)
def show_known(token: str) -> Response:
    from chalicelib.messages import leaving, what_is_known

    try:
        found, standing = what_is_known.known(token), leaving.standing(token)
    except NotFound:
        return unknown(knowing_pages.current_request)
    language = _language(standing)
    lines = [_line(kind, found.get(kind, ()), language) for kind in OFFERED]
    told, open_ = [each for each in lines if each.words], [each for each in lines if not each.words]
    return page("known.html", language, names=standing.names, told=told, open=open_)


@knowing_pages.route("/u/{token}/known/{kind}", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(knowing_pages)
def show_kind(token: str, kind: str) -> Response:
    return _form(token, kind)


@knowing_pages.route("/u/{token}/known/{kind}", methods=["POST"], content_types=["*/*"])
@answered(knowing_pages)
def say_kind(token: str, kind: str) -> Response:
    from chalicelib.entrypoints import form_bodies
    from chalicelib.ingest import preferring
    from chalicelib.messages import what_is_known

    try:
        named = preferring.kind_named(kind)
    except Invalid:
        return unknown(knowing_pages.current_request)
    try:
        sent = form_bodies.of(knowing_pages.current_request)
        what_is_known.say(token, named, sent.texts("values"))
    except NotFound:
        return unknown(knowing_pages.current_request)
    except (Invalid, TooLarge):
        return _form(token, kind, 400)
    except Conflict:
        return _form(token, kind, 409)
    return _form(token, kind, is_saved=True)


def _form(token: str, kind: str, status: int = 200, *, is_saved: bool = False) -> Response:
    from chalicelib.ingest import preferring
    from chalicelib.messages import leaving, what_is_known

    try:
        named = preferring.kind_named(kind)
        found, standing = what_is_known.known(token).get(named, ()), leaving.standing(token)
    except (Invalid, NotFound):
        return unknown(knowing_pages.current_request)
    language = _language(standing)
    return page(
        "known_kind.html",
        language,
        status,
        standing.names,
        about=_in(language, KINDS[named]),
        choices=_choices(named, found, language),
        is_one=most_of(named) == 1,
        is_known=bool(found),
        most=most_of(named) if most_of(named) < len(OFFERED[named]) else 0,
        is_refused=status != 200,
        is_saved=is_saved,
    )


def _line(kind: "Kind", values: tuple[str, ...], language: Language) -> Line:
    return Line(kind, _in(language, KINDS[kind]), ", ".join(_in(language, word(kind, each)) for each in values))


def _choices(kind: "Kind", values: tuple[str, ...], language: Language) -> list[Choice]:
    return [Choice(each, _in(language, word(kind, each)), each in values) for each in OFFERED[kind]]


def _in(language: Language, text: str) -> str:
    return catalogue(language).gettext(text)


def _language(known: "Standing") -> Language:
    return language_of(known.languages, knowing_pages.current_request)
