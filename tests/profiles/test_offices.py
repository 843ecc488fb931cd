"""Who has an office's mailbox or telephone in common is not one person for it, in any order."""

from itertools import permutations
from typing import Any

import pytest

from chalicelib.aws import keys, table
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import Leaf, leaf_of_profile
from chalicelib.guests import store as guests
from chalicelib.identity import actions as identity
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.model import HubSettings
from tests.builders import VIENNA, at, guest, reservation
from tests.exhaustive import some_of
from tests.ids import PMS
from tests.memory_table import MemoryTable
from tests.profiles.telling import store

RECEPTION, AGENCY, HOUSE = "reception@firm.example", "lee@trips.example", "+43158880"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, facts: list[Fact]) -> MemoryTable:
    return MemoryTable().install(monkeypatch)


def set_(kept: MemoryTable, **rules: Any) -> None:
    packed = settings.packed(HubSettings(guests=GuestRules(**rules), version=1))
    kept.rows[keys.DEPLOYMENT] = table.row(keys.DEPLOYMENT, **packed)


def guest_of(source_id: str) -> Leaf:
    head = guests.heads([leaf := leaf_of_profile(PMS, source_id)])[leaf]
    return head.guest


def are_one(*source_ids: str) -> bool:
    return len(set(map(guest_of, source_ids))) == 1


def test_two_of_one_name_at_a_reception_s_mailbox_are_two(kept: MemoryTable) -> None:
    store([guest("g1", email=RECEPTION), guest("g2", email=RECEPTION)])
    assert not are_one("g1", "g2")
    store([guest("g3", email="anna@mail.example"), guest("g4", email="anna@mail.example")])
    assert are_one("g3", "g4")


def test_an_agency_s_mailbox_and_a_house_s_telephone_are_an_office_s_once_they_are_set(kept: MemoryTable) -> None:
    told = [guest("g1", email=AGENCY), guest("g2", email=AGENCY), guest("g3", phone=HOUSE), guest("g4", phone=HOUSE)]
    store(told)
    assert are_one("g1", "g2")
    assert are_one("g3", "g4")
    set_(kept, agency_domains=["trips.example"], house_telephones=[HOUSE])
    assert are_one("g1", "g2")  # nothing is news yet
    store([{**each, "changed_at": at(1)} for each in (told[0], told[2])])
    assert are_one("g1", "g2")  # the same once more is none
    store([{**each, "changed_at": at(2), "language": "de"} for each in (told[0], told[2])])
    assert are_one("g1", "g2")  # nor is what tells nobody apart
    store([{**each, "changed_at": at(3), "birth_date": "1980-05-17"} for each in (told[0], told[2])])
    assert not are_one("g1", "g2")
    assert not are_one("g3", "g4")


def test_an_office_s_mailbox_keeps_nobody_from_being_one_by_their_own(kept: MemoryTable) -> None:
    store([guest("g1", email=RECEPTION, phone="+436641234567"), guest("g2", email=RECEPTION, phone="+436641234567")])
    assert are_one("g1", "g2")


def test_whoever_has_only_an_office_in_common_waits_for_nobody_s_answer(kept: MemoryTable) -> None:
    store([guest("g1", email=RECEPTION), guest("g2", "Annie", email=RECEPTION)])
    heads = guests.with_records(guests.heads([leaf_of_profile(PMS, "g1")]))
    assert identity.candidates(list(heads.values())).leaves == set()
    assert not [key for key in kept.rows if "CANDIDATE" in f"{key}"]


@pytest.mark.exhaustive(quick=())
def test_the_end_is_one_in_any_order(kept: MemoryTable) -> None:
    told = [
        guest("g1", email=RECEPTION), guest("g2", email=RECEPTION, phone="+436641234567"),
        guest("g3", "A", email=RECEPTION), guest("g4", phone="+436641234567"),
    ]  # fmt: skip
    ends = []
    for order in some_of(list(permutations(told))):
        kept.rows.clear()
        for each in order:
            store([each])
        ends.append(kept.state())
    assert all(end == ends[0] for end in ends)
    assert are_one("g2", "g4")
    assert not are_one("g1", "g3")


def test_a_source_without_ids_tells_nobody_apart_by_an_office_s_mailbox(kept: MemoryTable) -> None:
    """Two stays of one name booked from one office are two people's, and at a mailbox of one's own one person's."""
    for mailbox, people in ((RECEPTION, 2), ("anna@mail.example", 1)):
        kept.rows.clear()
        someone = {name: value for name, value in guest(email=mailbox).items() if name != "source_id"}
        store([reservation(f"r{at_}", primary=someone, property_id=VIENNA.id) for at_ in (1, 2)])
        assert len({head.guest for head in _heads(kept)}) == people


def _heads(kept: MemoryTable) -> list[Any]:
    leaves = [Leaf(pk.removeprefix("LEAF#")) for pk, sk in kept.rows if pk.startswith("LEAF#") and sk == "RECORD"]
    return list(guests.heads(leaves).values())
