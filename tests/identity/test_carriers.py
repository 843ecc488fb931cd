"""Whom an identifier can tie to whom, by its row alone; and how the row keeps the names for that."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.codec import WRITE_UNIT, item_size
from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf, PropertyId
from chalicelib.identity import store
from chalicelib.identity.carriers import is_one_by, is_shared_by, somebodys, tied_to
from chalicelib.identity.model import MOST_LEAVES, Called, Identifier
from chalicelib.identity.names import name_of
from chalicelib.identity.partition import group
from chalicelib.identity.rules import Claimant, can_tie
from tests.exhaustive import examples

MAIL, NUMBER = IdentifierKey("email:m"), IdentifierKey("member:7")
ANNA, A, BEN, NOBODY = ("Anna", "Lee"), ("A", "Lee"), ("Ben", "Ray"), (None, None)


def carried(*names: Called | None, shared: bool = False) -> Identifier:
    row = Identifier(Digest("m"), shared=shared)
    return row.carried_by({Leaf(f"g{number}"): name for number, name in enumerate(names)})


@pytest.mark.parametrize(
    ("key", "called", "expected"),
    [
        (MAIL, ANNA, {"g0", "g1", "g4"}),
        (MAIL, BEN, {"g2", "g4"}),
        (MAIL, NOBODY, {"g4"}),
        (NUMBER, ("Anna", "Ray"), {"g0", "g4"}),
        (NUMBER, NOBODY, {"g4"}),
        (IdentifierKey("profile:m"), ANNA, set()),
    ],
    ids=[
        "a name",
        "another",
        "an address alone is no proof",
        "a member may marry, and is called in full",
        "a member number alone is no proof",
        "a source's merge needs no name",
    ],
)
def test_an_identifier_ties_a_name_to_those_who_do_not_contradict_and_to_whom_nobody_knows(
    key: IdentifierKey, called: Called, expected: set[str]
) -> None:
    assert tied_to(key, carried(ANNA, A, BEN, NOBODY, None), called) == expected


def test_a_shared_identifier_ties_nobody() -> None:
    assert tied_to(MAIL, carried(ANNA, BEN, shared=True), ANNA) == set()


def test_who_has_an_address_that_is_nobodys_for_their_hotel_is_nobodys_candidate() -> None:
    vienna = PropertyId("vienna")
    row = replace(carried(ANNA, ("Anna", "Lee", vienna)), shared_for=(vienna,))
    assert set(somebodys(row)) == tied_to(MAIL, row, ANNA) == {"g0"}
    assert tied_to(MAIL, row, ("Anna", "Lee", vienna)) == set()


def test_whether_an_identifier_is_shared_is_not_told_while_a_name_is_unknown() -> None:
    four = carried(ANNA, BEN, ("Cleo", "Poe"), ("Dora", "Kim")).carriers
    assert is_shared_by(MAIL, four, unless_known=False)
    unknown = {**four, Leaf("g3"): None}
    assert [is_shared_by(MAIL, unknown, unless_known=known) for known in (True, False)] == [True, False]


def test_a_member_number_is_one_persons_until_given_names_contradict() -> None:
    assert is_one_by(NUMBER, carried(ANNA, ("Anna", "Ray"), A).carriers)
    assert not is_one_by(NUMBER, carried(ANNA, BEN).carriers)
    assert not is_one_by(MAIL, carried(ANNA).carriers)


NAMES = st.tuples(
    st.sampled_from(["Anna", "A", "Anna Maria", "Annamaria", "Ben", "Alice", "Anna & Ben", "伟", "薇", "Wei", None]),
    st.sampled_from(["Lee", "Lee Jr.", "Lee Sr.", "Ray", "李", None]),
)


@settings(max_examples=examples(400))
@given(st.lists(st.tuples(NAMES, st.booleans(), st.booleans()), min_size=2, max_size=8))
def test_whoever_is_joined_is_tied_step_by_step(people: list[tuple[Called, bool, bool]]) -> None:
    """So who is not tied to anybody of a group need not be looked at."""
    claimants = [
        Claimant(Leaf(f"g{at}"), name_of(*called), frozenset({MAIL}) if mail else frozenset(),
                 frozenset({NUMBER}) if number else frozenset())
        for at, (called, mail, number) in enumerate(people)
    ]  # fmt: skip
    groups, shared = group(claimants)
    for leaves in groups:
        those = [each for each in claimants if each.leaf in leaves]
        reached = {those[0].leaf}
        for _ in those:
            near = [each for each in those if each.leaf in reached]
            reached |= {other.leaf for one in near for other in those if _tied(one, other, shared)}
        assert reached == set(leaves)


def _tied(one: Claimant, other: Claimant, shared: set[IdentifierKey]) -> bool:
    common = one.identifiers & other.identifiers | one.member_identifiers & other.member_identifiers
    return any(can_tie(key, one.name, other.name) for key in common - shared)


def test_a_row_keeps_the_name_of_each_who_carries_it() -> None:
    row = carried(ANNA, NOBODY, ("Олена", "Шевченко"))
    assert store.read(row.digest, store.row_of(row)) == row


def test_names_of_as_many_as_a_row_lists_cost_no_second_read() -> None:
    row = carried(*[("Maximiliane Annabel " + str(number), "von Hohenstein") for number in range(MOST_LEAVES)])
    item = store.row_of(row)
    assert store.read(row.digest, item) == row
    assert item_size(item) <= 2 * WRITE_UNIT


def test_a_row_of_an_earlier_version_has_carriers_whose_names_are_not_known() -> None:
    item = {**store.row_of(carried(ANNA, BEN))}
    del item["names"]
    assert store.read(Digest("m"), item).carriers == {"g0": None, "g1": None}


def test_father_and_son_of_one_given_name_stay_two_at_a_member_number_that_a_third_has() -> None:
    called = [("Anna", "Lee Jr."), ("Anna", "Lee Sr."), ("Ben", "Lee")]
    those = [
        Claimant(Leaf(f"g{at}"), name_of(*name), frozenset(), frozenset({NUMBER})) for at, name in enumerate(called)
    ]
    assert group(those)[0] == [["g0"], ["g1"], ["g2"]]
