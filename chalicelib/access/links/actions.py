"""Ask for a link, and sign in by it or by its code. Each step may be repeated after a crash by asking anew."""

import hashlib
import hmac
import secrets as randomness
from datetime import datetime
from hmac import compare_digest

from chalicelib.access import attempts, audit, sessions
from chalicelib.access.audit import NOBODY
from chalicelib.access.links import rules, store
from chalicelib.access.links.model import ANY_BROWSER, CODE_DIGITS, LASTS, Asked, Letter, Link, Refusal
from chalicelib.access.provider import store as providers
from chalicelib.access.staff import store as people
from chalicelib.access.staff.actions import ADMIN
from chalicelib.access.staff.addresses import normalised
from chalicelib.access.staff.model import Staff
from chalicelib.aws import secrets, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import LinkId, StaffId
from chalicelib.canonical.time import instant

SECRET_BYTES = 32
BUSY = "who signs in was changed by others all the time"


def ask(typed: str, cookie: str | None, network: str, now: datetime) -> Asked:
    """A new link for who has an address. For an address that nobody has the same is done, and its letter is one that
    nobody needs any more.

    Raises Invalid for what is no address, and TooMany.
    """
    address = normalised(typed)
    if address is None:
        raise Invalid(FieldError("address", "must be one plain e-mail address, such as anna@hotel.example"))
    attempts.take(attempts.LINKS_FROM_NETWORK, rules.network_of(network), now)
    attempts.take(attempts.LINKS_TO_ADDRESS, address, now)
    staff_id = people.id_at(address)
    browser = rules.in_cookie(cookie)[0] or randomness.token_urlsafe(SECRET_BYTES)
    letter = _made(staff_id or NOBODY, address, rules.hash_of(browser), now)
    return Asked(rules.cookie_of(browser, letter.link), letter if staff_id else _unneeded(letter, now))


def for_operator(staff_id: StaffId, now: datetime) -> str:
    """The token of a link that works in whichever browser it is opened first: for who may write the table."""
    return _made(staff_id, "", ANY_BROWSER, now).token


def by_link(token: str, cookie: str | None, network: str, browser: str, now: datetime) -> str | Refusal:
    """The cookie of a new session, once. Raises TooMany."""
    attempts.take(attempts.TRIES_FROM_NETWORK, rules.network_of(network), now)
    shown = rules.in_token(token)
    if shown is None:
        return Refusal.GONE
    link_id, secret = shown
    link = store.get(link_id)
    refusal = rules.refusal_of(link, secret, rules.in_cookie(cookie)[0], now)
    return _signed_in(link, browser, now) if link and not refusal else _refused(link, refusal, now)


def by_code(typed: str, cookie: str | None, network: str, browser: str, now: datetime) -> str | Refusal:
    """The same, for who types the code where the link was asked for. Raises TooMany."""
    attempts.take(attempts.TRIES_FROM_NETWORK, rules.network_of(network), now)
    secret, link_id = rules.in_cookie(cookie)
    link = store.get(link_id) if link_id else None
    refusal = rules.refusal_of(link, None, secret, now)
    if link is None or refusal:
        return _refused(link, refusal, now)
    try:
        store.count_try(link)
    except table.ConditionFailed:
        return _refused(link, Refusal.GONE, now)
    is_right = compare_digest(_code_hash(link.id, rules.digits(typed)), link.code_hash)
    return _signed_in(link, browser, now) if is_right else _refused(link, Refusal.WRONG_CODE, now)


def _made(staff_id: StaffId, to: str, browser_hash: str, now: datetime) -> Letter:
    link_id, secret = LinkId(randomness.token_hex(12)), randomness.token_urlsafe(SECRET_BYTES)
    code = f"{randomness.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    ends_at = instant(now + LASTS)
    store.add(Link(link_id, staff_id, rules.hash_of(secret), _code_hash(link_id, code), browser_hash, ends_at))
    return Letter(link_id, to, rules.token_of(link_id, secret), code, ends_at)


def _unneeded(letter: Letter, now: datetime) -> Letter:
    return Letter(letter.link, letter.to, letter.token, letter.code, instant(now))


def _signed_in(link: Link, browser: str, now: datetime) -> str | Refusal:
    """Link, session and audit are one transaction: of two who come at once one is signed in. Who is changed meanwhile
    is looked at anew: nobody is let in as what they were."""

    def attempt() -> str | Refusal:
        staff = people.get(link.staff_id)
        if staff is None or staff.ended:
            return _refused(link, Refusal.GONE, now)
        if _is_to_use_provider(link, staff):
            return _refused(link, Refusal.PROVIDER, now)
        return _begun(link, staff, browser, now) or _refused(link, Refusal.GONE, now)

    return until_written(attempt, BUSY)


def _begun(link: Link, staff: Staff, browser: str, now: datetime) -> str | None:
    """None where the link was used meanwhile. Raises ConditionFailed where its person was changed."""
    told = audit.put(audit.Entry(staff.id, instant(now), "signed_in", staff.id), link.id)
    try:
        return sessions.begin(staff, now, browser, [store.use(link, now), told])
    except table.ConditionFailed:
        if not _is_used(link):
            raise
        return None


def _is_used(link: Link) -> bool:
    kept = store.get(link.id)
    return kept is None or kept.is_used


def _is_to_use_provider(link: Link, staff: Staff) -> bool:
    """Not by an operator's link: a provider that is down would keep all out who can change that."""
    if staff.role != ADMIN or link.browser_hash == ANY_BROWSER:
        return False
    provider = providers.get()
    return provider is not None and provider.demanded_of_admins


def _refused(link: Link | None, refusal: Refusal | None, now: datetime) -> Refusal:
    reason = refusal or Refusal.GONE
    who = link.staff_id if link else NOBODY
    audit.note(audit.Entry(who, instant(now), f"refused_{reason.name.lower()}"), randomness.token_hex(6))
    return reason


def _code_hash(link: LinkId, code: str) -> str:
    """Keyed: there are few codes."""
    return hmac.digest(secrets.key_for("sign-in-codes"), f"{link}.{code}".encode(), hashlib.sha256).hex()
