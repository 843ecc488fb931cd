"""What a guest sees: `/u/{token}`, the way out of marketing mail.

A GET changes nothing: mail scanners follow every link. The POST comes from the page's form, or from the guest's mail
program by one click (RFC 8058). Its body is not read: whoever holds the token and sends a POST means it, in whichever
encoding, and an objection is never refused for its form.
"""

import base64
import hashlib
from html import escape

from chalice.app import Blueprint, Response

from chalicelib.canonical.errors import NotFound
from chalicelib.entrypoints.page_words import Words, words_for
from chalicelib.entrypoints.problems import Headers, answered

guest_pages = Blueprint(__name__)

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.6 system-ui,sans-serif;margin:0;display:grid;min-height:100vh;place-items:center}"
    "main{max-width:32rem;padding:1.5rem}h1{font-size:1.6rem;line-height:1.3;margin:0 0 1rem}"
    "button{font:inherit;font-weight:600;padding:.75rem 1.5rem;border:0;border-radius:.5rem;background:#1f4b6e;"
    "color:#fff;cursor:pointer}button:hover{background:#163750}"
    "button:focus-visible{outline:3px solid #e0a526;outline-offset:3px}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


@guest_pages.route("/u/{token}", methods=["GET"], content_types=["*/*"])
@answered(guest_pages)
def show_unsubscribe(token: str) -> Response:
    from chalicelib.messages.tokens import read_token

    words = _words()
    try:
        read_token(token)
    except NotFound:
        return _unknown(words)
    # The form has no action: it posts to the address it came from, with or without the stage in its path.
    form = (
        '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        f"<button>{escape(words.button)}</button></form>"
    )
    return _page(words, words.question, words.explained, form)


@guest_pages.route("/u/{token}", methods=["POST"], content_types=["*/*"])
@answered(guest_pages)
def unsubscribe(token: str) -> Response:
    from chalicelib.messages import actions

    words = _words()
    try:
        actions.unsubscribe(token)
    except NotFound:
        return _unknown(words)
    return _page(words, words.done, words.done_explained)


def _words() -> Words:
    return words_for(guest_pages.current_request.headers.get("accept-language"))


def _unknown(words: Words) -> Response:
    return _page(words, words.unknown, words.unknown_explained, status=404)


def _page(words: Words, title: str, text: str, form: str = "", status: int = 200) -> Response:
    html = (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{form}</main></body></html>"
    )
    return Response(html, headers={**HEADERS, "Content-Language": words.language}, status_code=status)
