"""Whether a guest may be written to, by the rules of the countries concerned."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.time import Instant
from chalicelib.consent.bases import Booking, Denied, Evidence, Verdict, decide, may_be_overturned
from chalicelib.consent.documents import rules_of, shipped
from chalicelib.consent.model import Basis, Consent, State

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LAST_WEEK = Instant("2026-11-16T12:00:00.000000Z")
LONG_AGO = Instant("2022-11-16T12:00:00.000000Z")


def said(basis: Basis, state: State = "explicit", at: Instant = LAST_WEEK) -> Consent:
    return Consent(state=state, basis=basis, at=at)


FLAG = Evidence(answer=said("source"))
OWN = Evidence(answer=said("guest"))
DESK = Evidence(answer=said("staff"))
CONFIRMED = Evidence(answer=said("staff", "confirmed"))
SALE = Booking(at=LAST_WEEK, direct=True, stayed=True, attested=True)
CUSTOMER = Evidence(bookings=(SALE,), may_opt_out=True)


def verdict(known: Evidence, *countries: str) -> Verdict:
    return decide(rules_of(countries), known, NOW)


def reason(known: Evidence, *countries: str) -> str | None:
    return verdict(known, *countries).reason


def test_who_said_nothing_may_be_written_to_nowhere() -> None:
    countries = {country for rule in shipped().values() for country in rule.countries} | {"ZZ"}
    assert {reason(Evidence(), each) for each in countries} == {"no_consent"}


@pytest.mark.parametrize(
    ("known", "held"),
    [
        (FLAG, "double_opt_in_missing"),
        (DESK, "double_opt_in_missing"),
        (OWN, None),
        (CONFIRMED, None),
        (replace(FLAG, proven_at_source=True), None),
        (replace(DESK, proven_at_source=True), "double_opt_in_missing"),
    ],
)
def test_in_germany_a_yes_must_come_from_who_reads_the_mailbox(known: Evidence, held: str | None) -> None:
    assert reason(known, "DE") == held
    assert reason(known, "AT") is None


def test_the_document_that_decided_is_named_with_its_basis() -> None:
    assert verdict(CONFIRMED, "DE").name == "de.confirmed"
    assert verdict(FLAG, "DE").name == "de"
    assert verdict(OWN, "NZ").name == "others.express"
    assert verdict(CUSTOMER, "GB").name == "gb.sale"


def test_of_two_countries_the_stricter_one_decides() -> None:
    assert verdict(FLAG, "PT", "DE") == Verdict("de", reason=Denied.DOUBLE_OPT_IN_MISSING)
    assert verdict(FLAG, "DE", "PT") == Verdict("de", reason=Denied.DOUBLE_OPT_IN_MISSING)
    assert reason(CUSTOMER, "US", "BR") == "no_consent"
    ending = verdict(OWN, "PT", "KR", "FR")
    assert (ending.rule, ending.until) == ("kr", "2028-11-16T12:00:00.000000Z")


@pytest.mark.parametrize(
    "other",
    [
        replace(SALE, direct=False),
        replace(SALE, attested=False),
    ],
)
def test_only_what_the_hotel_itself_sold_and_attests_stands_for_a_yes(other: Booking) -> None:
    assert reason(CUSTOMER, "GB") is None
    assert reason(replace(CUSTOMER, bookings=(other,)), "GB") == "no_consent"
    assert reason(replace(CUSTOMER, bookings=(other, SALE)), "GB") is None


def test_an_unproven_flag_does_not_take_a_customers_basis_away() -> None:
    assert verdict(replace(CUSTOMER, answer=FLAG.answer), "DE").name == "de.sale"


def test_in_austria_a_sale_counts_only_beside_the_list_of_the_regulator() -> None:
    assert reason(CUSTOMER, "AT") == "not_registered"
    assert verdict(replace(CUSTOMER, registers=frozenset({"ecg"})), "AT").name == "at.sale"


def test_in_turkey_a_yes_counts_only_when_it_is_registered() -> None:
    assert reason(CONFIRMED, "TR") == "not_registered"
    assert reason(replace(CONFIRMED, registers=frozenset({"iys"})), "TR") is None


@pytest.mark.parametrize(
    ("end", "held", "until"),
    [
        ("2024-11-23T12:00:00.000001Z", None, "2026-11-23T12:00:00.000001Z"),
        ("2024-11-23T12:00:00.000000Z", "consent_expired", "2026-11-23T12:00:00.000000Z"),
    ],
)
def test_in_canada_a_stay_counts_for_two_years(end: str, held: str | None, until: str) -> None:
    found = verdict(Evidence(bookings=(replace(SALE, at=Instant(end)),), may_opt_out=True), "CA")
    assert (found.reason, found.until) == (held, until)


def test_in_canada_an_enquiry_counts_for_half_a_year_and_a_booking_alone_not_at_all() -> None:
    asked = verdict(Evidence(enquired_at=Instant("2026-08-31T12:00:00.000000Z")), "CA")
    assert (asked.name, asked.until) == ("ca.enquiry", "2027-02-28T12:00:00.000000Z")
    assert reason(Evidence(enquired_at=Instant("2026-05-23T12:00:00.000000Z")), "CA") == "consent_expired"
    assert reason(replace(CUSTOMER, bookings=(replace(SALE, stayed=False),)), "CA") == "no_consent"


def test_in_france_a_yes_ends_three_years_after_the_last_stay_or_click() -> None:
    old = Evidence(answer=said("guest", at=LONG_AGO))
    assert reason(old, "FR") == "consent_expired"
    assert reason(replace(old, clicked_at=LAST_WEEK), "FR") is None
    stayed = replace(old, bookings=(replace(SALE, direct=False, attested=False),))
    assert verdict(stayed, "FR").until == "2029-11-16T12:00:00.000000Z"


def test_in_korea_a_yes_ends_after_two_years_whatever_the_guest_does() -> None:
    old = Evidence(answer=said("guest", at=LONG_AGO), clicked_at=LAST_WEEK, bookings=(SALE,))
    assert reason(old, "KR") == "consent_expired"


def test_in_the_united_states_who_did_not_object_is_written_to_where_the_hotel_attests() -> None:
    assert reason(Evidence(), "US") == "no_consent"
    assert verdict(Evidence(may_opt_out=True), "US").name == "us.opt_out"


answers = st.builds(
    Consent,
    state=st.sampled_from(["explicit", "confirmed", "implicit"]),
    basis=st.sampled_from(["source", "guest", "staff"]),
    at=st.sampled_from([LAST_WEEK, LONG_AGO]),
)
bookings = st.builds(
    Booking,
    at=st.sampled_from([LAST_WEEK, LONG_AGO]),
    direct=st.booleans(),
    stayed=st.booleans(),
    attested=st.booleans(),
)
evidence = st.builds(
    Evidence,
    answer=st.none() | answers,
    bookings=st.lists(bookings, max_size=3).map(tuple),
    clicked_at=st.none() | st.just(LAST_WEEK),
    enquired_at=st.none() | st.just(LAST_WEEK),
    may_opt_out=st.booleans(),
    proven_at_source=st.booleans(),
    registers=st.frozensets(st.sampled_from(["ecg", "iys"])),
)
countries = st.lists(st.sampled_from(["DE", "AT", "FR", "KR", "CA", "US", "TR", "GB", "ZZ"]), max_size=3)


@given(evidence, countries, st.sampled_from(["guest", "staff", "complaint", "address"]))
def test_an_objection_beats_every_basis(known: Evidence, some: list[str], basis: Basis) -> None:
    objecting = replace(known, answer=said(basis, "withdrawn"))
    assert verdict(objecting, *some) == Verdict("objection", reason=Denied.WITHDRAWN)
    assert not may_be_overturned(rules_of(some), objecting, verdict(objecting, *some), attested=True)


@given(evidence, countries, countries)
def test_one_more_country_never_allows_more(known: Evidence, some: list[str], more: list[str]) -> None:
    if some and reason(known, *some):
        assert reason(known, *some, *more)
    allowed = verdict(known, *some, *more)
    if some and not allowed.reason and allowed.until:
        assert allowed.until <= (verdict(known, *some).until or allowed.until)


@given(evidence, countries)
def test_the_order_of_countries_changes_nothing(known: Evidence, some: list[str]) -> None:
    one, other = verdict(known, *some), verdict(known, *some[::-1])
    assert (one.reason is None, one.until if one.basis else None) == (
        other.reason is None,
        other.until if other.basis else None,
    )


@given(evidence, countries)
def test_whoever_could_be_allowed_by_what_was_not_looked_for_is_looked_at(known: Evidence, some: list[str]) -> None:
    looked = replace(known, enquired_at=None)
    unlooked = replace(looked, bookings=(), clicked_at=None)
    before = verdict(unlooked, *some)
    if before.reason and not verdict(looked, *some).reason:
        attested = any(each.attested for each in known.bookings)
        assert may_be_overturned(rules_of(some), unlooked, before, attested=attested)
