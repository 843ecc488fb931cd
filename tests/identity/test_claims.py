"""What the key of one hotel says is a claim: it changes nothing of who is one guest by what others say."""

import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.canonical.ids import ConnectionId, IdentifierKey, Leaf, PropertyId
from chalicelib.identity.model import MOST_CLAIMS, MOST_LEAVES, Decision, Verdict
from chalicelib.identity.names import name_of
from chalicelib.identity.partition import group, shared_among
from chalicelib.identity.rules import Claimant
from tests.exhaustive import examples
from tests.identity.test_grouping import NAMES, decision

MAIL, PHONE, FAR = IdentifierKey("email:m"), IdentifierKey("phone:p"), IdentifierKey("email:n")
PORTO, VIENNA, ZURICH = PropertyId("porto"), PropertyId("vienna"), PropertyId("zurich")
EARLY, LATE = (1955, 2, 3), (1985, 7, 9)


def said(
    leaf: str, hotel: PropertyId | None, called: tuple[str | None, str | None] = ("Anna", "Lee"), *keys: IdentifierKey,
    **other: Any
) -> Claimant:  # fmt: skip
    source = ConnectionId(f"api-{hotel}" if hotel else "api")
    return Claimant(Leaf(leaf), name_of(*called), frozenset(keys or (MAIL,)), hotel=hotel, source=source, **other)


def groups(*claimants: Claimant, decisions: tuple[Decision, ...] = ()) -> list[list[Leaf]]:
    return group(claimants, (), decisions)[0]


def test_a_compatible_name_at_the_address_of_the_group_s_guest_or_of_another_hotel_s_joins() -> None:
    assert groups(said("a", None), said("b", VIENNA, ("A", "Lee"))) == [["a", "b"]]
    assert groups(said("a", PORTO), said("b", VIENNA, ("A", "Lee"))) == [["a", "b"]]
    assert groups(said("a", PORTO), said("b", VIENNA), said("c", ZURICH)) == [["a", "b", "c"]]


def test_a_claim_bridges_no_two_guests_of_the_group_and_none_of_another_hotel() -> None:
    for hotel in (None, PORTO):
        two = said("a", hotel), said("b", hotel, ("Anna", "Lee"), PHONE)
        assert groups(*two, said("c", VIENNA, ("Anna", "Lee"), MAIL, PHONE)) == [["a"], ["b"], ["c"]]


def test_what_the_group_s_own_sources_say_bridges() -> None:
    two = said("a", PORTO), said("b", VIENNA, ("Anna", "Lee"), PHONE)
    assert groups(*two, said("c", None, ("Anna", "Lee"), MAIL, PHONE)) == [["a", "b", "c"]]
    both = said("a", None), said("b", None, ("Anna", "Lee"), PHONE)
    assert groups(*both, said("c", None, ("Anna", "Lee"), MAIL, PHONE)) == [["a", "b", "c"]]


def test_of_three_hotels_none_makes_the_others_one() -> None:
    """Those of the hotels whose ids come first are joined."""
    middle = said("a", ZURICH, ("Anna", "Lee"), MAIL, PHONE)
    assert groups(said("b", PORTO), said("c", VIENNA, ("Anna", "Lee"), PHONE), middle) == [["a", "b"], ["c"]]


def test_a_merge_of_a_hotel_s_own_records_takes_no_relative_along() -> None:
    for hotel in (None, PORTO):
        strangers = said("a", hotel), said("b", hotel, ("Ben", "Ray"), PHONE)
        merged = said("d", VIENNA, ("Ben", "Ray"), PHONE, merged_into=Leaf("c"))
        assert groups(*strangers, said("c", VIENNA), merged) == [["a", "c", "d"], ["b"]]
        merged = said("d", VIENNA, ("Anna", "Lee"), PHONE, merged_into=Leaf("c"))
        alike = said("a", hotel), said("b", hotel, ("Anna", "Lee"), PHONE)
        assert ["b"] in groups(*alike, said("c", VIENNA), merged)


def test_what_a_connection_merged_away_takes_no_record_of_another_source_along() -> None:
    merged = Claimant(Leaf("b"), name_of("Anna", "Lee"), frozenset({PHONE}), merged_into=Leaf("a"))
    assert groups(said("a", None), said("c", None, ("Anna", "Lee"), PHONE), replace(merged, source=ConnectionId("api")))
    other = said("c", None, ("Anna", "Lee"), PHONE)
    pms = ConnectionId("pms")
    assert groups(replace(said("a", None), source=pms), replace(merged, source=pms), other) == [["a", "b"], ["c"]]


def test_three_more_names_by_one_hotel_make_an_address_nobody_s_for_that_hotel_alone() -> None:
    strangers = [said(leaf, VIENNA, (name, "Poe")) for leaf, name in zip("def", ["Ben", "Cleo", "Dora"], strict=True)]
    for hotel in (None, PORTO):
        both = said("a", hotel), said("b", hotel)
        assert groups(*both, *strangers)[0] == ["a", "b"]
        assert shared_among([*both, *strangers], hotel) == set()
    assert shared_among([said("a", None), *strangers], VIENNA) == {MAIL}
    assert groups(said("a", None), said("c", VIENNA), *strangers)[:2] == [["a"], ["c"]]


def test_look_alikes_push_nobody_out() -> None:
    alike = [
        said("x", VIENNA, ("Alice", "Lee")),
        said("y", VIENNA, ("Anna", "Lee"), birth=EARLY),
        said("z", VIENNA, ("Anna", "Lee Jr.")),
    ]
    for hotel in (None, PORTO):
        stays = said("a", hotel, birth=LATE), said("b", hotel, ("A", "Lee")), said("c", hotel)
        assert ["a", "b", "c"] in [[leaf for leaf in each if leaf in "abc"] for each in groups(*stays, *alike)]
    beside = said("a", None, birth=LATE), said("b", PORTO, ("A", "Lee")), said("c", PORTO)
    assert ["a", "b", "c"] in [[leaf for leaf in each if leaf in "abc"] for each in groups(*beside, *alike)]


def test_a_hotel_s_own_who_could_be_either_of_two_is_neither() -> None:
    father, son = said("a", None, ("John", "Lee"), birth=EARLY), said("b", None, ("John", "Lee"), birth=LATE)
    assert groups(father, son, said("c", VIENNA, ("John", "Lee"))) == [["a"], ["b"], ["c"]]


def test_claims_take_no_room_from_the_guest_they_join() -> None:
    own = [said(f"a{number:02}", None) for number in range(MOST_LEAVES - 1)]
    claims = [said(f"b{number:02}", VIENNA) for number in range(2)]
    assert [len(each) for each in groups(*own, *claims)] == [MOST_LEAVES - 1, 2]
    assert [len(each) for each in groups(*own, claims[0])] == [MOST_LEAVES]


def test_one_hotel_s_claims_leave_room_for_another_s() -> None:
    many = [said(f"b{number:02}", PORTO) for number in range(MOST_CLAIMS + 1)]
    assert [each for each in groups(said("a", None), *many, said("c", VIENNA)) if "a" in each] == [["a", "c"]]


def test_people_decide_over_claims() -> None:
    two = said("a", None), said("b", VIENNA, ("Ben", "Ray"), PHONE)
    assert groups(*two, decisions=(decision("a", "b"),)) == [["a", "b"]]
    alike = said("a", None), said("b", VIENNA)
    assert groups(*alike, decisions=(decision("a", "b", Verdict.APART),)) == [["a"], ["b"]]


@st.composite
def voices(draw: st.DrawFn, hotels: tuple[PropertyId | None, ...]) -> list[Claimant]:
    leaves = [Leaf(f"g{number}") for number in range(draw(st.integers(2, 9)))]
    found: list[Claimant] = []
    for leaf in leaves:
        hotel = draw(st.sampled_from(hotels))
        claimant = Claimant(
            leaf,
            name_of(*draw(NAMES)),
            draw(st.frozensets(st.sampled_from([MAIL, PHONE, FAR]), max_size=3)),
            draw(st.frozensets(st.just(IdentifierKey("member:7")), max_size=1)),
            None,
            draw(st.sampled_from([None, None, EARLY, LATE])),
            hotel,
            ConnectionId(f"api-{hotel}"),
        )
        own = [each.leaf for each in found if each.hotel == hotel]
        found.append(replace(claimant, merged_into=draw(st.sampled_from([None, None, *own]))))
    return found


def among(claimants: list[Claimant], hotels: set[PropertyId | None]) -> list[Claimant]:
    return [each for each in claimants if each.hotel in hotels]


def restricted(found: list[list[Leaf]], claimants: list[Claimant]) -> list[list[Leaf]]:
    leaves = {each.leaf for each in claimants}
    return sorted(those for each in found if (those := [leaf for leaf in each if leaf in leaves]))


@settings(max_examples=examples(300))
@given(voices((None, PORTO, VIENNA)))
def test_who_is_one_guest_by_the_word_of_all_others_is_so_with_and_without_the_claims_of_one_hotel(
    claimants: list[Claimant],
) -> None:
    found, _ = group(claimants)
    for hotel in (PORTO, VIENNA):
        honest = among(claimants, {None, PORTO, VIENNA} - {hotel})
        assert restricted(found, honest) == group(honest)[0]


@settings(max_examples=examples(300))
@given(voices((None, PORTO, VIENNA, ZURICH)))
def test_beside_however_many_hotels_the_group_s_guests_and_one_hotel_s_are_what_these_two_say(
    claimants: list[Claimant],
) -> None:
    found, _ = group(claimants)
    for hotel in (PORTO, VIENNA, ZURICH):
        view = among(claimants, {None, hotel})
        assert restricted(found, view) == group(view)[0]
    early = among(claimants, {None, PORTO, VIENNA})
    assert restricted(found, early) == group(early)[0]


@settings(max_examples=examples(300))
@given(voices((None, PORTO, VIENNA, ZURICH)))
def test_no_hotel_makes_two_guests_of_others_one(claimants: list[Claimant]) -> None:
    found, _ = group(claimants)
    for hotel in (PORTO, VIENNA, ZURICH):
        others = [each for each in claimants if each.hotel != hotel]
        guest_of = {leaf: leaves[0] for leaves in group(others)[0] for leaf in leaves}
        for leaves in found:
            made = {guest_of[leaf] for leaf in leaves if leaf in guest_of}
            assert len(made) <= 1


@settings(max_examples=examples(200))
@given(voices((None, PORTO, VIENNA, ZURICH)), st.randoms())
def test_the_order_of_claims_does_not_matter(claimants: list[Claimant], chance: Any) -> None:
    expected = group(claimants)
    chance.shuffle(claimants)
    assert group(claimants) == expected


@settings(max_examples=examples(200))
@given(voices((None, PORTO, VIENNA)))
def test_no_two_whose_words_count_for_each_other_contradict(claimants: list[Claimant]) -> None:
    """Of two hotels each may claim something else of a guest of the group's."""
    unmerged = [replace(each, merged_into=None) for each in claimants]
    known = {each.leaf: each for each in unmerged}
    for leaves in group(unmerged)[0]:
        for one, other in combinations([known[leaf] for leaf in leaves], 2):
            if one.hotel in {None, other.hotel} or other.hotel is None:
                assert not (one.birth and other.birth) or one.birth == other.birth
                assert one.name.is_several is other.name.is_several


@pytest.mark.parametrize("verdict", [Verdict.JOIN, Verdict.APART])
@given(voices((None, PORTO, VIENNA)), st.data())
def test_what_a_person_decided_of_claims_holds(
    verdict: Verdict, claimants: list[Claimant], data: st.DataObject
) -> None:
    one, other = data.draw(st.sampled_from(list(combinations([each.leaf for each in claimants], 2))))
    found = groups(*claimants, decisions=(decision(one, other, verdict),))
    assert any({one, other} <= {*each} for each in found) is (verdict is Verdict.JOIN)


@given(claimants=voices((None, PORTO, VIENNA, ZURICH)), seed=st.randoms(use_true_random=False))
@settings(max_examples=examples(400), deadline=None)
def test_no_hotel_gains_by_the_ids_that_it_chooses(claimants: list[Claimant], seed: random.Random) -> None:
    """A source id makes a record the smallest, or the largest: who is one guest by what all others say stays so."""
    hostile = [each.leaf for each in claimants if each.hotel == PORTO]
    names = [*(f"a{number}" for number in range(len(hostile))), *(f"z{number}" for number in range(len(hostile)))]
    seed.shuffle(names)
    chosen = dict(zip(hostile, map(Leaf, names), strict=False))
    renamed = [
        replace(
            each,
            leaf=chosen.get(each.leaf, each.leaf),
            merged_into=chosen.get(each.merged_into, each.merged_into) if each.merged_into else None,
        )
        for each in claimants
    ]
    beside = among(claimants, {None, VIENNA, ZURICH})
    assert parted(renamed, beside) == parted(claimants, beside)


def parted(claimants: list[Claimant], beside: list[Claimant]) -> list[list[Leaf]]:
    """How some of them are parted into guests."""
    leaves = {each.leaf for each in beside}
    return sorted(those for each in groups(*claimants) if (those := [leaf for leaf in each if leaf in leaves]))
