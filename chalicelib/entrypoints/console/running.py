"""How every page runs: who is there, may they, what was sent, and the page or where to go next."""

import secrets as randomness
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from chalice.app import Request, Response

from chalicelib.canonical import time
from chalicelib.canonical.errors import CallerError, Forbidden, NotFound
from chalicelib.entrypoints import form_bodies
from chalicelib.entrypoints.console import cookies, forms
from chalicelib.entrypoints.console.table import CONSOLE_AT, NOWHERE, Page, find
from chalicelib.entrypoints.console.visits import SIGN_IN, Visit, moved
from chalicelib.entrypoints.form_bodies import NOTHING
from chalicelib.entrypoints.problems import problem
from chalicelib.languages.catalogues import CONSOLE
from chalicelib.languages.negotiation import preferred

if TYPE_CHECKING:
    from chalicelib.access.sessions import SignedIn


def answer(pages: Sequence[Page], request: Request, parts: Sequence[str]) -> Response:
    """The page at an address, or where to sign in. Raises what is not the reader's to mend."""
    if str(request.context.get("path", "")).endswith("/"):
        # Relative addresses count from the last stroke.
        return moved(f"../{quote(parts[-1]) if parts else CONSOLE_AT[1:]}")
    found = find(pages, parts)
    visit = _visit(pages, found.page, found.names, request, parts)
    if visit.signed is None and not found.page.is_open and found.page is not NOWHERE:
        return _to_sign_in(visit, request.method)
    response = _answered(visit, request)
    _note(visit, request)
    return response


def _answered(visit: Visit, request: Request) -> Response:
    try:
        _permit(visit)
        return _posted(visit, request) if request.method == "POST" else _run(visit.page.shows, visit)
    except CallerError as refusal:
        return visit.refused(refusal).shown("refused.html")


def _note(visit: Visit, request: Request) -> None:
    """Who asked for which page, and which guests it showed: nobody is shown a guest without it. Raises TryAgain."""
    if visit.signed is None:
        return
    from chalicelib.access import audit

    what, guests = f"{request.method} {visit.route}", tuple(visit.seen)
    entry = audit.Entry(visit.signed.staff.id, visit.now, what, guests=guests)
    audit.note(entry, str(request.context.get("requestId") or randomness.token_hex(6)))


def _permit(visit: Visit) -> None:
    if visit.signed is not None and not visit.opens(visit.page):
        raise Forbidden(f"The role {visit.caller.role} may not open this page.")


def _posted(visit: Visit, request: Request) -> Response:
    from chalicelib.settings import installation

    if not visit.page.takes:
        raise NotFound("There is nothing to send here.")
    forms.refuse_other_sites(visit.headers, installation.get().public_url)
    form = form_bodies.of(request)
    form = replace(form, nonce=forms.nonce(form, visit.session, visit.path))
    sent = replace(visit, form=form)
    try:
        return _run(visit.page.takes, sent)
    except CallerError as refusal:
        return _run(visit.page.shows, sent.refused(refusal))


def _run(named: str, visit: Visit) -> Response:
    module, name = named.split(":")
    function = getattr(import_module(f"chalicelib.entrypoints.console.pages.{module}"), name)
    return cast(Response, function(visit))


def _visit(
    pages: Sequence[Page], page: Page, names: Mapping[str, str], request: Request, parts: Sequence[str]
) -> Visit:
    return Visit(
        page=page,
        pages=pages,
        names=names,
        path="/" + "/".join(parts),
        headers=request.headers,
        query=dict(request.query_params or {}),
        form=NOTHING,
        now=time.instant(time.now()),
        language=preferred(request.headers.get("accept-language"), CONSOLE),
        signed=None if page.is_open else _signed_in(request),
        network=str(request.context.get("identity", {}).get("sourceIp", "")),
    )


def _signed_in(request: Request) -> "SignedIn | None":
    from chalicelib.access import sessions

    return sessions.of_cookie(cookies.shown(request.headers, cookies.SESSION), time.now())


def _to_sign_in(visit: Visit, method: str) -> Response:
    """What was posted is lost with the session, and is not sent again by itself."""
    wanted = visit.path if method != "POST" and visit.path != "/" else None
    return visit.go(SIGN_IN, next=wanted)


def refused(error: Exception, correlation: str) -> Response:
    """What even a page cannot say: a fault of ours, or of a moment. One page in English, which needs nothing."""
    told = problem(error, correlation)
    from chalicelib.entrypoints.console.rendering import fault_page

    return fault_page(told.status_code, correlation, told.headers)
