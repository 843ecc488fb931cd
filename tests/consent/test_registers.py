"""Lists that others keep: what is made of them by rules, and how they are taken in; with registers that are made up."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.time import Instant
from chalicelib.consent import register_lists
from chalicelib.consent.bases import Booking, Evidence, decide, may_be_overturned
from chalicelib.consent.model import Consent
from chalicelib.consent.registers import Listed, asked_by, hash_of, is_hash, is_in_force
from chalicelib.settings.legal import CountryRule, Implied, Register

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONDAY, THEN = date(2026, 11, 16), Instant("2026-11-10T12:00:00.000000Z")
ROBINSON = Register(id="robinson", hash="sha256", valid_days=30)
ANNA = "anna@mail.example"
SALE = Booking(at=THEN, direct=True, stayed=True, attested=True)
TOLD: dict[str, Any] = {
    "id": "xx", "name": "Nowhere", "countries": ["XX"], "express": ["guest"], "look_again_on": "2030-01-01",
    "sources": [{"law": "Law", "section": "1", "url": "https://law.example"}],
}  # fmt: skip
SOFT = CountryRule.model_validate({**TOLD, "implied": [{"kind": "sale", "off_register": "robinson"}]})
STRICT = CountryRule.model_validate({**TOLD, "on_register": "robinson"})
YES = Consent(state="explicit", basis="guest", at=THEN)


def listed(*, is_on: bool, of: date = MONDAY) -> dict[str, Listed]:
    return {"robinson": Listed(is_on, of)}


def reason(rule: CountryRule, **known: Any) -> str | None:
    return decide([rule], Evidence(**known), NOW).reason


def test_who_stands_on_the_list_is_not_written_to_on_the_strength_of_a_sale_whatever_hotels_attest() -> None:
    assert reason(SOFT, bookings=(SALE,), listed=listed(is_on=True)) == "on_list"
    assert reason(SOFT, bookings=(SALE,), listed=listed(is_on=True), registers=frozenset({"robinson"})) == "on_list"
    assert reason(SOFT, bookings=(SALE,), listed=listed(is_on=False)) is None


def test_without_a_list_what_hotels_attest_counts() -> None:
    assert reason(SOFT, bookings=(SALE,)) == "not_registered"
    assert reason(SOFT, bookings=(SALE,), registers=frozenset({"robinson"})) is None


def test_a_list_that_voids_a_sale_takes_no_yes_away() -> None:
    assert reason(SOFT, answer=YES, listed=listed(is_on=True)) is None


def test_where_each_yes_must_stand_on_a_list_the_list_decides() -> None:
    attested = frozenset({"robinson"})
    assert reason(STRICT, answer=YES, listed=listed(is_on=True)) is None
    assert reason(STRICT, answer=YES, listed=listed(is_on=False), registers=attested) == "not_registered"


def test_a_yes_that_is_younger_than_the_list_counts_where_the_hotel_attests_that_it_registers_it() -> None:
    earlier = listed(is_on=False, of=date(2026, 11, 10))
    assert reason(STRICT, answer=YES, listed=earlier, registers=frozenset({"robinson"})) is None
    assert reason(STRICT, answer=YES, listed=earlier) == "not_registered"


@pytest.mark.parametrize(
    ("known", "looked_for"), [({}, False), (listed(is_on=True), True), (listed(is_on=False), True)]
)
def test_bookings_are_looked_for_where_they_may_count_or_a_list_tells_why_they_do_not(
    known: dict[str, Listed], *, looked_for: bool
) -> None:
    evidence = Evidence(listed=known)
    assert may_be_overturned([SOFT], evidence, decide([SOFT], evidence, NOW), attested=True) is looked_for


@given(booked=st.booleans(), said=st.booleans(), attested=st.booleans())
def test_to_stand_on_a_list_of_refusals_never_allows_more(*, booked: bool, said: bool, attested: bool) -> None:
    known: dict[str, Any] = {
        "bookings": (SALE,) if booked else (),
        "answer": YES if said else None,
        "registers": frozenset({"robinson"}) if attested else frozenset(),
    }
    held = reason(SOFT, **known, listed=listed(is_on=True))
    assert held is not None or reason(SOFT, **known, listed=listed(is_on=False)) is None
    assert held is not None or said


def test_a_hash_is_of_the_address_in_small_letters() -> None:
    meant = hashlib.sha256(b"anna@mail.example").hexdigest()
    assert hash_of(ROBINSON, " Anna@Mail.example") == meant
    assert is_hash(ROBINSON, meant)
    assert not any(is_hash(ROBINSON, each) for each in (meant[:-1], meant.upper(), "g" * 64, "", f"{meant}0"))


def test_a_list_that_is_too_old_tells_nothing() -> None:
    assert is_in_force(ROBINSON, MONDAY, date(2026, 12, 15))
    assert not is_in_force(ROBINSON, MONDAY, date(2026, 12, 16))


def test_a_rule_asks_the_lists_that_it_names_alone() -> None:
    other = Register(id="other", hash="sha1", valid_days=1)
    assert asked_by([SOFT], [other, ROBINSON]) == [ROBINSON]
    assert asked_by([STRICT], [other, ROBINSON]) == [ROBINSON]
    assert asked_by([], [ROBINSON]) == []
    assert Implied(kind="sale").off_register is None


def is_on(address: str, today: date = MONDAY) -> bool | None:
    found = register_lists.listed([ROBINSON], address, today).get("robinson")
    return found.is_on if found else None


def load(*addresses: str, of: date = MONDAY) -> None:
    register_lists.take(ROBINSON, of, [hash_of(ROBINSON, each) for each in addresses])


def test_an_entry_of_a_whole_domain_refuses_all_of_its_addresses_and_no_others(aws: Settings) -> None:
    load("@mail.example")
    register_lists.complete(ROBINSON, MONDAY)
    told = {each: register_lists.listed([ROBINSON], each, MONDAY)["robinson"] for each in (ANNA, "a@x.mail.example")}
    assert [each.is_refused for each in told.values()] == [True, False]
    assert reason(SOFT, bookings=(SALE,), listed={"robinson": told[ANNA]}) == "on_list"


def test_an_entry_of_a_whole_domain_is_nobodys_yes() -> None:
    whole = {"robinson": Listed(is_on=False, of=MONDAY, by_domain=True)}
    assert reason(STRICT, answer=YES, listed=whole) == "not_registered"


def test_nothing_follows_from_a_list_before_all_of_it_is_there(aws: Settings) -> None:
    load(ANNA)
    assert is_on(ANNA) is None
    assert register_lists.complete(ROBINSON, MONDAY) == MONDAY
    assert (is_on(ANNA), is_on("ben@mail.example")) == (True, False)
    assert is_on(ANNA, date(2026, 12, 16)) is None


def test_a_newer_list_takes_the_place_of_the_one_before_as_a_whole_and_an_older_one_never(aws: Settings) -> None:
    sunday, tuesday = date(2026, 11, 15), date(2026, 11, 17)
    load(ANNA)
    register_lists.complete(ROBINSON, MONDAY)
    load("ben@mail.example", of=tuesday)
    assert (is_on(ANNA), is_on("ben@mail.example")) == (True, False)
    assert register_lists.complete(ROBINSON, tuesday) == tuesday
    assert (is_on(ANNA), is_on("ben@mail.example")) == (False, True)
    load(ANNA, of=sunday)
    assert register_lists.complete(ROBINSON, sunday) == tuesday
    assert register_lists.complete(ROBINSON, MONDAY) == tuesday
    assert (is_on(ANNA), is_on("ben@mail.example")) == (False, True)


def test_the_same_part_may_come_any_number_of_times(aws: Settings) -> None:
    for _ in range(3):
        load(ANNA, ANNA, *(f"g{at}@mail.example" for at in range(150)))
        register_lists.complete(ROBINSON, MONDAY)
    assert is_on("g149@mail.example") is True


def test_a_list_of_which_nothing_was_written_is_never_in_force_for_it_would_free_everybody(aws: Settings) -> None:
    tuesday = date(2026, 11, 17)
    load(ANNA)
    register_lists.complete(ROBINSON, MONDAY)
    with pytest.raises(Invalid, match="made_on"):
        register_lists.complete(ROBINSON, tuesday)
    assert is_on(ANNA, tuesday) is True


def test_a_list_that_is_hashed_otherwise_than_the_settings_say_by_now_tells_nothing(aws: Settings) -> None:
    load(ANNA)
    register_lists.complete(ROBINSON, MONDAY)
    otherwise = ROBINSON.model_copy(update={"hash": "sha1"})
    assert register_lists.listed([otherwise], ANNA, MONDAY) == {}
    assert register_lists.lists([otherwise]) == {}
    assert is_on(ANNA) is True


def test_no_list_costs_no_read(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(table, "get_many")
    assert register_lists.listed([], ANNA, MONDAY) == {}
