"""Segment rules: what they refuse, and whom they find."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.details import AgeCategory, PostalAddress
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import PropertyId
from chalicelib.entrypoints.api import documents
from chalicelib.guests.calendar import EVERY_SOONEST, Calendar, Rooms, calendar_of
from chalicelib.guests.model import Traits
from chalicelib.guests.preferences import Preferences
from chalicelib.guests.stats import Days, Stats
from chalicelib.segments import rules
from chalicelib.segments.compiled import compiled
from chalicelib.segments.model import AllOf, NoneOf, Rule, Segment
from chalicelib.segments.profiled import belongs

TODAY = Days(date(2026, 11, 23))
ANNA = Traits(
    given_name="Anna",
    language="de",
    country="AT",
    address=PostalAddress(street="Ring 1", city="Berlin", country="DE"),
    birth_date=date(1980, 2, 29),
    member=True,
    stats=Stats(
        stays=3,
        nights=7,
        room_revenue={"EUR": 90_000},
        last_departure=date(2025, 11, 23),
        arriving=Calendar(listed=(Rooms(date(2026, 12, 24), PropertyId("vienna"), 2, 6),)),
        properties=(PropertyId("lisbon"), PropertyId("vienna")),
    ),
)


def rule(body: Any) -> Rule:
    """A rule as the API takes it."""
    found = read(body)
    rules.check(found)
    return found


def read(body: Any) -> Rule:
    """A rule that was taken once: the fields of the settings may be others by now."""
    return documents.check(Segment, {"id": "s", "name": "S", "rule": body}).rule


def condition(trait: str, op: str, value: Any) -> dict[str, Any]:
    return {"trait": trait, "op": op, "value": value}


@pytest.mark.parametrize(
    ("trait", "op", "value", "expected"),
    [
        ("stats.stays", "gte", 3, True),
        ("stats.stays", "gt", 3, False),
        ("stats.nights", "lt", 8, True),
        ("stats.nights", "lte", 6, False),
        ("country", "eq", "AT", True),
        ("country", "ne", "AT", False),
        ("country", "in", ["DE", "AT"], True),
        ("family_name", "eq", "Huber", False),
        ("family_name", "ne", "Huber", True),
        ("family_name", "exists", False, True),
        ("given_name", "contains", "nn", True),
        ("given_name", "exists", True, True),
        ("member", "eq", True, True),
        ("stats.properties", "contains", "vienna", True),
        ("stats.properties", "contains", "porto", False),
        ("stats.room_revenue.EUR", "gte", 90_000, True),
        ("stats.room_revenue.USD", "eq", 0, True),
        ("stats.room_revenue.USD", "exists", True, False),
        ("stats.room_revenue.USD", "exists", False, True),
        ("stats.room_revenue.EUR", "exists", True, True),
        ("stats.no_shows", "exists", True, True),
        ("stats.last_departure", "lt", "2026-01-01", True),
        ("stats.last_departure.days_since", "gte", 365, True),
        ("stats.last_departure.days_since", "gt", 365, False),
        ("stats.next_arrival.days_until", "eq", 31, True),
        ("stats.first_arrival.days_since", "gte", 0, False),
        ("address.country", "eq", "DE", True),
        ("address.country", "ne", "AT", True),
        ("address.country", "exists", True, True),
        ("stats.upcoming_bookings", "eq", 2, True),
        ("stats.upcoming_nights", "gt", 6, False),
        ("stats.in_house", "eq", True, False),
    ],
)
def test_one_condition(trait: str, op: str, value: Any, expected: bool) -> None:
    asked = rule(condition(trait, op, value))
    assert rules.matches(asked, ANNA, TODAY) is expected
    assert compiled(asked, TODAY)(ANNA.packed()) is expected


CONDITIONS = st.sampled_from(
    [
        condition("country", "eq", "AT"),
        condition("country", "ne", "AT"),
        condition("country", "exists", False),
        condition("address.country", "in", ["DE", "AT"]),
        condition("address.country", "exists", False),
        condition("language", "in", ["de", "en"]),
        condition("given_name", "contains", "nn"),
        condition("member", "eq", False),
        condition("birth_date", "lt", "1990-01-01"),
        condition("birth_date.days_since", "gte", 10_000),
        condition("stats.stays", "gte", 1),
        condition("stats.stays", "eq", 0),
        condition("stats.nights", "in", [0, 7]),
        condition("stats.in_house", "ne", True),
        condition("stats.properties", "contains", "vienna"),
        condition("stats.properties", "exists", False),
        condition("stats.room_revenue.EUR", "gt", 100),
        condition("stats.room_revenue.USD", "exists", False),
        condition("stats.next_arrival.days_until", "lte", 31),
        condition("stats.last_departure", "exists", True),
        condition("stats.state", "eq", "lapsed"),
        condition("stats.state", "in", ["prospect", "expected"]),
        condition("stats.nights_per_stay", "gte", 3),
        condition("vip", "gte", 2),
        condition("fields.own", "gte", 40),
        condition("fields.own", "contains", "Z"),
        condition("fields.own", "eq", True),
        condition("fields.own", "ne", 42),
        condition("fields.own", "exists", True),
        condition("fields.own.days_since", "gt", 100),
        condition("vip", "exists", False),
        condition("preferences.view", "contains", "sea"),
        condition("preferences.pillow", "exists", False),
    ]
)
BODIES = st.recursive(
    CONDITIONS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"and": some})
        | st.lists(inner, min_size=1, max_size=3).map(lambda some: {"or": some})
        | inner.map(lambda one: {"not": one})
    ),
    max_leaves=6,
)
DAYS = st.none() | st.dates(date(1950, 1, 1), date(2030, 1, 1))
ROOMS = st.builds(Rooms, st.dates(date(2026, 11, 1), date(2026, 12, 31)), st.just(PropertyId("vienna")))
CALENDARS = st.builds(lambda rooms: calendar_of(rooms, EVERY_SOONEST), st.lists(ROOMS, max_size=3))
KNOWN = st.builds(
    Traits,
    given_name=st.sampled_from([None, "Anna", "Bo"]),
    language=st.sampled_from([None, "de", "fr"]),
    country=st.sampled_from([None, "", "AT", "JP"]),
    birth_date=DAYS,
    age_category=st.none() | st.sampled_from(AgeCategory),
    unprofiled=st.sampled_from([None, None, "objected", "restricted"]),
    member=st.booleans(),
    vip=st.sampled_from([None, 1, 3]),
    fields=st.sampled_from([None, {"own": 42}, {"own": "Zeit"}, {"own": True}, {"own": "2010-06-12"}, {"other": 1}]),
    preferences=st.sampled_from([None, Preferences(view=("sea", "city")), Preferences(pillow=("soft",))]),
    stats=st.builds(
        Stats,
        stays=st.integers(0, 3),
        nights=st.sampled_from([0, 7, 9]),
        room_revenue=st.dictionaries(st.sampled_from(["EUR", "USD"]), st.integers(0, 200)),
        last_departure=DAYS,
        arriving=CALENDARS,
        leaving=CALENDARS,
        properties=st.sampled_from([(), (PropertyId("vienna"),), (PropertyId("porto"),)]),
    ),
)


@given(BODIES, KNOWN)
def test_a_compiled_rule_says_of_packed_traits_what_the_rule_says_of_the_traits(body: Any, known: Traits) -> None:
    asked = read(body)
    assert compiled(asked, TODAY)(known.packed()) is belongs(asked, known, TODAY)
    assert compiled(asked, TODAY)(None) is belongs(asked, Traits(), TODAY) is rules.matches(asked, Traits(), TODAY)


def test_and_or_not_combine() -> None:
    members = condition("member", "eq", True)
    far = condition("country", "eq", "JP")
    assert rules.matches(rule({"and": [members, {"not": far}]}), ANNA, TODAY)
    assert rules.matches(rule({"or": [far, members]}), ANNA, TODAY)
    assert not rules.matches(rule({"and": [members, far]}), ANNA, TODAY)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (condition("shoe_size", "eq", 1), "rule.trait"),
        (condition("traits.stats", "eq", 1), "rule.trait"),
        (condition("stats", "exists", True), "rule.trait"),
        (condition("country.days_since", "gte", 1), "rule.trait"),
        (condition("stats.stays", "like", 1), "rule.op"),
        (condition("country", "gte", "AT"), "rule.op"),
        (condition("stats.stays", "gte", "three"), "rule.value"),
        (condition("stats.stays", "gte", True), "rule.value"),
        (condition("member", "eq", 1), "rule.value"),
        (condition("birth_date", "eq", "29.2.1980"), "rule.value"),
        (condition("country", "in", "AT"), "rule.value"),
        (condition("country", "exists", "yes"), "rule.value"),
        (condition("country", "ne", "Austria"), "rule.value"),
        (condition("address.country", "eq", "Austria"), "rule.value"),
        (condition("address.city", "eq", "Wien"), "rule.trait"),
        (condition("address", "exists", True), "rule.trait"),
        (condition("stats.other_revenue.XYZ", "gte", 1), "rule.trait"),
        ({"and": [condition("member", "eq", True), condition("x", "eq", 1)]}, "rule.and.1.trait"),
        ({"not": {"or": [condition("x", "eq", 1)]}}, "rule.not.or.0.trait"),
        ({"and": []}, "rule.and"),
        ({"and": [{}]}, "rule.and.0.trait"),
        ({"and": [condition("member", "eq", True)], "or": []}, "rule.or"),
        ({**condition("member", "eq", True), "sql": "1=1"}, "rule.sql"),
        ("everyone", "rule"),
        (None, "rule"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(body: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule(body)
    assert field in {each.field for each in refused.value.fields}


def test_deep_rules_are_refused() -> None:
    body: Any = condition("member", "eq", True)
    for _ in range(20):
        body = {"not": body}
    with pytest.raises(Invalid, match="nested more than 8 deep"):
        rule(body)


def test_as_many_brackets_as_a_body_may_have_are_refused() -> None:
    body: Any = condition("member", "eq", True)
    for _ in range(documents.DEEPEST - 2):
        body = {"not": body}
    with pytest.raises(Invalid, match="nested more than 8 deep"):
        rule(body)


def test_large_rules_are_refused() -> None:
    one = condition("member", "eq", True)
    rule({"or": [{"and": [one, one]}] * 49 + [one, one]})
    with pytest.raises(Invalid, match="more than 100 conditions") as refused:
        rule({"or": [{"and": [one] * 100}, one]})
    assert [each.field for each in refused.value.fields] == ["rule"]
    with pytest.raises(Invalid, match="more than 50 groups"):
        rule({"or": [{"not": one}] * 50})


def test_rules_of_many_bytes_are_refused() -> None:
    """Two hundred values of two hundred characters are what one condition may have; characters are not bytes."""
    with pytest.raises(Invalid, match="more than 120000 bytes") as refused:
        rule(condition("family_name", "in", ["王" * 200] * 200))
    assert [each.field for each in refused.value.fields] == ["rule"]
    rule(condition("family_name", "in", ["W" * 200] * 200))


some_traits = st.builds(
    Traits,
    country=st.sampled_from([None, "AT", "DE"]),
    member=st.booleans(),
    birth_date=st.none() | st.dates(date(1930, 1, 1), TODAY.elsewhere),
    stats=st.builds(
        Stats, stays=st.integers(0, 5), last_departure=st.none() | st.dates(date(2020, 1, 1), TODAY.elsewhere)
    ),
)
some_condition = st.one_of(
    st.builds(condition, st.just("stats.stays"), st.sampled_from(["eq", "ne", "gte", "lt"]), st.integers(0, 5)),
    st.builds(condition, st.just("country"), st.sampled_from(["eq", "ne"]), st.sampled_from(["AT", "DE"])),
    st.builds(condition, st.just("member"), st.just("eq"), st.booleans()),
    st.builds(condition, st.just("stats.last_departure.days_since"), st.just("gte"), st.integers(0, 900)),
)
some_rule = st.recursive(
    some_condition,
    lambda inner: st.one_of(
        st.builds(lambda each: {"not": each}, inner),
        st.builds(lambda many: {"and": many}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda many: {"or": many}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)


@given(some_rule, some_traits)
def test_not_is_the_other_answer_and_double_not_is_the_same(body: Any, traits: Traits) -> None:
    one = Segment.model_validate({"id": "s", "name": "S", "rule": body}).rule
    answer = rules.matches(one, traits, TODAY)
    opposite = NoneOf.model_validate({"not": one})
    assert rules.matches(opposite, traits, TODAY) is not answer
    assert rules.matches(NoneOf.model_validate({"not": opposite}), traits, TODAY) is answer


@given(some_rule, some_rule, some_traits)
def test_and_is_both(one: Any, other: Any, traits: Traits) -> None:
    both = AllOf.model_validate({"and": [one, other]})
    apart = [rules.matches(each, traits, TODAY) for each in both.rules]
    assert rules.matches(both, traits, TODAY) is all(apart)


@given(some_traits, st.integers(0, 2000))
def test_days_since_grows_with_the_days(traits: Traits, later: int) -> None:
    trait = "stats.last_departure.days_since"
    before, after = (
        rules.value_of(trait, traits, day) for day in (TODAY, Days(TODAY.elsewhere + timedelta(days=later)))
    )
    assert before == after is None or after - before == later
