"""Mailboxes and telephones of offices."""

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.canonical.ids import Digest, Leaf, key_of
from chalicelib.guests.model import Head
from chalicelib.guests.projection import own_emails
from chalicelib.guests.records import Record
from chalicelib.identity.offices import keys_of_offices, office_of
from chalicelib.settings.guest_rules import SHIPPED, GuestRules
from tests.ids import PMS


@pytest.mark.parametrize(
    "local",
    [
        "reception",
        "info",
        "office",
        "travel",
        "booking",
        "bookings",
        "reservations",
        "sales",
        "admin",
        "hr",
        "rezeption",
        "empfang",
        "buero",
        "büro",
        "contacto",
        "ventas",
        "réservation",
        "reservas",
        "prenotazioni",
        "recepção",
        "frontdesk",
        "front-desk",
        "front.office",
        "postmaster",
        "webmaster",
        "info2",
        "info.wien",
        "reservations-berlin",
        "travel+lee",
        "инфо",
        "reisebüro",
        "recepción",
    ],
)
def test_a_mailbox_of_a_role_is_an_office_s(local: str) -> None:
    assert office_of(f"{local}@firm.example") == "role"


@pytest.mark.parametrize(
    "local",
    [
        "anna",
        "anna.lee",
        "a.reception",
        "informer",
        "maria.sales",
        "infante",
        "salesman",
        "officer",
        "traveller",
        "hromada",
        "italo",
        "bar.refaeli",
        "frank.office",
    ],
)
def test_a_mailbox_of_a_person_is_not(local: str) -> None:
    assert office_of(f"{local}@firm.example") is None


def test_agencies_are_those_that_the_settings_name_with_all_that_is_below_them() -> None:
    rules = GuestRules(agency_domains=("trips.example",))
    assert office_of("anna@trips.example", rules) == office_of("anna@vienna.trips.example", rules) == "agency"
    assert office_of("anna@nottrips.example", rules) is None


def test_an_operator_adds_words() -> None:
    assert office_of("vastus@firm.example") is None
    assert office_of("vastus@firm.example", GuestRules(role_words=("vastus",))) == "role"


def head(email: str | None = None, phone: str | None = None, kind: Any = "own", leaf: str = "g1") -> Head:
    record = Record(source=PMS, email=email, email_kind=kind if email else None, phone=phone)
    keys = tuple(
        key_of(of, Digest(f"{of}-d")) for of, value in (("email", email), ("phone", phone), ("member", "1")) if value
    )
    return Head(leaf=Leaf(leaf), record=record, identifiers=keys)


def test_of_a_record_what_is_an_office_s_tells_nobody_apart() -> None:
    rules = GuestRules(house_telephones=("+43158880",))
    assert keys_of_offices(head("info@firm.example", "+43158880"), rules) == {"email:email-d", "phone:phone-d"}
    assert keys_of_offices(head("info@firm.example", "+43158880"), SHIPPED) == {"email:email-d"}
    assert keys_of_offices(head("anna@firm.example", "+436641234567"), rules) == set()
    assert keys_of_offices(Head(leaf=Leaf("g1")), rules) == set()


def test_an_argentine_house_telephone_is_found_however_it_is_dialled() -> None:
    rules = GuestRules(house_telephones=("+5491123456789",))
    assert keys_of_offices(head(phone="+541123456789"), rules) == {"phone:phone-d"}


def test_an_address_of_the_guest_s_own_comes_before_an_office_s() -> None:
    records = [
        head("info@firm.example", leaf="g1"),
        head("anna@mail.example", leaf="g2"),
        head("x@y.example", leaf="g3"),
    ]
    assert own_emails(records, SHIPPED) == ["anna@mail.example", "x@y.example", "info@firm.example"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role_words", "Info"), ("role_words", "front.desk"), ("role_words", "a@b"), ("role_words", ""),
        ("agency_domains", "trips"), ("agency_domains", "@trips.example"), ("agency_domains", "Trips.example"),
        ("house_telephones", "0158880"), ("house_telephones", "+43 1 58880"), ("house_telephones", "+430"),
    ],
)  # fmt: skip
def test_what_could_never_be_met_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValidationError, match=field):
        GuestRules.model_validate({field: [value]})
