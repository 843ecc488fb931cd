"""For which hotels a mail's legal entity answers, and what they attest. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from chalicelib.canonical.ids import PropertyId
from chalicelib.properties.model import Property, RegisterName
from chalicelib.settings.legal import CountryRule, Register


@dataclass(frozen=True, eq=False)
class Senders:
    """The hotels for which the legal entity of a mail answers, the one in whose name it is (None: the group's mail),
    the company's own rules of consent, and the registers that it hands on. One is equal to itself alone."""

    hotels: Mapping[PropertyId, Property] = field(default_factory=dict)
    own: PropertyId | None = None
    rules: tuple[CountryRule, ...] = ()
    registers: tuple[Register, ...] = ()

    def concerned(self, seen_at: Collection[PropertyId]) -> list[Property]:
        """Those that know a guest who was seen at these hotels. Who is new to all of them concerns the one that writes,
        and in the group's mail all."""
        known = [hotel for name, hotel in self.hotels.items() if name in seen_at]
        return known or self._writing()

    def countries(self, seen_at: Collection[PropertyId]) -> list[str]:
        """Whose law binds who writes to such a guest: that of the hotel that writes; in the group's mail, of those that
        know the guest."""
        found = self._writing() if self.own else self.concerned(seen_at)
        return [each.country for each in found]

    def _writing(self) -> list[Property]:
        own = self.hotels.get(self.own) if self.own else None
        return [own] if own else list(self.hotels.values())


NO_SENDERS = Senders()


def offers_refusal(hotels: Iterable[Property], since: date) -> bool:
    """Whether there are some, and each attests that on this day it offered the refusal."""
    days = [each.attestations.opt_out_offered for each in hotels]
    return bool(days) and all(day is not None and day <= since for day in days)


def proves_at_source(hotels: Iterable[Property], today: date) -> bool:
    days = [each.attestations.proof_at_source for each in hotels]
    return bool(days) and all(day is not None and day <= today for day in days)


def registers(hotels: Collection[Property], today: date) -> frozenset[RegisterName]:
    """The lists with which each of them compares by this day."""
    names: tuple[RegisterName, ...] = get_args(RegisterName)
    return frozenset(name for name in names if hotels and all(_compares(each, name, today) for each in hotels))


def _compares(hotel: Property, register: RegisterName, today: date) -> bool:
    since = hotel.attestations.since(register)
    return since is not None and since <= today
