"""Gates say of each guest whether others read a mailbox of theirs: also of those whom nothing is said of, and nothing
but the mailbox ties to whom it is said of."""

import pytest

from chalicelib.aws import keys, secrets
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import GuestId, leaf_of_profile
from chalicelib.consent.model import EMAIL
from chalicelib.profiles.ties import MOST_GUESTS
from tests.builders import at, decided, guest
from tests.ids import PMS
from tests.memory_table import MemoryTable
from tests.profiles.telling import Told, digest, gate_of, store

HOME, WORK, OWN = "home@mail.example", "work@mail.example", "own@mail.example"
NAMES = {"a": "Anna", "b": "Ben", "c": "Cleo", "d": "Dora", "e": "Eve"}


@pytest.fixture(autouse=True)
def table(facts: list[Fact], monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
    return MemoryTable().install(monkeypatch)


def reader(name: str, mailbox: str | None, minute: int = 0, **said: object) -> Told:
    return {**guest(name, NAMES[name], "Lee", email=mailbox, changed_at=at(minute)), **said}


def who_shares(among: str = "abcde") -> str:
    """The first letters of those who do."""
    return "".join(each for each in among if shares(each))


def shares(source_id: str) -> bool:
    gate = gate_of(source_id)
    return gate is not None and gate.shares


Story = list[tuple[Told, str]]
"""What is told one after the other, and who shares a mailbox then."""

STORIES: dict[str, Story] = {
    "a second comes and leaves": [
        (reader("b", HOME), "ab"),
        (reader("b", OWN, 1), ""),
    ],
    "of three one leaves, then another": [
        (reader("b", HOME), "ab"),
        (reader("c", HOME), "abc"),
        (reader("b", None, 1), "ac"),
        (reader("c", OWN, 1), ""),
    ],
    "somebody goes from one mailbox to another": [
        (reader("b", WORK), ""),
        (reader("c", HOME), "ac"),
        (reader("c", WORK, 1), "bc"),
    ],
    "readers are made one, and are two again": [
        (reader("b", HOME), "ab"),
        (decided("a", "b"), ""),
        (reader("c", HOME), "abc"),
        (decided("a", "b", "withdrawn", 1), "abc"),
        (reader("c", OWN, 1), "ab"),
    ],
    "one of two mailboxes of a guest is another's, too": [
        (reader("b", WORK), ""),
        (decided("a", "b"), ""),
        (reader("c", WORK), "abc"),
        (decided("a", "b", "withdrawn", 1), "bc"),
        (decided("a", "b", "join", 2), "abc"),
        (reader("c", HOME, 1), "abc"),
        (decided("a", "b", "apart", 3), "ac"),
    ],
    "the source merges two readers, and takes it back": [
        (reader("b", HOME), "ab"),
        (reader("b", HOME, 1, merged_into="a"), ""),
        (reader("c", HOME), "abc"),
        (reader("b", HOME, 2), "abc"),
    ],
    "a reader is called like another by now": [
        (reader("b", HOME), "ab"),
        (reader("b", HOME, 1, given_name="Anna"), ""),
        (reader("b", HOME, 2), "ab"),
    ],
    "a fourth makes it nobody's, and goes": [
        (reader("b", HOME), "ab"),
        (reader("c", HOME), "abc"),
        (reader("d", HOME), "abcd"),
        (reader("e", HOME), "abcde"),
        (reader("e", OWN, 1), "abcd"),
        (reader("d", None, 1), "abc"),
    ],
    "what was joined by hand may be nobody's": [
        (reader("b", HOME), "ab"),
        (reader("c", HOME), "abc"),
        (decided("a", "b"), "abc"),
        (decided("b", "c"), ""),
        (reader("d", HOME), "abcd"),
        (decided("c", "d"), "abcd"),
        (reader("e", HOME), "abcde"),
        (reader("e", None, 1), "abcd"),
        (reader("d", HOME, 1, given_name="Cleo"), ""),
    ],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_all_readers_of_a_mailbox_are_told_when_one_comes_or_leaves(story: Story) -> None:
    store([reader("a", HOME)])
    for number, (told, expected) in enumerate(story):
        store([told])
        assert who_shares() == expected, f"after the {number + 1}. of the story"


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_in_one_batch_the_end_is_the_same(story: Story) -> None:
    store([reader("a", HOME), *(told for told, _ in story)])
    assert who_shares() == story[-1][1]


MARK = "6572cf00" + "c" * 12
"""A message of the past, as gates and mailboxes keep it."""


def test_what_the_readers_got_is_known_of_a_mailbox_that_they_come_to_share(table: MemoryTable) -> None:
    store([reader("a", HOME, marketing_email=True)])
    table.rows[keys.gate(GuestId(leaf_of_profile(PMS, "a")), EMAIL)]["sends"] = [MARK]
    store([reader("b", HOME)])
    assert table.rows[keys.identifier(digest("email", HOME))]["sends"] == [MARK]


def test_who_takes_over_a_mailbox_shares_with_the_past_of_who_left_it(table: MemoryTable) -> None:
    store([reader("a", HOME, marketing_email=True)])
    table.rows[keys.gate(GuestId(leaf_of_profile(PMS, "a")), EMAIL)]["sends"] = [MARK]
    store([reader("a", OWN, 1)])
    store([reader("b", HOME)])
    assert who_shares("ab") == "b"


def test_who_leaves_a_mailbox_with_more_readers_than_are_looked_at_leaves_them_marked() -> None:
    """They are read no more; nor need they be, for they still are several."""
    nameless = [f"g{number}" for number in range(MOST_GUESTS + 1)]
    store([guest(each, None, None, email=HOME) for each in nameless])
    store([guest("g0", None, None, email=OWN, changed_at=at(1))])
    assert [shares(each) for each in nameless] == [False, *([True] * MOST_GUESTS)]
