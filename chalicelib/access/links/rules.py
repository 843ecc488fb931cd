"""What a link, its cookie and its code look like, and whether somebody may sign in by them."""

import hashlib
import re
from datetime import datetime
from hmac import compare_digest
from ipaddress import IPv6Address, IPv6Network, ip_address

from chalicelib.access.links.model import ANY_BROWSER, CODE_DIGITS, Link, Refusal
from chalicelib.canonical.ids import LinkId
from chalicelib.canonical.time import moment_of

TOKEN = re.compile(r"([0-9a-f]{24})\.([A-Za-z0-9_-]{43})")
COOKIE = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9a-f]{24})")


def token_of(link: LinkId, secret: str) -> str:
    return f"{link}.{secret}"


def cookie_of(browser: str, link: LinkId) -> str:
    return f"{browser}.{link}"


def in_token(text: str) -> tuple[LinkId, str] | None:
    """The link that a token names, and its secret."""
    found = TOKEN.fullmatch(text)
    return (LinkId(found[1]), found[2]) if found else None


def in_cookie(text: str | None) -> tuple[str, LinkId | None]:
    """The browser's secret, and the link it asked for last; nothing for what is no cookie of ours."""
    found = COOKIE.fullmatch(text or "")
    return (found[1], LinkId(found[2])) if found else ("", None)


def digits(typed: str) -> str:
    """A code as it is compared: people type blanks and dashes."""
    return "".join(each for each in typed if each.isascii() and each.isdigit())[: CODE_DIGITS + 1]


def hash_of(secret: str) -> str:
    """Secrets are long and random: one round keeps them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def refusal_of(link: Link | None, secret: str | None, browser: str, now: datetime) -> Refusal | None:
    """Of who comes with a token's secret, or (None) with a code, which is compared later. Constant in time."""
    is_true = secret is None or compare_digest(hash_of(secret), link.token_hash if link else "")
    if link is None or not is_true or link.is_used or now >= moment_of(link.ends_at):
        return Refusal.GONE
    is_bound = secret is None or link.browser_hash != ANY_BROWSER
    return Refusal.OTHER_BROWSER if is_bound and not compare_digest(hash_of(browser), link.browser_hash) else None


def network_of(address: str) -> str:
    """Whose attempts are counted together: an IPv4 address, or the network that one IPv6 line has."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(IPv6Network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
