"""Records without an address or a number in common are one person's where they are alike in enough."""

from itertools import permutations
from typing import Any

import pytest

from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Leaf, leaf_of_profile
from chalicelib.connections.model import api_of
from chalicelib.guests import store as guests
from chalicelib.identity import store as identity
from chalicelib.identity.blocks import MOST_IN_ONE
from chalicelib.identity.model import pair_of
from tests.builders import PORTO, VIENNA, at, decided, guest
from tests.exhaustive import some_of
from tests.ids import PMS
from tests.memory_table import MemoryTable
from tests.profiles.telling import store

HOME = {"street": "Ermou 12", "postal_code": "105 63", "city": "Athina", "country": "GR"}


def maria(source_id: str, given: str = "Maria", family: str = "Papadopoulou", **fields: Any) -> dict[str, Any]:
    return guest(source_id, given, family, **{"birth_date": "1980-05-17", "address": HOME, **fields})


LATIN, GREEK, ARMENIAN = maria("g1"), maria("g2", "Μαρία", "Παπαδοπούλου"), maria("g3", "Մարիա", "Պապադոպուլու")


def guest_of(source_id: str, source: Any = PMS) -> Leaf | None:
    head = guests.heads([leaf := leaf_of_profile(source, source_id)]).get(leaf)
    return head.guest if head else None


def are_one(*source_ids: str) -> bool:
    return len({guest_of(each) for each in source_ids}) == 1


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def test_one_name_in_three_scripts_is_one_guest_in_any_order(kept: MemoryTable) -> None:
    ends = []
    for order in permutations([LATIN, GREEK, ARMENIAN]):
        kept.rows.clear()
        for told in order:
            store([told])
        assert are_one("g1", "g2", "g3")
        ends.append(kept.state())
    assert all(end == ends[0] for end in ends)


def test_who_moves_away_or_turns_out_to_be_born_on_another_day_is_another(kept: MemoryTable) -> None:
    store([LATIN, GREEK])
    assert are_one("g1", "g2")
    store([{**GREEK, "birth_date": "1980-06-18", "changed_at": at(1)}])
    assert not are_one("g1", "g2")
    store([{**GREEK, "changed_at": at(2)}])
    assert are_one("g1", "g2")
    store([{**GREEK, "birth_date": None, "address": None, "changed_at": at(3)}])
    assert not are_one("g1", "g2")


def test_a_record_that_contradicts_one_of_a_guest_stays_outside_however_alike_it_is_to_the_other(
    kept: MemoryTable,
) -> None:
    """Without a day of birth it is as like the daughter as the mother: it bridges nobody."""
    daughter = maria("g2", birth_date="2006-02-03")
    for order in some_of(list(permutations([LATIN, daughter, maria("g3", birth_date=None)]))):
        kept.rows.clear()
        for told in order:
            store([told])
        assert not are_one("g1", "g2")
        assert not are_one("g1", "g3")
        assert not are_one("g2", "g3")


def test_a_slip_in_a_given_name_joins_nobody_by_itself(kept: MemoryTable) -> None:
    store([LATIN, maria("g2", "Marisa")])
    assert not are_one("g1", "g2")


def test_a_person_s_decision_goes_before_any_likeness(kept: MemoryTable) -> None:
    store([LATIN, GREEK, decided("g1", "g2", "apart")])
    assert not are_one("g1", "g2")
    store([decided("g1", "g2", "withdrawn", 1)])
    assert are_one("g1", "g2")


@pytest.mark.exhaustive(quick=())
def test_what_one_hotel_s_key_says_is_like_its_own_records_alone(kept: MemoryTable) -> None:
    """Whoever knows a guest's name, day of birth and town ties nothing to them, and fills nothing up."""
    porto = api_of(PORTO.id)
    claims = [{**maria(f"c{at_}"), "source": porto} for at_ in range(MOST_IN_ONE + 1)]
    store(claims[:2])
    assert guest_of("c0", porto) == guest_of("c1", porto)
    store([*claims[2:], {**LATIN, "source": api_of(VIENNA.id)}, LATIN, GREEK])
    assert are_one("g1", "g2")
    assert guest_of("g1") != guest_of("c0", porto)


def test_a_block_that_too_many_lie_in_compares_nobody_and_takes_all_the_same(kept: MemoryTable) -> None:
    """A school's profiles, of one name and one town: none is lost, none is joined, none costs more than the last."""
    letters = "bcdfghjklm"
    many = [
        maria(f"a{at_:02}", f"{letters[at_ % 10]}o{letters[at_ // 10]}a".title(), "Lima", birth_date="2001-02-03")
        for at_ in range(60)
    ]
    store(many)
    full = [row for key, row in kept.rows.items() if key.pk.startswith("BLOCK#") and row.get("is_full")]
    assert full
    assert all("sketches" not in row for row in full)
    assert len({guest_of(f"a{at_:02}") for at_ in range(60)}) == 60


def waiting() -> list[tuple[Leaf, Leaf]]:
    return [pair for _, pair in identity.candidates()]


def test_who_is_rather_one_than_two_waits_for_an_answer_until_it_is_given(kept: MemoryTable) -> None:
    store([LATIN, maria("g2", "Marisa")])
    pair = pair_of(leaf_of_profile(PMS, "g1"), leaf_of_profile(PMS, "g2"))
    assert waiting() == [pair]
    store([decided("g1", "g2", "apart")])
    assert waiting() == []
    store([decided("g1", "g2", "withdrawn", 1)])
    assert waiting() == [pair]
    store([decided("g1", "g2", "join", 2)])
    assert waiting() == []


def test_who_has_a_mailbox_in_common_and_nearly_a_name_waits_and_a_couple_does_not(kept: MemoryTable) -> None:
    """No more is known of any of them."""
    mailbox = {"email": "one@mail.example"}
    store([guest("g1", "Maria", "Lee", **mailbox), guest("g2", "Marisa", "Lee", **mailbox)])
    store([guest("g3", "Georg", "Lee", **mailbox)])
    assert waiting() == [pair_of(leaf_of_profile(PMS, "g1"), leaf_of_profile(PMS, "g2"))]


def test_who_says_something_else_waits_no_more_and_the_likeliest_come_first(kept: MemoryTable) -> None:
    alike, alone = maria("g2", "Marisa"), guest("g3", "Ines", "Lima", birth_date="1990-03-04", country="PT")
    store([LATIN, alike, alone, {**alone, "source_id": "g4"}])
    first = pair_of(leaf_of_profile(PMS, "g1"), leaf_of_profile(PMS, "g2"))
    assert waiting() == [first, pair_of(leaf_of_profile(PMS, "g3"), leaf_of_profile(PMS, "g4"))]
    store([{**alike, "given_name": "Georg", "birth_date": "1975-02-04", "changed_at": at(1)}])
    assert waiting() == [pair_of(leaf_of_profile(PMS, "g3"), leaf_of_profile(PMS, "g4"))]


def test_a_short_form_is_one_person_where_all_else_is_alike_and_not_by_a_mailbox_alone(kept: MemoryTable) -> None:
    store([maria("g1", "William", "Lee"), maria("g2", "Bill", "Lee")])
    assert are_one("g1", "g2")
    mailbox = {"email": "one@mail.example"}
    store([guest("g3", "Robert", "Ray", **mailbox), guest("g4", "Bob", "Ray", **mailbox)])
    assert not are_one("g3", "g4")
    assert waiting() == [pair_of(leaf_of_profile(PMS, "g3"), leaf_of_profile(PMS, "g4"))]


def test_what_could_be_either_of_two_stays_outside_whoever_comes_beside_it(kept: MemoryTable) -> None:
    """The mother is told of twice: the second time leads to her, and to the nameless day beside, and so to the
    daughter, who speaks against it."""
    mother, daughter, either = LATIN, maria("g2", birth_date="2006-02-03"), maria("g3", birth_date=None)
    for order in permutations([mother, daughter, either, maria("g4")]):
        kept.rows.clear()
        for told in order:
            store([told])
        assert are_one("g1", "g4")
        assert len({guest_of(each) for each in ("g1", "g2", "g3")}) == 3


def test_a_telephone_that_turns_out_to_be_nobody_s_is_no_reason_to_ask(kept: MemoryTable) -> None:
    phone = {"phone": "+43 1 5880 0000"}
    store([guest("g1", "Maria", "Lee", **phone), guest("g2", "Marisa", "Lee", **phone)])
    assert len(waiting()) == 1
    others = ("Georg", "Ray"), ("Ines", "Lima"), ("Paul", "Poe")
    store([guest(f"h{at_}", *named, **phone) for at_, named in enumerate(others)])
    assert waiting() == []
