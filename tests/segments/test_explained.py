"""Why a guest is in a segment, part by part, and what a builder of rules is told there is."""

from typing import Any

import pytest
from hypothesis import given

from chalicelib.guests.model import Traits
from chalicelib.segments import profiled, rules
from chalicelib.segments.askable import askable, in_words
from chalicelib.segments.compiled import compiled
from chalicelib.segments.explained import Explained, explained
from chalicelib.segments.model import AllOf, AnyOf, Condition, NoneOf
from tests.segments.test_segment_rules import ANNA, BODIES, KNOWN, TODAY, condition, read, rule


def every_part(found: Explained) -> list[Explained]:
    return [found, *(each for inner in found.within for each in every_part(inner))]


@given(BODIES, KNOWN)
def test_each_part_says_what_the_evaluator_of_campaigns_says_of_it(body: Any, known: Traits) -> None:
    found = explained(read(body), known, TODAY)
    is_asked = profiled.is_asked(read(body), profiled.why_unprofiled(known, TODAY))
    assert (found.holds and is_asked) is compiled(read(body), TODAY)(known.packed())
    for each in every_part(found):
        assert each.holds is rules.matches(each.rule, known, TODAY)
        inner = [inner.holds for inner in each.within]
        match each.rule:
            case AllOf():
                assert each.holds is all(inner)
            case AnyOf():
                assert each.holds is any(inner)
            case NoneOf():
                assert [each.holds] == [not one for one in inner]
            case Condition():
                assert inner == []
                assert each.known == rules.value_of(each.rule.trait, known, TODAY)


def test_a_condition_tells_by_which_value_it_holds_or_not() -> None:
    body = {"and": [condition("stats.last_departure.days_since", "gte", 400), condition("country", "eq", "AT")]}
    found = explained(rule(body), ANNA, TODAY)
    assert [(each.holds, each.known) for each in found.within] == [(False, 365), (True, "AT")]
    assert (found.holds, found.known) == (False, None)


def test_whatever_is_askable_is_taken_by_a_rule_and_nothing_else_is_a_trait() -> None:
    """With each of its operators."""
    values = {"number": 1, "date": "2026-01-01", "yes_no": True, "text": "AT", "list": "vienna"}
    asked = askable(["EUR"])
    for name, kind in asked.items():
        for op in rules.TAKES[kind]:
            one = "lapsed" if name == rules.STATE else values[kind]
            value: Any = True if op == "exists" else [one] if op == "in" else one
            rules.check(rule(condition(name, op, value)))
    assert {name for name in rules.KINDS if rules.kind_of(name)} <= asked.keys()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("country", "country"),
        ("stats.stays", "stays"),
        ("stats.last_departure.days_since", "days since last departure"),
        ("stats.next_arrival.days_until", "days until next arrival"),
        ("stats.room_revenue.EUR", "room revenue in EUR"),
    ],
)
def test_a_trait_has_words(name: str, words: str) -> None:
    assert in_words(name) == words
