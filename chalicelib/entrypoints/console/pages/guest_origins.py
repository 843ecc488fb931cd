"""What stands on a guest's profile, and which record each field is from."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from chalicelib.canonical.details import PostalAddress
from chalicelib.entrypoints.api.origins import OriginShown
from chalicelib.entrypoints.console.coded import told
from chalicelib.entrypoints.console.pages.beside_each_other import address_in_words, special_days
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.settings.guest_rules import ProfileField

NAMES: Mapping[ProfileField, str] = {
    "salutation": N_("Salutation"),
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "generation": N_("Junior or senior"),
    "email": N_("E-mail address"),
    "phone": N_("Telephone"),
    "language": N_("Language"),
    "country": N_("Country"),
    "address": N_("Address"),
    "birth_date": N_("Date of birth"),
    "special_dates": N_("Special days"),
    "age_category": N_("Age"),
    "vip": N_("VIP level"),
}


class Line(NamedTuple):
    name: str
    value: str
    source: str
    since: str
    why: str


def lines(visit: Visit, origins: list[OriginShown]) -> list[Line]:
    return [_line(visit, each) for each in origins]


def _line(visit: Visit, origin: OriginShown) -> Line:
    return Line(
        visit.words(NAMES[origin.field]),
        _value(visit, origin),
        origin.source,
        visit.wording.moment(origin.since),
        visit.words(told("won_by", origin.won_by)),
    )


def _value(visit: Visit, origin: OriginShown) -> str:
    match origin.field, origin.value:
        case _, PostalAddress() as address:
            return address_in_words(address, visit.wording)
        case _, tuple() as days:
            return special_days(days, visit, visit.wording)
        case _, date() as day:
            return visit.wording.day(day)
        case "country", str() as country:
            return visit.wording.country(country)
        case "language", str() as language:
            return visit.wording.tongue(language)
        case "age_category", str() as age:
            return visit.words(told("age", age))
    return str(origin.value)
