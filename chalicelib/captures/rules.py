"""Whom no newsletter reaches, which address may be captured, and whether a yes must be confirmed from it. Pure."""

from collections.abc import Collection, Iterable

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import Leaf
from chalicelib.captures.model import Unreached
from chalicelib.consent.model import Basis, SuppressionReason
from chalicelib.identity.identifiers import kind_of_email, normalise_email
from chalicelib.identity.offices import office_of
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.legal import CountryRule

RELAY = "passes mail on for one booking alone: ask for the guest's own"
NOBODYS = "is a hotel's own, or stands where there is none: ask for the guest's own"
OFFICE = "is read by an office: ask for the guest's own"


def why_unreached(address: str | None, held: SuppressionReason | None, guests: GuestRules) -> Unreached | None:
    """None where newsletters can arrive; whether they may is another question."""
    if address is None:
        return "no_address"
    return held or ("office" if office_of(address, guests) else None)


def address_of(typed: str, hotel_domains: Collection[str], guests: GuestRules) -> str:
    """The address as it is kept. Raises Invalid for what is none, or no person's own."""
    address = normalise_email(typed)
    if address is None:
        raise Invalid(FieldError("email", "must be one e-mail address, such as anna@example.com"))
    kind = kind_of_email(address, hotel_domains)
    if kind != "own":
        raise Invalid(FieldError("email", RELAY if kind == "relay" else NOBODYS))
    if office_of(address, guests):
        raise Invalid(FieldError("email", OFFICE))
    return address


def must_be_confirmed(laws: Iterable[CountryRule], basis: Basis) -> bool:
    """Whether a country asks for more than a yes of that kind, and takes one that is confirmed from the mailbox. Who
    gives an address was not seen to read it: for double opt-in even the guest's own hand is not enough."""
    return any("confirmed" in law.express and (law.double_opt_in or basis not in law.express) for law in laws)


def is_of_these_alone(carriers: Collection[Leaf], own: Collection[Leaf]) -> bool:
    """Whether an address is carried by records of these, and by nobody else's."""
    return bool(carriers) and set(carriers) <= set(own)
