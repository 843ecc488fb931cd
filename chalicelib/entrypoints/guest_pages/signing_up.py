"""Where somebody signs up for newsletters: `/signup` of the group, `/signup/{property_id}` of a hotel, and
`/confirm/{token}` behind the link of the mail that they get.

A hotel's site may show the form within a page of its own. Known and unknown addresses are answered alike, by the same
work. A GET changes nothing.
"""

import uuid
from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.canonical.errors import Conflict, Invalid, NotFound, TooLarge, TooMany
from chalicelib.canonical.ids import PropertyId, signup_of
from chalicelib.canonical.time import now
from chalicelib.entrypoints import form_bodies
from chalicelib.entrypoints.guest_pages.rendering import language_of, page, words_of_signup
from chalicelib.entrypoints.problems import answered
from chalicelib.languages.catalogues import Language, catalogue

if TYPE_CHECKING:
    from chalicelib.signups.actions import Form, Typed

MOST_LETTERS = 100
signup_pages = Blueprint(__name__)


@signup_pages.route("/signup", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(signup_pages)
def show_form() -> Response:
    return _form(None)


@signup_pages.route("/signup/{property_id}", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(signup_pages)
def show_form_of_hotel(property_id: str) -> Response:
    return _form(PropertyId(property_id))


@signup_pages.route("/signup", methods=["POST"], content_types=["*/*"])
@answered(signup_pages)
def sign_up() -> Response:
    return _asked(None)


@signup_pages.route("/signup/{property_id}", methods=["POST"], content_types=["*/*"])
@answered(signup_pages)
def sign_up_at_hotel(property_id: str) -> Response:
    return _asked(PropertyId(property_id))


@signup_pages.route("/confirm/{token}", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(signup_pages)
def show_confirmation(token: str) -> Response:
    from chalicelib.signups import actions

    try:
        asked = actions.shown(token, now())
        names = actions.names_in(asked)
    except NotFound:
        return _over()
    return page("signup_confirm.html", _language(asked.language), names=names, words=asked.words)


@signup_pages.route("/confirm/{token}", methods=["POST"], content_types=["*/*"])
@answered(signup_pages)
def confirm(token: str) -> Response:
    """The body is not read: whoever holds the token and sends a POST means it."""
    from chalicelib.signups import actions

    try:
        confirmed = actions.confirm(token, _network(), now())
    except NotFound:
        return _over()
    return page("signup_confirmed.html", _language(confirmed.language), names=actions.names_in(confirmed))


def _form(property_id: PropertyId | None) -> Response:
    from chalicelib.signups import actions

    try:
        form = actions.form(property_id)
    except (NotFound, Conflict):
        return page("unknown.html", _language(), 404)
    return _shown(form, actions.Typed(""))


def _asked(property_id: PropertyId | None) -> Response:
    from chalicelib.signups import actions

    try:
        form = actions.form(property_id)
    except (NotFound, Conflict):
        return page("unknown.html", _language(), 404)
    language = _language()
    try:
        typed = _typed(form, language, property_id)
    except (Invalid, TooLarge):
        return _shown(form, actions.Typed(""), _refusal(language))
    try:
        actions.ask(signup_of(uuid.uuid4().hex), typed, form, "form", now())
    except Invalid:
        return _shown(form, typed, _refusal(language))
    except TooMany:
        return page("signup_busy.html", language, 429, form.names, form.websites)
    return page("signup_asked.html", language, 200, form.names, form.websites)


def _typed(form: "Form", language: Language, property_id: PropertyId | None) -> "Typed":
    """Raises TooLarge, and Invalid for what is no form."""
    from chalicelib.signups.actions import Typed

    sent = form_bodies.of(signup_pages.current_request)
    return Typed(
        email=sent.text("email"),
        given_name=_name(sent.text("given_name")),
        family_name=_name(sent.text("family_name")),
        language=language,
        words=words_of_signup(language, form.names.name),
        page=f"/signup/{property_id}" if property_id else "/signup",
        network=_network(),
    )


def _name(typed: str) -> str:
    return " ".join(typed.split())[:MOST_LETTERS]


def _shown(form: "Form", typed: "Typed", refused: str = "") -> Response:
    language = _language()
    words = words_of_signup(language, form.names.name)
    kept = {name: getattr(typed, name) or "" for name in ("email", "given_name", "family_name")}
    status = 400 if refused else 200
    return page("signup.html", language, status, form.names, form.websites, words=words, typed=kept, refused=refused)


def _refusal(language: Language) -> str:
    return catalogue(language).gettext("Please give one e-mail address of your own, such as anna@example.com.")


def _over() -> Response:
    return page("signup_over.html", _language(), 404)


def _language(kept: str | None = None) -> Language:
    """That of the sign-up; else the one that the site around the form asks for, else the browser's."""
    request = signup_pages.current_request
    asked = str((request.query_params or {"language": ""}).get("language") or "")
    return language_of((kept, asked), request)


def _network() -> str:
    return str(signup_pages.current_request.context.get("identity", {}).get("sourceIp", ""))
