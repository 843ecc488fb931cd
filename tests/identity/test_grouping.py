"""Which records are one guest, by plain values; and that no order of arrival changes it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.names import name_of
from chalicelib.identity.rules import Claimant, group

MAIL, PHONE = "email:m", "phone:p"


def claimant(
    leaf: str, given_name: str | None = "Anna", family: str | None = "Lee", *keys: str, **other: Any
) -> Claimant:
    return Claimant(leaf, name_of(given_name, family), frozenset(keys or (MAIL,)), **other)


def groups(*claimants: Claimant, shared: tuple[str, ...] = ()) -> list[list[str]]:
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
    number = frozenset({"member:7"})
    one = claimant("a", "Anna", "Lee", MAIL, member_identifiers=number)
    other = claimant("b", given_name, family, PHONE, member_identifiers=number)
    assert groups(one, other) == expected


NAMES = st.tuples(
    st.sampled_from(["Anna", "A", "Anna Maria", "Ben", "Alice", "Cleo", "Dora", None]),
    st.sampled_from(["Lee", "Lee Ray", "Ray", None]),
)


@st.composite
def people(draw: st.DrawFn) -> list[Claimant]:
    leaves = [f"g{number}" for number in range(draw(st.integers(2, 7)))]
    return [
        Claimant(
            leaf,
            name_of(*draw(NAMES)),
            draw(st.frozensets(st.sampled_from([MAIL, PHONE, "email:n"]), max_size=3)),
            draw(st.frozensets(st.just("member:7"), max_size=1)),
            draw(st.sampled_from([None, None, *leaves])),
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
    assert all(len(leaves) == 1 for leaves in group(alone, {MAIL, PHONE, "email:n"})[0])


def numbered(leaf: str, given_name: str | None, family: str = "Lee", number: str = "member:1") -> Claimant:
    return Claimant(leaf, name_of(given_name, family), frozenset(), frozenset({number}))


def test_a_record_without_a_given_name_bridges_no_two_people_of_one_member_number() -> None:
    anna, ben, nobody = numbered("a", "Anna"), numbered("b", "Ben"), numbered("c", None)
    assert groups(anna, ben, nobody) == [["a"], ["b"], ["c"]]
    assert groups(anna, nobody) == [["a", "c"]]
    assert groups(numbered("a", "Anna"), numbered("d", "Anna", "Ray"), ben, nobody) == [["a", "d"], ["b"], ["c"]]
    assert groups(numbered("a", "B"), numbered("b", "Bob"), numbered("c", "Berta")) == [["a"], ["b"], ["c"]]


def test_a_number_that_everybody_has_is_nobodys() -> None:
    everybody = [
        numbered(each, given_name) for each, given_name in zip("abcde", ["Ann", "Bo", "Cy", "Di", "Ann"], strict=True)
    ]
    assert group(everybody) == ([["a"], ["b"], ["c"], ["d"], ["e"]], {"member:1"})
    assert groups(*everybody[::4], shared=("member:1",)) == [["a"], ["e"]]


def test_two_records_without_a_name_are_not_one_person() -> None:
    assert groups(claimant("a", None, None), claimant("b", "!!", "101")) == [["a"], ["b"]]
    assert groups(claimant("a", None, None), claimant("b")) == [["a", "b"]]
