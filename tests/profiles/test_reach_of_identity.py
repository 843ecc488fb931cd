"""How far a change is followed: no further than it must be, and the end is that of the rule applied to all records."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.aws import keys, secrets
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import GuestId, IdentifierKey, Leaf, digest_in, key_of, leaf_of_profile
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.identity import store as identity
from chalicelib.identity.model import Decision, Verdict
from chalicelib.identity.names import name_of
from chalicelib.identity.partition import group
from chalicelib.identity.rules import Claimant
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.ties import MOST_GUESTS, MOST_IDENTIFIERS
from tests.builders import at, decided, guest
from tests.crashes import Crash
from tests.exhaustive import examples
from tests.ids import PMS
from tests.memory_table import MemoryTable
from tests.profiles.telling import Told, change, digest, store

SLOW = settings(
    max_examples=examples(100),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a season of thirty words takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

NAMES = [
    ("Anna", "Lee"),
    ("A", "Lee"),
    ("Alice", "Lee"),
    ("Ben", "Ray"),
    ("Ben", "Ray"),
    ("Cleo", "Poe"),
    ("Dora", "Kim"),
    ("Eve", "Fox"),
    ("Anna", "Fox"),
    ("Anna", "Lee Jr."),
    ("Anna", "Lee Sr."),
    ("Anna & Ben", "Lee"),
    (None, "Lee"),
    (None, None),
]
MAILBOXES = ["one@mail.example", "two@mail.example", "three@mail.example", None]
PHONES = ["+43 1 5880 0000", "+43 1 5880 0001", "+43 1 5880 0002", None]
NUMBERS = ["M-1", "M-2", None, None]


@pytest.fixture(autouse=True)
def _quiet(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())


@st.composite
def _words_of(draw: st.DrawFn, number: int, several: int, minute: int) -> dict[str, Any]:
    return guest(
        f"g{number}",
        *draw(st.sampled_from(NAMES)),
        email=draw(st.sampled_from(MAILBOXES)),
        phone=draw(st.sampled_from(PHONES)),
        member_number=draw(st.sampled_from(NUMBERS)),
        merged_into=f"g{draw(st.integers(0, several - 1))}" if draw(st.integers(0, 9)) == 0 else None,
        marketing_email=draw(st.booleans()),
        changed_at=at(minute),
    )


@st.composite
def crowds(draw: st.DrawFn) -> list[Told]:
    """Ten to fourteen profiles, at up to two versions, who share mailboxes, telephones and member numbers."""
    several = draw(st.integers(10, 14))
    told: list[Told] = [
        draw(_words_of(number, several, minute))
        for number in range(several)
        for minute in range(draw(st.integers(1, 2)))
    ]
    for _ in range(draw(st.integers(0, 3))):
        pair = draw(st.lists(st.integers(0, several - 1), min_size=2, max_size=2, unique=True))
        verdict = draw(st.sampled_from(list(Verdict)))
        told.append(decided(f"g{pair[0]}", f"g{pair[1]}", verdict, draw(st.integers(0, 2))))
    return told


@pytest.mark.exhaustive(quick=())
@SLOW
@given(crowd=crowds(), seed=st.integers(0, 10_000))
def test_in_any_order_and_after_any_crash_the_end_is_that_of_the_rule_applied_to_all_records(
    crowd: list[Told], seed: int
) -> None:
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as monkeypatch:
        ends = []
        for _ in range(2):
            table = MemoryTable().install(monkeypatch)
            told = [*crowd, *chance.choices(crowd, k=3)]
            chance.shuffle(told)
            store_with_crashes(table, told, chance)
            assert_is_the_rule_applied_to_all(table)
            ends.append(table.state())
    assert ends[0] == ends[1]


def store_with_crashes(table: MemoryTable, told: Sequence[Told], chance: random.Random) -> None:
    """In batches, some of which die at a call and are delivered again."""
    start = 0
    while start < len(told):
        batch = told[start : start + chance.randint(1, 6)]
        if chance.random() < 0.3:
            table.calls, table.beside = 0, [(chance.randrange(60), _crash)]
            try:
                store(batch)
            except Crash:
                table.beside = []
                store(batch)
            table.beside = []
        else:
            store(batch)
        start += len(batch)


def _crash() -> None:
    raise Crash("here")


def assert_is_the_rule_applied_to_all(table: MemoryTable) -> None:
    heads = {
        Leaf(key.sk): guests.read_head(Leaf(key.sk), row) for key, row in table.rows.items() if "GUESTS#" in key.pk
    }
    known = {leaf: head for leaf, head in guests.with_records(heads).items() if head.record}
    expected, shared = group([_claimant(head) for head in known.values()], (), decisions_in(table))
    assert sorted(sorted(head.members) for head in known.values() if head.merged_into is None) == expected
    flagged = {key.pk for key, row in table.rows.items() if key.pk.startswith("IDENTIFIER#") and row.get("shared")}
    assert flagged == {f"IDENTIFIER#{digest_in(key)}" for key in shared}
    for head in known.values():
        assert head.record
        if head.record.email and head.record.email_kind in {"own", "shared"}:
            is_shared = key_of("email", digest("email", head.record.email)) in shared
            assert head.record.email_kind == ("shared" if is_shared else "own")
    assert {key.pk for key, row in table.rows.items() if key.pk.startswith("GATE#") and row.get("shares")} == {
        keys.gate(guest, EMAIL).pk for guest in sharing(known, shared)
    }


def sharing(heads: Mapping[Leaf, Head], shared: AbstractSet[IdentifierKey]) -> set[GuestId]:
    """The guests one of whose addresses another guest has, or nobody."""
    readers: dict[IdentifierKey, set[GuestId]] = defaultdict(set)
    for head in heads.values():
        for address in (key for key in head.identifiers if key.startswith("email:")):
            readers[address].add(head.guest)
    return set[GuestId]().union(*(those for key, those in readers.items() if len(those) > 1 or key in shared))


def _claimant(head: Head) -> Claimant:
    assert head.record
    keys: dict[bool, set[IdentifierKey]] = {True: set(), False: set()}
    for key in head.identifiers:
        if not key.startswith("profile:"):
            keys[key.startswith("member:")].add(key)
    return Claimant(
        head.leaf,
        name_of(*head.record.called),
        frozenset(keys[False]),
        frozenset(keys[True]),
        leaf_of_profile(PMS, head.record.merged_into) if head.record.merged_into else None,
    )


def decisions_in(table: MemoryTable) -> list[Decision]:
    rows = [(Leaf(key.pk.removeprefix("LEAF#")), row) for key, row in table.rows.items() if key.sk == "DECISIONS"]
    every = [each for leaf, row in rows for each in identity.read_decisions(leaf, row).values()]
    return list({each.leaves: each for each in every}.values())


def people(*source_ids: str) -> set[frozenset[str]]:
    """The guests of some profiles, by the vendor's ids."""
    ids = {leaf_of_profile(PMS, each): each for each in source_ids}
    found = [guests.guest(leaf) for leaf in ids]
    return {frozenset(ids[leaf] for leaf in each.members) for each in found if each}


def email_of(source_id: str) -> str | None:
    found = guests.guest(leaf_of_profile(PMS, source_id))
    assert found
    return found.traits.email


OFFICE = "jones.partners@mail.example"
FAMILY = [("Anna", "Lee"), ("Ben", "Lee"), ("Cleo", "Lee")]


@pytest.mark.parametrize(("records", "is_shared"), [(MOST_GUESTS, True), (MOST_GUESTS + 1, False)])
def test_a_fourth_name_makes_a_mailbox_of_so_many_shared_and_finds_that_of_more_somebodys(
    records: int, is_shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    MemoryTable().install(monkeypatch)
    everybody = [f"g{number}" for number in range(records)]
    store([guest(each, *FAMILY[at_ % 3], email=OFFICE) for at_, each in enumerate(everybody)])
    assert len(people(*everybody)) == 3
    store([guest("stranger", "Dora", "Kim", email=OFFICE)])
    assert len(people(*everybody)) == (records if is_shared else 3)
    assert email_of("g0") == (None if is_shared else OFFICE)
    assert (people("stranger"), email_of("stranger")) == ({frozenset({"stranger"})}, None)


def chained(number: int) -> dict[str, Any]:
    """Every second has a family name alone, and could be either of its neighbours: by mail the one, by telephone the
    other."""
    named = (None, "Lee") if number % 2 else (f"N{'abcdefghijklmnopqrst'[number // 2]}", "Lee")
    return guest(
        f"g{number}", *named, email=f"m{number // 2}@mail.example", phone=f"+43 1 588 {number // 2 + number % 2:04}"
    )


def test_whom_too_many_may_be_tied_to_is_kept_by_itself_and_all_others_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MemoryTable().install(monkeypatch)
    everybody = [f"g{number}" for number in range(2 * MOST_GUESTS)]
    for number, _ in enumerate(everybody):
        store([chained(number)])
    before = people(*everybody)
    middle = chained(MOST_GUESTS)
    store([{**middle, "source_id": "new"}])
    assert (people("new"), email_of("new"), people(*everybody)) == ({frozenset({"new"})}, None, before)
    store([{**middle, "source_id": "new", "email": "new@mail.example", "phone": None, "changed_at": at(1)}])
    assert email_of("new") == "new@mail.example"


def test_all_at_a_member_number_are_looked_at_when_it_stops_being_one_persons_and_when_it_is_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those whom the number alone made one are tied to nobody else, least of all to who comes."""
    table = MemoryTable().install(monkeypatch)
    married = [
        guest("g0", "Anna Maria", "Lee", member_number="M-1"),
        guest("g1", "Maria Anna", "Ray", member_number="M-1"),
    ]
    store(married)
    assert people("g0", "g1") == {frozenset({"g0", "g1"})}
    store([guest("g2", "Ben", "Poe", member_number="M-1")])
    assert people("g0", "g1", "g2") == {frozenset({each}) for each in ("g0", "g1", "g2")}
    assert_is_the_rule_applied_to_all(table)
    store([guest("g2", "Ben", "Poe", changed_at=at(1))])
    assert people("g0", "g1") == {frozenset({"g0", "g1"})}


@pytest.mark.parametrize(("telephones", "is_tied"), [(MOST_IDENTIFIERS - 1, True), (MOST_IDENTIFIERS, False)])
def test_who_comes_to_a_guest_of_more_identifiers_than_are_looked_at_is_kept_by_itself(
    telephones: int, is_tied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mailbox is one of them."""
    MemoryTable().install(monkeypatch)
    known = [f"g{number}" for number in range(telephones)]
    store([guest(each, email=OFFICE, phone=f"+43 1 588 10{at_:02}") for at_, each in enumerate(known)])
    store([guest("new", email=OFFICE)])
    expected = {frozenset([*known, "new"])} if is_tied else {frozenset(known), frozenset({"new"})}
    assert people(*known, "new") == expected


def test_rows_of_an_earlier_version_without_names_are_followed_to_all_and_have_names_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = [guest(f"g{at_}", *name, email=OFFICE) for at_, name in enumerate([*FAMILY, *FAMILY])]
    expected = with_all_kept(monkeypatch, [*told, guest("new", "A", "Lee", email=OFFICE)]).state()
    table = with_all_kept(monkeypatch, told)
    row = table.rows[keys.identifier(digest("email", OFFICE))]
    del row["names"]
    store([guest("new", "A", "Lee", email=OFFICE)])
    assert table.state() == expected


def with_all_kept(monkeypatch: pytest.MonkeyPatch, told: Sequence[Told]) -> MemoryTable:
    table = MemoryTable().install(monkeypatch)
    store(told)
    return table


def test_nothing_is_decided_where_a_record_is_called_otherwise_than_its_identifier_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They were read before somebody's write and after it."""
    table = with_all_kept(monkeypatch, [guest("g0", *FAMILY[0], email=OFFICE)])
    row = table.rows[keys.identifier(digest("email", OFFICE))]
    row["names"] = row["names"].replace("Anna", "Anne")
    told = change(guest("g0", "Anja", "Lee", email=OFFICE, changed_at=at(1)))
    assert [type(error) for error in profiles.store_changes([told]).values()] == [TryAgain]
