"""Who is written to by the rules of which country: from what sources tell to what is sent."""

from datetime import datetime
from typing import Any

import pytest

from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import PropertyId
from chalicelib.connectors.canonical.translate import read
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.messages import lookups, names, sending, store
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.model import Occasion
from chalicelib.profiles import actions as profiles
from chalicelib.properties import store as hotels
from chalicelib.properties.model import Property
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings, CountryRule
from tests.builders import PORTO, VIENNA, decided, guest, reservation
from tests.ids import PMS
from tests.mail_fakes import FakeSes
from tests.messages.mailboxes import BRANDING, LATER, NOW, guest_of, leave_by_link, occasion, say

EVER, LATELY = "2020-01-01", "2026-11-22"
LONDON = VIENNA.model_copy(update={"id": PropertyId("london"), "country": "GB", "time_zone": "Europe/London"})
NEW_YORK = VIENNA.model_copy(update={"id": PropertyId("new-york"), "country": "US", "time_zone": "America/New_York"})
ANNA = "anna@mail.example"


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


def opened(hotel: Property = LONDON, **attested: Any) -> Property:
    """A hotel that writes in its own name, and attests this."""
    told = {**hotel.model_dump(mode="json"), "branding": BRANDING.model_dump(), "attestations": attested}
    made = Property.model_validate(told)
    hotels.put(made)
    return made


def tell(hotel: Property, *snapshots: dict[str, Any]) -> None:
    known = {each.id: each for each in (hotel, LONDON, PORTO)}
    changes = [change_of(read(each), PMS, known, digest) for each in snapshots]
    assert profiles.store_changes([each for each in changes if each]) == {}


def person(source_id: str = "g1", **told: Any) -> dict[str, Any]:
    return guest(source_id, email=ANNA, property_id="london", **told)


def booked(**told: Any) -> dict[str, Any]:
    """By Anna, of Britain."""
    stayed = {"status": "checked_out", "property_id": "london", **told}
    return reservation("r1", person(country="GB"), **stayed)


def asked(hotel: str | None = "london", **more: Any) -> Occasion:
    identity = names.of(PropertyId(hotel) if hotel else None)
    assert identity
    return occasion(**more).model_copy(update={"identity": identity})


def became(source_id: str = "g1", *, of: Occasion | None = None, now: datetime = LATER) -> tuple[str, str]:
    """What became of the guest's mail, and by which rule."""
    whose = guest_of(source_id)
    outcome = sending.send(of or asked(), [whose], now).outcomes[whose]
    kept = store.message(whose, (of or asked()).id)
    return outcome.reason or outcome.code, outcome.law or (kept.law if kept and kept.law else "")


def test_a_flag_of_a_source_is_held_for_a_guest_in_germany_until_the_hotel_attests_its_proof(ses: FakeSes) -> None:
    tell(opened(), person(address={"country": "DE"}, marketing_email=True))
    assert became() == ("double_opt_in_missing", "de")
    opened(proof_at_source=EVER)
    assert became() == ("sent", "de.express")
    assert len(ses.accepted) == 1


def test_where_a_guest_lives_counts_before_the_nationality(ses: FakeSes) -> None:
    tell(opened(), person(country="DE", address={"country": "PT"}, marketing_email=True))
    assert became() == ("sent", "eu.express")


def test_the_law_of_the_hotel_binds_who_writes_whoever_is_written_to(ses: FakeSes) -> None:
    berlin = {**LONDON.model_dump(), "country": "DE"}
    tell(opened(Property.model_validate(berlin)), person(country="PT", marketing_email=True))
    assert became() == ("double_opt_in_missing", "de")


def test_who_booked_at_the_hotel_itself_may_be_written_to_where_it_offered_the_refusal(ses: FakeSes) -> None:
    tell(opened(opt_out_offered=EVER), person(country="GB"), booked())
    assert became() == ("sent", "gb.sale")


@pytest.mark.parametrize(
    ("attested", "stay"),
    [
        ({}, {}),
        ({"opt_out_offered": LATELY}, {}),
        ({"opt_out_offered": EVER}, {"channel": "ota"}),
        ({"opt_out_offered": EVER}, {"channel": "unknown"}),
        ({"opt_out_offered": EVER}, {"status": "inquiry"}),
        ({"opt_out_offered": EVER}, {"status": "cancelled"}),
        ({"opt_out_offered": EVER}, {"property_id": "porto"}),
    ],
)
def test_what_is_no_sale_of_the_hotel_that_writes_stands_for_nothing(
    ses: FakeSes, attested: dict[str, Any], stay: dict[str, Any]
) -> None:
    sister = PORTO.branding.model_copy(update={"legal_entity": "porto-lda"})
    hotels.put(PORTO.model_copy(update={"branding": sister}))
    tell(opened(**attested), person(country="GB"), booked(**stay))
    assert became() == ("no_consent", "gb")


def test_a_companion_is_not_written_to_for_the_booking_of_somebody_else(ses: FakeSes) -> None:
    own = guest("g2", "Ben", "Lee", email="ben@mail.example", property_id="london", country="GB")
    tell(opened(opt_out_offered=EVER), person(country="GB"), own, booked(companions=[own]))
    assert became("g2") == ("no_consent", "gb")
    assert became("g1") == ("sent", "gb.sale")


def test_only_the_address_that_was_given_with_the_booking_is_written_to(ses: FakeSes) -> None:
    """The newer record, which nobody booked with, brings the address that is used."""
    other = guest(
        "g2", email="anna@work.example", property_id="london", country="GB", changed_at="2026-06-01T00:00:00Z"
    )
    tell(opened(opt_out_offered=EVER), person(country="GB"), other, booked())
    profiles.store_decision(decided("g1", "g2"))
    assert became("g2") == ("no_consent", "gb")
    tell(LONDON, {**other, "email": ANNA, "changed_at": "2026-07-01T00:00:00Z"})
    assert became("g2", of=asked(run="n2")) == ("sent", "gb.sale")


def test_an_objection_beats_a_sale(ses: FakeSes) -> None:
    tell(opened(opt_out_offered=EVER), person(country="GB"), booked())
    assert became() == ("sent", "gb.sale")
    leave_by_link(ses)
    assert became(of=asked(run="n2")) == ("withdrawn", "objection")


TORONTO = VIENNA.model_copy(update={"id": PropertyId("toronto"), "country": "CA", "time_zone": "America/Toronto"})


@pytest.mark.parametrize(
    ("told", "attested", "became_of_it"),
    [
        ({}, EVER, ("sent", "ca.enquiry")),
        ({"booked_at": "2026-05-20T12:00:00Z"}, EVER, ("consent_expired", "ca")),
        ({"booked_at": None}, EVER, ("no_consent", "ca")),
        ({"channel": "ota"}, EVER, ("no_consent", "ca")),
        ({"status": "cancelled"}, EVER, ("no_consent", "ca")),
        ({"status": "confirmed"}, EVER, ("no_consent", "ca")),
        ({}, LATELY, ("no_consent", "ca")),
    ],
)
def test_in_canada_an_enquiry_at_the_hotel_itself_counts_for_half_a_year_where_its_source_tells_when_it_was(
    ses: FakeSes, told: dict[str, Any], attested: str, became_of_it: tuple[str, str]
) -> None:
    of = {"property_id": "toronto", "country": "CA"}
    asking = {"status": "inquiry", "property_id": "toronto", "booked_at": "2026-08-31T12:00:00Z", **told}
    asking = {name: value for name, value in asking.items() if value is not None}
    tell(opened(TORONTO, opt_out_offered=attested), reservation("r1", {**person(), **of}, **asking))
    assert became(of=asked("toronto")) == became_of_it


def test_in_the_united_states_a_hotel_that_attests_writes_to_who_did_not_object(ses: FakeSes) -> None:
    us = {"country": "US", "property_id": "new-york"}
    tell(opened(NEW_YORK), person() | us)
    assert became(of=asked("new-york")) == ("no_consent", "us")
    opened(NEW_YORK, opt_out_offered=EVER)
    assert became(of=asked("new-york")) == ("sent", "us.opt_out")


def test_in_france_a_click_keeps_a_yes_alive_and_an_open_does_not(ses: FakeSes) -> None:
    tell(opened(), person(country="FR"))
    say("g1", "explicit", "2023-06-01T12:00:00.000000Z")
    early = datetime.fromisoformat("2026-05-01T12:00:00+00:00")
    assert became(of=asked(run="n1"), now=early) == ("sent", "fr.express")
    sent = store.message(guest_of("g1"), asked(run="n1").id)
    assert sent
    store.follow(sent, sent.first("opened_at", "2026-05-02T12:00:00.000000Z"))  # type: ignore[arg-type]
    assert became(of=asked(run="n2")) == ("consent_expired", "fr")
    opened_ = store.message(guest_of("g1"), asked(run="n1").id)
    assert opened_
    store.follow(opened_, opened_.first("clicked_at", "2026-05-02T12:00:00.000000Z"))  # type: ignore[arg-type]
    assert became(of=asked(run="n3")) == ("sent", "fr.express")


def test_a_mail_to_korea_says_in_its_subject_that_it_is_advertising(ses: FakeSes) -> None:
    tell(opened(), person(country="KR", marketing_email=True))
    assert became() == ("sent", "kr.express")
    assert ses.accepted[-1]["subject"] == "(광고) News"


def test_in_turkey_only_a_hotel_that_registers_its_consents_writes(ses: FakeSes) -> None:
    tell(opened(), person(country="TR", marketing_email=True))
    assert became() == ("not_registered", "tr")
    opened(registered_at_iys=EVER)
    assert became() == ("sent", "tr.express")


def test_what_a_guest_asked_for_needs_no_country(ses: FakeSes) -> None:
    tell(opened(), person(country="DE"))
    assert became(of=asked(message_class=MessageClass.TRANSACTIONAL)) == ("sent", "")


def test_the_company_s_own_document_stands_in_the_place_of_the_hub_s(ses: FakeSes) -> None:
    tell(opened(), person(country="PT", marketing_email=True))
    assert became() == ("sent", "eu.express")
    source = {"law": "Our lawyer", "section": "letter", "url": "https://lawyer.example"}
    rule = {
        "id": "portugal", "name": "Portugal", "countries": ["PT"], "express": ["confirmed"], "double_opt_in": True,
        "sources": [source], "look_again_on": "2027-01-01",
    }  # fmt: skip
    own = CountryRule.model_validate(rule)
    legal_store.save(ConsentSettings(rules=(own,)))
    assert became(of=asked(run="n2")) == ("double_opt_in_missing", "portugal")


def test_a_group_s_mail_goes_by_the_countries_of_the_hotels_that_know_the_guest(ses: FakeSes) -> None:
    berlin = Property.model_validate({**PORTO.model_dump(), "id": "berlin", "country": "DE"})
    hotels.put(berlin)
    tell(opened(), person(country="PT", marketing_email=True))
    assert became(of=asked(None)) == ("sent", "eu.express")
    tell(
        berlin,
        guest("g1", email=ANNA, property_id="berlin", country="PT", marketing_email=True, changed_at=NOW.isoformat()),
    )
    assert became(of=asked(None, run="n2")) == ("double_opt_in_missing", "de")


def test_who_objects_while_their_bookings_are_read_gets_nothing(ses: FakeSes, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no gate yet when it is decided: the claim must see the one that the objection makes."""
    tell(opened(opt_out_offered=EVER), person(country="GB"), booked())
    read_bookings = lookups.past_of

    def objecting(*asked: Any) -> Any:
        monkeypatch.setattr(lookups, "past_of", read_bookings)
        found = read_bookings(*asked)
        say("g1", "withdrawn", LATER.isoformat())
        return found

    monkeypatch.setattr(lookups, "past_of", objecting)
    assert became() == ("withdrawn", "objection")
    assert ses.accepted == []


def test_a_sale_costs_no_write_that_a_yes_does_not(ses: FakeSes) -> None:
    tell(opened(opt_out_offered=EVER), person(country="GB"), booked())
    say("g1", "explicit", LATER.isoformat())
    before = meter().write_units
    assert became(of=asked(run="n1"))[1] == "gb.express"
    of_a_yes = meter().write_units - before
    other = guest("g2", "Ben", "Lee", email="ben@mail.example", property_id="london", country="GB")
    tell(LONDON, reservation("r2", other, property_id="london", status="checked_out"))
    before = meter().write_units
    assert became("g2", of=asked(run="n1"))[1] == "gb.sale"
    assert meter().write_units - before == of_a_yes > 0
