"""What a browser sends from a form is held to have come from a page of ours.

A form carries a signed token that names the session and the address it posts to, so that no other page can make one
(a synchroniser token, signed instead of kept). Its nonce is what a creating call is done once by: a
form that is sent twice has done it once.
"""

import secrets as randomness
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.canonical.errors import Forbidden
from chalicelib.entrypoints.form_bodies import Form

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

TOKEN = "_token"  # noqa: S105 - the name of a field
LIVES = 12 * 60 * 60
"""Seconds: as long as a session at most."""
STRANGE = "This form did not come from a page of the hub. Open the page again, and send it from there."
OLD = "This page was open for too long. Open it again; what was typed is still in the form of your browser."


def refuse_other_sites(headers: Mapping[str, str], public_url: str) -> None:
    """A browser says from which site a form was sent. Raises Forbidden for another one, and where nothing is said."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        is_ours = site == "same-origin"
    else:
        is_ours = bool(public_url) and _origin(headers.get("origin", "")) == _origin(public_url)
    if not is_ours:
        raise Forbidden(STRANGE)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def token(session: str, path: str) -> str:
    """What a form of this session carries that posts to that path."""
    return str(_signer().dumps([session, path, randomness.token_urlsafe(12)]))


def nonce(form: Form, session: str, path: str) -> str:
    """Of the page that the form came from. Raises Forbidden for one of another session or another page, or too old."""
    from itsdangerous import BadData, SignatureExpired

    try:
        said = _signer().loads(form.text(TOKEN), max_age=LIVES)
    except SignatureExpired:
        raise Forbidden(OLD) from None
    except BadData:
        raise Forbidden(STRANGE) from None
    if said[:2] != [session, path]:
        raise Forbidden(STRANGE)
    return str(said[2])


def _signer() -> "URLSafeTimedSerializer":
    from itsdangerous import URLSafeTimedSerializer

    from chalicelib.aws import secrets  # with it comes boto3, which webhooks load when they need it

    return URLSafeTimedSerializer(secrets.key_for("forms"), salt="form")
