"""What of a record is weighed against others', each part in one spelling. Pure."""

import re
from datetime import date
from typing import NamedTuple

from chalicelib.canonical.details import PostalAddress
from chalicelib.identity.names import Name, name_of, words_of

TAIL = 7
"""Digits at the end of a telephone number that are compared: before them stand codes that are typed or left out."""
LONGEST = 60
"""Signs of each part: what stands beyond them tells no more, and fifty sketches lie in one row."""
NOT_IN_CODES = re.compile("[^0-9A-Z]")


class Sketch(NamedTuple):
    """One record as it is compared. `born` is an ISO date, `phone` the last digits of the number. Whoever has one
    address of their own in common is compared by that already."""

    given: str | None = None
    family: str | None = None
    born: str | None = None
    postcode: str | None = None
    city: str | None = None
    street: str | None = None
    country: str | None = None
    phone: str | None = None

    @property
    def name(self) -> Name:
        return name_of(self.given, self.family)

    def without_phone(self) -> "Sketch":
        return self._replace(phone=None)

    @property
    def house(self) -> str | None:
        """The number of the house, wherever in the line it stands."""
        found = re.search(r"\d+", self.street or "")
        return found[0] if found else None


def sketch_of(
    called: tuple[str | None, str | None],
    birth_date: date | None,
    address: PostalAddress | None,
    country: str | None,
    phone: str | None,
) -> Sketch:
    """From what a source says of a person. `phone` in E.164."""
    lives = address or PostalAddress()
    digits = NOT_IN_CODES.sub("", phone or "")
    return Sketch(
        given=_short(called[0]),
        family=_short(called[1]),
        born=birth_date.isoformat() if birth_date and not _stands_for_a_year(birth_date) else None,
        postcode=_short(NOT_IN_CODES.sub("", (lives.postal_code or "").upper())),
        city=_short("".join(words_of(lives.city))),
        street=_short(_street(lives.street)),
        country=lives.country or country,
        phone=digits[-TAIL:] if len(digits) > TAIL else None,
    )


def _short(text: str | None) -> str | None:
    return text[:LONGEST].strip() or None if text else None


def _stands_for_a_year(day: date) -> bool:
    """Where only a year is known, sources say its first day."""
    return (day.month, day.day) == (1, 1)


def _street(line: str | None) -> str:
    """The house number first, wherever it is written, and the words as names are spelt."""
    numbers = re.findall(r"\d+", line or "")
    return " ".join([*numbers, *words_of(re.sub(r"\d+", " ", line or ""))])
