"""What speaks for and against two records being one person's, field by field."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.details import PostalAddress
from chalicelib.identity.blocks import MOST, keys_of
from chalicelib.identity.sketches import LONGEST, Sketch, sketch_of
from chalicelib.identity.weights import Weighed, weigh
from chalicelib.settings.matching import SHIPPED_MATCHING

HOME = PostalAddress(street="Ermou 12", postal_code="105 63", city="Athina", country="GR")
TOWN = PostalAddress(city="Athina", country="GR")
BORN = date(1980, 5, 17)


def maria(given: str | None = "Maria", family: str | None = "Papadopoulou", **other: object) -> Sketch:
    said = {"birth_date": BORN, "address": HOME, "country": None, "phone": None} | other
    return sketch_of((given, family), **said)  # type: ignore[arg-type]  # each test names what it is about


def weighed(one: Sketch, other: Sketch) -> Weighed:
    """By what the hub ships."""
    return weigh(one, other, SHIPPED_MATCHING)


def level(one: Sketch, other: Sketch, field: str) -> str | None:
    return next((each.level for each in weighed(one, other).evidence if each.field == field), None)


@pytest.mark.parametrize(
    ("given", "family"),
    [("Μαρία", "Παπαδοπούλου"), ("Մարիա", "Պապադոպուլու"), ("MARIA", "PAPADOPOULOU"), ("Papadopoulou", "Maria")],
)
def test_one_person_in_three_scripts_and_in_either_order_is_met_and_is_one(given: str, family: str) -> None:
    other = maria(given, family)
    assert not set(keys_of(maria())).isdisjoint(keys_of(other))
    assert weighed(maria(), other).is_one


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Maria", "Maria", "same"),
        ("William", "Bill", "nickname"),
        ("Konstantinos", "Kostas", "nickname"),
        ("Anna Maria", "Anna", "nickname"),
        ("Maria", "M", "initial"),
        ("Catriona", "Catrione", "alike"),
        ("Maria", "Georg", "other"),
        ("Maria", None, None),
    ],
)
def test_given_names_are_compared_by_what_people_write(one: str, other: str | None, expected: str | None) -> None:
    assert level(maria(one), maria(other), "given") == expected


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("Papadopoulou", "same"),
        ("Papadopulou", "alike"),
        ("Papadopoulou Lee", "alike"),
        ("Georgiou Papadopoulou", "part"),
        ("Lee", "other"),
    ],
)
def test_family_names_are_compared_by_letters_and_parts(family: str, expected: str) -> None:
    assert level(maria(), maria(family=family), "family") == expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(1980, 5, 17), "same"),
        (date(1980, 5, 7), "alike"),
        (date(1980, 11, 3), "some"),
        (date(1991, 5, 17), "some"),
        (date(1962, 12, 30), "other"),
        (date(1980, 1, 1), None),
    ],
)
def test_days_of_birth_are_compared_part_by_part(born: date, expected: str | None) -> None:
    assert level(maria(), maria(birth_date=born), "born") == expected


def test_a_day_and_a_month_the_other_way_round_are_told_from_another_day() -> None:
    assert level(maria(birth_date=date(1980, 5, 7)), maria(birth_date=date(1980, 7, 5)), "born") == "turned"


def test_of_a_street_the_house_and_the_words_count_and_not_where_the_number_stands() -> None:
    other = maria(address=HOME.model_copy(update={"street": "12, ERMOU"}))
    assert level(maria(), other, "street") == "same"


def test_of_telephones_the_last_digits_are_compared() -> None:
    one, other = maria(phone="+302103312345"), maria(phone="+2103312345")
    assert level(one, other, "phone") == "same"
    assert not set(keys_of(one)).isdisjoint(keys_of(other))


def test_people_of_one_house_are_neither_one_nor_a_question() -> None:
    """The same street, town and telephone, and quite another given name."""
    one, other = (maria(name, birth_date=None, phone="+302103312345") for name in ("Maria", "Georgios"))
    assert not weighed(one, other).may_be_one


def test_a_name_and_a_town_alone_are_no_question_either() -> None:
    town = maria(birth_date=None, address=TOWN)
    assert not weighed(town, town).may_be_one


def test_a_name_and_a_birthday_are_a_question_and_with_the_town_an_answer() -> None:
    alone, at_home = maria(address=None), maria(address=TOWN)
    asked = weighed(alone, alone)
    assert (asked.may_be_one, asked.is_one) == (True, False)
    assert weighed(at_home, at_home).is_one


def test_what_one_of_the_two_does_not_say_weighs_nothing() -> None:
    assert weighed(Sketch(), maria()).evidence == ()
    assert weighed(Sketch(), maria()).bits == 0


@dataclass(frozen=True)
class Parts:
    names = st.sampled_from(["Maria", "M", "Georg", "Anna Maria", "Μαρία", "李", "O'Neil", "\u202eairaM", "😀", None])
    born = st.sampled_from([None, BORN, date(1980, 1, 1), date(1980, 7, 5), date(1990, 5, 17)])
    homes = st.sampled_from([None, HOME, PostalAddress(), PostalAddress(street="-", postal_code="?", city="1")])
    phones = st.sampled_from([None, "+302103312345", "+1"])


sketches = st.builds(
    sketch_of,
    st.tuples(Parts.names, Parts.names),
    Parts.born,
    Parts.homes,
    st.sampled_from([None, "GR", "AT"]),
    Parts.phones,
)


@given(one=sketches, other=sketches)
def test_it_weighs_the_same_whichever_comes_first_and_nobody_is_less_like_themselves(
    one: Sketch, other: Sketch
) -> None:
    assert weighed(one, other) == weighed(other, one)
    assert weighed(one, one).bits >= 0


@given(one=sketches)
def test_a_record_has_few_keys_and_the_same_each_time(one: Sketch) -> None:
    keys = keys_of(one)
    assert keys == keys_of(Sketch(*one))
    assert len(set(keys)) == len(keys) <= MOST


def test_who_has_nothing_but_a_name_or_is_several_lies_nowhere() -> None:
    assert keys_of(maria(birth_date=None, address=None)) == ()
    assert keys_of(maria(birth_date=None, address=None, phone="+302103312345")) == ()
    assert keys_of(maria("Maria & Georg")) == ()
    assert keys_of(Sketch(born="1980-05-17", phone="3312345")) == ()


def test_however_long_a_name_is_its_sketch_is_short() -> None:
    long = maria("M" * 300, "P" * 300, address=HOME.model_copy(update={"street": "S" * 200, "city": "C" * 100}))
    assert max(len(each or "") for each in long) == LONGEST
