"""What a guest is shown of what is known of them: `/u/{token}/known`, and one kind of it, to be changed or deleted.

A GET changes nothing. The pages need no script: a form without anything ticked deletes, as its button for that does.
"""

from typing import TYPE_CHECKING, NamedTuple

from chalice.app import Request, Response

from chalicelib.canonical.errors import Conflict, Invalid, NotFound, TooLarge
from chalicelib.canonical.preferences import OFFERED, most_of
from chalicelib.entrypoints.guest_pages.rendering import language_of, page, unknown
from chalicelib.languages.catalogues import Language, catalogue
from chalicelib.languages.preferred import KINDS, word

if TYPE_CHECKING:
    from chalicelib.canonical.preferences import Kind
    from chalicelib.messages.leaving import Standing


class Line(NamedTuple):
    kind: str
    name: str
    words: str


class Choice(NamedTuple):
    value: str
    words: str
    is_chosen: bool


def shown(request: Request, token: str) -> Response:
    from chalicelib.messages import leaving, what_is_known

    try:
        found, standing = what_is_known.known(token), leaving.standing(token)
    except NotFound:
        return unknown(request)
    language = _language(standing, request)
    lines = [_line(kind, found.get(kind, ()), language) for kind in OFFERED]
    told, open_ = [each for each in lines if each.words], [each for each in lines if not each.words]
    return page("known.html", language, names=standing.names, told=told, open=open_)


def kind_shown(request: Request, token: str, kind: str) -> Response:
    return _form(request, token, kind)


def kind_said(request: Request, token: str, kind: str) -> Response:
    from chalicelib.entrypoints import form_bodies
    from chalicelib.ingest import preferring
    from chalicelib.messages import what_is_known

    try:
        named = preferring.kind_named(kind)
    except Invalid:
        return unknown(request)
    try:
        sent = form_bodies.of(request)
        what_is_known.say(token, named, sent.texts("values"))
    except NotFound:
        return unknown(request)
    except (Invalid, TooLarge):
        return _form(request, token, kind, 400)
    except Conflict:
        return _form(request, token, kind, 409)
    return _form(request, token, kind, is_saved=True)


def _form(request: Request, token: str, kind: str, status: int = 200, *, is_saved: bool = False) -> Response:
    from chalicelib.ingest import preferring
    from chalicelib.messages import leaving, what_is_known

    try:
        named = preferring.kind_named(kind)
        found, standing = what_is_known.known(token).get(named, ()), leaving.standing(token)
    except (Invalid, NotFound):
        return unknown(request)
    language = _language(standing, request)
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


def _language(known: "Standing", request: Request) -> Language:
    return language_of(known.languages, request)
