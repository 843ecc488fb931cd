"""The largest input that each door takes, by the signs that fill it."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from itertools import product
from random import Random
from string import ascii_uppercase
from typing import Any, NamedTuple, TypeVar

from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import PropertyId
from chalicelib.properties.model import Branding, Property

THREE, FOUR, TWICE, SIX = "of three bytes", "of four bytes", "that JSON makes two of", "that JSON makes six of"
SIGNS = {
    THREE: "".join(map(chr, range(0x4E00, 0x5600))),
    FOUR: "\U0001f600\U0001f3e8\U0001f469" + "".join(map(chr, range(0x20000, 0x20800))),
    TWICE: '"\\',
    SIX: "\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a",
}
"""Signs by what they take: Chinese; emoji and rare Chinese; quotes; what nobody sees."""
ID = "i" * 64
LATEST = "9999-12-31T23:59:59.999999Z"
HOTELS = 500
"""As many as a key may name. Nothing ends the hotels of a chain, but the rows that list them."""
CURRENCIES = [a + b + c for a, b, c in product(ascii_uppercase, "ABC", "ABC")][:200]
MOST = 10**12
"""Minor units."""

Asked = TypeVar("Asked")


class Largest(NamedTuple):
    """The largest row of a key shape, the bytes that it has (small ones about), and which signs make it so large ("":
    none of them)."""

    row: Callable[[str], Item]
    size: int
    by: str = ""


Rows = Mapping[str, Largest]


def kept(key: Key) -> Item:
    found = table.get(key)
    assert found, key
    return found


def filled(signs: str, length: int, salt: int = 0) -> str:
    """A text that no compression makes much shorter; the same each time."""
    return "".join(Random(f"{length}.{salt}").choices(signs, k=length))


def many_ids(number: int) -> list[PropertyId]:
    """At their longest, and nothing that could be packed."""
    return [PropertyId(each) for each in (sha256(f"{at}".encode()).hexdigest() for at in range(number))]


def readable(signs: str) -> str:
    """Where what nobody sees is refused or taken out, and quotes mean something."""
    return SIGNS[FOUR] if signs in {SIGNS[SIX], SIGNS[TWICE]} else signs


def branding(signs: str) -> Branding:
    mailbox, url = f'"{filled(readable(signs), 304)}" <a@b.example>', "https://" + "x" * 492
    return Branding(
        sender=mailbox,
        reply_to=mailbox,
        postal_address=filled(signs, 500),
        logo_url=url,
        booking_url=url,
        tracking_domain=".".join(["x" * 62] * 4),
        legal_entity=ID,
    )


def hotel(signs: str) -> Property:
    return Property(
        id=PropertyId(ID),
        name=filled(signs, 200),
        time_zone="America/Argentina/ComodRivadavia",
        country="AT",
        currency="EUR",
        mail_domains=(filled(signs, 200),) * 100,
        branding=branding(signs),
    )


def longest_map(most: int, value: Any) -> dict[str, Any]:
    """As many names of 128 characters as so many characters of JSON hold."""
    entry = len(json.dumps({"x" * 128: value})) - 2 + len(", ")
    return {f"{at:0128}": value for at in range(most // entry)}


def most(accepted: Callable[[int], Asked], up_to: int) -> Asked:
    """What the largest number makes that is not refused, of those up to one."""
    least, best = 0, accepted(0)
    while least < up_to:
        middle = (least + up_to + 1) // 2
        try:
            best, least = accepted(middle), middle
        except Invalid:
            up_to = middle - 1
    return best
