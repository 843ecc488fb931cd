"""Which records are one guest, by plain values; and that no order of arrival changes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.ids import IdentifierKey, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.identity.birthdays import birth_day
from chalicelib.identity.model import Decision, Pair, Verdict, pair_of
from chalicelib.identity.names import name_of
from chalicelib.identity.partition import group
from chalicelib.identity.rules import Claimant

MAIL, PHONE = IdentifierKey("email:m"), IdentifierKey("phone:p")


def claimant(
    leaf: str, given_name: str | None = "Anna", family: str | None = "Lee", *keys: IdentifierKey, **other: Any
) -> Claimant:
    return Claimant(Leaf(leaf), name_of(given_name, family), frozenset(keys or (MAIL,)), **other)


def groups(*claimants: Claimant, shared: tuple[IdentifierKey, ...] = ()) -> list[list[Leaf]]:
    return group(claimants, shared)[0]


def test_one_address_and_one_name_is_one_guest() -> None:
    assert groups(claimant("a"), claimant("b"), claimant("c", "Anna", "Lee", PHONE)) == [["a", "b"], ["c"]]


def test_a_family_with_one_mailbox_stays_apart() -> None:
    assert groups(claimant("a"), claimant("b", "Ben")) == [["a"], ["b"]]


def test_a_record_bridges_two_guests() -> None:
    assert groups(claimant("a"), claimant("b", "Anna", "Lee", PHONE), claimant("c", "Anna", "Lee", MAIL, PHONE)) == [
        ["a", "b", "c"]
    ]


def test_an_initial_joins_who_it_must_be_and_nobody_where_it_could_be_two() -> None:
    assert groups(claimant("a"), claimant("b", "A")) == [["a", "b"]]
    assert groups(claimant("a"), claimant("b", "A"), claimant("c", "Alice")) == [["a"], ["b"], ["c"]]
    assert groups(claimant("a"), claimant("b", "B")) == [["a"], ["b"]]


def test_an_initial_joins_two_spellings_that_are_one_person() -> None:
    assert groups(claimant("a"), claimant("b", "A"), claimant("c", "Anna Maria")) == [["a", "b", "c"]]


def test_the_fourth_contradicting_name_dissolves_what_was_joined() -> None:
    three = [claimant("a"), claimant("b"), claimant("c", "Ben"), claimant("d", "Cleo")]
    assert groups(*three) == [["a", "b"], ["c"], ["d"]]
    apart, shared = group([*three, claimant("e", "Dora")])
    assert (apart, shared) == ([["a"], ["b"], ["c"], ["d"], ["e"]], {MAIL})


def test_a_shared_address_joins_nobody_but_a_phone_still_does() -> None:
    assert groups(claimant("a"), claimant("b"), shared=(MAIL,)) == [["a"], ["b"]]
    both = [claimant(leaf, "Anna", "Lee", MAIL, PHONE) for leaf in "ab"]
    assert groups(*both, shared=(MAIL,)) == [["a", "b"]]


def test_the_sources_own_merge_joins_whatever_the_names() -> None:
    assert groups(claimant("b", "Ben", merged_into="a"), claimant("a", "Anna", "Ray", PHONE)) == [["a", "b"]]
    assert groups(claimant("b", merged_into="unknown")) == [["b"]]


@pytest.mark.parametrize(
    ("given_name", "family", "expected"),
    [("Anna", "Ray", [["a", "b"]]), ("A", "Lee", [["a", "b"]]), ("Ben", "Lee", [["a"], ["b"]])],
)
def test_a_member_number_is_one_person_unless_the_given_names_contradict(
    given_name: str, family: str, expected: list[list[str]]
) -> None:
    number = frozenset({IdentifierKey("member:7")})
    one = claimant("a", "Anna", "Lee", MAIL, member_identifiers=number)
    other = claimant("b", given_name, family, PHONE, member_identifiers=number)
    assert groups(one, other) == expected


NAMES = st.tuples(
    st.sampled_from(
        ["Anna", "A", "Anna Maria", "Annamaria", "Ben", "Alice", "Cleo", "Dora", "Anna & Ben", "伟", "薇", "Wei", None]
    ),
    st.sampled_from(["Lee", "Lee Ray", "Ray", "Lee Jr", "Lee Sr", "李", "Li", None]),
)


@st.composite
def people(draw: st.DrawFn) -> list[Claimant]:
    leaves = [Leaf(f"g{number}") for number in range(draw(st.integers(2, 7)))]
    return [
        Claimant(
            leaf,
            name_of(*draw(NAMES)),
            draw(st.frozensets(st.sampled_from([MAIL, PHONE, IdentifierKey("email:n")]), max_size=3)),
            draw(st.frozensets(st.just(IdentifierKey("member:7")), max_size=1)),
            draw(st.sampled_from([None, None, *leaves])),
            draw(st.sampled_from([None, None, (1955, 2, 3), (1985, 7, 9)])),
        )
        for leaf in leaves
    ]


@given(people(), st.randoms())
def test_the_order_of_records_does_not_matter(claimants: list[Claimant], chance: Any) -> None:
    expected = group(claimants)
    chance.shuffle(claimants)
    assert group(claimants) == expected
    assert sorted(leaf for leaves in expected[0] for leaf in leaves) == sorted(each.leaf for each in claimants)


@given(people())
def test_what_is_shared_stays_so_and_joins_nothing(claimants: list[Claimant]) -> None:
    alone = [Claimant(each.leaf, each.name, each.identifiers) for each in claimants]
    _, shared = group(alone)
    assert group(alone, shared)[1] == shared
    assert all(len(leaves) == 1 for leaves in group(alone, {MAIL, PHONE, IdentifierKey("email:n")})[0])


def numbered(leaf: str, given_name: str | None, family: str | None = "Lee", number: str = "member:1") -> Claimant:
    return Claimant(Leaf(leaf), name_of(given_name, family), frozenset(), frozenset({IdentifierKey(number)}))


def test_a_record_without_a_given_name_bridges_no_two_people_of_one_member_number() -> None:
    anna, ben, nobody = numbered("a", "Anna"), numbered("b", "Ben"), numbered("c", None)
    assert groups(anna, ben, nobody) == [["a"], ["b"], ["c"]]
    assert groups(anna, nobody) == [["a", "c"]]
    assert groups(numbered("a", "Anna"), numbered("d", "Anna", "Ray"), ben, nobody) == [["a", "d"], ["b"], ["c"]]
    assert groups(numbered("a", "B"), numbered("b", "Bob"), numbered("c", "Berta")) == [["a"], ["b"], ["c"]]
    assert groups(anna, ben, nobody, numbered("d", None)) == [["a"], ["b"], ["c"], ["d"]]


def test_of_given_names_that_say_equally_much_at_one_member_number_neither_is_taken_for_the_other() -> None:
    """While a contradicting name has the number, too, who says less is joined to the only one that says more."""
    one, other, ben = numbered("a", "Anna Maria"), numbered("b", "Maria Anna", "Ray"), numbered("c", "Ben", "Poe")
    assert groups(one, other, ben) == [["a"], ["b"], ["c"]]
    assert groups(one, numbered("b", "Maria", "Ray"), ben) == [["a", "b"], ["c"]]
    assert groups(one, other) == [["a", "b"]]


def test_a_member_who_takes_many_family_names_stays_one_person_and_the_number_hers() -> None:
    names = zip("abcd", ["Lee", "Ray", "Poe", "Kim"], strict=True)
    assert group([numbered(leaf, "Anna", family) for leaf, family in names]) == ([["a", "b", "c", "d"]], set())


def test_a_number_that_everybody_has_is_nobodys() -> None:
    everybody = [
        numbered(each, given_name) for each, given_name in zip("abcde", ["Ann", "Bo", "Cy", "Di", "Ann"], strict=True)
    ]
    assert group(everybody) == ([["a"], ["b"], ["c"], ["d"], ["e"]], {"member:1"})
    assert groups(*everybody[::4], shared=(IdentifierKey("member:1"),)) == [["a"], ["e"]]


def test_two_records_without_a_name_are_not_one_person() -> None:
    assert groups(claimant("a", None, None), claimant("b", "!!", "101")) == [["a"], ["b"]]
    assert groups(claimant("a", None, None), claimant("b")) == [["a"], ["b"]]


@pytest.mark.parametrize("called", [(None, None), ("", "101"), (None, "Ray"), ("A", "Ray"), ("Ben", "Lee")])
def test_a_member_number_without_a_name_that_fits_joins_nobody(called: tuple[str | None, str | None]) -> None:
    """People marry: another family name fits where both are called by a given name in full."""
    assert groups(numbered("a", "Anna"), numbered("b", *called)) == [["a"], ["b"]]


# What a person decided


def decision(one: str, other: str, verdict: Verdict = Verdict.JOIN, at: str = "1") -> Decision:
    return Decision(pair_of(Leaf(one), Leaf(other)), verdict, Instant(at), "front-desk")


def apart(one: str, other: str) -> Decision:
    return decision(one, other, Verdict.APART)


def decided(claimants: Sequence[Claimant], *decisions: Decision) -> list[list[Leaf]]:
    return group(claimants, (), decisions)[0]


def test_who_is_kept_apart_is_not_one_guest_with_one_name_at_one_mailbox() -> None:
    assert decided([claimant("a"), claimant("b")], apart("b", "a")) == [["a"], ["b"]]


def test_who_is_kept_apart_is_not_joined_by_a_member_number_nor_by_the_source() -> None:
    assert decided([numbered("a", "Anna"), numbered("b", "Anna")], apart("a", "b")) == [["a"], ["b"]]
    merged = claimant("b", "Ben", "Lee", PHONE, merged_into="a")
    assert decided([claimant("a"), merged], apart("a", "b")) == [["a"], ["b"]]


def test_no_third_record_bridges_two_that_are_kept_apart() -> None:
    bridge = claimant("c", "Anna", "Lee", MAIL, PHONE)
    people = [claimant("a"), claimant("b", "Anna", "Lee", PHONE), bridge]
    assert decided(people, apart("a", "b")) == [["a", "c"], ["b"]]
    longer = [
        *people,
        claimant("d", "Anna", "Lee", PHONE, IdentifierKey("email:n")),
        claimant("e", "Anna", "Lee", IdentifierKey("email:n")),
    ]
    assert decided(longer, apart("a", "e")) == [["a", "b", "c", "d"], ["e"]]


def test_a_record_between_two_that_are_kept_apart_goes_where_more_ties_it() -> None:
    people = [claimant("a"), claimant("b", "Anna", "Lee", MAIL, PHONE), claimant("c", "Anna", "Lee", MAIL, PHONE)]
    assert decided(people, apart("a", "c")) == [["a"], ["b", "c"]]


def test_an_initial_is_who_it_must_be_when_it_is_kept_apart_from_the_other() -> None:
    people = [claimant("a"), claimant("b", "A"), claimant("c", "Alice")]
    assert decided(people) == [["a"], ["b"], ["c"]]
    assert decided(people, apart("a", "b")) == [["a"], ["b", "c"]]


def test_a_person_joins_records_whose_names_and_identifiers_contradict() -> None:
    assert decided([claimant("a"), claimant("b", "Ben", "Ray", PHONE)], decision("a", "b")) == [["a", "b"]]
    assert group([claimant("a"), claimant("b", "Ben")], (MAIL,), [decision("a", "b")])[0] == [["a", "b"]]


def test_a_joined_pair_brings_together_what_is_tied_to_either() -> None:
    people = [claimant("a"), claimant("b"), claimant("c", "Ben", "Ray", PHONE), claimant("d", "Ben", "Ray", PHONE)]
    assert decided(people, decision("b", "c")) == [["a", "b", "c", "d"]]


def test_of_joins_that_cannot_all_hold_the_newest_does_and_who_is_kept_apart_stays_so() -> None:
    people = [
        claimant("a", "Ann", "Lee", PHONE),
        claimant("b", "Ben"),
        claimant("c", "Cleo", "Ray", IdentifierKey("email:n")),
    ]
    older, newer = decision("a", "b", at="1"), decision("b", "c", at="2")
    assert decided(people, older, newer, apart("a", "c")) == [["a"], ["b", "c"]]
    assert decided(people, decision("a", "b", at="3"), newer, apart("a", "c")) == [["a", "b"], ["c"]]


def test_a_decision_that_was_withdrawn_is_as_if_nobody_had_said_it() -> None:
    withdrawn = decision("a", "b", Verdict.WITHDRAWN)
    for people in ([claimant("a"), claimant("b")], [claimant("a"), claimant("b", "Ben")]):
        assert decided(people, withdrawn) == decided(people)


def test_a_decision_about_a_record_that_is_not_known_decides_nothing() -> None:
    assert decided([claimant("a"), claimant("b")], decision("a", "y"), apart("b", "z")) == [["a", "b"]]
    assert decided([claimant("a"), claimant("b", "Ben")], decision("a", "y"), decision("b", "y")) == [["a"], ["b"]]


@st.composite
def disputes(draw: st.DrawFn) -> tuple[list[Claimant], list[Decision]]:
    claimants = draw(people())
    pairs = draw(st.lists(st.sampled_from(list(combinations([each.leaf for each in claimants], 2))), unique=True))
    verdicts, instants = st.sampled_from(list(Verdict)), st.sampled_from("012")
    return claimants, [decision(*pair, draw(verdicts), draw(instants)) for pair in pairs]


@given(disputes(), st.randoms())
def test_who_is_kept_apart_is_never_one_guest_whatever_the_order(
    dispute: tuple[list[Claimant], list[Decision]], chance: Any
) -> None:
    claimants, decisions = dispute
    expected = group(claimants, (), decisions)
    chance.shuffle(claimants)
    chance.shuffle(decisions)
    assert group(claimants, (), decisions) == expected
    guest_of = {leaf: leaves[0] for leaves in expected[0] for leaf in leaves}
    for one, other in (each.leaves for each in decisions if each.verdict is Verdict.APART):
        assert guest_of[one] != guest_of[other]


@given(disputes())
def test_decisions_of_joining_alone_are_all_followed(dispute: tuple[list[Claimant], list[Decision]]) -> None:
    claimants, decisions = dispute
    joins = [each for each in decisions if each.verdict is Verdict.JOIN]
    guest_of = {leaf: leaves[0] for leaves in group(claimants, (), joins)[0] for leaf in leaves}
    assert all(guest_of[one] == guest_of[other] for one, other in (each.leaves for each in joins))


@pytest.mark.parametrize("leaves", [("a", "a"), ("b", "a"), ("a", "x1")])
def test_a_decision_is_about_two_people(leaves: Pair) -> None:
    with pytest.raises(ValueError, match="two different people"):
        Decision(leaves, Verdict.JOIN, Instant("1"), "front-desk")


# Who contradicts whom


def born(leaf: str, day: str | None, given_name: str = "John", *keys: IdentifierKey) -> Claimant:
    return claimant(leaf, given_name, "Smith", *keys, birth=birth_day(date.fromisoformat(day) if day else None))


def test_a_date_of_birth_tells_two_of_one_name() -> None:
    assert groups(born("a", "1955-03-02"), born("b", "1985-07-09")) == [["a"], ["b"]]
    assert groups(born("a", "1955-03-02"), born("b", "1955-03-02"), born("c", None)) == [["a", "b", "c"]]


@pytest.mark.parametrize("day", ["1955-02-03", "1955-01-01", "1900-01-01", "1970-01-01", None])
def test_a_day_and_month_swapped_or_a_first_of_january_contradicts_nothing(day: str | None) -> None:
    assert groups(born("a", "1955-03-02"), born("b", day)) == [["a", "b"]]


def test_who_could_be_either_of_two_is_neither() -> None:
    father, son = born("a", "1955-03-02"), born("b", "1985-07-09")
    assert groups(father, son, born("c", None)) == [["a"], ["b"], ["c"]]
    assert groups(father, son, born("c", None), born("d", None)) == [["a"], ["b"], ["c", "d"]]
    assert groups(father, son, born("c", None, "J")) == [["a"], ["b"], ["c"]]
    assert groups(claimant("a", "Anna"), claimant("b", "Maria"), claimant("c", "Anna Maria")) == [["a"], ["b"], ["c"]]


def test_no_chain_of_records_bridges_two_who_contradict_each_other() -> None:
    far = IdentifierKey("email:n")
    chain = [
        born("a", "1955-03-02"),
        born("b", None, "John", MAIL, PHONE),
        born("c", None, "John", PHONE, far),
        born("d", "1985-07-09", "John", far),
    ]
    found = groups(*chain)
    assert len(found) == 2
    assert not any({"a", "d"} <= {*each} for each in found)


@pytest.mark.parametrize("couple", [("John & Mary", "Smith"), (None, "Mr and Mrs Smith"), (None, "Smith Family")])
def test_a_couple_s_record_joins_neither_and_counts_for_nothing(couple: tuple[str | None, str]) -> None:
    john, mary, ben = (claimant(leaf, name, "Smith") for leaf, name in zip("abc", ["John", "Mary", "Ben"], strict=True))
    assert groups(john, mary, claimant("d", *couple)) == [["a"], ["b"], ["d"]]
    assert group([john, claimant("b"), ben, claimant("d", *couple)])[1] == set()
    assert groups(john, claimant("d", *couple), claimant("e", *couple)) == [["a"], ["d", "e"]]


def test_generations_are_people_and_who_states_none_is_the_only_one_there_is() -> None:
    junior, senior, plain = (claimant(leaf, "John", name) for leaf, name in zip("abc", SMITHS, strict=True))
    assert groups(junior, senior) == [["a"], ["b"]]
    assert groups(junior, plain) == [["a", "c"]]
    assert groups(junior, senior, plain) == [["a"], ["b"], ["c"]]


SMITHS = ["Smith Jr", "Smith Sr", "Smith"]


def test_what_could_be_read_as_either_of_two_names_is_neither() -> None:
    one, other, read_ = claimant("a", "伟", "李"), claimant("b", "薇", "李"), claimant("c", "Wei", "Li")
    assert groups(one, other, read_) == [["a"], ["b"], ["c"]]
    assert groups(one, read_) == [["a", "c"]]


def test_part_of_a_name_is_part_of_it_however_that_is_spelt() -> None:
    people = [claimant("a", "Anna Lena"), claimant("b", "Annalena"), claimant("c", "Lena"), claimant("d", "ANNA-LENA")]
    assert groups(*people) == [["a", "b", "c", "d"]]


def test_a_source_s_merge_takes_nobody_else_along() -> None:
    """Who was merged away says no longer who the person is; what contradicts the one that is left stays apart."""
    anna, ben = claimant("a"), claimant("b", "Ben", "Ray", PHONE, merged_into="a")
    assert groups(anna, ben, claimant("c"), claimant("d", "Ben", "Ray", PHONE)) == [["a", "b", "c"], ["d"]]


def test_a_date_of_birth_tells_two_who_have_one_member_number() -> None:
    father, son, either = (
        Claimant(Leaf(leaf), name_of("John", "Smith"), frozenset(), frozenset({IdentifierKey("member:1")}), birth=day)
        for leaf, day in zip("abc", [(1955, 2, 3), (1985, 7, 9), None], strict=True)
    )
    assert groups(father, son) == [["a"], ["b"]]
    assert groups(father, son, either) == [["a"], ["b"], ["c"]]
    assert groups(father, either) == [["a", "c"]]


def test_a_generation_tells_two_who_have_one_member_number_also_without_a_given_name() -> None:
    father, son, junior = (
        Claimant(Leaf(leaf), name_of(given, family), frozenset(), frozenset({IdentifierKey("member:1")}))
        for leaf, given, family in (("a", None, "Smith Sr"), ("b", "John", "Smith Jr"), ("c", "J", "Smith Jr."))
    )
    assert groups(father, son) == [["a"], ["b"]]
    assert groups(father, son, junior) == [["a"], ["b", "c"]]


@pytest.mark.parametrize(
    "generations", [("", " Jr", " Sr"), ("", " Sr", " Jr"), (" Jr", "", " Sr"), (" Sr", "", " Jr")]
)
def test_who_states_no_generation_brings_no_father_without_a_given_name_to_his_son(
    generations: tuple[str, str, str],
) -> None:
    john, other, smith = (
        Claimant(Leaf(leaf), name_of(given, f"Smith{said}"), frozenset(), frozenset({IdentifierKey("member:1")}))
        for leaf, given, said in zip("abc", ("John", "John", None), generations, strict=True)
    )
    assert groups(john, other, smith) == [["a", "b"], ["c"]]


@given(people(), st.randoms())
def test_no_two_of_a_guest_contradict_each_other_unless_the_source_merged_them(
    claimants: list[Claimant], chance: Any
) -> None:
    unmerged = [replace(each, merged_into=None) for each in claimants]
    chance.shuffle(unmerged)
    known = {each.leaf: each for each in unmerged}
    for leaves in group(unmerged)[0]:
        for one, other in combinations([known[leaf] for leaf in leaves], 2):
            assert not (one.birth and other.birth) or one.birth == other.birth
            assert one.name.is_several is other.name.is_several
            assert {one.name.generation, other.name.generation} != {1, 2}
            assert {one.name.given, other.name.given} not in [{("anna",), ("ben",)}, {("cleo",), ("dora",)}]
