"""The plug for lists that others keep: hashes of addresses go in, and what a rule may make of them comes out. Pure.

Nothing here knows a list by its name. The company's settings say which there are and how each is hashed; the rules of
consent say what it means to stand on one, or not to.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.settings.legal import CountryRule, Register

DIGITS: Mapping[str, int] = {"sha1": 40, "sha256": 64, "sha512": 128}
"""Of a hash in hexadecimal, by the name of how it is made."""


class Listed(NamedTuple):
    """Whether an address stands on the list that was made on a day, by itself; or by its whole domain (`by_domain`),
    which refuses and never agrees."""

    is_on: bool
    of: date
    by_domain: bool = False

    @property
    def is_refused(self) -> bool:
        """Where the list is of those who want no advertising."""
        return self.is_on or self.by_domain


def hash_of(register: Register, address: str) -> str:
    """As the list has it: of the address in small letters."""
    return hashlib.new(register.hash, address.strip().lower().encode(), usedforsecurity=False).hexdigest()


def hash_of_domain(register: Register, address: str) -> str:
    """As an entry of a whole domain is hashed: from the @ on. So it is with Austria's list
    (https://www.rtr.at/de/tk/TKKS_ECGEintrag, and https://pypi.org/project/email-ecglist/ of how it is compared)."""
    return hash_of(register, f"@{address.rpartition('@')[2]}")


def is_hash(register: Register, text: str) -> bool:
    return len(text) == DIGITS[register.hash] and set(text) <= set("0123456789abcdef")


def is_in_force(register: Register, of: date, today: date) -> bool:
    """An older list tells nothing any more: who would stand on it by now is not known."""
    return today - of < timedelta(days=register.valid_days)


def asked_by(rules: Iterable[CountryRule], registers: Iterable[Register]) -> list[Register]:
    """Those that some rules ask for."""
    names = {name for each in rules for name in (each.on_register, *(way.off_register for way in each.implied))}
    return [each for each in registers if each.id in names]
