"""Whose word on what a guest prefers counts: the guest's, then that of staff, then a source's; in any order."""

from itertools import permutations
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.details import GuestPreferences
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.preferences import ELSEWHERE, OFFERED, Kind, most_of
from chalicelib.connections.model import api_of
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.preferences import TOKEN_BY_WORD, WORD_BY_TOKEN, Preferences
from chalicelib.guests.preferred import preferred
from chalicelib.guests.projection import origins, project
from chalicelib.guests.records import Record
from chalicelib.guests.statements import Speaker, Statement, with_statements
from chalicelib.settings.guest_rules import SHIPPED
from tests.builders import PORTO, VIENNA
from tests.guests.test_survivorship import day
from tests.ids import PMS


def said(on: int, *values: str, by: Speaker = "staff", actor: str = "key k1", about: str = "pillow") -> Statement:
    return Statement(about=about, by=by, at=day(on), values=values, actor=actor)


def record(leaf: str, *statements: Statement, on: int = 0, source: Any = PMS, **fields: Any) -> Head:
    told = Record.model_validate({"source": source, "source_id": leaf, **fields})
    return Head(
        leaf=Leaf(leaf), record=told, record_version=f"{day(on)}##", seen_at=(VIENNA.id,), statements=statements
    )


def counts(*heads: Head, own: Any = ()) -> tuple[tuple[str, ...], str]:
    found = preferred(heads, own)["pillow"]
    return found.values, found.origin


def own_hand(on: int, *values: str) -> Statement:
    return said(on, *values, by="guest", actor="")


def test_every_kind_that_is_offered_is_in_what_sources_say_and_in_the_profile() -> None:
    kinds = [*get_args(Kind)]
    assert [*OFFERED] == [*GuestPreferences.model_fields] == [*Preferences.model_fields] == kinds
    for kind, words in OFFERED.items():
        told = GuestPreferences.model_validate({kind: words[: most_of(kind)]})
        assert getattr(told, kind) == words[: most_of(kind)]


def test_a_profile_keeps_every_word_in_short_and_has_it_back_as_it_was() -> None:
    assert [*TOKEN_BY_WORD] == [*WORD_BY_TOKEN.values()]
    for kind, words in OFFERED.items():
        known = Traits(preferences=Preferences.model_validate({kind: words}))
        assert Traits.model_validate_json(known.packed()) == known
        assert words[0] not in known.packed() or kind == "language"
    assert Traits.model_validate_json('{"preferences":"ps zz"}').preferences == Preferences(pillow=("soft",))


def test_nothing_that_is_offered_tells_of_health_or_belief() -> None:
    words = set[str](OFFERED) | {word for words in OFFERED.values() for word in words}
    delicate = (
        "allerg",
        "gluten",
        "vegan",
        "vegetarian",
        "halal",
        "kosher",
        "prayer",
        "diet",
        "lactose",
        "diabet",
        "pork",
    )
    assert not [word for word in words for each in delicate if each in word]
    assert all(each in ELSEWHERE for each in ("allergies", "religion", "PMS"))


def test_the_guests_own_word_counts_more_than_a_newer_one_of_staff_and_that_more_than_a_newer_source() -> None:
    observed = record("g1", on=9, preferences={"pillow": ("extra",)})
    noted, declared = record("g2", said(5, "soft")), record("g3", own_hand(1, "firm"))
    assert counts(observed) == (("extra",), "observed")
    assert counts(observed, noted) == (("soft",), "noted")
    assert counts(observed, noted, declared) == (("firm",), "declared")


def test_of_equals_the_newest_counts_whatever_the_order_of_records() -> None:
    told = record("g1", said(1, "soft")), record("g2", said(3, "firm")), record("g3", said(2, "feather"))
    assert {counts(*each) for each in permutations(told)} == {(("firm",), "noted")}


def test_what_the_guest_takes_back_is_nothing_whatever_staff_and_sources_say_later() -> None:
    told = record("g1", own_hand(1), on=9, preferences={"pillow": ("extra",)}), record("g2", said(5, "soft"))
    assert counts(*told) == ((), "declared")
    assert project(told, (), SHIPPED).preferences is None


def test_a_hotels_claim_overrides_nothing_of_the_groups_word_but_on_its_own_profile() -> None:
    group, claim = record("g1", said(1, "soft")), record("g2", said(5, "firm"), source=api_of(PORTO.id))
    assert counts(group, claim) == (("soft",), "noted")
    assert counts(group, claim, own={PORTO.id}) == (("firm",), "noted")
    assert counts(claim) == (("firm",), "noted")


def test_staff_of_one_hotel_cannot_say_for_the_guest_what_overrides_the_groups_word_but_the_guest_can() -> None:
    group, desk = record("g1", said(1, "soft")), said(5, "firm", by="guest")
    assert counts(group, record("g2", desk, source=api_of(PORTO.id))) == (("soft",), "noted")
    assert counts(group, record("g2", own_hand(5, "firm"), source=api_of(PORTO.id))) == (("firm",), "declared")


def test_what_a_source_merged_away_says_counts_only_where_no_other_does() -> None:
    gone = record("g1", on=9, merged_into="g2", preferences={"pillow": ("extra",)})
    assert counts(gone) == (("extra",), "observed")
    assert counts(gone, record("g2", on=1, preferences={"pillow": ("soft",)})) == (("soft",), "observed")


def test_the_language_that_is_preferred_is_the_one_that_the_guest_is_spoken_to_in() -> None:
    told = record("g1", own_hand(1), said(1, "el", by="guest", actor="", about="language"), on=9, language="de")
    assert project([told], (), SHIPPED).language == "el"
    assert origins([told])["language"][0::2] == ("el", "preferred")
    assert project([record("g1", on=9, language="de")], (), SHIPPED).language == "de"


@given(
    st.lists(
        st.builds(said, st.integers(0, 4), st.sampled_from(["soft", "firm"]), by=st.sampled_from(["guest", "staff"]))
    ),
    st.randoms(),
)
def test_statements_come_to_the_same_in_any_order_and_however_often(told: list[Statement], chance: Any) -> None:
    shuffled = [*told, *told]
    chance.shuffle(shuffled)
    by_and_by: tuple[Statement, ...] = ()
    for each in shuffled:
        by_and_by = with_statements(by_and_by, [each])
    assert by_and_by == with_statements((), told)
