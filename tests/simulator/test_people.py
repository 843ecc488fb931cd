"""The two truth columns hold by construction, and nobody shares an identifier by accident."""

from collections import defaultdict

import phonenumbers
import pytest

from chalicelib.identity.names import Likeness, compare, name_of
from infra.simulator.countries import MOBILES
from infra.simulator.names import TABLES, named, respellings
from infra.simulator.people import Cast
from infra.simulator.records import Ids, Record, Registry
from infra.simulator.season import season
from infra.simulator.visits import Casting


def cast_of(seed: int, count: int = 1500) -> Cast:
    cast = Cast(seed)
    Casting(cast, seed).visits(season(count, seed))
    return cast


def sharing(records: list[Record], identifier: str) -> dict[object, set[str]]:
    """The known guests behind each value of the identifier."""
    guests: defaultdict[object, set[str]] = defaultdict(set)
    for record in records:
        value = getattr(record, identifier)
        if identifier == "address" and value is not None:
            value = value.text if value.joins and not value.family else None
        if value is not None:
            guests[value].add(record.known)
    return guests


def test_the_same_seed_invents_the_same_people() -> None:
    one, other = cast_of(7, 300), cast_of(7, 300)
    assert one.records == other.records
    assert cast_of(8, 300).records != one.records


@pytest.mark.parametrize("seed", [1, 7])
def test_member_numbers_point_to_one_known_guest(seed: int) -> None:
    assert all(len(guests) == 1 for guests in sharing(cast_of(seed).records, "member").values())


@pytest.mark.parametrize("seed", [1, 7])
def test_own_mailboxes_are_shared_by_one_person_and_perhaps_one_slip(seed: int) -> None:
    assert max(len(guests) for guests in sharing(cast_of(seed).records, "address").values()) <= 2


def test_both_columns_differ_in_both_directions() -> None:
    guests, persons = defaultdict(set), defaultdict(set)
    for record in cast_of(7).records:
        guests[record.person].add(record.known)
        persons[record.known].add(record.person)
    del guests["nobody"], persons["nobody"]
    assert any(len(known) > 1 for known in guests.values())
    assert any(len(people) > 1 for people in persons.values())
    assert len(persons) < sum(len(known) for known in guests.values()) + 1


def test_the_season_has_every_kind_of_guest() -> None:
    records = cast_of(7).records
    addresses = [record.address for record in records if record.address]
    assert any(address.is_relay for address in addresses)
    assert any(address.family for address in addresses)
    assert any(address.agency for address in addresses)
    assert any(record.is_pseudo for record in records)
    assert any(record.given is None for record in records if not record.is_pseudo)
    assert any(record.merges_into for record in records)
    assert any(record.late for record in records)
    assert any(not record.family.isascii() for record in records)
    assert any(record.forgotten for record in records)
    assert any(" & " in (record.given or "") for record in records)
    assert {" Sr.", " Jr."} <= {person.generation for person in cast_of(7).persons.values()}
    assert any(person.tells_birth for person in cast_of(7).persons.values())


def test_an_agencys_mailbox_carries_at_least_five_names_or_none() -> None:
    names = defaultdict(set)
    for record in cast_of(7).records:
        if record.address and record.address.agency and record.address.text.startswith("bookings@"):
            names[record.address.text].add(record.family)
    assert names
    assert all(len(families) >= 5 for families in names.values())


@pytest.mark.parametrize("country", list(MOBILES))
def test_invented_numbers_are_valid_and_different(country: str) -> None:
    registry = Registry(Ids(1))
    numbers = [registry.phone(country) for _ in range(200)]
    assert len(set(numbers)) == 200
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)


@pytest.mark.parametrize("language", TABLES)
def test_what_is_spelled_another_way_is_still_the_same_name(language: str) -> None:
    table = TABLES[language]
    for name in (named(given, family, language) for given in table.given for family in table.family):
        for spelling in respellings(name):
            assert compare(name_of(*spelling), name_of(name.given, name.family)) is Likeness.EQUAL, (name, spelling)
