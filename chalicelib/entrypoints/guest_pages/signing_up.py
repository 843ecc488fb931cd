"""Where somebody signs up for newsletters: `/signup` of the group, `/signup/{property_id}` of a hotel, and
`/confirm/{token}` behind the link of the mail that they get.

A hotel's site may show the form within a page of its own. Known and unknown addresses are answered alike, by the same
work. A GET changes nothing.
"""

import uuid
from typing import TYPE_CHECKING

from chalice.app import Request, Response

from chalicelib.canonical.errors import Conflict, Invalid, NotFound, TooLarge, TooMany
from chalicelib.canonical.ids import PropertyId, signup_of
from chalicelib.canonical.time import now
from chalicelib.entrypoints import form_bodies
from chalicelib.entrypoints.guest_pages.rendering import how_often, language_of, page
from chalicelib.languages.catalogues import Language, catalogue
from chalicelib.languages.sentences import agreeing_to_newsletters

if TYPE_CHECKING:
    from chalicelib.signups.actions import Form, Typed

MOST_LETTERS = 100


def confirmation_shown(request: Request, token: str) -> Response:
    from chalicelib.signups import actions

    try:
        asked = actions.shown(token, now())
        names = actions.names_in(asked)
    except NotFound:
        return _over(request)
    return page("signup_confirm.html", _language(request, asked.language), names=names, words=asked.words)


def confirmed(request: Request, token: str) -> Response:
    """The body is not read: whoever holds the token and sends a POST means it."""
    from chalicelib.signups import actions

    try:
        found = actions.confirm(token, _network(request), now())
    except NotFound:
        return _over(request)
    return page("signup_confirmed.html", _language(request, found.language), names=actions.names_in(found))


def shown(request: Request, property_id: str | None = None) -> Response:
    from chalicelib.signups import actions

    try:
        form = actions.form(_hotel(property_id))
    except (NotFound, Conflict):
        return page("unknown.html", _language(request), 404)
    return _shown(request, form, actions.Typed(""))


def asked(request: Request, property_id: str | None = None) -> Response:
    from chalicelib.signups import actions

    try:
        form = actions.form(_hotel(property_id))
    except (NotFound, Conflict):
        return page("unknown.html", _language(request), 404)
    language = _language(request)
    try:
        typed = _typed(request, form, language)
    except (Invalid, TooLarge):
        return _shown(request, form, actions.Typed(""), _refusal(language))
    try:
        actions.ask(signup_of(uuid.uuid4().hex), typed, form, "form", now())
    except Invalid:
        return _shown(request, form, typed, _refusal(language))
    except TooMany:
        return page("signup_busy.html", language, 429, form.names, form.websites)
    return page("signup_asked.html", language, 200, form.names, form.websites)


def _typed(request: Request, form: "Form", language: Language) -> "Typed":
    """Raises TooLarge, and Invalid for what is no form."""
    from chalicelib.messages.preferences import OFTEN
    from chalicelib.signups.actions import Typed

    sent, often = form_bodies.of(request), how_often(language)
    frequency = next((each for each in often if each == sent.text("frequency")), OFTEN)
    return Typed(
        email=sent.text("email"),
        given_name=_name(sent.text("given_name")),
        family_name=_name(sent.text("family_name")),
        language=language,
        words=agreeing_to_newsletters(language, form.names.name),
        page=f"/signup/{form.property_id}" if form.property_id else "/signup",
        network=_network(request),
        topics=frozenset(sent.texts("topic")),
        frequency=frequency,
        often=often[frequency],
    )


def _hotel(named: str | None) -> PropertyId | None:
    return PropertyId(named) if named else None


def _name(typed: str) -> str:
    return " ".join(typed.split())[:MOST_LETTERS]


def _shown(request: Request, form: "Form", typed: "Typed", refused: str = "") -> Response:
    language = _language(request)
    words = agreeing_to_newsletters(language, form.names.name)
    kept = {name: getattr(typed, name) or "" for name in ("email", "given_name", "family_name")}
    status = 400 if refused else 200
    return page(
        "signup.html",
        language,
        status,
        form.names,
        form.websites,
        words=words,
        typed=kept,
        refused=refused,
        topics=[(each.id, each.name_in(language)) for each in form.topics],
        chosen=typed.topics,
        often=how_often(language) if form.topics else {},
        frequency=typed.frequency,
    )


def _refusal(language: Language) -> str:
    return catalogue(language).gettext("Please give one e-mail address of your own, such as anna@example.com.")


def _over(request: Request) -> Response:
    return page("signup_over.html", _language(request), 404)


def _language(request: Request, kept: str | None = None) -> Language:
    """That of the sign-up; else the one that the site around the form asks for, else the browser's."""
    asked = str((request.query_params or {"language": ""}).get("language") or "")
    return language_of((kept, asked), request)


def _network(request: Request) -> str:
    return str(request.context.get("identity", {}).get("sourceIp", ""))
