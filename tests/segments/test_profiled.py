"""Who is not to be profiled is in no segment but by facts of the booking itself."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from chalicelib.canonical.details import AgeCategory
from chalicelib.canonical.time import Instant
from chalicelib.guests import profiling
from chalicelib.guests.kinds import Unprofiled
from chalicelib.guests.model import Traits
from chalicelib.guests.projection import project
from chalicelib.guests.statements import Statement, with_statements
from chalicelib.segments.compiled import compiled
from chalicelib.segments.profiled import belongs
from tests.guests.test_preferred import record, said
from tests.segments.test_segment_rules import ANNA, TODAY, condition, rule

SOON = condition("stats.next_arrival.days_until", "lte", 60)
HOW = condition("email", "exists", False)
STAYED = condition("stats.stays", "gte", 1)
CHILD = ANNA.model_copy(update={"birth_date": None, "age_category": AgeCategory.CHILD})


def but(**said_of: Any) -> Traits:
    return ANNA.model_copy(update=said_of)


@pytest.mark.parametrize(
    ("known", "of_booking", "of_profile"),
    [
        (ANNA, True, True),
        (but(unprofiled="objected"), True, False),
        (but(unprofiled="restricted"), False, False),
        (but(birth_date=date(2008, 11, 24)), True, False),
        (but(birth_date=date(2008, 11, 23)), True, True),
        (CHILD, True, False),
        (CHILD.model_copy(update={"birth_date": date(1980, 1, 1)}), True, True),
    ],
)
def test_a_rule_about_the_booking_alone_is_asked_of_who_objects_and_of_minors(
    known: Traits, of_booking: bool, of_profile: bool
) -> None:
    for body, expected in [
        (SOON, of_booking),
        ({"and": [SOON, HOW]}, of_booking),
        (STAYED, of_profile),
        ({"and": [SOON, STAYED]}, of_profile),
        ({"or": [SOON, {"not": STAYED}]}, of_profile),
    ]:
        asked = rule(body)
        assert belongs(asked, known, TODAY) is expected
        assert compiled(asked, TODAY)(known.packed()) is expected


def word(why: Unprofiled, on: int, *, holds: bool) -> Statement:
    return profiling.said(why, Instant(f"2026-02-{on:02}T10:00:00.000000Z"), "key k1", holds=holds)


def test_the_newest_word_of_a_record_counts_and_of_several_records_the_strictest() -> None:
    words = [word("objected", 1, holds=True), word("objected", 2, holds=False), word("objected", 3, holds=True)]
    for order in permutations(words[:2]):
        assert project([record("g1", *with_statements((), order))]).unprofiled is None
    for order in permutations(words):
        assert project([record("g1", *with_statements((), order))]).unprofiled == "objected"
    objects, ended = record("g1", words[0]), record("g2", words[1])
    restricted = record("g3", word("restricted", 1, holds=True))
    assert project([objects, ended]).unprofiled == project([ended, objects]).unprofiled == "objected"
    assert project([objects, restricted]).unprofiled == "restricted"
    assert project([ended]).unprofiled is None


def test_what_sources_observe_does_not_count_then_and_does_again_when_it_ends() -> None:
    observed = record("g1", preferences={"pillow": ("firm",), "language": ("fr",)}, language="de")
    noted = said(1, "sea", about="view")
    objecting = replace(observed, statements=(noted, word("objected", 2, holds=True)))
    known = project([objecting])
    assert known.preferences
    assert known.preferences.by_kind == {"view": ("sea",)}
    assert known.language == "de"
    ended = replace(observed, statements=(noted, word("objected", 3, holds=False)))
    assert project([ended]) == project([replace(observed, statements=(noted,))])
    assert project([observed], unprofiled="objected").preferences is None
