"""E-mail addresses, phone numbers and member numbers in one spelling, and which of them can tell people apart."""

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
NO_MAIL = re.compile(
    r"(?:no|kein|keine|ohne|sin|sans|pasd?e?|nessuna?|senza|geen|sem|ingen|brak)(?:tiene|dispone|have|has|ha)?[aed]?"
    r"(?:e?mail|correo|courriel|posta|ad?dress?e?|mailad?dress?e?)\d*"
)
"""The same in words of their own, without what parts them: `keine_email`, `sin.correo`, `pas-de-mail2`."""
NOWHERE = frozenset({"invalid", "localhost", "test"})
"""Ends of domains that nobody can have (RFC 2606)."""
NO_NUMBERS = frozenset(
    {
        "NA", "NONE", "NO", "NOT", "NIL", "NULL", "NAN", "TBA", "TBD", "TBC", "UNKNOWN", "UNDEFINED", "EMPTY", "BLANK",
        "DEFAULT", "DUMMY", "TEST", "X", "NOTAMEMBER", "NONMEMBER", "NOMEMBER", "NOTMEMBER", "MEMBER", "NONUMBER",
        "NOTAVAILABLE", "NOTAPPLICABLE", "NOTPROVIDED", "NOTGIVEN", "PENDING", "REQUESTED", "APPLIED", "NEW", "YES",
        "JA", "OUI", "SI", "KEINE", "KEIN", "NEIN", "OHNE", "UNBEKANNT", "AUCUN", "NON", "SANS", "NINGUNO", "SIN",
        "NESSUNO", "GEEN", "無", "无", "なし", "НЕТ",
    }
)  # fmt: skip
"""What is typed where a member number is asked for and there is none."""
SHORTEST_WORD = 4
"""Letters of a member number that has no digit: fewer are an abbreviation, such as `k.A.`."""

TAKEN_OUT = re.compile(r"(?:anonymi[sz]ed|anonymisiert|redacted|deleted|erased|gdpr|dsgvo)(?:$|[-_.+\d])")
"""How local parts begin that sources put where an address was."""
LOCAL = re.compile(r"""[^\x00-\x20\x7f"(),:;<>@\[\\\]]{1,64}""")
"""What may stand before the @ without quotes (RFC 5322), letters of all scripts (RFC 6531) and any dots included."""
WIDE = str.maketrans(
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: ord("."), 0xFF61: ord(".")}
)
"""ASCII as East Asian keyboards type it."""
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Signs without width that come along when text is copied. Those that turn the writing around hide something."""
LABELLED = re.compile(r"(?:mailto|e-?mail|mail)\s*:\s*", re.IGNORECASE)
NAMED = re.compile(r"[^<>@]*<([^<>]+)>[\s;,.]*")
QUOTED = re.compile(r'"([^"\\]+)"(@.+)')
COMMENT = re.compile(r"\s*\([^()@]*\)$")
AROUND = "\"'`´‘’“”„«»<>[]();,. \t\r\n。．｡"
"""What surrounds an address in a text; what is before it may be a part of it."""

EmailKind = Literal["own", "relay", "unusable"]


def normalise_email(text: str) -> str | None:
    """Return the address in NFC, lower case, with an ASCII domain; None for what is no address.

    What copying and typing add is taken off: a name, a label, quotes, signs without width, a dot at the end. No
    provider's tricks: dots and plus tags stay, they may be other people. Two addresses in one field are none.
    """
    local, at, domain = _cleaned(text).lower().rpartition("@")
    if not at or not LOCAL.fullmatch(local) or _has_unseen(local + domain) or "." not in domain.strip("."):
        return None
    ascii_domain = _ascii_domain(domain)
    return f"{local}@{ascii_domain}" if ascii_domain else None


def _cleaned(text: str) -> str:
    typed = unicodedata.normalize("NFC", text).translate(WIDE).translate(UNSEEN).strip()
    if named := NAMED.fullmatch(typed):
        typed = named[1]
    if labelled := LABELLED.match(typed):
        typed = typed[labelled.end() :].partition("?")[0]
    typed = COMMENT.sub("", typed).lstrip("'`´‘’“„«<[( \t").rstrip(AROUND)
    if quoted := QUOTED.fullmatch(typed):
        typed = quoted[1] + quoted[2]
    return re.sub(r" ?@ ?", "@", typed.lstrip('"'))


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
    if flagged_relay or is_within(domain, RELAY_DOMAINS):
        return "relay"
    is_nobodys = _is_placeholder(local.split("+")[0]) or TAKEN_OUT.match(local)
    return "unusable" if is_nobodys or is_within(domain, NOWHERE) or is_within(domain, hotel_domains) else "own"


def _is_placeholder(local: str) -> bool:
    return local in PLACEHOLDERS or bool(NO_MAIL.fullmatch(re.sub("[._-]", "", local)))


def is_within(domain: str, suffixes: Collection[str]) -> bool:
    """Match whole labels: notairbnb.com is not airbnb.com."""
    labels = domain.split(".")
    return any(".".join(labels[at:]) in suffixes for at in range(len(labels)))


def normalise_member(text: str) -> str | None:
    """A member number without what only parts it, in capitals and plain digits: `AB 12-345` and `ab12345` are one. None
    for what stands there when there is none: `0`, `N/A`, `000000`, `TBA`, `-`, `keine Angabe`."""
    typed, signs = unicodedata.normalize("NFKC", text).upper(), signs_of_member(text)
    is_one_sign = len(set(signs)) == 1 and (len(signs) > 3 or signs[0] in "0XN")
    return None if not signs or is_one_sign or signs in NO_NUMBERS or _is_in_words(typed, signs) else signs


def signs_of_member(text: str) -> str:
    """What a number is told by, and the beginning of one by what it begins with."""
    typed = unicodedata.normalize("NFKC", text).upper()
    return "".join(map(_plain_digit, filter(str.isalnum, typed)))


def _plain_digit(sign: str) -> str:
    return str(unicodedata.decimal(sign, sign))


def _is_in_words(typed: str, signs: str) -> bool:
    """Whether somebody answered instead of giving a number: in several words, in another script than cards are printed
    in, or by an abbreviation. One long word in Latin letters may be a number that happens to have no digit."""
    has_digit = any(each.isdigit() for each in signs)
    return not has_digit and (len(typed.split()) > 1 or not signs.isascii() or len(signs) < SHORTEST_WORD)
