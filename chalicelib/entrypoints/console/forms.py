"""What a browser sends from a form: read, and held to have come from a page of ours.

A form carries a signed token that names the session and the address it posts to, so that no other page can make one
(a synchroniser token, signed instead of kept). Its nonce is what a creating call is done once by: a
form that is sent twice has done it once.
"""

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from chalicelib.canonical.errors import FieldError, Forbidden, Invalid, TooLarge

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

LARGEST = 1024 * 1024
MOST_FIELDS = 2_000
TOKEN = "_token"  # noqa: S105 - the name of a field
VERSION = "_version"
LIVES = 12 * 60 * 60
"""Seconds: as long as a session at most."""
KIND = "application/x-www-form-urlencoded"
STRANGE = "This form did not come from a page of the hub. Open the page again, and send it from there."
OLD = "This page was open for too long. Open it again; what was typed is still in the form of your browser."


@dataclass(frozen=True)
class Form:
    """The fields of a form by name, each with all that was sent under it, and the nonce of the page it came from."""

    fields: Mapping[str, list[str]]
    nonce: str = ""

    def text(self, name: str) -> str:
        """The last value, as browsers mean it; "" where there is none. Line ends are those of text, not of HTTP."""
        return self.fields.get(name, [""])[-1].replace("\r\n", "\n")

    def texts(self, name: str) -> list[str]:
        return [each.replace("\r\n", "\n") for each in self.fields.get(name, [])]

    @property
    def version(self) -> int | None:
        """The version of what it changes that its page showed; None where it shows none."""
        shown = self.text(VERSION)
        return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else None

    def has(self, name: str) -> bool:
        return name in self.fields

    def without(self, names: str) -> "Form":
        """But for the fields whose names begin so."""
        return replace(self, fields={name: each for name, each in self.fields.items() if not name.startswith(names)})


NOTHING = Form({})


def read(raw: bytes, kind: str) -> Form:
    """Raises TooLarge, and Invalid for what is no form."""
    if len(raw) > LARGEST:
        raise TooLarge(f"A form may have {LARGEST} bytes.")
    if kind.partition(";")[0].strip().lower() != KIND:
        raise Invalid(FieldError("body", "is not the form of a page"))
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Invalid(FieldError("body", "is not a form that can be read")) from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


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
