"""Signing in: an address, then a mail whose link or code begins a session. A GET signs nobody in."""

import re
from datetime import datetime

from chalice.app import Response

from chalicelib.access.links.model import Refusal
from chalicelib.canonical.errors import CallerError, Conflict, FieldError, Forbidden, Invalid
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.console import cookies
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit, moved

BACK = "/provider/back"
OURS = re.compile(r"(/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.~-]{1,128}){1,7}")
"""Where somebody wanted to go: a page of the console without what was asked of it (a name, an address), and nothing
that leads elsewhere; 903 signs at most."""
OTHER_BROWSER = N_(
    "This link was asked for in another browser. Open it there, or type the code of the mail where you asked for it."
)
GONE = N_("This link or code is used, or over. Ask for a new one.")
WRONG_CODE = N_("This is not the code of the mail. There are five tries.")


PROVIDER = N_("Admins sign in by the identity provider.")


def shown(visit: Visit) -> Response:
    from chalicelib.access.provider import store as providers

    return visit.shown("sign_in.html", next=_next(visit), has_provider=providers.get() is not None)


def leave(visit: Visit) -> Response:
    """To the provider of identities, which is asked where to go each time: not as often as anybody likes."""
    from chalicelib.access import attempts
    from chalicelib.access.links.rules import network_of
    from chalicelib.access.provider import actions as provider
    from chalicelib.messages import signing_in

    attempts.take(attempts.TRIES_FROM_NETWORK, network_of(visit.network), moment_of(visit.now))
    address, kept = provider.start(signing_in.address_of(BACK), _next(visit))
    return _with(moved(address), cookies.set_to(visit.headers, cookies.AWAY, kept))


def returned(visit: Visit) -> Response:
    """From there, with a code. It is a GET, as the protocol has it; who left from this browser comes back."""
    from chalicelib.access.provider import actions as provider
    from chalicelib.messages import signing_in

    code, state = (visit.query.get(name, "") for name in ("code", "state"))
    away = cookies.shown(visit.headers, cookies.AWAY)
    found, wanted = provider.finish(code, state, away, signing_in.address_of(BACK), *_whence(visit))
    return _begun(visit, found, _ours(wanted))


def asked(visit: Visit) -> Response:
    """Whoever has the address, or nobody: the next page is the same."""
    from chalicelib.messages import signing_in

    before = cookies.shown(visit.headers, cookies.ASKED)
    address, now = visit.form.text("address"), moment_of(visit.now)
    kept = signing_in.ask(address, before, visit.network, now, visit.language)
    here, wanted = cookies.set_to(visit.headers, cookies.ASKED, kept), _next(visit)
    return _with(visit.go("/sign-in/code", next=wanted), here, *_keeping(visit, wanted))


def code(visit: Visit) -> Response:
    return visit.shown("sign_in_code.html", next=_next(visit))


def typed(visit: Visit) -> Response:
    from chalicelib.access.links import actions as links

    asked_here = cookies.shown(visit.headers, cookies.ASKED)
    return _in(visit, links.by_code(visit.form.text("code"), asked_here, *_whence(visit)), _next(visit))


def link(visit: Visit) -> Response:
    return visit.shown("sign_in_link.html", next=_kept(visit))


def followed(visit: Visit) -> Response:
    from chalicelib.access.links import actions as links

    asked_here = cookies.shown(visit.headers, cookies.ASKED)
    return _in(visit, links.by_link(visit.names["token"], asked_here, *_whence(visit)), _kept(visit))


def _whence(visit: Visit) -> tuple[str, str, datetime]:
    return visit.network, visit.headers.get("user-agent", ""), moment_of(visit.now)


def _in(visit: Visit, found: str | Refusal, wanted: str) -> Response:
    """Raises what the page tells of who is not signed in."""
    if isinstance(found, Refusal):
        raise _told(visit, found)
    return _begun(visit, found, wanted)


def _begun(visit: Visit, session: str, wanted: str) -> Response:
    begun = cookies.set_to(visit.headers, cookies.SESSION, session)
    gone = (cookies.dropped(visit.headers, each) for each in (cookies.ASKED, cookies.WANTED, cookies.AWAY))
    return _with(visit.go(wanted or "/"), begun, *gone)


def _told(visit: Visit, refusal: Refusal) -> CallerError:
    match refusal:
        case Refusal.WRONG_CODE:
            return Invalid(FieldError("code", visit.words(WRONG_CODE)))
        case Refusal.OTHER_BROWSER:
            return Conflict(visit.words(OTHER_BROWSER))
        case Refusal.GONE:
            return Forbidden(visit.words(GONE))
        case Refusal.PROVIDER:
            return Forbidden(visit.words(PROVIDER))


def _next(visit: Visit) -> str:
    """The page that somebody wanted before; "" for what is no address of ours."""
    return _ours(visit.form.text("next") or visit.query.get("next", ""))


def _keeping(visit: Visit, wanted: str) -> list[str]:
    """The cookie for who follows the link of the mail; that of an earlier mail goes."""
    if wanted:
        return [cookies.set_to(visit.headers, cookies.WANTED, wanted)]
    return [cookies.dropped(visit.headers, cookies.WANTED)] if _kept(visit) else []


def _kept(visit: Visit) -> str:
    return _ours(cookies.shown(visit.headers, cookies.WANTED) or "")


def _ours(wanted: str) -> str:
    return wanted if OURS.fullmatch(wanted) else ""


def _with(response: Response, *set_cookies: str) -> Response:
    response.headers["Set-Cookie"] = list(set_cookies)
    return response
