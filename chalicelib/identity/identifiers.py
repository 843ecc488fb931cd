"""E-mail addresses and phone numbers in one spelling, and which of them can tell people apart."""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

RELAY_DOMAINS = frozenset(
    {
        "guest.booking.com", "message.booking.com", "mchat.booking.com", "guest.airbnb.com", "reply.airbnb.com",
        "guest.expediapartnercentral.com", "m.expediapartnercentral.com", "stay.expedia.com", "agoda-messaging.com",
        "messages.homeaway.com", "messages.vrbo.com", "guest.trip.com", "host.hostaway.info",
    }
)  # fmt: skip
"""Domains of addresses that an OTA makes for one reservation."""
PLACEHOLDERS = frozenset(
    {
        "noemail", "no-email", "no_email", "nomail", "no-mail", "none", "noreply", "no-reply", "donotreply", "na",
        "unknown", "notprovided", "guest", "test", "anonymized", "anonymous", "x", "xx", "xxx",
    }
)  # fmt: skip
"""Local parts that front desks type when a field must not be empty."""

LOCAL = re.compile(r"""[^\x00-\x20\x7f"(),:;<>@\[\\\]]{1,64}""")
"""What may stand before the @ without quotes (RFC 5322), letters of all scripts (RFC 6531) and any dots included."""

EmailKind = Literal["own", "relay", "unusable"]


def normalise_email(text: str) -> str | None:
    """Return the address in NFC, lower case, with an ASCII domain; None for what is no address.

    No provider's tricks: dots and plus tags stay, they may be other people. Two addresses in one field are none.
    """
    local, at, domain = unicodedata.normalize("NFC", text).strip().lower().rpartition("@")
    if not at or not LOCAL.fullmatch(local) or _has_unseen(local + domain) or "." not in domain.strip("."):
        return None
    ascii_domain = _ascii_domain(domain)
    return f"{local}@{ascii_domain}" if ascii_domain else None


def _has_unseen(text: str) -> bool:
    """Blanks, controls and marks that turn the writing around."""
    return not text.isascii() and any(each.isspace() or unicodedata.category(each)[0] == "C" for each in text)


@lru_cache(maxsize=10_000)
def _ascii_domain(domain: str) -> str | None:
    """Kept, for most guests' mailboxes are at few providers."""
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return None


def kind_of_email(address: str, hotel_domains: Collection[str] = (), *, flagged_relay: bool = False) -> EmailKind:
    """What an address can be used for. `flagged_relay` is the source's own word, which beats any list."""
    local, _, domain = address.rpartition("@")
    if flagged_relay or _ends_with(domain, RELAY_DOMAINS):
        return "relay"
    if local.split("+")[0] in PLACEHOLDERS or local.startswith("anonymized-") or _ends_with(domain, hotel_domains):
        return "unusable"
    return "own"


def _ends_with(domain: str, suffixes: Collection[str]) -> bool:
    """Match whole labels: notairbnb.com is not airbnb.com."""
    labels = domain.split(".")
    return any(".".join(labels[at:]) in suffixes for at in range(len(labels)))


@lru_cache(maxsize=2_000)
def normalise_phone(text: str, country: str | None) -> str | None:
    """Return E.164, reading local numbers as of `country` (ISO 3166-1 alpha-2); None for what cannot be a number."""
    import phonenumbers

    digits = text.strip()
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
